"""Which runs are on show, and how they are grouped and summed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from energyvis_panel.domain.run_totals import RunColumns, RunGroup, TimeTotals, run_groups, time_totals
from energyvis_panel.domain.units import GRAMS_PER_KG, JOULES_PER_KWH

GROUPINGS: Final[Mapping[str, str]] = {
    "user": "User",
    "project": "Project",
    "hosts": "Host",
    "month": "Month",
}
"""Columns to group by and their titles. A run on several hosts counts once, under the list of them."""
MEASURES: Final[Mapping[str, tuple[str, str, float]]] = {
    "energy": ("energy_kwh", "kWh", JOULES_PER_KWH),
    "carbon": ("carbon_kg", "kg CO₂e", GRAMS_PER_KG),
    "cost": ("cost_usd", "USD", 1.0),
}
"""Column, unit, and how many joules, grams or dollars the unit is."""
NO_NAME: Final = "(none)"

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class RunFilter:
    """What a run must be to be shown; empty = anything. Days are those of the start in UTC, inclusive."""

    text: str = ""
    user: str = ""
    project: str = ""
    host: str = ""
    state: str = ""
    first_day: date | None = None
    last_day: date | None = None

    def passing(self, frame: pd.DataFrame, *, days: bool = True) -> Mask:
        """Which lines of ``frame`` pass; with ``days`` false, whatever the day of their start."""
        mask = np.ones(len(frame), dtype=np.bool_)
        for word in self.text.casefold().split():
            mask &= frame["text"].str.contains(word, regex=False).to_numpy(dtype=np.bool_)
        for column, wanted in (("user", self.user), ("project", self.project), ("state", self.state)):
            if wanted:
                mask &= (frame[column] == ("" if wanted == NO_NAME else wanted)).to_numpy(dtype=np.bool_)
        if self.host:
            listed = ", " + frame["hosts"] + ", "
            mask &= listed.str.contains(f", {self.host}, ", regex=False).to_numpy(dtype=np.bool_)
        started = frame["day"].to_numpy()
        if days and self.first_day:
            mask &= started >= self.first_day.toordinal()
        if days and self.last_day:
            mask &= started <= self.last_day.toordinal()
        return mask


def grouped(frame: pd.DataFrame, by: str) -> tuple[RunGroup, ...]:
    """Sums by group, most energy first."""
    codes, names = coded(frame, by)
    columns = RunColumns(
        duration_s=frame["duration_s"].to_numpy(),
        energy_j=frame["energy_kwh"].to_numpy() * JOULES_PER_KWH,
        estimated_j=frame["estimated_kwh"].to_numpy() * JOULES_PER_KWH,
        carbon_g=frame["carbon_kg"].to_numpy() * GRAMS_PER_KG,
        cost_usd=frame["cost_usd"].to_numpy(),
    )
    return run_groups(codes, names, columns)


def over_time(frame: pd.DataFrame, by: str, measure: str) -> TimeTotals:
    """Sums of a measure by group and period, in kWh, kg or USD."""
    codes, names = coded(frame, by)
    return time_totals(frame["day"].to_numpy(), codes, names, frame[MEASURES[measure][0]].to_numpy())


def coded(frame: pd.DataFrame, by: str) -> tuple[npt.NDArray[np.int64], list[str]]:
    """Place of each line's group among the names of the groups; a group without a name is ``(none)``."""
    column = frame["started"].str.slice(0, 7) if by == "month" else frame[by]
    codes, names = pd.factorize(column)
    return codes, [str(name) or NO_NAME for name in names]


def options(frame: pd.DataFrame) -> dict[str, list[str]]:
    """Values that occur, by column, in alphabetical order; hosts are taken one by one."""
    found = {
        column: sorted(str(value) for value in frame[column].unique() if value)
        for column in ("user", "project", "state")
    }
    return found | {"host": sorted({host for hosts in frame["hosts"].unique() for host in hosts.split(", ")})}
