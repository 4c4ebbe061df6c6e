"""What the selected runs amount to at the meter, in carbon and in money, and the sentence that says it."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from energyvis_panel.domain.units import energy_scale, mass_scale, money_scale, three_digits
from energyvis_panel.state.explore.carbon_cost.circumstances import Circumstances
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.question import Question
from energyvis_panel.state.explore.sentences import HARDWARE, NOTHING_SELECTED, counted

SLOT: Final = "carbon_cost_energy"
QUESTIONS: Final = {SLOT: Question("carbon_cost_energy")}
USES: Final = ("Training", "Overhead", "Not split")
"""What energy was used for: the run less the overhead; the overhead; a run whose overhead is not known."""
BUILDING: Final = "Building"
"""What the building adds for cooling and power supply, by its PUE."""
PARTS: Final = (*USES, BUILDING)
ENERGIES: Final = ("training_j", "overhead_j", "unsplit_j")
"""Columns of the uses."""

NOT_KNOWN: Final = "not known"

Joules = NDArray[np.float64]
Unit = tuple[str, float]


@dataclass(frozen=True, slots=True)
class RunEnergy:
    """Energy of runs before PUE.

    Attributes
    ----------
    energy_j
        Joules, hardware x use.
    run_counts, measured_counts
        Runs, and runs that have an energy, by hardware.

    """

    energy_j: Joules
    run_counts: NDArray[np.int64]
    measured_counts: NDArray[np.int64]

    @classmethod
    def of(cls, rows: pa.Table) -> "RunEnergy":
        """What the question answered; zero for hardware that is not there."""
        found = cls(np.zeros((len(HARDWARE), len(USES))), *np.zeros((2, len(HARDWARE)), np.int64))
        for row in rows.to_pylist():
            at = int(row["is_gpu"])
            found.energy_j[at] = [row[name] for name in ENERGIES]
            found.run_counts[at], found.measured_counts[at] = row["run_count"], row["measured_runs"]
        return found

    @property
    def total_j(self) -> float:
        """Joules of all of them."""
        return float(self.energy_j.sum())

    @property
    def unmeasured(self) -> int:
        """How many of the runs have no energy."""
        return int((self.run_counts - self.measured_counts).sum())

    def parts_j(self, pue: float) -> Joules:
        """Joules at the meter by part: the uses, and what the building adds."""
        return np.append(self.energy_j.sum(axis=0), (pue - 1.0) * self.total_j)


@dataclass(frozen=True, slots=True)
class Amounts:
    """Energy at the meter in J, and what follows from it; None where no intensity or price is known."""

    energy_j: float
    carbon_g: float | None
    cost_usd: float | None

    @classmethod
    def of(cls, energy_j: float, at: Circumstances) -> "Amounts":
        """Carbon and cost of ``energy_j`` at the meter."""
        intensity, price = at.intensity, at.price
        return cls(
            energy_j,
            intensity.emissions_g(energy_j) if intensity else None,
            price.cost(energy_j) if price else None,
        )


@dataclass(frozen=True, slots=True)
class Units:
    """Units in which all amounts of a selection are written, so that they compare: those of its sums.

    Each is a name and how much of the stored unit (J, g, USD) it holds.
    """

    energy: Unit
    mass: Unit
    money: Unit

    @classmethod
    def of(cls, sums: Amounts, *, pounds: bool) -> "Units":
        """Units in which these sums read best; money is never written in cents."""
        return cls(
            energy_scale(sums.energy_j),
            mass_scale(sums.carbon_g or 0.0, pounds=pounds),
            money_scale(max(sums.cost_usd or 0.0, 1.0)),
        )

    def energy_text(self, energy_j: float) -> str:
        """Energy for people."""
        return _amount_text(energy_j, self.energy)

    def carbon_text(self, carbon_g: float | None) -> str:
        """Emissions for people, without the name of the gas."""
        return NOT_KNOWN if carbon_g is None else _amount_text(carbon_g, self.mass)

    def cost_text(self, cost_usd: float | None) -> str:
        """Cost for people."""
        return NOT_KNOWN if cost_usd is None else _amount_text(cost_usd, self.money)


def _amount_text(amount: float, unit: Unit) -> str:
    name, per_unit = unit
    return f"{three_digits(amount / per_unit)} {name}"


def sums_of(found: RunEnergy, at: Circumstances) -> tuple[Amounts, Units]:
    """All that the runs amount to, and the units in which it and its parts are written."""
    sums = Amounts.of(found.total_j * at.pue, at)
    return sums, Units.of(sums, pounds=at.pounds)


def carbon_cost_answer(state: Exploration, at: Circumstances) -> str:
    """What the selection amounts to, in one sentence."""
    if not state.run_count:
        return NOTHING_SELECTED
    found = RunEnergy.of(state.answer(SLOT))
    behind = counted(state)
    if not found.measured_counts.sum():
        return f"None of the selected runs has a measured energy, so they amount to nothing known ({behind})."
    least = ""
    if found.unmeasured:
        least = "at least "
        behind += f", {found.unmeasured:,} of them without a measured energy"
    amounts, units = sums_of(found, at)
    said = [f"{units.energy_text(amounts.energy_j)} at the meter"]
    said += [] if amounts.carbon_g is None else [f"{units.carbon_text(amounts.carbon_g)} CO₂e"]
    said += [] if amounts.cost_usd is None else [units.cost_text(amounts.cost_usd)]
    listed = " and ".join([", ".join(said[:-1]), said[-1]]) if len(said) > 1 else said[0]
    where = at.intensity.name if at.intensity else at.region_id
    begins = "This run amounts" if state.run_count == 1 else "These runs amount"
    return (
        f"{begins} to {least}{listed} ({where}, PUE {at.pue:g}{_unknown(amounts)})"
        f"{_overhead_said(found)} ({behind})."
    )


def _unknown(amounts: Amounts) -> str:
    """Which of both is not known."""
    missing = [
        name
        for name, amount in (("intensity", amounts.carbon_g), ("price", amounts.cost_usd))
        if amount is None
    ]
    return f", {' and '.join(missing)} not known" if missing else ""


def _overhead_said(found: RunEnergy) -> str:
    """What share of the energy of the runs is overhead; nothing where it is known of none."""
    training_j, overhead_j, unsplit_j = found.energy_j.sum(axis=0)
    split_j = training_j + overhead_j
    if split_j <= 0:
        return ""
    known = ", where it is known" if unsplit_j > 0 else ""
    return f"; {three_digits(100 * overhead_j / split_j)} % of what the nodes took is overhead{known}"
