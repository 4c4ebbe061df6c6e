"""Compaction changes where rows lie, never which rows there are; it may be stopped anywhere."""

import fcntl
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.lake import Lake
from energyvis_panel.data.lake_compaction import compact_lake
from energyvis_panel.data.lake_rollup import roll_up
from tests.lake_fixture import RUN, LakeWriter, at, epoch, readings, span

SECOND = "01JBQ0000000000000000000BB"
UNMEASURED = "01JBQ0000000000000000000CC"
STEPS = ["epochs", "spans", "facts", "samples", "rename", "remove", "remove file", "rollup"]


class StopError(Exception):
    """The power went out."""


@pytest.fixture
def writer(tmp_path: Path) -> LakeWriter:
    writer = LakeWriter(tmp_path / "lake")
    writer.plain_run()
    writer.marker()
    writer.facts(SECOND, started_at="2026-10-31T23:59:59Z", hosts=["node1", "node2"])
    for host in ("node1", "node2"):
        writer.segment(SECOND, 0, readings(SECOND, [0.0, 3.5, 4.25], host=host), writer=f"{host}-10")
        writer.epochs(SECOND, [epoch(SECOND, 0, 0, 2, energy_gpu_j=7.75)], writer=f"{host}-10")
        writer.spans(SECOND, 0, [span(SECOND, 0, "eval", 0, 1, energy_gpu_j=3.5)], writer=f"{host}-10")
        writer.spans(SECOND, 1, [span(SECOND, 1, "eval", 1, 2, units=8.0)], writer=f"{host}-10")
        (writer.path / "live" / SECOND / f"{host}-10" / "run.json").write_text("facts of this writer alone")
    writer.facts(UNMEASURED)
    return writer


@pytest.fixture
def lake(writer: LakeWriter) -> Iterator[Lake]:
    with Gateway(threads=1) as gateway:
        yield Lake(gateway, writer.path)


def everything(lake: Lake) -> list[pa.Table]:
    """All that a reader can see of the lake."""
    answers = [lake.all_runs(at(100))]
    for run_id in (RUN, SECOND, UNMEASURED):
        answers += [
            lake.ask(question, run_id=run_id)
            for question in (
                "lake/compacted_samples",
                "lake/compacted_epochs",
                "lake/compacted_spans",
                "runs/outside_of_run",
            )
        ]
    return answers


def test_finished_runs_move_and_nothing_else_changes(lake: Lake, writer: LakeWriter) -> None:
    before = everything(lake)
    report = compact_lake(lake)
    assert report.compacted == [RUN, SECOND, UNMEASURED]
    assert sorted(p.relative_to(writer.path).as_posix() for p in writer.path.rglob("*") if p.is_file()) == [
        "lake.json",
        "rollups/lock",
        "rollups/run_facts/month=2026-10.parquet",
        "rollups/run_facts/month=2026-11.parquet",
        "rollups/run_totals/month=2026-10.parquet",
        "rollups/run_totals/month=2026-11.parquet",
        f"runs/month=2026-10/{SECOND}.epochs.parquet",
        f"runs/month=2026-10/{SECOND}.run.json",
        f"runs/month=2026-10/{SECOND}.samples.parquet",
        f"runs/month=2026-10/{SECOND}.spans.parquet",
        f"runs/month=2026-11/{RUN}.epochs.parquet",
        f"runs/month=2026-11/{RUN}.run.json",
        f"runs/month=2026-11/{RUN}.samples.parquet",
        f"runs/month=2026-11/{UNMEASURED}.run.json",
        f"runs/month=2026-11/{UNMEASURED}.samples.parquet",
    ]
    assert everything(lake) == before
    assert not lake.status(at(0)).damaged


def test_a_second_compaction_finds_nothing_to_do(lake: Lake, writer: LakeWriter) -> None:
    compact_lake(lake)
    stamps = {path: path.stat().st_mtime_ns for path in writer.path.rglob("*")}
    report = compact_lake(lake)
    assert (report.compacted, report.tidied, report.left) == ([], [], {})
    assert {path: path.stat().st_mtime_ns for path in writer.path.rglob("*")} == stamps


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("occurrence", [1, 2, 3])
def test_stopping_before_any_step_loses_and_doubles_nothing(lake: Lake, step: str, occurrence: int) -> None:
    before = everything(lake)
    met: list[str] = []

    def stop(name: str) -> None:
        met.append(name)
        if met.count(step) == occurrence and name == step:
            raise StopError

    try:
        compact_lake(lake, before=stop)
    except StopError:
        assert everything(lake) == before
    else:
        assert met.count(step) < occurrence
    with Gateway(threads=1) as fresh:
        again = Lake(fresh, lake.path)
        compact_lake(again)
        assert everything(again) == before
        assert not (lake.path / "live" / RUN).exists()
        assert not list(lake.path.rglob("*.tmp"))


def test_every_step_was_met(lake: Lake) -> None:
    met: set[str] = set()
    compact_lake(lake, before=met.add)
    assert met == set(STEPS)


def test_active_run_and_open_journal_are_left(lake: Lake, writer: LakeWriter) -> None:
    writer.facts(RUN, state="running", ended_at=None)
    journal = writer.path / "live" / SECOND / "node2-10" / "journal-000001.bin"
    journal.write_bytes(b"not closed")
    report = compact_lake(lake)
    assert report.compacted == [UNMEASURED]
    assert "journal" in report.left[SECOND]
    assert RUN not in report.left
    assert journal.exists()


def test_run_with_a_damaged_file_is_left(lake: Lake, writer: LakeWriter) -> None:
    path = writer.path / "live" / RUN / "node1-10" / "samples-000001.parquet"
    path.write_bytes(b"PAR1 torn")
    report = compact_lake(lake)
    assert "damaged" in report.left[RUN]
    assert path.exists()


def test_leftover_with_more_readings_than_the_compacted_file_is_kept(lake: Lake, writer: LakeWriter) -> None:
    compact_lake(lake)
    writer.plain_run()
    writer.segment(RUN, 2, readings(RUN, [1.0] * 50))
    report = compact_lake(lake)
    assert "fewer readings" in report.left[RUN]
    assert (writer.path / "live" / RUN / "run.json").exists()


def test_a_foreign_file_in_the_live_folder_survives(lake: Lake, writer: LakeWriter) -> None:
    note = writer.path / "live" / RUN / "node1-10" / "notes.txt"
    note.write_text("mine")
    report = compact_lake(lake)
    assert "damaged" in report.left[RUN]
    assert note.read_text() == "mine"


def test_leftover_with_more_spans_than_the_compacted_file_is_kept(lake: Lake, writer: LakeWriter) -> None:
    compact_lake(lake)
    writer.facts(SECOND)
    writer.spans(SECOND, 7, [span(SECOND, place, "eval", 0, 1) for place in range(9)])
    assert "fewer readings" in compact_lake(lake).left[SECOND]
    assert (writer.path / "live" / SECOND / "node1-10" / "spans-000007.parquet").exists()


def test_run_whose_writer_lives_is_left(lake: Lake, writer: LakeWriter) -> None:
    lock = writer.path / "live" / RUN / "node1-10" / "lock"
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert compact_lake(lake).left == {RUN: "a writer of it still lives"}
    assert compact_lake(lake).compacted == [RUN]


@pytest.mark.parametrize("late", ["samples-000009.parquet", "spans-000009.parquet", "journal-000009.bin"])
def test_what_a_writer_adds_after_the_listing_is_not_removed(
    lake: Lake, writer: LakeWriter, late: str
) -> None:
    def write_late(step: str) -> None:
        if step == "facts" and not path.exists():
            path.write_bytes((path.parent / "samples-000000.parquet").read_bytes())

    path = writer.path / "live" / RUN / "node1-10" / late
    report = compact_lake(lake, before=write_late)
    assert "has written since" in report.left[RUN]
    assert path.exists()
    assert not list(writer.path.glob(f"runs/*/{RUN}.samples.parquet"))


def test_segments_of_an_earlier_version_are_compacted_with_those_of_this_one(
    lake: Lake, writer: LakeWriter
) -> None:
    path = writer.path / "live" / RUN / "node1-10" / "samples-000000.parquet"
    table = pq.read_table(path)
    pq.write_table(table.drop_columns(["reported_power_w", "residual_j"]), path)
    before = everything(lake)
    assert RUN in compact_lake(lake).compacted
    assert everything(lake) == before
    compacted = pq.read_schema(writer.path / f"runs/month=2026-11/{RUN}.samples.parquet")
    assert compacted.names == table.schema.names


def test_rollup_may_be_deleted_or_damaged_at_any_time(lake: Lake, writer: LakeWriter) -> None:
    compact_lake(lake)
    before = lake.all_runs(at(100))
    rollups = sorted((writer.path / "rollups" / "run_totals").iterdir())
    rollups[0].unlink()
    rollups[1].write_bytes(b"PAR1")
    assert lake.all_runs(at(100)) == before
    assert roll_up(lake).added == [SECOND, RUN]
    assert lake.all_runs(at(100)) == before
    assert lake.listing().rolled_up == {RUN, SECOND}


def test_compacted_file_follows_the_data_dictionary_in_order(lake: Lake, writer: LakeWriter) -> None:
    compact_lake(lake)
    table = pq.read_table(writer.path / f"runs/month=2026-11/{RUN}.samples.parquet")
    assert table["ts"].to_pylist() == sorted(table["ts"].to_pylist())
    assert table.num_rows == 122
