"""The lab's runs read part by part: what is live each time, a month again only when it changed.

What a compacted run trained on is read once, for its files never change.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from energyvis_panel.data.lake import Lake, table_files
from energyvis_panel.data.lake_layout import EPOCHS_ENDING, MONTH, RUNS, entries
from energyvis_panel.data.lake_parts import LiveLister, MonthLister, PartOfLake
from energyvis_panel.data.run_book import Stamp, month_stamp
from energyvis_panel.errors import QueryCancelled, QueryError, QueryOverLimit

ORDER: Final = [("started_at", "ascending"), ("run_id", "ascending")]


@dataclass(slots=True)
class LabMonth:
    """A compacted month: its part of the lake, its rows, and when its folder was as it is now.

    ``seen`` holds the data by run that the files of epochs named in ``read`` tell of.
    """

    lake: PartOfLake
    stamp: Stamp = ()
    rows: pa.Table | None = None
    seen: dict[str, float] = field(default_factory=dict)
    read: set[str] = field(default_factory=set)


@dataclass(slots=True)
class LabParts:
    """Rows of ``lab/runs`` of one lake, again and again; for one thread at a time."""

    lake: Lake
    _live: PartOfLake = field(init=False)
    _months: dict[str, LabMonth] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._live = PartOfLake(self.lake, LiveLister(self.lake.path))

    def runs(self, now: datetime) -> pa.Table:
        """All runs as they are at ``now``, by start and id.

        Raises
        ------
        DatasetError
            If the lake cannot be read.

        """
        # Live runs first: one that is compacted in between is then found in its month, and counted there.
        live = self._read_live(now)
        folder = self.lake.path / RUNS
        names = [entry.name for entry in entries(folder, folders=True) if MONTH.fullmatch(entry.name)]
        for name in self._months.keys() - set(names):
            del self._months[name]
        months = [rows for name in names if (rows := self._read_month(name, now)) is not None]
        compacted = pa.chunked_array([rows["run_id"].combine_chunks() for rows in months], pa.string())
        live = live.filter(pc.invert(pc.is_in(live["run_id"], value_set=compacted)))
        return pa.concat_tables([live, *months]).sort_by(ORDER).combine_chunks()

    def _read_live(self, now: datetime) -> pa.Table:
        runs = self._live.listing().runs.values()
        epochs = [path for run in runs for path in run.epochs]
        return self._live.ask("lab/runs", now=now, data_seen=json.dumps(self._data_seen(epochs)))

    def _read_month(self, name: str, now: datetime) -> pa.Table | None:
        """Rows of a month; None where they cannot be read."""
        lister = MonthLister(self.lake.path, month=name)
        month = self._months.setdefault(name, LabMonth(PartOfLake(self.lake, lister)))
        stamp = month_stamp(self.lake.path, name)
        if month.rows is None or month.stamp != stamp:
            folder = self.lake.path / RUNS / name
            # Of runs in a rollup no table is listed, and the rollup does not say what they trained on.
            new = {path.name for path in os.scandir(folder) if path.name.endswith(EPOCHS_ENDING)} - month.read
            month.seen |= self._data_seen([folder / name for name in sorted(new)])
            month.read |= new
            month.rows = month.lake.ask("lab/runs", now=now, data_seen=json.dumps(month.seen))
            month.stamp = stamp
        return month.rows

    def _data_seen(self, epochs: Sequence[Path]) -> dict[str, float]:
        """Data that runs trained on, by run; files that fail are left out."""
        gateway = self.lake.gateway
        try:
            rows = gateway.ask("lab/data_seen", epochs=table_files("epochs", epochs))
        except (QueryCancelled, QueryOverLimit):
            raise
        except QueryError:
            rows = gateway.ask("lab/data_seen", epochs=table_files("epochs", filter(is_readable, epochs)))
        return {row["run_id"]: row["data"] for row in rows.to_pylist() if row["data"] is not None}


def is_readable(path: Path) -> bool:
    """Whether a Parquet file is there and whole."""
    try:
        pq.read_table(path)
    except (OSError, pa.ArrowException):
        return False
    return True
