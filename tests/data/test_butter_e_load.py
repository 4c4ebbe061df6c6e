"""Loading: whole or not at all, and what is remembered of it."""

import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from energyvis_panel import __version__
from energyvis_panel.data.butter_e import load_butter_e, standin_path
from energyvis_panel.data.butter_e_files import recognised_file, recognised_folder
from energyvis_panel.data.butter_e_load import (
    Loaded,
    alone_in,
    butter_e_file,
    butter_e_home,
    damaged_files,
    load_offered,
)
from energyvis_panel.data.butter_e_manifest import read_manifest, remove_loaded, write_manifest
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.errors import DatasetError
from energyvis_panel.settings import Settings, load_settings
from tests.published_table_fixture import HEADER, PUBLISHED_ROW, TABLE, table_text, write_table, zipped

SMALL = table_text(200)


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with Gateway(threads=1) as opened:
        yield opened


@pytest.fixture
def settings() -> Settings:
    return load_settings()


@pytest.fixture
def home(settings: Settings) -> Path:
    return butter_e_home(settings)


def load_file(gateway: Gateway, home: Path, path: Path) -> Loaded:
    with alone_in(home):
        return load_offered(gateway, home, recognised_file(path), {})


def everything_in(home: Path) -> dict[str, bytes]:
    return {str(path.relative_to(home)): path.read_bytes() for path in home.rglob("*") if path.is_file()}


@pytest.mark.parametrize("is_zipped", [True, False])
def test_the_table_is_loaded_and_remembered(
    gateway: Gateway, settings: Settings, home: Path, tmp_path: Path, is_zipped: bool
) -> None:
    assert butter_e_file(settings) is None
    source = write_table(tmp_path, SMALL)
    if is_zipped:
        source = tmp_path / f"{TABLE}.zip"
        source.write_bytes(zipped(SMALL))
    loaded = load_file(gateway, home, source)
    assert butter_e_file(settings) == home / "butter_e.parquet"
    manifest = read_manifest(home)
    assert manifest == loaded.manifest
    assert (manifest.kind, manifest.rows, manifest.counts) == ("standard", 200, {"standardised": 200})
    assert (manifest.synthetic_rows, manifest.program_version) == (0, __version__)
    (file,) = manifest.sources
    assert (file.name, file.path, file.bytes) == (TABLE, str(source), source.stat().st_size)
    assert file.unpacked_bytes == (len(SMALL) if is_zipped else None)
    assert datetime.fromisoformat(manifest.made_at).utcoffset() is not None
    assert [path.name for path in sorted(home.iterdir())] == [".lock", "butter_e.parquet", "manifest.json"]
    load_butter_e(gateway, butter_e_file(settings))


def test_own_file_goes_before_what_is_loaded(gateway: Gateway, home: Path, tmp_path: Path) -> None:
    load_file(gateway, home, write_table(tmp_path, SMALL))
    named = load_settings({"ENERGYVIS_CACHE": str(home.parent), "ENERGYVIS_BUTTER_E": str(standin_path())})
    assert butter_e_file(named) == standin_path()


def test_a_parquet_file_of_runs_keeps_that_it_is_synthetic(
    gateway: Gateway, settings: Settings, home: Path
) -> None:
    loaded = load_file(gateway, home, standin_path())
    assert (loaded.manifest.kind, loaded.manifest.rows) == ("parquet", 63_527)
    assert loaded.manifest.synthetic_rows == 63_527
    assert {check.key: check.verdict for check in loaded.checks}["runs_standardised"] == "ok"
    assert butter_e_file(settings) == home / "butter_e.parquet"


BAD = {
    "empty": ("", "is empty"),
    "page": ("<!DOCTYPE html>\n<p>Sign in\n", "is a web page"),
    "header alone": (f"{HEADER}\n", "holds no run"),
    "semicolons": (SMALL.replace(",", ";"), "separated by semicolons"),
    "tabs": (SMALL.replace(",", "\t"), "separated by tabs"),
    "other table": ("a,b\n1,2\n", "none of its columns"),
    "metadata": ("run_id,host_name,run_data\n1,2,3\n", "table of the raw set"),
    "lacks a column": (SMALL.replace(",std_power,", ",std_powr,", 1), "lacks the column std_power"),
    "lacks two": (
        SMALL.replace(",std_power,", ",x,", 1).replace(",is_gpu,", ",y,", 1),
        "lacks the columns is_gpu, std_power",
    ),
    "cut within a row": (SMALL[:-300], "ends within a line"),
    "a quote that is never closed, far from the end": (
        SMALL.replace("\n", '\n"', 1) + SMALL.partition("\n")[2] * 9,
        r"line [\d,]+: field larger than field limit",
    ),
    "cut within a row that ends": (SMALL[:-300] + "\n", r"line 201: \d+ columns where 33 should be"),
    "no number": (
        f"{HEADER}\n{PUBLISHED_ROW}\n{PUBLISHED_ROW.replace('2024.053852', 'soon')}\n",
        "line 3: the column run_time holds 'soon'",
    ),
    "too deep": (
        f"{HEADER}\n{PUBLISHED_ROW.replace(',10,rect', ',1000,rect')}\n",
        "depth holds '1000'",
    ),
    "no time": (
        f"{HEADER}\n{PUBLISHED_ROW.replace('2022-09-30 12:47', 'noon')}\n",
        "column start_time holds",
    ),
    "no energy": (f"{HEADER}\n{PUBLISHED_ROW.replace('565726.0605540001', '')}\n", "1 runs without"),
    "twice": (f"{HEADER}\n{PUBLISHED_ROW}\n{PUBLISHED_ROW}\n", "1 runs more than once"),
    "binary": ("run_id\0,node\n", "not text in UTF-8"),
}


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("is_zipped", [False, True])
def test_a_bad_file_is_told_in_a_sentence_and_replaces_nothing(
    gateway: Gateway, home: Path, tmp_path: Path, name: str, is_zipped: bool
) -> None:
    load_file(gateway, home, write_table(tmp_path, SMALL))
    before = everything_in(home)
    text, sentence = BAD[name]
    bad = tmp_path / "bad.csv"
    bad.write_text(text, encoding="utf-8")
    if is_zipped:
        bad.write_bytes(zipped(text))
    with pytest.raises(DatasetError, match=sentence) as refused:
        load_file(gateway, home, bad)
    assert str(refused.value).startswith((str(bad), f"The columns of {bad}"))
    assert "\n" not in str(refused.value)
    assert everything_in(home) == before


def test_another_encoding_is_refused(gateway: Gateway, home: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text(SMALL, encoding="utf-16")
    with pytest.raises(DatasetError, match="not text in UTF-8"):
        load_file(gateway, home, bad)


def test_a_mark_of_byte_order_and_windows_lines_do_no_harm(
    gateway: Gateway, home: Path, tmp_path: Path
) -> None:
    path = tmp_path / "windows.csv"
    path.write_bytes(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode())
    assert load_file(gateway, home, path).manifest.rows == 200


def test_a_damaged_archive_replaces_nothing(gateway: Gateway, home: Path, tmp_path: Path) -> None:
    load_file(gateway, home, write_table(tmp_path, SMALL))
    before = everything_in(home)
    path = tmp_path / "cut.zip"
    path.write_bytes(zipped(SMALL)[:-40])
    with pytest.raises(DatasetError, match="damaged or cut off"):
        load_file(gateway, home, path)
    assert everything_in(home) == before


def test_a_parquet_file_of_something_else(gateway: Gateway, home: Path, tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"a": [1]}), path)
    with pytest.raises(DatasetError, match="is not a Parquet file of BUTTER-E runs"):
        load_file(gateway, home, path)
    path.write_bytes(b"PAR1 and no more")
    with pytest.raises(DatasetError, match="is not a Parquet file of BUTTER-E runs"):
        load_file(gateway, home, path)


def test_a_file_that_changed_since_the_last_load_is_named(
    gateway: Gateway, home: Path, tmp_path: Path
) -> None:
    source = write_table(tmp_path, SMALL)
    first = load_file(gateway, home, source).manifest
    seen_then = replace(first.sources[0], first_seen_at="2024-01-01T00:00:00+00:00")
    write_manifest(home, replace(first, sources=[seen_then]))
    again = load_file(gateway, home, source)
    assert again.notes == ()
    assert again.manifest.sources == [seen_then]
    source.write_text(table_text(201))
    changed = load_file(gateway, home, source)
    assert f"{TABLE} is not the one loaded before" in changed.notes[0]


def test_a_load_that_was_killed_leaves_the_stand_in(
    gateway: Gateway, settings: Settings, home: Path, tmp_path: Path
) -> None:
    """Killed after the runs were put in their place, and before the manifest was."""
    left = home / ".making-abc"
    left.mkdir(parents=True)
    (left / "butter_e.parquet").write_bytes(b"x")
    (home / "butter_e.parquet").write_bytes(b"PAR1")
    assert butter_e_file(settings) is None
    manifest = load_file(gateway, home, write_table(tmp_path, SMALL)).manifest
    assert butter_e_file(settings) is not None
    assert not left.exists()
    (home / "butter_e.parquet").write_bytes(b"PAR1")
    assert butter_e_file(settings) is None
    assert damaged_files(home, manifest) == [home / "butter_e.parquet"]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"format": "energyvis-butter-e", "version": 2}', '{"format": "x", "version": 1}']
)
def test_a_manifest_that_cannot_be_understood(settings: Settings, home: Path, text: str) -> None:
    home.mkdir(parents=True)
    (home / "manifest.json").write_text(text)
    assert butter_e_file(settings) is None


def test_a_manifest_names_files_of_its_folder_only(gateway: Gateway, home: Path, tmp_path: Path) -> None:
    load_file(gateway, home, write_table(tmp_path, SMALL))
    written = json.loads((home / "manifest.json").read_text())
    written["files"][0]["name"] = f"../../{TABLE}"
    (home / "manifest.json").write_text(json.dumps(written))
    assert read_manifest(home) is None


def test_remove_deletes_what_the_manifest_names(
    gateway: Gateway, settings: Settings, home: Path, tmp_path: Path
) -> None:
    manifest = load_file(gateway, home, write_table(tmp_path, SMALL)).manifest
    (home / "mine.txt").write_text("stays")
    removed = remove_loaded(home, manifest)
    assert removed == [home / "manifest.json", home / "butter_e.parquet"]
    assert sorted(path.name for path in home.iterdir()) == [".lock", "mine.txt"]
    assert butter_e_file(settings) is None


def test_two_at_once(home: Path) -> None:
    with alone_in(home), pytest.raises(DatasetError, match="Another process"), alone_in(home):
        pass


def test_the_table_goes_where_the_raw_set_was(gateway: Gateway, home: Path, tmp_path: Path) -> None:
    load_file(gateway, home, write_table(tmp_path, SMALL))
    manifest = json.loads((home / "manifest.json").read_text())
    (home / "power_traces.parquet").write_bytes(b"x")
    manifest["files"].append({"name": "power_traces.parquet", "bytes": 1, "sha256": ""})
    (home / "manifest.json").write_text(json.dumps(manifest))
    load_file(gateway, home, tmp_path / TABLE)
    assert not (home / "power_traces.parquet").exists()


def test_a_folder_in_a_zip_is_not_looked_for(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr(TABLE, SMALL)
    with pytest.raises(DatasetError, match="holds no file of BUTTER-E"):
        recognised_folder(tmp_path)
    assert recognised_file(tmp_path / "all.zip").kind == "standard"
