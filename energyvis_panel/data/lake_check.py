"""A check of a whole lake: every file is read through, and the rows of each run are held against the laws."""

import contextlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from energyvis_panel.data.lake import Lake
from energyvis_panel.data.lake_check_run import RunCheck, check_run, page_damage
from energyvis_panel.data.lake_checks import DamagedFile
from energyvis_panel.data.lake_layout import LIVE, QUARANTINE, entries
from energyvis_panel.data.lake_listing import LakeListing, RunFiles
from energyvis_panel.data.lake_quarantine import set_aside
from energyvis_panel.data.lake_strangers import foreign_files, incomplete_runs
from energyvis_panel.errors import QueryError

ATTEMPTS = 4


@dataclass(slots=True)
class LakeCheck:
    """What a check found.

    ``files`` counts the files that were read by table, ``rows`` their readings. ``damaged`` files are not
    read by anybody, ``foreign`` ones belong to no lake, ``broken`` says where rows contradict the laws, and
    ``notes`` what is missing but accounted for. ``moved`` says where damaged files were set aside.
    """

    files: Counter[str] = field(default_factory=Counter)
    rows: int = 0
    runs: int = 0
    damaged: list[DamagedFile] = field(default_factory=list)
    foreign: list[DamagedFile] = field(default_factory=list)
    broken: list[DamagedFile] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    moved: dict[Path, Path] = field(default_factory=dict)

    @property
    def is_fine(self) -> bool:
        """Whether every file is whole and in its place, and no law is broken."""
        return not (self.damaged or self.foreign or self.broken)

    def add_file(self, found: DamagedFile) -> None:
        """Take a file that is left out, once."""
        known = self.foreign if found.is_foreign else self.damaged
        if all(found.path != other.path for other in known):
            known.append(found)

    def add_run(self, found: RunCheck) -> None:
        """Take what was found in one run."""
        self.runs += 1
        self.files.update(found.files)
        self.rows += found.rows
        for damaged in found.damaged:
            self.add_file(damaged)
        self.broken += found.broken
        self.notes += found.notes


def check_lake(lake: Lake, now: datetime, *, quarantine: bool = False) -> LakeCheck:
    """What is wrong in a lake; safe beside writers, readers and compactions.

    Parameters
    ----------
    lake
        The lake; one that does not exist is fine.
    now
        Current time with its zone; until then a run may last that has not ended.
    quarantine
        Whether damaged files are set aside (see :func:`set_aside`); nothing else is ever changed.

    Raises
    ------
    OSError
        If the quarantine cannot be written.

    """
    check = LakeCheck()
    listing = lake.listing()
    set_aside_before = [file.name for file in entries(lake.path / QUARANTINE)]
    for found in (*listing.damaged, *foreign_files(lake.path)):
        check.add_file(found)
    for rollup in listing.totals:
        with contextlib.suppress(FileNotFoundError):  # a rollup may be deleted at any time
            check.files["run_totals"] += 1
            for damaged in page_damage([rollup]):
                check.add_file(damaged)
    for run_id in sorted(listing.runs):
        found_run = check_settled_run(lake, listing, run_id, now, set_aside_before)
        if found_run is not None:
            check.add_run(found_run)
    add_incomplete_runs(check, lake.path, set_aside_before)
    if quarantine:
        for damaged in check.damaged:
            target = set_aside(lake.path, damaged.path, damaged.reason)
            if target is not None:
                check.moved[damaged.path] = target
    return check


def check_settled_run(
    lake: Lake, listing: LakeListing, run_id: str, now: datetime, set_aside_before: Iterable[str]
) -> RunCheck | None:
    """What is wrong in one run, None where it is gone; looked at anew where its files changed meanwhile."""
    names = list(set_aside_before)
    run: RunFiles | None = listing.runs[run_id]
    failure: Exception | None = None
    for attempt in range(ATTEMPTS):
        if run is None:
            return None
        live = lake.path / LIVE / run_id
        lost = [found.path for found in listing.damaged]
        try:
            found = check_run(lake.gateway, run, live, now=now, lost=lost, set_aside_before=names)
        except (FileNotFoundError, QueryError) as error:
            failure = error
        else:
            # A listing beside a writer may have missed a file between two that it saw.
            if found.is_fine or run.facts.is_final or attempt:
                return found
        listing = lake.listing()
        run = listing.runs.get(run_id)
    reason = f"its rows could not be held against the laws: {failure}"
    return RunCheck(broken=[DamagedFile(lake.path / LIVE / run_id, reason)])


def add_incomplete_runs(check: LakeCheck, lake: Path, set_aside_before: Iterable[str]) -> None:
    """Take the runs that readers pass over; one of which a part is in quarantine is only noted."""
    parts = [*set_aside_before, *(".".join(found.path.relative_to(lake).parts) for found in check.damaged)]
    for run_id, path, reason in incomplete_runs(lake):
        if any(run_id in name for name in parts):
            check.notes.append(
                f"The run {run_id} is passed over: {reason}; the rest is damaged or set aside."
            )
        else:
            check.broken.append(DamagedFile(path, reason))
