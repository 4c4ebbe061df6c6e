"""Budgets: how much a run may consume, and what happens when it is on its way to more."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from energyvis_tracker.errors import ConfigurationError

ACTIONS = ("warn", "pause", "stop")
J_PER_KWH = 3_600_000.0


@dataclass(frozen=True, slots=True)
class Budget:
    """What a run may consume at most, and what to do once its projection passes that.

    ::

        EnergyTracker("resnet", epochs=90, budget=Budget(energy_kwh=2.5, action="pause"))

    The projection is what was used so far plus, for the epochs still planned, the mean of the finished ones;
    without planned epochs it is what was used so far. Carbon and cost count the energy at the site, so with
    the tracker's `pue` where one is given.

    Parameters
    ----------
    energy_kwh
        Energy in kWh, before PUE.
    carbon_kg
        CO2e in kg; needs `intensity_g_per_kwh`.
    cost
        Money; needs `price_per_kwh`, in the same currency.
    intensity_g_per_kwh
        Grams of CO2e a kWh; never guessed.
    price_per_kwh
        Price of a kWh.
    currency
        What `cost` is counted in, e.g. "EUR".
    action
        "warn": a warning of the logger, and a note in the run. "pause": also hold the job before its next
        epoch until somebody resumes it over the live URL. "stop": also end it at the end of the epoch.

    Raises
    ------
    ConfigurationError
        If nothing is limited, or a number cannot be meant.
    """

    energy_kwh: float | None = None
    carbon_kg: float | None = None
    cost: float | None = None
    intensity_g_per_kwh: float | None = None
    price_per_kwh: float | None = None
    currency: str = ""
    action: str = "warn"

    def __post_init__(self) -> None:
        if self.action not in ACTIONS:
            raise ConfigurationError(
                f"The action of a budget is 'warn', 'pause' or 'stop'; this is {self.action!r}."
            )
        for name in ("energy_kwh", "carbon_kg", "cost", "intensity_g_per_kwh", "price_per_kwh"):
            value = getattr(self, name)
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            if value is not None and not (is_number and 0 < value < math.inf):
                raise ConfigurationError(f"{name} of a budget must be a positive number; this is {value!r}.")
        if self.energy_kwh is None and self.carbon_kg is None and self.cost is None:
            raise ConfigurationError(
                "A budget limits energy_kwh, carbon_kg or cost; this one limits nothing."
            )
        if self.carbon_kg is not None and self.intensity_g_per_kwh is None:
            raise ConfigurationError(
                "A budget of carbon_kg needs intensity_g_per_kwh, which is never guessed."
            )
        if self.cost is not None and self.price_per_kwh is None:
            raise ConfigurationError("A budget of cost needs price_per_kwh.")

    def facts(self) -> dict[str, Any]:
        """Return what the sampler has to know."""
        return asdict(self)


class BudgetWatch:
    """Compares what a run has used, and is going to use, with its budget; says so once a limit."""

    def __init__(self, budget: Budget, pue: float | None, epochs_planned: int | None) -> None:
        self.budget = budget
        self.pue = pue
        self.epochs_planned = epochs_planned
        self.passed: list[str] = []

    def projected_j(self, used_j: float, epochs_j: float, epochs_done: int) -> float:
        """Return the joules of the whole run: those used, and those of the epochs still planned."""
        left = max(0, (self.epochs_planned or 0) - epochs_done)
        return used_j + (left * epochs_j / epochs_done if epochs_done else 0.0)

    def figures(self, energy_j: float) -> dict[str, float]:
        """Return energy (kWh, before PUE) and, where they are limited, carbon (kg) and cost of `energy_j`."""
        energy_kwh = energy_j / J_PER_KWH
        site_kwh = energy_kwh * (self.pue or 1.0)
        figures = {"energy_kwh": energy_kwh}
        if self.budget.intensity_g_per_kwh is not None:
            figures["carbon_kg"] = site_kwh * self.budget.intensity_g_per_kwh / 1000
        if self.budget.price_per_kwh is not None:
            figures["cost"] = site_kwh * self.budget.price_per_kwh
        return figures

    def newly_passed(self, used_j: float, projected_j: float) -> list[str]:
        """Return a sentence for each limit that the projection passes now and did not pass before."""
        used, projected = self.figures(used_j), self.figures(projected_j)
        units = {"energy_kwh": "kWh", "carbon_kg": "kg CO2e", "cost": self.budget.currency}
        sentences = []
        for name, unit in units.items():
            limit = getattr(self.budget, name)
            if limit is None or name in self.passed or projected[name] <= limit:
                continue
            self.passed.append(name)
            sentences.append(
                f"The run is going to use {projected[name]:.3g} {unit}".rstrip()
                + f" of its budget of {limit:.3g} {unit}".rstrip()
                + f"; so far it has used {used[name]:.3g} {unit}".rstrip()
                + "."
            )
        return sentences

    def state(self, used_j: float, projected_j: float) -> dict[str, Any]:
        """Return limits, use and projection for those who watch the run."""
        limits = {name: getattr(self.budget, name) for name in ("energy_kwh", "carbon_kg", "cost")}
        return {
            "limits": {name: limit for name, limit in limits.items() if limit is not None},
            "used": self.figures(used_j),
            "projected": self.figures(projected_j),
            "passed": list(self.passed),
            "currency": self.budget.currency,
            "action": self.budget.action,
        }


def budget_of(facts: Mapping[str, Any] | None) -> Budget | None:
    """Return the budget that a job named in its first mark, if it did."""
    return None if facts is None else Budget(**facts)


def recorded_budget(budget: Budget | None) -> dict[str, Any] | None:
    """Return a budget as run.json holds it: joules and grams, so that nobody has to guess a unit."""
    if budget is None:
        return None
    return {
        "energy_j": None if budget.energy_kwh is None else budget.energy_kwh * J_PER_KWH,
        "carbon_g": None if budget.carbon_kg is None else budget.carbon_kg * 1000,
        "cost": budget.cost,
        "currency": budget.currency,
        "action": budget.action,
    }
