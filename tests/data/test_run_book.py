"""A lake read in parts gives what reading it whole gives, and reads again only what changed."""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.lake import Lake
from energyvis_panel.data.lake_compaction import compact_lake
from energyvis_panel.data.run_book import BookReading, RunBook
from energyvis_panel.domain.carbon import Price
from energyvis_panel.state.run_rows import BookRows, take_snapshot
from tests.lake_fixture import LakeWriter
from tests.profiles_fixture import INTENSITIES

OLD = "01JAQ0000000000000000000A1"
NEW = "01JBQ0000000000000000000B1"
LIVE = "01JBQ0000000000000000000C1"
NOW = datetime(2026, 11, 3, 10, 2, tzinfo=UTC)
LONG_AGO = 1_700_000_000


@pytest.fixture
def writer(tmp_path: Path) -> LakeWriter:
    made = LakeWriter(tmp_path / "lake")
    october = {f"{name}_at": "2026-10-03T10:00:00.000000Z" for name in ("started", "ended", "heartbeat")}
    made.plain_run(OLD, name="old", **october)
    made.plain_run(NEW, name="new")
    return made


@pytest.fixture
def lake(writer: LakeWriter) -> Iterator[Lake]:
    with Gateway(threads=1) as gateway:
        found = Lake(gateway, writer.path)
        compact_lake(found)
        yield found


def settle(path: Path) -> None:
    """Date the months back, so that they are no longer young."""
    for part in (*(path / "runs").iterdir(), *(path / "rollups").glob("*/*.parquet")):
        os.utime(part, (LONG_AGO, LONG_AGO))


def write_live(writer: LakeWriter) -> None:
    writer.plain_run(LIVE, name="live", state="running", ended_at=None)


def same_as_whole(reading: BookReading, lake: Lake) -> None:
    whole = lake.all_runs(NOW)
    parts = [row for table in (reading.live, *reading.months) for row in table.to_pylist()]
    assert sorted(parts, key=lambda row: row["run_id"]) == sorted(
        whole.to_pylist(), key=lambda row: row["run_id"]
    )
    assert reading.status == lake.status(NOW)


def test_parts_are_the_whole(writer: LakeWriter, lake: Lake) -> None:
    write_live(writer)
    reading = RunBook(lake).read(NOW)
    same_as_whole(reading, lake)
    assert [table["name"].to_pylist() for table in reading.months] == [["new"], ["old"]]
    assert reading.live["name"].to_pylist() == ["live"]


def test_a_month_that_did_not_change_is_not_read_again(writer: LakeWriter, lake: Lake) -> None:
    book = RunBook(lake)
    settle(writer.path)
    first = book.read(NOW)
    write_live(writer)
    second = book.read(NOW)
    assert [id(table) for table in second.months] == [id(table) for table in first.months]
    same_as_whole(second, lake)
    writer.facts(LIVE, name="live", state="finished")
    compact_lake(lake)
    third = book.read(NOW)
    assert third.months[1] is first.months[1]
    assert third.months[0]["name"].to_pylist() == ["live", "new"]
    assert third.live.num_rows == 0
    same_as_whole(third, lake)


def test_a_young_month_is_read_again_whatever_its_time(writer: LakeWriter, lake: Lake) -> None:
    book = RunBook(lake)
    first = book.read(NOW)
    assert book.read(NOW).months[0] is not first.months[0]
    assert writer.path.is_dir()


def test_a_removed_month_and_a_removed_lake_are_gone(writer: LakeWriter, lake: Lake) -> None:
    book = RunBook(lake)
    book.read(NOW)
    shutil.rmtree(writer.path / "runs" / "month=2026-10")
    (writer.path / "rollups" / "run_totals" / "month=2026-10.parquet").unlink()
    same_as_whole(book.read(NOW), lake)
    shutil.rmtree(writer.path)
    reading = book.read(NOW)
    assert (reading.months, reading.live.num_rows, reading.status.exists) == ((), 0, False)


def test_damage_and_strangers_are_named_as_by_the_whole(writer: LakeWriter, lake: Lake) -> None:
    (writer.path / "runs" / "holiday").mkdir()
    (writer.path / "runs" / "month=2026-11" / "notes.txt").write_text("hello")
    (writer.path / "runs" / "month=2026-11" / f"{NEW}.epochs.parquet").write_bytes(b"torn")
    (writer.path / "rollups" / "run_totals" / "month=2026-11.parquet").unlink()
    damaged = RunBook(lake).read(NOW).status.damaged
    assert {d.path.name for d in damaged} == {"holiday", "notes.txt", f"{NEW}.epochs.parquet"}
    assert set(damaged) == set(lake.status(NOW).damaged)


def test_older_months_wait_where_time_is_short(lake: Lake) -> None:
    book = RunBook(lake, longest_s=-1.0)
    reading = book.read(NOW)
    assert (reading.months, reading.pending_months) == ((), 2)
    book.longest_s = 10.0
    assert book.read(NOW).pending_months == 0


def test_questions_about_a_run_are_asked_of_its_part(
    writer: LakeWriter, lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_live(writer)
    book = RunBook(lake)
    book.read(NOW)
    expected = {run: lake.ask("runs/epochs_of_run", run_id=run).to_pylist() for run in (OLD, NEW, LIVE)}

    def refuse() -> None:
        pytest.fail("The whole lake was listed")

    monkeypatch.setattr(lake, "listing", refuse)
    for run, rows in expected.items():
        assert book.ask("runs/epochs_of_run", run_id=run).to_pylist() == rows
        assert book.run(run).facts.run_id == run


def test_rows_are_made_once_and_are_those_of_the_whole(writer: LakeWriter, lake: Lake) -> None:
    write_live(writer)
    settle(writer.path)
    prices = {"US-GA": Price(0.1, "USD", "a table")}
    rows = BookRows(RunBook(lake), INTENSITIES, prices)
    first, second = rows.snapshot(NOW), rows.snapshot(NOW)
    assert [row.name for row in first.rows] == [row.name for row in take_snapshot(lake, {}, NOW).rows]
    assert set(first.rows) == set(take_snapshot(lake, INTENSITIES, NOW, prices).rows)
    assert all(a is b for a, b in zip(first.rows, second.rows, strict=True) if a.run_id != LIVE)
    assert first.rows[0].cost_usd == pytest.approx(8400.0 * 1.2 / 3.6e6 * 0.1)
