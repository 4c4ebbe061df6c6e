"""Runs as the table shows them, read from the lake once for all sessions."""

import logging
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol, runtime_checkable

import pyarrow as pa

from energyvis_panel.data.lake import LakeStatus
from energyvis_panel.data.lake_listing import RunFiles
from energyvis_panel.data.run_book import BookReading
from energyvis_panel.domain.carbon import CarbonIntensity, Price
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

    def run(self, run: str) -> RunFiles:
        """Facts of a run."""

    def ask(self, question: str, *, run_id: str | None = None, **params: object) -> pa.Table:
        """Answer of a question about a run."""


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run. None = not known; energies in joules before PUE, emissions and cost with it.

    ``estimated_share`` is the part of the energy that was estimated, from 0 to 1. ``carbon_origin`` and
    ``cost_origin`` say where emissions and cost come from, or why there are none. ``text`` is what words are
    looked for in, in lower case. ``last_sign_at`` is when the run's tracker last wrote of it, by its clock.
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
    cost_usd: float | None = None
    cost_origin: str = ""
    text: str = ""
    last_sign_at: datetime | None = None

    @property
    def is_active(self) -> bool:
        """Whether the run is going on and gives signs of life."""
        return self.state in ACTIVE_STATES

    def matches(self, words: list[str]) -> bool:
        """Whether every word, in lower case, occurs in the run's name, people, places, state or id."""
        return all(word in self.text for word in words)


@runtime_checkable
class BookReader(LakeReader, Protocol):
    """A lake that is read in parts, of which those that did not change are not read again."""

    def read(self, now: datetime) -> BookReading:
        """The runs and the state of the lake."""


@dataclass(frozen=True, slots=True)
class LakeSnapshot:
    """The lake at one moment, or a sentence in ``failure`` about why it could not be read.

    ``pending_months`` is how many older months are still to be read. Rows that did not change are the same
    objects as before.
    """

    taken_at: datetime
    rows: tuple[RunRow, ...] = ()
    status: LakeStatus | None = None
    failure: str = ""
    pending_months: int = 0


def utc_now() -> datetime:
    """Current time."""
    return datetime.now(UTC)


def take_snapshot(
    lake: LakeReader,
    intensities: Mapping[str, CarbonIntensity],
    now: datetime,
    prices: Mapping[str, Price] | None = None,
) -> LakeSnapshot:
    """The lake as it is, read as a whole; a failure is a sentence, since the next reading may succeed."""
    try:
        rows = lake.all_runs(now).to_pylist()
        status = lake.status(now)
    except EnergyVisError as error:
        log.warning("The lake could not be read: %s", error)
        return LakeSnapshot(now, failure=str(error))
    return LakeSnapshot(now, tuple(run_row(row, intensities, prices) for row in rows), status)


class BookRows:
    """Rows of a lake that is read in parts; those of a part that did not change are not made again.

    Parameters
    ----------
    book
        The lake.
    intensities, prices
        As for :func:`run_row`.

    """

    def __init__(
        self,
        book: BookReader,
        intensities: Mapping[str, CarbonIntensity],
        prices: Mapping[str, Price] | None = None,
    ) -> None:
        self._book = book
        self._intensities = intensities
        self._prices = prices
        self._months: list[tuple[pa.Table, tuple[RunRow, ...]]] = []
        self._compacted: tuple[RunRow, ...] = ()

    def snapshot(self, now: datetime) -> LakeSnapshot:
        """The lake as it is; a failure is a sentence, since the next reading may succeed."""
        try:
            reading = self._book.read(now)
        except EnergyVisError as error:
            log.warning("The lake could not be read: %s", error)
            return LakeSnapshot(now, failure=str(error))
        self._take(reading.months)
        rows = merged(self._compacted, self._rows(reading.live))
        return LakeSnapshot(now, rows, reading.status, pending_months=reading.pending_months)

    def _rows(self, table: pa.Table) -> tuple[RunRow, ...]:
        return tuple(run_row(row, self._intensities, self._prices) for row in table.to_pylist())

    def _take(self, tables: Sequence[pa.Table]) -> None:
        """Make the rows of new tables; the tables are kept, so that no other can take their identity."""
        if [id(table) for table, _ in self._months] == [id(table) for table in tables]:
            return
        known = {id(table): rows for table, rows in self._months}
        self._months = [
            (table, known[id(table)] if id(table) in known else self._rows(table)) for table in tables
        ]
        self._compacted = tuple(row for _, rows in self._months for row in rows)


def merged(compacted: tuple[RunRow, ...], live: tuple[RunRow, ...]) -> tuple[RunRow, ...]:
    """Both, newest first, as each of them is; there are few live ones."""
    if not live:
        return compacted
    rows = list(compacted)
    for row in live:
        rows.insert(bisect_left(rows, -row.started_at.timestamp(), key=age_key), row)
    return tuple(rows)


def age_key(row: RunRow) -> float:
    """Less for a newer run."""
    return -row.started_at.timestamp()


def run_row(
    row: Mapping[str, Any],
    intensities: Mapping[str, CarbonIntensity],
    prices: Mapping[str, Price] | None = None,
) -> RunRow:
    """A row of ``runs/all_runs`` with the emissions and the cost of its region at its PUE, where known."""
    intensity = intensities.get(row["region_id"] or "")
    price = (prices or {}).get(row["region_id"] or "")
    energy_j: float | None = row["energy_j"]
    site_j = None if energy_j is None else energy_j * (row["pue"] or NO_PUE)
    region = intensity.name if intensity else row["region_id"] or ""
    hosts = ", ".join(row["hosts"])
    project = row["project"] or ""
    parts = (row["name"], row["user"], project, hosts, row["state"], region, row["run_id"])
    return RunRow(
        run_id=row["run_id"],
        name=row["name"],
        user=row["user"],
        project=project,
        hosts=hosts,
        state=row["state"],
        started_at=row["started_at"],
        duration_s=row["duration_s"],
        energy_j=energy_j,
        carbon_g=None if intensity is None or site_j is None else intensity.emissions_g(site_j),
        power_w=row["power_w"],
        epochs_done=row["epochs_done"],
        epochs_planned=row["epochs_planned"],
        source=row["source"] or "",
        quality=row["quality"] or "",
        estimated_share=row["estimated_share"],
        region=region,
        carbon_origin=carbon_origin(intensity, row["pue"]),
        cost_usd=None if price is None or site_j is None else price.cost(site_j),
        cost_origin=cost_origin(price, row["pue"]),
        text=" ".join(parts).casefold(),
        last_sign_at=row["heartbeat_at"],
    )


def carbon_origin(intensity: CarbonIntensity | None, pue: float | None) -> str:
    """Where a run's emissions come from, or why there are none."""
    if intensity is None:
        return "The run names no region whose carbon intensity is known."
    return f"{intensity.name}: {intensity.caption()}; {site_text(pue)}"


def cost_origin(price: Price | None, pue: float | None) -> str:
    """Where a run's cost comes from, or why there is none."""
    if price is None:
        return "The run names no region whose price of electricity is known."
    return f"{price.per_kwh:.3g} {price.currency}/kWh, {price.source}; {site_text(pue)}"


def site_text(pue: float | None) -> str:
    """The PUE that a number was made with."""
    return f"PUE {pue:g}" if pue else "PUE not known, counted as 1"
