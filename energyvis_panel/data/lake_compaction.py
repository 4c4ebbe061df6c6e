"""Compaction: the segments of a finished run become one sorted file, and its sums go into the month's rollup.

The order of the steps makes it safe to stop anywhere. Epochs, spans and facts are put in place first and the
samples last, because the presence of the samples file is the single fact by which every reader decides;
only then is the live copy removed. Whoever starts again finds either a live run, which is compacted anew, or
a compacted run with a remainder of its live copy, which is removed. Two compactions at once write the same
rows: each lists the live files before it looks for the compacted one, so neither can mistake a half-removed
copy for the whole.
"""

import contextlib
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path

from energyvis_panel.data.durable_file import appearing_file, sync
from energyvis_panel.data.lake import Lake, table_files
from energyvis_panel.data.lake_checks import row_count
from energyvis_panel.data.lake_layout import (
    EPOCHS_ENDING,
    FACTS_ENDING,
    FACTS_FILE,
    JOURNAL,
    LIVE,
    RUNS,
    SAMPLES_ENDING,
    SPANS_ENDING,
    entries,
    table_of,
)
from energyvis_panel.data.lake_listing import RunFiles
from energyvis_panel.data.lake_locks import has_living_writer
from energyvis_panel.data.lake_rollup import roll_up
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
        live = lake.path / LIVE / run_id
        if run.is_compacted:
            # Another compaction may be removing the same files at this moment; then nothing is left to do.
            with contextlib.suppress(FileNotFoundError):
                if live.is_dir():
                    tidy(run, live, report, before)
            continue
        if not run.facts.is_final:
            continue
        if run.journals:
            report.left[run_id] = "a journal is not closed yet; the tracker closes it at its next start"
        elif any(path.is_relative_to(live) for path in damaged):
            report.left[run_id] = "a file of it is damaged; mend it or move it away first"
        elif has_living_writer(live):
            report.left[run_id] = "a writer of it still lives"
        else:
            compact_run(lake, run, report, before)
    # Removed in one go at the end: a reader that has just listed live files meets this once, not once a run.
    for run_id in report.compacted:
        before("remove")
        remove_live(lake.path / LIVE / run_id, before)
    add_sums(lake, before)
    return report


def add_sums(lake: Lake, before: Step) -> None:
    """Roll up what is compacted, and log what stays without sums."""
    rolled_up = roll_up(lake, lambda: before("rollup"))
    if not rolled_up.is_alone:
        log.warning("No sums were added: another process adds them, or the file system has no locks")
    for run_id, reason in rolled_up.left.items():
        log.warning("The run %s is in no rollup: %s", run_id, reason)


def compact_run(lake: Lake, run: RunFiles, report: CompactionReport, before: Step) -> None:
    """Put the files of one run in place, the samples last."""
    run_id = run.facts.run_id
    month = lake.path / RUNS / f"month={run.facts.started_at.astimezone(UTC):%Y-%m}"
    try:
        if run.epochs:
            before("epochs")
            put_table(lake, "epochs", run.epochs, month / f"{run_id}{EPOCHS_ENDING}")
        if run.spans:
            before("spans")
            put_table(lake, "spans", run.spans, month / f"{run_id}{SPANS_ENDING}")
        before("facts")
        with appearing_file(month / f"{run_id}{FACTS_ENDING}") as target:
            target.write_bytes((lake.path / LIVE / run_id / FACTS_FILE).read_bytes())
        before("samples")
        check_complete(lake.path / LIVE / run_id, run)
        put_table(lake, "samples", run.samples, month / f"{run_id}{SAMPLES_ENDING}", before)
    except (QueryError, DatasetError, FileNotFoundError) as error:
        log.info("The run %s is not compacted: %s", run_id, error)
        report.left[run_id] = f"{error}".rstrip(".")
        return
    report.compacted.append(run_id)


def check_complete(live: Path, run: RunFiles) -> None:
    """Raise DatasetError unless the listing has every file of the run, whose writers are gone by now."""
    files = {file for writer in entries(live, folders=True) for file in entries(writer)}
    tables = {file for file in files if table_of(file.name)}
    if tables != {path for paths in run.tables().values() for path in paths} or any(map(is_journal, files)):
        raise DatasetError("a writer of it has written since it was listed")


def is_journal(file: Path) -> bool:
    """Whether the file has a journal's name."""
    return JOURNAL.fullmatch(file.name) is not None


def put_table(
    lake: Lake, table: str, files: Iterable[Path], place: Path, before: Step = lambda _step: None
) -> None:
    """Write the rows of a run's files as one file.

    Raises
    ------
    DatasetError, FileNotFoundError, QueryError
        If a file changed, vanished or turned out unreadable meanwhile; nothing is put in place then.

    """
    parts = list(files)
    rows = row_count(parts)
    with appearing_file(place) as target:
        bound = {table: table_files(table, parts)}
        lake.gateway.write_parquet(f"lake/compacted_{table}", target, **bound)
        before("rename")
        check_rows(target, rows)


def tidy(run: RunFiles, live: Path, report: CompactionReport, before: Step) -> None:
    """Remove what a stopped compaction left of a run's live copy, if the compacted files are whole."""
    run_id = run.facts.run_id
    writers = entries(live, folders=True)
    files = [file for writer in writers for file in entries(writer)]
    counted = {"samples": run.samples, "spans": run.spans}
    leftover = {name: [file for file in files if table_of(file.name) == name] for name in counted}
    if any(map(is_journal, files)):
        report.left[run_id] = "its live copy holds a journal although it is compacted; look at it"
    elif not run.samples or any(row_count(counted[t]) < row_count(leftover[t]) for t in counted):
        report.left[run_id] = "its compacted file holds fewer readings than its live copy; look at it"
    else:
        before("remove")
        remove_live(live, before)
        report.tidied.append(run_id)


def remove_live(live: Path, before: Step) -> None:
    """Remove the known files of a live copy, the run's facts last; a foreign file keeps its folder."""
    for writer in entries(live, folders=True):
        for file in entries(writer):
            if table_of(file.name) or file.name == FACTS_FILE:
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


def check_rows(file: Path, expected: int) -> None:
    """Raise DatasetError unless the file holds as many rows as expected."""
    if row_count([file]) != expected:
        raise DatasetError("its segments changed while they were read")
