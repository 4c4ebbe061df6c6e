"""Damage that only shows deep within a file of the lake: the file is left out and named, nothing else is."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from energyvis_panel.data import lake_damage
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.lake import Lake
from energyvis_panel.data.lake_check_run import page_damage
from energyvis_panel.data.lake_damage import beyond_calendar
from energyvis_panel.data.profile_store import ProfileStore
from tests.ending_file import end_database
from tests.lake_fixture import RUN, LakeWriter, at

OTHER = "01JBQ0000000000000000000BB"


@pytest.fixture
def writer(tmp_path: Path) -> LakeWriter:
    made = LakeWriter(tmp_path / "lake")
    made.plain_run()
    made.plain_run(OTHER, name="other")
    return made


@pytest.fixture
def lake(writer: LakeWriter) -> Iterator[Lake]:
    with Gateway(threads=1) as gateway:
        yield Lake(gateway, writer.path)


def file_of(writer: LakeWriter, name: str) -> Path:
    (found,) = (writer.path / "live" / OTHER).rglob(name)
    return found


def check_left_out(lake: Lake, file: Path, reason: str) -> None:
    """The whole run has its profile, the other one what is left of it, and the status names the file."""
    store = ProfileStore(lake)
    assert store.from_run(RUN).epochs
    store.from_run(OTHER)
    assert set(lake.all_runs(at(100))["run_id"].to_pylist()) == {RUN, OTHER}
    (damage,) = lake.status(at(100)).damaged
    assert damage.path == file
    assert reason in damage.reason
    assert "\n" not in damage.reason


def test_a_file_that_ends_a_database(lake: Lake, writer: LakeWriter) -> None:
    file = file_of(writer, "epochs.parquet")
    end_database(file)
    check_left_out(lake, file, "it cannot be read (")


def test_a_file_that_arrow_reads_and_duckdb_does_not(
    lake: Lake, writer: LakeWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = file_of(writer, "epochs.parquet")
    end_database(file)
    monkeypatch.setattr(lake_damage, "check_pages", lambda _path: None)
    check_left_out(lake, file, "INTERNAL Error")


def test_a_time_outside_of_the_calendar(lake: Lake, writer: LakeWriter) -> None:
    file = file_of(writer, "samples-000000.parquet")
    table = pq.read_table(file)
    place = table.schema.get_field_index("ts")
    kind = table.schema.field(place).type
    times = pa.array([2**60] * table.num_rows, pa.int64()).cast(kind)
    pq.write_table(table.set_column(place, table.schema.field(place), times), file)
    check_left_out(lake, file, "its column 'ts' holds a time outside of the calendar")


def test_a_name_that_is_not_utf_8(lake: Lake, writer: LakeWriter) -> None:
    file = file_of(writer, "epochs.parquet")
    whole = file.read_bytes()
    footer = len(whole) - 8 - int.from_bytes(whole[-8:-4], "little")
    file.write_bytes(whole[:footer] + whole[footer:].replace(b"writer", b"writ\xffr"))
    check_left_out(lake, file, "it cannot be read (a name in it is not UTF-8)")


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_only_times_that_are_no_dates_are_beyond_the_calendar(unit: str) -> None:
    usual = pa.array([datetime(1970, 1, 1), None, datetime(2200, 1, 1)], pa.timestamp(unit))  # noqa: DTZ001 - for Arrow
    least = pa.array([-(2**63) + 1, None, 2**63 - 1], pa.int64()).cast(pa.timestamp(unit))
    rows = pa.table({"usual": usual, "number": [1, 2, 3], "least": least, "none": usual.take([1, 1, 1])})
    assert beyond_calendar(rows) == ([] if unit == "ns" else ["least"])
    assert beyond_calendar(rows.slice(0, 0)) == []


def test_the_check_of_a_lake_names_it_too(writer: LakeWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    file = file_of(writer, "epochs.parquet")
    end_database(file)
    monkeypatch.setattr(lake_damage, "check_pages", lambda _path: None)
    (damage,) = page_damage([file])
    assert "INTERNAL Error" in damage.reason
