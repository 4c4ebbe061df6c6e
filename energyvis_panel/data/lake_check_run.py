"""The check of one run: its files are read through, then its rows are held against the laws."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.lake_checks import DamagedFile, check_footer, row_count
from energyvis_panel.data.lake_damage import check_pages, deep_damage, reason_against
from energyvis_panel.data.lake_laws import (
    missing_rows,
    repeated_rows,
    rows_not_compacted,
    spans_outside,
    unbalanced,
)
from energyvis_panel.data.lake_layout import entries, table_of
from energyvis_panel.data.lake_listing import RunFiles
from energyvis_panel.data.lake_quarantine import REASON_SUFFIX, is_set_aside


@dataclass(slots=True)
class RunCheck:
    """What was read of one run and what is wrong with it; ``notes`` are losses that are accounted for."""

    files: Counter[str] = field(default_factory=Counter)
    rows: int = 0
    damaged: list[DamagedFile] = field(default_factory=list)
    broken: list[DamagedFile] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def is_fine(self) -> bool:
        """Whether nothing was found."""
        return not (self.damaged or self.broken)


def page_damage(files: Iterable[Path]) -> Iterator[DamagedFile]:
    """Files that cannot be read through.

    Raises
    ------
    FileNotFoundError
        If a file vanished.

    """
    for file in files:
        reason = deep_damage(file)
        if reason is not None:
            yield DamagedFile(file, reason)


def check_run(
    gateway: Gateway,
    run: RunFiles,
    live: Path,
    *,
    now: datetime,
    lost: Iterable[Path],
    set_aside_before: Sequence[str],
) -> RunCheck:
    """What is wrong with a run.

    Parameters
    ----------
    gateway
        Where questions are asked.
    run
        The files that count.
    live
        The run's live folder; of a compacted run, what a stopped compaction left.
    now
        Until when a run may last that has not ended.
    lost
        Damaged files that the listing has left out.
    set_aside_before
        Names of the files in quarantine.

    Raises
    ------
    FileNotFoundError, QueryError
        If a file vanished.

    """
    run_id = run.facts.run_id
    check, whole = read_run(run)
    bad = {path for path in (*lost, *(found.path for found in check.damaged)) if run_id in str(path)}
    quarantined = [name for name in set_aside_before if run_id in name and not name.endswith(REASON_SUFFIX)]
    if quarantined:
        check.notes.append(f"Run {run_id}: in quarantine: {', '.join(quarantined)}")
    if run.facts.is_final and run.journals:
        check.notes.append(
            f"Run {run_id}: journals wait for the tracker, which recovers them at its next start"
        )
    sentences = [*repeated_rows(gateway, whole.samples), *spans_outside(gateway, whole, now)]
    for writer, gaps in missing_rows(gateway, whole.samples).items():
        if live / writer in {path.parent for path in bad} or is_set_aside(quarantined, run_id, writer):
            check.notes += [f"Run {run_id}: {gap}; a file of it is damaged or set aside" for gap in gaps]
        else:
            sentences += gaps
    # Of a run that goes on, the epochs are ahead of the readings.
    if run.facts.is_final and not (run.journals or bad or quarantined or sentences):
        sentences += unbalanced(gateway, whole)
    place = whole.samples[0] if run.is_compacted and whole.samples else live
    check.broken += [DamagedFile(place, sentence) for sentence in sentences]
    if run.is_compacted:
        check_leftover(gateway, check, whole.samples, live)
    return check


def read_run(run: RunFiles) -> tuple[RunCheck, RunFiles]:
    """What was read of a run's files, and the run with those alone that are whole.

    Raises
    ------
    FileNotFoundError
        If a file vanished.

    """
    check = RunCheck()
    for table, files in run.tables().items():
        check.files[table] += len(files)
        check.damaged += page_damage(files)
    bad = {found.path for found in check.damaged}
    samples, epochs, spans = (tuple(p for p in paths if p not in bad) for paths in run.tables().values())
    check.rows = row_count(samples)
    return check, replace(run, samples=samples, epochs=epochs, spans=spans)


def check_leftover(gateway: Gateway, check: RunCheck, compacted: Sequence[Path], live: Path) -> None:
    """Hold what a stopped compaction left of a live copy against the compacted file.

    Raises
    ------
    FileNotFoundError, QueryError
        If a file vanished.

    """
    segments = []
    for writer in entries(live, folders=True):
        for file in entries(writer):
            if table := table_of(file.name):
                check.files[table] += 1
                reason = reason_against(partial(check_leftover_file, file, table, live.name))
                if reason is not None:
                    check.damaged.append(DamagedFile(file, reason))
                elif table == "samples":
                    segments.append(file)
    if segments and compacted:
        check.broken += [DamagedFile(live, s) for s in rows_not_compacted(gateway, segments, compacted)]


def check_leftover_file(file: Path, table: str, run_id: str) -> None:
    """Raise what is wrong with a file that no listing has looked at."""
    check_footer(file, table, run_id)
    check_pages(file)
