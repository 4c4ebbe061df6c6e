import json
import sys
import zipfile
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import build_all
import chip_cpu
import pytest
import us_states_albers
from manifest import Entry, write_manifest
from registry_packages import Package, PackageError, read_member
from table_file import Column, Row, Table, TableError, replace_file, validate, write_table

TABLE = Table(
    file="lamp.csv",
    columns=(
        Column("lamp_id"),
        Column("power_w", "number", low=0, high=100),
        Column("year", "integer", optional=True),
        Column("colour", choices=frozenset({"warm", "cold"})),
        Column("dimmable", "flag"),
    ),
    key=("lamp_id",),
    min_rows=2,
    source="a test",
    licence="none",
)


def lamp(lamp_id: str, **changes: Any) -> Row:
    usual: dict[str, Any] = {"power_w": 7.5, "year": 2020, "colour": "warm", "dimmable": True}
    return {"lamp_id": lamp_id, **usual, **changes}


def test_a_good_table_is_written_in_key_order(tmp_path: Path) -> None:
    path = write_table(TABLE, [lamp("b", year=None), lamp("NA", power_w=1984 * 0.45359237 / 100)], tmp_path)
    assert path.read_text(encoding="utf-8") == (
        "lamp_id,power_w,year,colour,dimmable\nNA,8.9992726208,2020,warm,true\nb,7.5,,warm,true\n"
    )
    assert [p.name for p in tmp_path.iterdir()] == ["lamp.csv"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"power_w": 101.0}, "0 to 100"),
        ({"power_w": -1}, "0 to 100"),
        ({"power_w": float("nan")}, "nan"),
        ({"power_w": "7"}, "number expected"),
        ({"power_w": True}, "number expected"),
        ({"power_w": None}, "power_w is empty"),
        ({"year": 2020.5}, "integer expected"),
        ({"colour": "green"}, "'green'"),
        ({"colour": ""}, "colour is empty"),
        ({"dimmable": 1}, "flag expected"),
        ({"price": 3}, "unknown columns"),
    ],
)
def test_a_bad_value_is_named(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(TableError, match=told):
        validate(TABLE, [lamp("a"), lamp("b", **changes)])


def test_a_write_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "lamp.csv").mkdir()  # a file cannot take the place of a folder
    with pytest.raises(OSError, match=r"lamp\.csv"):
        replace_file(tmp_path / "lamp.csv", "text")
    assert [p.name for p in tmp_path.iterdir()] == ["lamp.csv"]


def test_keys_are_unique_and_rows_are_enough() -> None:
    with pytest.raises(TableError, match="appears 2 times"):
        validate(TABLE, [lamp("a"), lamp("a")])
    with pytest.raises(TableError, match="1 rows, at least 2"):
        validate(TABLE, [lamp("a")])


def test_a_shorter_or_bad_table_never_replaces_a_longer_one(tmp_path: Path) -> None:
    path = write_table(TABLE, [lamp("a"), lamp("b"), lamp("c")], tmp_path)
    before = path.read_bytes()
    for table_rows in ([lamp("a"), lamp("b")], [], [lamp("a"), lamp("b"), lamp("c", colour="green")]):
        with pytest.raises(TableError):
            write_table(TABLE, table_rows, tmp_path)
        assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["lamp.csv"]


TYPED_BY_HAND = sorted(name for name, maker in build_all.MAKERS.items() if not maker.table.built_from)


@pytest.mark.parametrize("name", TYPED_BY_HAND)
def test_hand_typed_tables_are_shipped_as_made_and_refuse_to_lose_rows(name: str, tmp_path: Path) -> None:
    maker = build_all.MAKERS[name]
    made = maker.rows(tmp_path)
    assert write_table(maker.table, made, tmp_path).read_bytes() == (
        (build_all.REFERENCE / maker.table.file).read_bytes()
    )
    with pytest.raises(TableError, match=r"would replace|at least"):
        write_table(maker.table, made[:-1], tmp_path)


def state_map() -> dict[str, Any]:
    path = build_all.REFERENCE / us_states_albers.FILE
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def test_the_map_refuses_a_missing_broken_or_displaced_state() -> None:
    us_states_albers.validate(state_map())
    missing = state_map()
    missing["features"].pop(0)
    with pytest.raises(TableError, match="US-AK is missing"):
        us_states_albers.validate(missing)
    knotted = state_map()
    ring = max((p[0] for p in knotted["features"][0]["geometry"]["coordinates"]), key=len)
    ring[100], ring[200] = ring[200], ring[100]
    with pytest.raises(TableError, match="US-AK: Self-intersection"):
        us_states_albers.validate(knotted)
    displaced = state_map()
    for point in displaced["features"][0]["geometry"]["coordinates"][0][0]:
        point[0] += 2000
    with pytest.raises(TableError, match="US-AK reaches"):
        us_states_albers.validate(displaced)


def test_spellings_of_one_cpu_are_merged_and_nonsense_is_reported() -> None:
    text = (
        "Name,TDP\n4226,95\nAMD EPYC 7742,225.0\nEPYC 7742 Processor,225\nIntel\u00a0Atom  Z610,1.3\n"
        "Apple M1,10\nIntel Celeron 1200,29.32.9\nIntel Quark D1000,0.0\nAMD X1,4\nX1,5\n"
        "Intel Xeon 8480+,350\nIntel Xeon 8480,300\n"
    )
    made, dropped = chip_cpu.power_rows(text)
    assert {row["chip_id"]: row["tdp_w"] for row in made} == {
        "amd-4226": 95,
        "amd-epyc-7742": 225,
        "intel-atom-z610": 1.3,
        "apple-m1": 10,
        "intel-xeon-8480-plus": 350,
        "intel-xeon-8480": 300,
    }
    assert [name for name, _ in dropped] == ["Intel Celeron 1200", "Intel Quark D1000", "AMD X1"]


def test_cpu_flops_are_cores_times_clock_times_width() -> None:
    by_name = {row["name"]: row for row in chip_cpu.hand_rows()}
    assert by_name["AMD EPYC 7742"]["fp32_gflops"] == 64 * 2250 * 32 / 1000
    hybrid = by_name["Intel Core i9-13900K"]
    assert hybrid["fp32_gflops"] == (8 * 3000 * 32 + 16 * 2200 * 16) / 1000
    assert hybrid["cores"] == 24


def wheel(folder: Path, content: bytes) -> Package:
    path = folder / "lamps-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("lamps/data.csv", content)
    return Package("python", "lamps", "1.0", sha256(path.read_bytes()).hexdigest())


def test_packages_are_read_as_archives_and_never_imported(tmp_path: Path) -> None:
    package = wheel(tmp_path, b"a,b\n")
    assert read_member(package, "lamps/data.csv", tmp_path) == b"a,b\n"
    assert "lamps" not in sys.modules
    with pytest.raises(PackageError, match=r"no file 'lamps/other.csv'"):
        read_member(package, "lamps/other.csv", tmp_path)


def test_a_package_that_is_not_the_pinned_one_is_refused(tmp_path: Path) -> None:
    package = replace(wheel(tmp_path, b"a,b\n"), sha256="0" * 64)
    with pytest.raises(PackageError, match="is pinned"):
        read_member(package, "lamps/data.csv", tmp_path)


def test_the_manifest_keeps_the_date_of_what_did_not_change(tmp_path: Path) -> None:
    path = write_table(TABLE, [lamp("a"), lamp("b")], tmp_path)
    entry = Entry(path, 2, "a test", "none", ())
    write_manifest(tmp_path, [entry], "2026-01-01")
    write_manifest(tmp_path, [entry], "2026-02-02")
    tables = json.loads((tmp_path / "MANIFEST.json").read_text(encoding="utf-8"))["tables"]
    assert tables["lamp.csv"]["built_on"] == "2026-01-01"
    write_table(TABLE, [lamp("a"), lamp("b"), lamp("c")], tmp_path)
    write_manifest(tmp_path, [replace(entry, rows=3)], "2026-03-03")
    tables = json.loads((tmp_path / "MANIFEST.json").read_text(encoding="utf-8"))["tables"]
    assert tables["lamp.csv"]["built_on"] == "2026-03-03"
