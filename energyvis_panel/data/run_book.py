"""The runs of a large lake, read part by part: a month whose folder did not change is not read again.

A compacted run appears in its month's folder by renaming, which changes the folder's time, and is never
changed after that. So a month is as it was while its folder and its rollup are as they were, and a reading
costs what is going on, not what has ever been.
"""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import pyarrow as pa

from energyvis_panel.data.lake import STALE_AFTER, Lake, LakeStatus
from energyvis_panel.data.lake_checks import DamagedFile
from energyvis_panel.data.lake_layout import MONTH, RUNS, entries
from energyvis_panel.data.lake_listing import LakeListing, RunFiles
from energyvis_panel.data.lake_parts import LiveLister, MonthLister, PartOfLake, RunLister
from energyvis_panel.data.lake_rollup_files import FACTS, TOTALS, rollup_path

YOUNG: Final = timedelta(seconds=2)
"""A folder that changed so lately may change again within one tick of its clock, and is read anew."""
LONGEST_S: Final = 2.0
"""Once so long was spent on months, the others wait for the next reading, newest first."""

Stamp = tuple[int, ...]


@dataclass(slots=True)
class MonthPart:
    """What is known of a month: its lake, the rows of its runs, and when its folder was as it is now."""

    lake: PartOfLake
    stamp: Stamp = ()
    table: pa.Table | None = None
    run_ids: frozenset[str] = frozenset()
    last_sign_at: datetime | None = None
    damaged: tuple[DamagedFile, ...] = ()


@dataclass(slots=True)
class BookReading:
    """One reading: rows of ``runs/all_runs`` in parts, the state of the lake, and what is still to be read.

    A part that did not change is the same table as at the reading before. ``live`` is in none of the
    ``months``, which come newest first.
    """

    live: pa.Table
    months: tuple[pa.Table, ...]
    status: LakeStatus
    pending_months: int = 0


@dataclass(slots=True)
class RunBook:
    """Reads a lake's runs again and again. Safe to share between threads.

    Parameters
    ----------
    lake
        The whole lake; asked for what no part can answer.

    """

    lake: Lake
    longest_s: float = LONGEST_S
    _live: PartOfLake = field(init=False)
    _months: dict[str, MonthPart] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._live = PartOfLake(self.lake, LiveLister(self.lake.path))

    def read(self, now: datetime) -> BookReading:
        """The runs as they are at ``now``.

        Raises
        ------
        DatasetError
            If the lake cannot be read.

        """
        with self._lock:
            # What is live is read first: a run that is compacted in between is then found in its month.
            live = self._live.all_runs(now)
            listing = self._live.listing()
            pending = self._read_months(now)
            months = [self._months[name] for name in sorted(self._months, reverse=True)]
        known = [part for part in months if part.table is not None]
        run_ids = live["run_id"].to_pylist()
        is_live = [not any(run_id in part.run_ids for part in known) for run_id in run_ids]
        return BookReading(
            live.filter(pa.array(is_live, pa.bool_())),
            tuple(part.table for part in known),
            self._status(now, listing, known),
            pending,
        )

    def all_runs(self, now: datetime) -> pa.Table:
        """Rows of ``runs/all_runs`` of the whole lake, newest first."""
        return self.lake.all_runs(now)

    def status(self, now: datetime) -> LakeStatus:
        """State of the whole lake."""
        return self.lake.status(now)

    def run(self, run: str) -> RunFiles:
        """Facts of a run; see :meth:`Lake.run`."""
        part = self._part_of(run)
        return part.run(run) if part else self.lake.run(run)

    def ask(self, question: str, *, run_id: str | None = None, **params: object) -> pa.Table:
        """Answer of a question; of the files of one run where it is asked about one. See :meth:`Lake.ask`."""
        part = self._part_of(run_id) if run_id else None
        return (part or self.lake).ask(question, run_id=run_id, **params)

    def _part_of(self, run_id: str) -> PartOfLake | None:
        """The part that has the run, None where none is known to."""
        with self._lock:
            for month, part in self._months.items():
                if run_id in part.run_ids:
                    return PartOfLake(self.lake, RunLister(self.lake.path, month=month, run_id=run_id))
        return self._live if run_id in self._live.listing().runs else None

    def _read_months(self, now: datetime) -> int:
        """Read the months that changed, newest first; how many are left for the next time."""
        folder = self.lake.path / RUNS
        names = [entry.name for entry in entries(folder, folders=True) if MONTH.fullmatch(entry.name)]
        for name in self._months.keys() - set(names):
            del self._months[name]
        pending = 0
        started = time.monotonic()
        for name in sorted(names, reverse=True):
            stamp = month_stamp(self.lake.path, name)
            part = self._months.setdefault(
                name, MonthPart(PartOfLake(self.lake, MonthLister(self.lake.path, month=name)))
            )
            if part.stamp == stamp:
                continue
            if time.monotonic() - started > self.longest_s:
                pending += 1
                continue
            read_month(part, now)
            changed_at_ns = max(stamp[1::3], default=0)
            is_young = time.time_ns() - changed_at_ns < YOUNG.total_seconds() * 1e9
            part.stamp = () if is_young else stamp
        return pending

    def _status(self, now: datetime, listing: LakeListing, months: Sequence[MonthPart]) -> LakeStatus:
        facts = [
            run.facts
            for run_id, run in listing.runs.items()
            if not any(run_id in part.run_ids for part in months)
        ]
        active = [f for f in facts if not f.is_final]
        signs = [f.last_sign_at for f in facts]
        signs += [part.last_sign_at for part in months if part.last_sign_at is not None]
        last = max(signs, default=None)
        # A live folder whose run is compacted is what a compaction has yet to remove: it is no damage.
        damaged = tuple(d for d in listing.damaged if not any(p.run_ids & set(d.path.parts) for p in months))
        return LakeStatus(
            path=self.lake.path,
            exists=self.lake.path.is_dir(),
            runs=len(facts) + sum(len(part.run_ids) for part in months),
            active=len(active),
            stale=sum(now - f.heartbeat_at > STALE_AFTER for f in active),
            last_sign_at=last,
            last_sign_age_s=(now - last).total_seconds() if last else None,
            damaged=damaged + tuple(d for part in months for d in part.damaged),
        )


def read_month(part: MonthPart, now: datetime) -> None:
    """Take over what a month holds now; nothing changes where it cannot be read."""
    table = part.lake.all_runs(now)
    listing = part.lake.listing()
    part.table = table
    part.run_ids = frozenset(table["run_id"].to_pylist())
    part.last_sign_at = max((run.facts.last_sign_at for run in listing.runs.values()), default=None)
    part.damaged = listing.damaged
    part.lake.forget_facts()


def month_stamp(lake: Path, month: str) -> Stamp:
    """What changes with a run of a month, or with its rollup: inode, time, size of folder and files."""
    stamp: list[int] = []
    for path in (lake / RUNS / month, *(rollup_path(lake, table, month) for table in (TOTALS, FACTS))):
        try:
            status = path.stat()
        except OSError:
            stamp += [0, 0, 0]
        else:
            stamp += [status.st_ino, status.st_mtime_ns, status.st_size]
    return tuple(stamp)
