"""The rollups: the sums of each month's compacted runs, so that nobody has to read their samples again.

Only what is new is summed, a batch of runs at a time, and each batch is put in place before the next one is
begun: whoever is stopped loses the batch that he was at. Runs that go on are not summed; their readings are
read.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

import pyarrow as pa

from energyvis_panel.data.data_dictionary import table_schema
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.lake import Lake, table_files
from energyvis_panel.data.lake_damage import deep_damage
from energyvis_panel.data.lake_layout import LOCK_FILE, ROLLUPS, RUNS, entries, marker_reason
from energyvis_panel.data.lake_locks import sole_worker
from energyvis_panel.data.lake_rollup_due import ALL_DAYS, Days, DueRun, MonthDue, due_months
from energyvis_panel.data.lake_rollup_files import (
    MonthRollup,
    add_runs,
    facts_rows,
    remove_unfinished,
    write_rollup,
)
from energyvis_panel.errors import QueryError

MOST_SAMPLES: Final = 20_000_000
"""Readings that one question sums: about a gigabyte of memory where all of them have to be held at once."""


class RunSums(Protocol):
    """An engine that sums readings."""

    @property
    def most_samples(self) -> int:
        """About how many readings it takes at once."""

    def totals(self, samples: Sequence[Path], epochs: Sequence[Path]) -> pa.Table:
        """Rows of ``lake/run_totals_of_month`` for the runs in the files; raises QueryError."""


@dataclass(frozen=True, slots=True)
class DuckdbSums:
    """Sums readings in this process."""

    gateway: Gateway
    most_samples: int = MOST_SAMPLES

    def totals(self, samples: Sequence[Path], epochs: Sequence[Path]) -> pa.Table:
        """See :class:`RunSums`."""
        return self.gateway.ask(
            "lake/run_totals_of_month",
            samples=table_files("samples", samples),
            epochs=table_files("epochs", epochs),
        )


@dataclass(frozen=True, slots=True)
class RollupProgress:
    """How far a month is: runs and readings that are summed, of those that are to be."""

    month: str
    runs: int
    all_runs: int
    samples: int
    all_samples: int


@dataclass(slots=True)
class RollupReport:
    """Runs added or summed again, their readings, and runs left out with why.

    ``is_alone`` is False where another process was at it, or the file system has no locks: nothing was done.
    """

    added: list[str] = field(default_factory=list)
    samples: int = 0
    left: dict[str, str] = field(default_factory=dict)
    is_alone: bool = True


def roll_up(
    lake: Lake,
    before: Callable[[], None] = lambda: None,
    *,
    days: Days = ALL_DAYS,
    sums: RunSums | None = None,
    told: Callable[[RollupProgress], None] = lambda _progress: None,
) -> RollupReport:
    """Add the compacted runs that no rollup holds, and those whose file is another one than was summed.

    One process at a time does it, from listing to renaming: a rollup never loses a run that is there, so a
    reader who has left out the samples of the runs in it finds them all.

    Parameters
    ----------
    lake
        The lake; nothing happens to one that does not exist, or that this program does not read.
    before
        Called before each batch.
    days
        When a run must have started.
    sums
        What sums the readings; DuckDB by default.
    told
        Called after each batch.

    Raises
    ------
    OSError
        If the lake cannot be written; what was done so far stays valid.

    """
    report = RollupReport()
    if marker_reason(lake.path) is not None or not entries(lake.path / RUNS, folders=True):
        return report
    with sole_worker(lake.path / ROLLUPS / LOCK_FILE) as is_sole:
        report.is_alone = is_sole
        if not is_sole:
            return report
        remove_unfinished(lake.path)
        # Month by month, for the files of all runs of a year at once would take a gigabyte.
        for due in due_months(lake.path, days):
            report.left |= due.left
            runs, samples = len(report.added), report.samples
            for batch in batches(due, sums or DuckdbSums(lake.gateway)):
                before()
                batch.add(lake.path, report)
                told(
                    RollupProgress(
                        due.month,
                        len(report.added) - runs,
                        len(due.runs),
                        report.samples - samples,
                        sum(run.samples for run in due.runs),
                    )
                )
    return report


@dataclass(slots=True)
class Batch:
    """Runs of one month that are summed by one question."""

    due: MonthDue
    sums: RunSums
    runs: list[DueRun]

    def add(self, lake: Path, report: RollupReport) -> None:
        """Sum the runs and write the month's rollup with them; a run of which a file fails is left out."""
        totals = self.summed(report)
        if not (self.runs or self.due.undescribed):
            return
        described = [(run.files.facts, run.samples, run.samples_bytes) for run in self.runs]
        described += self.due.undescribed
        added = MonthRollup(totals, facts_rows(described))
        # The sums of an undescribed run stay as they are.
        replaced = [run.run_id for run in self.runs]
        self.due.rollup = add_runs(self.due.rollup, added, replaced, self.due.present)
        write_rollup(lake, self.due.month, self.due.rollup)
        self.due.undescribed = []
        report.added += replaced
        report.samples += sum(run.samples for run in self.runs)

    def summed(self, report: RollupReport) -> pa.Table:
        """Sums of the runs, without those of which a file cannot be read."""
        while self.runs:
            samples = [path for run in self.runs for path in run.files.samples]
            epochs = [path for run in self.runs for path in run.files.epochs]
            try:
                return self.sums.totals(samples, epochs)
            except QueryError as error:
                unreadable = {run.run_id: reason for run in self.runs if (reason := file_fault(run))}
                if not unreadable:
                    unreadable = {run.run_id: str(error) for run in self.runs}
                report.left |= unreadable
                self.runs = [run for run in self.runs if run.run_id not in unreadable]
        return table_schema("run_totals").empty_table()


def batches(due: MonthDue, sums: RunSums) -> Iterator[Batch]:
    """The runs of a month in parts of about as many readings as the engine takes at once."""
    runs: list[DueRun] = []
    samples = 0
    for run in due.runs:
        if runs and samples + run.samples > sums.most_samples:
            yield Batch(due, sums, runs)
            runs, samples = [], 0
        runs.append(run)
        samples += run.samples
    if runs or due.undescribed:
        yield Batch(due, sums, runs)


def file_fault(run: DueRun) -> str:
    """Which file of a run cannot be decoded, and why; empty where all can."""
    for path in (*run.files.samples, *run.files.epochs):
        try:
            reason = deep_damage(path)
        except FileNotFoundError:
            reason = "it is gone"
        if reason:
            return f"{path}: {reason}"
    return ""
