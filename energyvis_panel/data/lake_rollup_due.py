"""Which compacted runs a rollup does not hold yet, or holds with sums of another file."""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from energyvis_panel.data.lake_checks import FileChecks, row_count
from energyvis_panel.data.lake_findings import Findings
from energyvis_panel.data.lake_layout import FACTS_ENDING, MONTH, RUNS, SAMPLES_ENDING, entries
from energyvis_panel.data.lake_listing import RunFiles
from energyvis_panel.data.lake_parts import run_files
from energyvis_panel.data.lake_rollup_files import MonthRollup, read_rollup
from energyvis_panel.data.run_facts import RunFacts


@dataclass(frozen=True, slots=True)
class Days:
    """Days of UTC on which a run must have started, both inclusive; None = no bound."""

    first: date | None = None
    last: date | None = None

    def hold(self, facts: RunFacts) -> bool:
        """Whether the run started on one of them."""
        day = facts.started_at.astimezone(UTC).date()
        return not ((self.first and day < self.first) or (self.last and day > self.last))

    def may_touch(self, month: str) -> bool:
        """Whether any of them lies in the month of this folder."""
        name = month.removeprefix("month=")
        return not (
            (self.first and name < f"{self.first:%Y-%m}") or (self.last and name > f"{self.last:%Y-%m}")
        )


ALL_DAYS: Final = Days()


@dataclass(frozen=True, slots=True)
class DueRun:
    """A run whose readings are to be summed: its files, how many readings, and the size of their file."""

    files: RunFiles
    samples: int
    samples_bytes: int

    @property
    def run_id(self) -> str:
        """Its id."""
        return self.files.facts.run_id


@dataclass(slots=True)
class MonthDue:
    """What is to be done for one month.

    ``runs`` are to be summed, oldest first. Of ``undescribed`` ones, each with the number of its readings and
    the size of their file, only the facts are missing. ``left`` says of runs why their files cannot be read.
    ``present`` are all runs of the month.
    """

    month: str
    rollup: MonthRollup
    present: frozenset[str]
    runs: list[DueRun] = field(default_factory=list)
    undescribed: list[tuple[RunFacts, int, int]] = field(default_factory=list)
    left: dict[str, str] = field(default_factory=dict)


def due_months(lake: Path, days: Days = ALL_DAYS) -> Iterator[MonthDue]:
    """Months with something to do, oldest first; of a run that is summed no file is opened."""
    for folder in entries(lake / RUNS, folders=True):
        if MONTH.fullmatch(folder.name) and days.may_touch(folder.name):
            due = due_month(lake, folder.name, days)
            if due.runs or due.undescribed or due.left:
                yield due


def due_month(lake: Path, month: str, days: Days) -> MonthDue:
    """What is to be done for a month."""
    folder = lake / RUNS / month
    sizes = sample_sizes(folder)
    rollup = read_rollup(lake, month)
    summed = samples_by_run(rollup.totals)
    described = {
        row["run_id"]: row for row in rollup.facts.select(["run_id", "samples", "samples_bytes"]).to_pylist()
    }
    due = MonthDue(month, rollup, frozenset(sizes))
    for run_id, samples_bytes in sorted(sizes.items()):
        known = described.get(run_id)
        if known and known["samples_bytes"] == samples_bytes and known["samples"] == summed.get(run_id, 0):
            continue
        found = Findings(FileChecks())
        if known is None and run_id in summed:
            facts = found.facts(folder / f"{run_id}{FACTS_ENDING}", run_id)
            if facts is not None and days.hold(facts):
                due.undescribed.append((facts, summed[run_id], samples_bytes))
        else:
            for files in run_files(folder, run_id, found):
                if days.hold(files.facts) and files.samples and not found.damaged:
                    due.runs.append(DueRun(files, row_count(files.samples), samples_bytes))
        for damaged in found.damaged:
            due.left[run_id] = f"{damaged.path}: {damaged.reason}"
    return due


def sample_sizes(folder: Path) -> dict[str, int]:
    """Bytes of each file of readings in a month's folder, by run."""
    sizes: dict[str, int] = {}
    with os.scandir(folder) as found:
        for entry in found:
            if entry.name.endswith(SAMPLES_ENDING) and not entry.name.startswith("."):
                # A link that leads nowhere is no file, and hides no other.
                with contextlib.suppress(OSError):
                    sizes[entry.name.removesuffix(SAMPLES_ENDING)] = entry.stat().st_size
    return sizes


def samples_by_run(totals: pa.Table) -> dict[str, int]:
    """How many readings the rows of ``run_totals`` hold, by run."""
    sums = totals.group_by("run_id").aggregate([("samples", "sum")])
    counts = pc.cast(sums["samples_sum"], pa.int64())
    return dict(zip(sums["run_id"].to_pylist(), counts.to_pylist(), strict=True))
