"""Whatever is offered as a profile: a profile, or one sentence that says what, where and how to mend it."""

import gzip
import io
import json
import pickle
import time
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from energyvis_panel.data import text_file
from energyvis_panel.data.importers.csv_table import read_table
from energyvis_panel.data.importers.places import alpha_2_by_3, named_region, region_name, region_of
from energyvis_panel.data.importers.recognise import read_import
from energyvis_panel.data.profile_json import profile_to_json
from energyvis_panel.errors import ProfileError
from tests.data.importer_case import NAMES, sample
from tests.profiles_fixture import small_profile

LONGEST_S = 5.0
SCRIPT = "<script>alert(1)</script>"


def zipped() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("emissions.csv", sample("codecarbon_2_3.csv"))
    return target.getvalue()


def parquet() -> bytes:
    target = io.BytesIO()
    pq.write_table(pa.table({"a": [1]}), target)
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (zipped(), "is a zip archive, not text"),
        (gzip.compress(b"x"), "is a gzip archive"),
        (parquet(), "is a Parquet file"),
        (pickle.dumps({"energy": 1}), "is a Python pickle"),
        (pickle.dumps({"energy": 1}, 2), "is a Python pickle"),
        (b"%PDF-1.7", "is a PDF"),
        (sample("codecarbon_2_3.csv").decode().encode("utf-16"), "is not text in UTF-8, but in UTF-16"),
        (b"\xff\xf0", "is not text in UTF-8"),
        (b"a\0b", "holds a zero byte"),
        (b"", "is empty"),
        (b"hello", "is of no known format"),
        (b"[tool.ruff]", "is of no known format"),
        (b"{", "is not JSON"),
        (b"duration,emissions,energy_consumed\n", "has a heading but no row"),
        (b"duration,emissions,energy_consumed,duration\n1,2,3,4\n", "the column 'duration' stands twice"),
        (b"duration,emissions,energy_consumed\n1,2,3\n1,2", "ends in the middle of row 2: 2 of 3 cells"),
        (b"duration,emissions,energy_consumed\n1,2\n1,2,3\n", "row 1 has 2 cells for 3 columns"),
        (b"duration,emissions,energy_consumed\n1,2,3,4\n", "row 1 has 4 cells for 3 columns"),
        (b'duration,emissions,energy_consumed\n1,2,"3\n', "is not a whole table"),
        (b"profile_id,part,index,energy_gpu_j\na,epoch,0,1\n", "exported for other programs"),
    ],
)
def test_what_is_no_profile_gets_one_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(ProfileError) as caught:
        read_import(content, "x.csv")
    assert sentence in str(caught.value)
    assert str(caught.value).startswith("x.csv ")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500


def test_a_large_file_is_refused_before_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_file, "MOST_BYTES", 1000)
    with pytest.raises(ProfileError, match="MB are read"):
        read_import(b"\xff" * 1001, "x.csv")


@pytest.mark.parametrize("name", NAMES)
def test_the_format_is_told_by_content_and_not_by_name(name: str) -> None:
    assert read_import(sample(name), "x.bin")


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith(".csv") and "zeus" not in name])
def test_spreadsheets_may_have_saved_it(name: str) -> None:
    whole = read_import(sample(name), name)
    table = read_table(sample(name).decode(), name)
    quoted = "\ufeff" + "\r\n".join(
        ";".join(
            '"' + cell.replace(".", ",").replace('"', '""') + '"'
            if cell[:1].isdigit() and "-" not in cell and cell.replace(".", "", 1).isdecimal()
            else '"' + cell.replace('"', '""') + '"'
            for cell in line
        )
        for line in (list(table.columns), *table.rows)
    )
    again = read_import(quoted.encode(), name)
    assert [found.profile.epochs for found in again] == [found.profile.epochs for found in whole]


def test_script_in_names_stays_text() -> None:
    text = sample("codecarbon_2_3.csv").replace(b"bert", SCRIPT.encode())
    (found,) = read_import(text, SCRIPT)
    assert found.profile.name == SCRIPT
    assert "<" not in found.profile.id


def test_control_characters_in_names_become_blanks() -> None:
    text = sample("codecarbon_2_3.csv").replace(b"bert", b"be\x1b[31mrt")
    (found,) = read_import(text, "a\nb")
    assert found.profile.name == "be [31mrt"
    with pytest.raises(ProfileError, match=r"^a b is of no known format"):
        read_import(b"x", "a\nb")


def test_implausible_energy_in_our_own_format_is_named_and_kept() -> None:
    content = json.loads(profile_to_json(small_profile()))
    content["epochs"][1]["energy_j"]["gpu"] = 1e9
    (found,) = read_import(json.dumps(content).encode(), "x.json")
    assert found.profile.epochs[1].energy.gpu == 1e9
    assert "mean power of 10,000 kW for each GPU" in found.defects[0]
    assert found.defects[0].startswith("Epoch 1 has")


def test_every_country_of_the_grid_is_found_by_its_codes_and_name() -> None:
    assert len(alpha_2_by_3()) == 250
    assert (region_of("FRA"), region_of("FR"), region_of("France")) == ("FR", "FR", "FR")
    assert (region_of("USA", "georgia"), region_of("USA", "nowhere"), region_of("XYZ")) == (
        "US-GA",
        "US",
        None,
    )
    assert (named_region("Georgia"), region_name("GE"), region_name("US-GA")) == ("US-GA", None, "Georgia")


@given(
    name=st.sampled_from(NAMES),
    cuts=st.lists(
        st.tuples(st.floats(0, 1), st.binary(max_size=6), st.integers(0, 12)), min_size=1, max_size=6
    ),
)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_damaged_sample_is_a_profile_or_a_sentence(name: str, cuts: list[tuple[float, bytes, int]]) -> None:
    content = sample(name)
    for share, inserted, removed in cuts:
        at = int(share * len(content))
        content = content[:at] + inserted + content[at + removed :]
    begin_s = time.perf_counter()
    expect_profile_or_sentence(content)
    assert time.perf_counter() - begin_s < LONGEST_S


CELLS = st.sampled_from(
    [
        "",
        "nan",
        "inf",
        "-inf",
        "-1",
        "0",
        "1e308",
        "-0.0",
        "1e-320",
        "1,5",
        "N/A",
        "é",
        "=1+1",
        "[1 2]",
        "9" * 400,
        '"',
    ]
)


@given(
    name=st.sampled_from([name for name in NAMES if name.endswith(".csv")]),
    places=st.lists(st.tuples(st.floats(0, 1), CELLS), min_size=1, max_size=5),
)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_strange_cell_is_a_profile_or_a_sentence(name: str, places: list[tuple[float, str]]) -> None:
    lines = sample(name).decode().split("\n")
    for share, cell in places:
        line = 1 + int(share * (len(lines) - 2.001))
        cells = lines[line].split(",")
        cells[int(share * 7919) % len(cells)] = cell
        lines[line] = ",".join(cells)
    expect_profile_or_sentence("\n".join(lines).encode())


@given(content=st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
@settings(max_examples=200, deadline=None)
def test_random_bytes_are_a_sentence(content: bytes) -> None:
    with pytest.raises(ProfileError):
        read_import(content, "x")


def expect_profile_or_sentence(content: bytes) -> None:
    try:
        found = read_import(content, "x")
    except ProfileError as error:
        assert "\n" not in str(error)  # noqa: PT017 - either outcome is right
        return
    for imported in found:
        profile = imported.profile
        # What was imported can be written and read again: every figure is finite and in its range.
        (again,) = read_import(profile_to_json(profile).encode(), "x")
        assert again.profile == profile
