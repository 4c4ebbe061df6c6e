"""Runs as the table shows them, read from the lake once for all sessions."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import pyarrow as pa

from energyvis_panel.data.lake import LakeStatus
from energyvis_panel.domain.carbon import CarbonIntensity
from energyvis_panel.errors import EnergyVisError

log = logging.getLogger(__name__)

ACTIVE_STATES = frozenset({"running", "paused"})
NO_PUE = 1.0


class LakeReader(Protocol):
    """What the runs' views need of a lake."""

    def all_runs(self, now: datetime) -> pa.Table:
        """Rows of ``runs/all_runs``."""

    def status(self, now: datetime) -> LakeStatus:
        """State of the lake."""

    def ask(self, question: str, *, run_id: str | None = None, **params: object) -> pa.Table:
        """Answer of a question about a run."""


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run. None = not known; energies in joules before PUE, emissions with it.

    ``estimated_share`` is the part of the energy that was estimated, from 0 to 1. ``carbon_origin`` says
    where the emissions come from, or why there are none.
    """

    run_id: str
    name: str
    user: str
    project: str
    hosts: str
    state: str
    started_at: datetime
    duration_s: float
    energy_j: float | None
    carbon_g: float | None
    power_w: float | None
    epochs_done: int
    epochs_planned: int | None
    source: str
    quality: str
    estimated_share: float | None
    region: str
    carbon_origin: str

    @property
    def is_active(self) -> bool:
        """Whether the run is going on and gives signs of life."""
        return self.state in ACTIVE_STATES

    def matches(self, words: list[str]) -> bool:
        """Whether every word, in lower case, occurs in the run's name, people, places, state or id."""
        parts = (self.name, self.user, self.project, self.hosts, self.state, self.region, self.run_id)
        text = " ".join(parts).casefold()
        return all(word in text for word in words)


@dataclass(frozen=True, slots=True)
class LakeSnapshot:
    """The lake at one moment, or a sentence in ``failure`` about why it could not be read."""

    taken_at: datetime
    rows: tuple[RunRow, ...] = ()
    status: LakeStatus | None = None
    failure: str = ""


def utc_now() -> datetime:
    """Current time."""
    return datetime.now(UTC)


def take_snapshot(
    lake: LakeReader, intensities: Mapping[str, CarbonIntensity], now: datetime
) -> LakeSnapshot:
    """The lake as it is; a failure is a sentence, since the next reading may succeed."""
    try:
        rows = lake.all_runs(now).to_pylist()
        return LakeSnapshot(now, tuple(run_row(row, intensities) for row in rows), lake.status(now))
    except EnergyVisError as error:
        log.warning("The lake could not be read: %s", error)
        return LakeSnapshot(now, failure=str(error))


def run_row(row: Mapping[str, Any], intensities: Mapping[str, CarbonIntensity]) -> RunRow:
    """A row of ``runs/all_runs`` with the emissions of its region at its PUE, where the region is known."""
    intensity = intensities.get(row["region_id"] or "")
    energy_j: float | None = row["energy_j"]
    carbon_g = None
    if intensity and energy_j is not None:
        carbon_g = intensity.emissions_g(energy_j * (row["pue"] or NO_PUE))
    return RunRow(
        run_id=row["run_id"],
        name=row["name"],
        user=row["user"],
        project=row["project"] or "",
        hosts=", ".join(row["hosts"]),
        state=row["state"],
        started_at=row["started_at"],
        duration_s=row["duration_s"],
        energy_j=energy_j,
        carbon_g=carbon_g,
        power_w=row["power_w"],
        epochs_done=row["epochs_done"],
        epochs_planned=row["epochs_planned"],
        source=row["source"] or "",
        quality=row["quality"] or "",
        estimated_share=row["estimated_share"],
        region=intensity.name if intensity else row["region_id"] or "",
        carbon_origin=carbon_origin(intensity, row["pue"]),
    )


def carbon_origin(intensity: CarbonIntensity | None, pue: float | None) -> str:
    """Where a run's emissions come from, or why there are none."""
    if intensity is None:
        return "The run names no region whose carbon intensity is known."
    site = f"PUE {pue:g}" if pue else "PUE not known, counted as 1"
    return f"{intensity.name}: {intensity.caption()}; {site}"
