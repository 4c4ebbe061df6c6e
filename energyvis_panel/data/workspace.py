"""What all sessions of one process share: the database, the lake, the reference tables."""

import functools
import os
import shutil
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pyarrow as pa

from energyvis_panel.data.butter_e import load_butter_e
from energyvis_panel.data.butter_e_anomalies import AnomalyScores
from energyvis_panel.data.butter_e_load import butter_e_file
from energyvis_panel.data.butter_e_origin import power_traces
from energyvis_panel.data.butter_e_power_trace import power_trace
from energyvis_panel.data.chip_search import search_chips
from energyvis_panel.data.chips import find_chip
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.lake import Lake
from energyvis_panel.data.prices import default_prices
from energyvis_panel.data.profile_store import ProfileStore
from energyvis_panel.data.reference import equivalences, grid_intensity
from energyvis_panel.domain.carbon import CarbonIntensity
from energyvis_panel.domain.edits import References
from energyvis_panel.domain.equivalence import Equivalence
from energyvis_panel.settings import Settings

MOST_RUNS = 12
"""Runs that a session starts with; the watcher of the lake tells of the others."""
RUNS_KEPT_S = 2.0
"""How old what it starts with may be."""


@dataclass(slots=True, eq=False)
class Workspace:
    """One process's data. Reading is safe from any thread."""

    settings: Settings
    gateway: Gateway
    lake: Lake
    profiles: ProfileStore
    references: References
    equivalences: tuple[Equivalence, ...]
    _butter_e: threading.Lock = field(default_factory=threading.Lock)
    _butter_e_scores: AnomalyScores | None = None

    @property
    def intensities(self) -> Mapping[str, CarbonIntensity]:
        """Carbon intensity by region."""
        return self.references.intensities

    def with_butter_e(self) -> Gateway:
        """The gateway, with the BUTTER-E runs loaded when they are first needed.

        Raises
        ------
        DatasetError
            If the runs cannot be loaded; the next call tries again.

        """
        with self._butter_e:
            if self._butter_e_scores is None:
                load_butter_e(self.gateway, butter_e_file(self.settings))
                self._butter_e_scores = AnomalyScores(self.gateway)
        return self.gateway

    @property
    def butter_e_scores(self) -> AnomalyScores | None:
        """What scores the BUTTER-E runs, once for all sessions; None until they are loaded."""
        return self._butter_e_scores

    @property
    def gateways(self) -> tuple[Gateway, Gateway]:
        """The database of the tables and that of the lake."""
        return self.gateway, self.lake.gateway

    def power_readings(self, slurm_job_id: int) -> pa.Table | None:
        """Minute watts of a job of BUTTER-E; None where no raw set was loaded."""
        traces = power_traces(self.settings)
        return power_trace(self.gateway, traces, slurm_job_id) if traces else None


def remove_left_spills(spills: Path) -> None:
    """Remove what processes of this host that are gone have left there, gigabytes perhaps."""
    mine = f"{socket.gethostname()}-"
    for left in spills.glob("*"):
        # Other hosts may share the folder, with names that begin as this one's.
        process = left.name.removeprefix(mine) if left.name.startswith(mine) else ""
        if process.isdecimal() and not psutil.pid_exists(int(process)):
            shutil.rmtree(left, ignore_errors=True)


@functools.cache
def workspace(settings: Settings) -> Workspace:
    """The workspace for ``settings``, made once in a process."""
    remove_left_spills(settings.cache / "spill")
    gateway = gateway_of(settings, "tables")
    # Its index takes half a second to make, which no session should wait for.
    threading.Thread(target=search_chips, args=("",), name="chip-index", daemon=True).start()
    # Whoever may write to the lake may write a file that ends a database; the tables have one of their own.
    lake = Lake(gateway_of(settings, "lake"), settings.lake)
    intensities = default_intensities(gateway)
    return Workspace(
        settings=settings,
        gateway=gateway,
        lake=lake,
        profiles=ProfileStore(lake, most_runs=MOST_RUNS, kept_s=RUNS_KEPT_S),
        references=References(intensities, default_prices(gateway, intensities), find_chip),
        equivalences=tuple(equivalences(gateway)),
    )


def gateway_of(settings: Settings, name: str) -> Gateway:
    """A database of this process."""
    return Gateway(
        threads=settings.threads,
        memory_limit=settings.memory_limit,
        question_limit_s=settings.question_limit_s,
        # Those that share a cache must not share the folder: DuckDB's names of files are the same in each.
        spill=settings.cache / "spill" / f"{socket.gethostname()}-{os.getpid()}" / name,
        spill_limit=settings.spill_limit,
    )


def default_intensities(gateway: Gateway) -> dict[str, CarbonIntensity]:
    """One intensity a region, the latest: direct emissions of US states, lifecycle emissions of countries.

    What is not known in that scope is taken in the other.
    """
    found: dict[str, CarbonIntensity] = {}
    for intensity in sorted(grid_intensity(gateway), key=_by_scope_and_year):
        found.setdefault(intensity.region_id, intensity)
    return found


def _by_scope_and_year(intensity: CarbonIntensity) -> tuple[bool, int]:
    wanted = "direct" if intensity.region_id.startswith("US-") else "lifecycle"
    return intensity.scope != wanted, -(intensity.year or 0)
