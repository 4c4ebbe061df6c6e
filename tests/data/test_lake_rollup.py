"""A rollup holds the sums of every compacted run once, whatever happens while it is made."""

import fcntl
import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.lake import Lake
from energyvis_panel.data.lake_compaction import compact_lake
from energyvis_panel.data.lake_rollup import DuckdbSums, RollupProgress, roll_up
from energyvis_panel.data.lake_rollup_due import Days
from energyvis_panel.data.lake_rollup_files import read_rollup, rollup_path
from energyvis_panel.data.run_book import RunBook
from tests.lake_fixture import LakeWriter, at, readings

MONTH = "month=2026-11"
DOCUMENT = Path(__file__).parents[2] / "docs" / "rollups.md"
RUNS = tuple(f"01JBQ00000000000000000000{place}" for place in "ABC")
OLD = "01JAQ0000000000000000000A1"


class StopError(Exception):
    """The power went out."""


class NoSums:
    """An engine that must not be asked about any run."""

    most_samples = 1

    def totals(self, samples: Sequence[Path], epochs: Sequence[Path]) -> pa.Table:
        pytest.fail(f"{samples} and {epochs} were read again")


@pytest.fixture
def writer(tmp_path: Path) -> LakeWriter:
    return LakeWriter(tmp_path / "lake")


@pytest.fixture
def lake(writer: LakeWriter) -> Iterator[Lake]:
    with Gateway(threads=1) as gateway:
        yield Lake(gateway, writer.path)


def compacted(lake: Lake, writer: LakeWriter, run_id: str, energies_j: Sequence[float], **facts: Any) -> Path:
    """A compacted run of one GPU that no rollup holds; where its readings lie."""
    writer.marker()
    writer.facts(run_id, **facts)
    writer.segment(run_id, 0, readings(run_id, energies_j))
    kept = {path: path.read_bytes() for path in writer.path.glob("rollups/*/*.parquet")}
    compact_lake(lake)
    for path in writer.path.glob("rollups/*/*.parquet"):
        path.unlink()
    for path, content in kept.items():
        path.write_bytes(content)
    (file,) = writer.path.glob(f"runs/*/{run_id}.samples.parquet")
    return file


def energies(lake: Lake, month: str = MONTH) -> dict[str, float]:
    """Joules by run that a rollup holds."""
    rows = read_rollup(lake.path, month).totals.to_pylist()
    return {row["run_id"]: row["energy_j"] for row in rows}


def described(lake: Lake) -> list[str]:
    return [str(run_id) for run_id in read_rollup(lake.path, MONTH).facts["run_id"].to_pylist()]


def stamps(path: Path) -> dict[Path, tuple[bytes, int]]:
    return {file: (file.read_bytes(), file.stat().st_mtime_ns) for file in path.rglob("*") if file.is_file()}


def test_a_lake_without_runs_is_left_alone(lake: Lake, writer: LakeWriter) -> None:
    assert roll_up(lake).added == []
    assert not writer.path.exists()
    writer.marker()
    writer.facts(RUNS[0], state="running", ended_at=None)
    writer.segment(RUNS[0], 0, readings(RUNS[0], [0.0, 5.0]))
    assert roll_up(lake).added == []
    assert not (writer.path / "rollups").exists()


def test_a_lake_of_a_later_version_is_left_alone(lake: Lake, writer: LakeWriter) -> None:
    compacted(lake, writer, RUNS[0], [0.0, 5.0])
    (writer.path / "lake.json").write_text('{"format": "energyvis-lake", "version": 2}')
    assert roll_up(lake).added == []
    assert energies(lake) == {}


def test_twice_is_once_to_the_last_byte(lake: Lake, writer: LakeWriter) -> None:
    compacted(lake, writer, RUNS[0], [0.0, 5.0])
    report = roll_up(lake)
    assert (report.added, report.samples, report.left, report.is_alone) == ([RUNS[0]], 2, {}, True)
    first = stamps(writer.path)
    assert roll_up(lake, sums=NoSums()).added == []
    assert stamps(writer.path) == first
    for path in writer.path.glob("rollups/*/*.parquet"):
        path.unlink()
    assert roll_up(lake).added == [RUNS[0]]
    assert {path: content for path, (content, _) in stamps(writer.path).items()} == {
        path: content for path, (content, _) in first.items()
    }


def test_a_run_that_comes_later_is_added_and_the_others_are_not_read(lake: Lake, writer: LakeWriter) -> None:
    compacted(lake, writer, RUNS[1], [0.0, 5.0])
    roll_up(lake)
    compacted(lake, writer, RUNS[0], [0.0, 7.0, 0.5])
    asked: list[list[str]] = []

    class Watched(DuckdbSums):
        def totals(self, samples: Sequence[Path], epochs: Sequence[Path]) -> pa.Table:
            asked.append([path.name for path in samples])
            return DuckdbSums.totals(self, samples, epochs)

    assert roll_up(lake, sums=Watched(lake.gateway)).added == [RUNS[0]]
    assert asked == [[f"{RUNS[0]}.samples.parquet"]]
    assert energies(lake) == {RUNS[0]: 7.5, RUNS[1]: 5.0}
    assert described(lake) == list(RUNS[:2])


def test_a_run_whose_file_was_replaced_is_summed_again_and_one_that_is_gone_is_dropped(
    lake: Lake, writer: LakeWriter
) -> None:
    for run_id in RUNS:
        compacted(lake, writer, run_id, [0.0, 5.0])
    roll_up(lake)
    for run_id in RUNS[:2]:
        for path in writer.path.glob(f"runs/*/{run_id}.*"):
            path.unlink()
    compacted(lake, writer, RUNS[0], [0.0, 5.0, 11.0], name="mended")
    assert roll_up(lake).added == [RUNS[0]]
    assert energies(lake) == {RUNS[0]: 16.0, RUNS[2]: 5.0}
    assert described(lake) == [RUNS[0], RUNS[2]]
    (first, second) = lake.all_runs(at(100)).to_pylist()
    assert {row["name"]: row["energy_j"] for row in (first, second)} == {"mended": 16.0, "resnet": 5.0}


def test_a_run_counts_in_the_month_of_its_start_in_utc(lake: Lake, writer: LakeWriter) -> None:
    late = {"started_at": "2026-10-31T23:59:59.999999Z", "ended_at": "2026-11-02T00:00:00Z"}
    compacted(lake, writer, OLD, [0.0, 3.0], **late)
    # Half past midnight of November where the clocks are two hours ahead.
    compacted(lake, writer, RUNS[0], [0.0, 4.0], started_at="2026-11-01T00:30:00+02:00")
    compacted(lake, writer, RUNS[1], [0.0, 5.0], started_at="2026-10-31T23:30:00-02:00")
    assert len(roll_up(lake).added) == 3
    assert energies(lake, "month=2026-10") == {OLD: 3.0, RUNS[0]: 4.0}
    assert energies(lake) == {RUNS[1]: 5.0}
    starts = read_rollup(lake.path, "month=2026-10").facts["started_at"].to_pylist()
    assert [f"{start:%Y-%m-%d %H:%M %Z}" for start in starts] == [
        "2026-10-31 23:59 UTC",
        "2026-10-31 22:30 UTC",
    ]


def test_only_the_runs_of_the_asked_days_are_added(lake: Lake, writer: LakeWriter) -> None:
    compacted(lake, writer, OLD, [0.0, 3.0], started_at="2026-10-31T23:59:59Z")
    compacted(lake, writer, RUNS[0], [0.0, 4.0], started_at="2026-11-03T00:00:00Z")
    compacted(lake, writer, RUNS[1], [0.0, 5.0], started_at="2026-11-03T23:59:59Z")
    compacted(lake, writer, RUNS[2], [0.0, 6.0], started_at="2026-11-04T00:00:00Z")
    day = date(2026, 11, 3)
    assert roll_up(lake, days=Days(day, day)).added == [RUNS[0], RUNS[1]]
    assert roll_up(lake, days=Days(first=day)).added == [RUNS[2]]
    assert roll_up(lake, days=Days(first=date(2026, 12, 1))).added == []
    assert roll_up(lake).added == [OLD]


def test_a_damaged_file_is_named_and_its_run_alone_left_out(lake: Lake, writer: LakeWriter) -> None:
    torn, unreadable, _ = (compacted(lake, writer, run_id, [0.0, 5.0] * 40) for run_id in RUNS)
    torn.write_bytes(b"PAR1")
    # The footer stays whole, so that only whoever reads the pages notices.
    content = bytearray(unreadable.read_bytes())
    content[4:200] = b"\xff" * 196
    unreadable.write_bytes(bytes(content))
    report = roll_up(lake)
    assert report.added == [RUNS[2]]
    assert report.left == {RUNS[0]: f"{torn}: it is not a whole Parquet file", RUNS[1]: report.left[RUNS[1]]}
    assert report.left[RUNS[1]].startswith(f"{unreadable}: it cannot be read (")
    assert energies(lake) == {RUNS[2]: 200.0}
    before = stamps(writer.path / "rollups")
    assert set(roll_up(lake).left) == set(RUNS[:2])
    assert stamps(writer.path / "rollups") == before


def test_nobody_else_rolls_up_meanwhile(lake: Lake, writer: LakeWriter) -> None:
    compacted(lake, writer, RUNS[0], [0.0, 5.0])
    with (writer.path / "rollups" / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert roll_up(lake, sums=NoSums()).is_alone is False
    assert roll_up(lake).added == [RUNS[0]]


def test_batches_give_what_one_question_gives(lake: Lake, writer: LakeWriter) -> None:
    for place, run_id in enumerate(RUNS):
        compacted(lake, writer, run_id, [0.0, *[float(place)] * 9])
    roll_up(lake)
    whole = read_rollup(lake.path, MONTH)
    for path in writer.path.glob("rollups/*/*.parquet"):
        path.unlink()
    told: list[RollupProgress] = []
    roll_up(lake, sums=DuckdbSums(lake.gateway, most_samples=20), told=told.append)
    assert [(p.runs, p.all_runs, p.samples, p.all_samples) for p in told] == [(2, 3, 20, 30), (3, 3, 30, 30)]
    assert read_rollup(lake.path, MONTH) == whole


@pytest.mark.parametrize("written", range(5))
def test_stopped_before_any_file_it_goes_on_and_loses_nothing(
    lake: Lake, writer: LakeWriter, monkeypatch: pytest.MonkeyPatch, written: int
) -> None:
    compacted(lake, writer, RUNS[0], [0.0, 5.0])
    roll_up(lake)
    replaced = compacted(lake, writer, RUNS[1], [0.0, 6.0])
    roll_up(lake)
    for path in writer.path.glob(f"runs/*/{RUNS[1]}.*"):
        path.unlink()
    assert replaced == compacted(lake, writer, RUNS[1], [0.0, 6.0, 1.0])
    compacted(lake, writer, RUNS[2], [0.0, 8.0])
    write, calls = pq.write_table, []

    def stop(*arguments: Any, **options: Any) -> None:
        calls.append(arguments)
        if len(calls) > written:
            raise StopError
        write(*arguments, **options)

    with monkeypatch.context() as patched:
        patched.setattr("energyvis_panel.data.lake_rollup_files.pq.write_table", stop)
        one_by_one = DuckdbSums(lake.gateway, most_samples=1)
        if written < 4:
            with pytest.raises(StopError):
                roll_up(lake, sums=one_by_one)
        else:
            roll_up(lake, sums=one_by_one)
    assert not list(writer.path.rglob("*.tmp"))
    seen = {row["run_id"]: row["energy_j"] for row in lake.all_runs(at(100)).to_pylist()}
    assert (seen[RUNS[0]], seen[RUNS[2]]) == (5.0, 8.0)
    assert seen[RUNS[1]] == (7.0 if written else 6.0)
    roll_up(lake)
    assert energies(lake) == {RUNS[0]: 5.0, RUNS[1]: 7.0, RUNS[2]: 8.0}
    assert described(lake) == list(RUNS)
    assert roll_up(lake, sums=NoSums()).added == []


def test_lost_or_damaged_facts_are_made_again_without_reading_samples(lake: Lake, writer: LakeWriter) -> None:
    compacted(lake, writer, RUNS[0], [0.0, 5.0])
    roll_up(lake)
    whole = read_rollup(lake.path, MONTH)
    path = rollup_path(lake.path, "run_facts", MONTH)
    for damage in (path.unlink, lambda: path.write_bytes(b"PAR1 torn PAR1")):
        damage()
        report = roll_up(lake, sums=NoSums())
        assert (report.added, report.left) == ([], {})
        assert read_rollup(lake.path, MONTH) == whole


def test_a_reader_opens_no_file_of_a_run_in_the_rollup(lake: Lake, writer: LakeWriter) -> None:
    samples = compacted(lake, writer, RUNS[0], [0.0, 5.0], name="kept")
    roll_up(lake)
    facts = samples.with_name(f"{RUNS[0]}.run.json")
    facts.write_text("{}")
    (row,) = RunBook(lake).read(at(100)).months[0].to_pylist()
    assert (row["name"], row["energy_j"]) == ("kept", 5.0)
    facts.unlink()
    assert RunBook(lake).read(at(100)).months[0].num_rows == 0


def test_the_example_of_the_document_gives_energy_by_user_and_month(
    lake: Lake, writer: LakeWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    starts = ("2026-10-31T23:59:59Z", "2026-11-01T00:00:00Z", "2026-11-30T23:59:59Z")
    for run_id, start, user in zip(RUNS, starts, ("ada", "bob", "bob"), strict=True):
        compacted(lake, writer, run_id, [0.0, 3.6e6], started_at=start, user=user)
    roll_up(lake)
    monkeypatch.chdir(writer.path.parent)
    (example,) = re.findall(r"```sql rollups\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    rows = duckdb.connect().sql(example).fetchall()
    assert rows == [("ada", "2026-10", 1.0), ("bob", "2026-11", 2.0)]


def test_a_reader_falls_back_on_the_files_where_the_facts_are_lost(lake: Lake, writer: LakeWriter) -> None:
    compacted(lake, writer, RUNS[0], [0.0, 5.0], name="kept")
    roll_up(lake)
    book = RunBook(lake)
    path = rollup_path(lake.path, "run_facts", MONTH)
    for damage in (lambda: path.write_bytes(b"PAR1 torn PAR1"), path.unlink):
        damage()
        assert book.read(at(100)).months[0]["name"].to_pylist() == ["kept"]
