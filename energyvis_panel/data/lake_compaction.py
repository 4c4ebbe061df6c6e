"""Compaction: the segments of a finished run become one sorted file, and its sums go into the month's rollup.

The order of the steps makes it safe to stop anywhere. Epochs and facts are put in place first and the
samples last, because the presence of the samples file is the single fact by which every reader decides; only
then is the live copy removed. Whoever starts again finds either a live run, which is compacted anew, or a
compacted run with a remainder of its live copy, which is removed. Two compactions at once write the same
rows: each lists the live files before it looks for the compacted one, so neither can mistake a half-removed
copy for the whole.
"""

import contextlib
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.parquet as pq

from energyvis_panel.data.durable_file import appearing_file, sync
from energyvis_panel.data.lake import Lake, table_files
from energyvis_panel.data.lake_listing import (
    EPOCHS_ENDING,
    EPOCHS_FILE,
    FACTS_ENDING,
    FACTS_FILE,
    JOURNAL,
    SAMPLES_ENDING,
    SEGMENT,
    LakeListing,
    RunFiles,
    entries,
)
from energyvis_panel.errors import DatasetError, QueryError

log = logging.getLogger(__name__)

Step = Callable[[str], None]


@dataclass(slots=True)
class CompactionReport:
    """Runs compacted, runs whose leftover live copy was removed, and runs left as they are, with why."""

    compacted: list[str] = field(default_factory=list)
    tidied: list[str] = field(default_factory=list)
    left: dict[str, str] = field(default_factory=dict)


def compact_lake(lake: Lake, *, before: Step = lambda _step: None) -> CompactionReport:
    """Compact every run of ``lake`` that is over, remove what is left of runs compacted before, roll up.

    Parameters
    ----------
    lake
        The lake; nothing happens to one that does not exist.
    before
        Called with the name of each step before it is taken.

    Raises
    ------
    OSError
        If the lake cannot be written; what was done so far stays valid.

    """
    report = CompactionReport()
    listing = lake.listing()
    damaged = [entry.path for entry in listing.damaged]
    for run_id, run in sorted(listing.runs.items()):
        live = lake.path / "live" / run_id
        if run.is_compacted:
            if live.is_dir():
                tidy(run, live, report, before)
            continue
        if not run.facts.is_final:
            continue
        if run.journals:
            report.left[run_id] = "a journal is not closed yet; the tracker closes it at its next start"
        elif any(path.is_relative_to(live) for path in damaged):
            report.left[run_id] = "a file of it is damaged; mend it or move it away first"
        else:
            compact_run(lake, run, report, before)
    # Removed in one go at the end: a reader that has just listed live files meets this once, not once a run.
    for run_id in report.compacted:
        before("remove")
        remove_live(lake.path / "live" / run_id, before)
    roll_up(lake, before)
    return report


def compact_run(lake: Lake, run: RunFiles, report: CompactionReport, before: Step) -> None:
    """Put the three files of one run in place, the samples last."""
    run_id = run.facts.run_id
    month = lake.path / "runs" / f"month={run.facts.started_at:%Y-%m}"
    live = lake.path / "live" / run_id
    samples = table_files("samples", run.samples)
    try:
        if run.epochs:
            before("epochs")
            with appearing_file(month / f"{run_id}{EPOCHS_ENDING}") as target:
                epochs = table_files("epochs", run.epochs)
                lake.gateway.write_parquet("lake/compacted_epochs", target, epochs=epochs)
        before("facts")
        with appearing_file(month / f"{run_id}{FACTS_ENDING}") as target:
            target.write_bytes((live / FACTS_FILE).read_bytes())
        before("samples")
        rows = row_count(run.samples)
        with appearing_file(month / f"{run_id}{SAMPLES_ENDING}") as target:
            lake.gateway.write_parquet("lake/compacted_samples", target, samples=samples)
            before("rename")
            check_rows(target, rows)
    except (QueryError, DatasetError, FileNotFoundError) as error:
        log.info("The run %s is not compacted: %s", run_id, error)
        report.left[run_id] = f"{error}".rstrip(".")
        return
    report.compacted.append(run_id)


def tidy(run: RunFiles, live: Path, report: CompactionReport, before: Step) -> None:
    """Remove what a stopped compaction left of a run's live copy, if the compacted file is whole."""
    run_id = run.facts.run_id
    writers = entries(live, folders=True)
    segments = [file for writer in writers for file in entries(writer) if SEGMENT.fullmatch(file.name)]
    if any(JOURNAL.fullmatch(file.name) for writer in writers for file in entries(writer)):
        report.left[run_id] = "its live copy holds a journal although it is compacted; look at it"
    elif not run.samples or row_count(run.samples) < row_count(segments):
        report.left[run_id] = "its compacted file holds fewer readings than its live copy; look at it"
    else:
        before("remove")
        remove_live(live, before)
        report.tidied.append(run_id)


def remove_live(live: Path, before: Step) -> None:
    """Remove the known files of a live copy, its ``run.json`` last; a foreign file keeps its folder."""
    for writer in entries(live, folders=True):
        for file in entries(writer):
            if SEGMENT.fullmatch(file.name) or file.name == EPOCHS_FILE:
                before("remove file")
                file.unlink(missing_ok=True)
        remove_empty(writer)
    if not entries(live, folders=True):
        (live / FACTS_FILE).unlink(missing_ok=True)
        remove_empty(live)


def remove_empty(folder: Path) -> None:
    """Remove a folder unless something is left in it."""
    with contextlib.suppress(OSError):
        folder.rmdir()
        sync(folder.parent)


def row_count(files: Iterable[Path]) -> int:
    """Rows in Parquet files, from their footers."""
    return sum(pq.read_metadata(file).num_rows for file in files)


def check_rows(file: Path, expected: int) -> None:
    """Raise DatasetError unless the file holds as many rows as expected."""
    if row_count([file]) != expected:
        raise DatasetError("its segments changed while they were read")


def roll_up(lake: Lake, before: Step = lambda _step: None) -> int:
    """Number of runs added to the rollups: compacted ones that no rollup holds yet."""
    listing = lake.listing()
    added = 0
    for month, runs in by_month(listing).items():
        before("rollup")
        rollup = lake.path / "rollups" / "run_totals" / f"{month}.parquet"
        with appearing_file(rollup) as target:
            lake.gateway.write_parquet(
                "lake/run_totals_of_month",
                target,
                totals=table_files("run_totals", [path for path in listing.totals if path == rollup]),
                samples=table_files("samples", (path for run in runs for path in run.samples)),
                epochs=table_files("epochs", (path for run in runs for path in run.epochs)),
            )
        added += len(runs)
    return added


def by_month(listing: LakeListing) -> dict[str, list[RunFiles]]:
    """Compacted runs with readings that no rollup holds, by the name of their month's folder."""
    months: dict[str, list[RunFiles]] = {}
    for run_id, run in sorted(listing.runs.items()):
        if run.is_compacted and run.samples and run_id not in listing.rolled_up and row_count(run.samples):
            months.setdefault(run.samples[0].parent.name, []).append(run)
    return months
