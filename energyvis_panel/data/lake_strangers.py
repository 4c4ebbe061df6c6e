"""What lies in a lake, yet no reader looks at: foreign files, and runs of which a part is gone."""

from collections.abc import Iterator
from pathlib import Path

from energyvis_panel.data.lake_checks import DamagedFile
from energyvis_panel.data.lake_findings import FOREIGN
from energyvis_panel.data.lake_layout import (
    ENDINGS,
    FACTS_ENDING,
    FACTS_FILE,
    LIVE,
    LOCK_FILE,
    MARKER_FILE,
    MONTH,
    QUARANTINE,
    ROLLUPS,
    RUNS,
    SAMPLES_ENDING,
    entries,
    table_of,
)
from energyvis_panel.data.lake_locks import has_living_writer


def foreign_files(lake: Path) -> Iterator[DamagedFile]:
    """Files and folders where a lake has none, apart from those that every listing comes across."""
    found = [file for file in entries(lake) if file.name != MARKER_FILE]
    found += [d for d in entries(lake, folders=True) if d.name not in {LIVE, RUNS, ROLLUPS, QUARANTINE}]
    found += [*entries(lake / LIVE), *entries(lake / RUNS)]
    for run in entries(lake / LIVE, folders=True):
        found += [file for file in entries(run) if file.name != FACTS_FILE]
        for writer in entries(run, folders=True):
            found += entries(writer, folders=True)
    for month in entries(lake / RUNS, folders=True):
        found += entries(month, folders=True)
    for path in found:
        if not path.name.startswith("."):
            yield DamagedFile(path, FOREIGN, is_foreign=True)


def incomplete_runs(lake: Path) -> Iterator[tuple[str, Path, str]]:
    """Runs that readers pass over: id, where the rest of it lies, and what is missing there."""
    for run in entries(lake / LIVE, folders=True):
        writers = entries(run, folders=True)
        tables = [file for writer in writers for file in entries(writer) if table_of(file.name)]
        # A writer that lives, or whose lock waits for recovery, writes the facts yet.
        awaited = has_living_writer(run) or any((writer / LOCK_FILE).exists() for writer in writers)
        months = entries(lake / RUNS, folders=True)
        is_compacted = any((month / f"{run.name}{SAMPLES_ENDING}").exists() for month in months)
        if tables and not awaited and not is_compacted and not (run / FACTS_FILE).exists():
            yield run.name, run, f"it has {len(tables)} files, but no {FACTS_FILE}"
    for month in entries(lake / RUNS, folders=True):
        if MONTH.fullmatch(month.name):
            yield from incomplete_runs_of(month, lake / LIVE)


def incomplete_runs_of(month: Path, live: Path) -> Iterator[tuple[str, Path, str]]:
    """Compacted runs of a month without facts or without readings."""
    names = {file.name for file in entries(month)}
    run_ids = {name.removesuffix(ending) for name in names for ending in ENDINGS if name.endswith(ending)}
    for run_id in sorted(run_ids):
        samples, facts = month / f"{run_id}{SAMPLES_ENDING}", month / f"{run_id}{FACTS_ENDING}"
        # Compaction puts the samples in place last, and removes the live copy after that.
        if samples.name not in names and not (live / run_id).exists() and not samples.exists():
            yield run_id, samples, "its epochs or facts are there, but its readings are not"
        elif samples.name in names and not facts.exists():
            yield run_id, facts, f"its readings are there, but no {facts.name}"
