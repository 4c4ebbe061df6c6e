"""The lab's own runs for the Explore page: the lake's runs as a table with the columns of BUTTER-E's.

Which column comes from which field of the lake, and when it is empty, is listed in ``docs/lab_runs.md``.
"""

import functools
import tempfile
import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from energyvis_panel.data.butter_e import load_butter_e
from energyvis_panel.data.butter_e_anomalies import AnomalyScores
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.lab_parts import LabParts
from energyvis_panel.data.lake import Lake
from energyvis_panel.data.workspace import Workspace
from energyvis_panel.errors import DatasetError

MOST_VALUES: Final = 200
"""Different values of a setting that are kept apart: the page counts them in bytes."""


@dataclass(frozen=True, slots=True, eq=False)
class LabTable:
    """The lab's runs as they were at one time.

    Attributes
    ----------
    gateway
        Answers the questions in ``sql/explore`` about them.
    scores
        What scores them for anomalies.
    runs
        Rows of ``lab/runs``, with the name of each run.
    taken_at
        When the lake was read, in UTC.

    """

    gateway: Gateway
    scores: AnomalyScores
    runs: pa.Table
    taken_at: datetime


class LabRuns:
    """Reads the runs of a lake for the Explore page. Safe to share between threads.

    Parameters
    ----------
    lake
        Where the runs are.
    threads, memory_limit
        As for :class:`Gateway`, for the tables of the page.

    """

    def __init__(self, lake: Lake, *, threads: int | None = None, memory_limit: str | None = None) -> None:
        self.path = lake.path
        self._parts = LabParts(lake)
        self._limits = {"threads": threads, "memory_limit": memory_limit}
        self._lock = threading.Lock()
        self._latest: LabTable | None = None

    def runs(self, now: datetime) -> pa.Table:
        """Rows of ``lab/runs`` as they are at ``now``, by start; a month that did not change is remembered.

        Raises
        ------
        DatasetError
            If the lake cannot be read.

        """
        with self._lock:
            return self._parts.runs(now)

    def table(self, now: datetime) -> LabTable | None:
        """The runs as they are at ``now``, loaded; None where the lake has none.

        Nothing is loaded anew while the lake holds what it held at the last call.

        Raises
        ------
        DatasetError
            If the lake cannot be read.

        """
        with self._lock:
            runs = self._parts.runs(now)
            if not runs.num_rows:
                return None
            if self._latest is None or not self._latest.runs.equals(runs):
                self._latest = self._loaded(runs, now)
            return self._latest

    def _loaded(self, runs: pa.Table, now: datetime) -> LabTable:
        gateway = Gateway(**self._limits)  # type: ignore[arg-type] # its two limits, by their names
        try:
            load_lab_runs(gateway, runs)
        except DatasetError:
            gateway.close()
            raise
        return LabTable(gateway, AnomalyScores(gateway), runs, now)


def load_lab_runs(gateway: Gateway, runs: pa.Table) -> None:
    """Make the tables and macros of the Explore page from rows of ``lab/runs``.

    Raises
    ------
    DatasetError
        If they cannot be made.

    """
    with tempfile.TemporaryDirectory(prefix="energyvis-") as folder:
        given, table = Path(folder) / "given.parquet", Path(folder) / "runs.parquet"
        pq.write_table(runs, given)
        gateway.write_parquet("butter_e/table_of_lab_runs", table, file=str(given), most=MOST_VALUES)
        load_butter_e(gateway, table)
    gateway.run("lab/make_whole_axes")
    gateway.run("lab/make_own_epochs")


@functools.cache
def shared_lab_runs(shared: Workspace) -> LabRuns:
    """The lab's runs of a workspace, made once in a process."""
    settings = shared.settings
    return LabRuns(shared.lake, threads=settings.threads, memory_limit=settings.memory_limit)
