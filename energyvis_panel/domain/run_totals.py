"""Sums over runs: by group, and by group over periods of time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

Period = Literal["day", "week", "month"]
Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

MOST_GROUPS: Final = 7
OTHERS: Final = "others"
MOST_DAYS: Final = 62
MOST_WEEKS_DAYS: Final = 400


@dataclass(frozen=True, slots=True)
class RunGroup:
    """Sums over the runs of one group. Joules before PUE; emissions and cost with each run's own PUE.

    ``estimated_j`` is the part of the energy that was estimated. ``carbon_runs`` and ``cost_runs`` count the
    runs whose emissions and cost are known; the sums are over these alone, None where there is none.
    """

    name: str
    runs: int
    duration_s: float
    energy_j: float
    estimated_j: float
    carbon_g: float | None
    carbon_runs: int
    cost_usd: float | None
    cost_runs: int

    @property
    def power_w(self) -> float | None:
        """Joules over seconds of the runs."""
        return self.energy_j / self.duration_s if self.duration_s > 0 else None


@dataclass(frozen=True, slots=True)
class RunColumns:
    """Numbers of runs, one place a run; NaN = not known."""

    duration_s: Floats
    energy_j: Floats
    estimated_j: Floats
    carbon_g: Floats
    cost_usd: Floats


def run_groups(codes: Codes, names: Sequence[str], runs: RunColumns) -> tuple[RunGroup, ...]:
    """Groups with at least one run, most energy first.

    Parameters
    ----------
    codes
        Place in ``names`` of each run's group.
    names
        Names of the groups.
    runs
        The runs' numbers.

    """
    size = len(names)

    def sums(values: Floats) -> Floats:
        return np.bincount(codes, weights=np.nan_to_num(values), minlength=size).astype(np.float64)

    def known(values: Floats) -> npt.NDArray[np.int64]:
        return np.bincount(codes[~np.isnan(values)], minlength=size)

    counts = np.bincount(codes, minlength=size)
    duration_s, energy_j, estimated_j = sums(runs.duration_s), sums(runs.energy_j), sums(runs.estimated_j)
    carbon_g, carbon_runs = sums(runs.carbon_g), known(runs.carbon_g)
    cost_usd, cost_runs = sums(runs.cost_usd), known(runs.cost_usd)
    return tuple(
        RunGroup(
            name=names[place],
            runs=int(counts[place]),
            duration_s=float(duration_s[place]),
            energy_j=float(energy_j[place]),
            estimated_j=float(estimated_j[place]),
            carbon_g=float(carbon_g[place]) if carbon_runs[place] else None,
            carbon_runs=int(carbon_runs[place]),
            cost_usd=float(cost_usd[place]) if cost_runs[place] else None,
            cost_runs=int(cost_runs[place]),
        )
        for place in np.lexsort((np.arange(size), -energy_j))
        if counts[place]
    )


@dataclass(frozen=True, slots=True)
class TimeTotals:
    """Sums by group and period. ``sums`` has a row a group and a column a period; no period is left out.

    ``starts`` are the first days of the periods; a run counts in the period in which it started. ``unknown``
    is the number of runs whose value is not known; they are in no sum.
    """

    period: Period
    starts: tuple[date, ...]
    groups: tuple[str, ...]
    sums: Floats
    unknown: int = 0


NO_TOTALS: Final = TimeTotals("day", (), (), np.zeros((0, 0)))


def period_for(first: date, last: date) -> Period:
    """Length of period in which the time from ``first`` to ``last`` reads best."""
    days = (last - first).days
    if days <= MOST_DAYS:
        return "day"
    return "week" if days <= MOST_WEEKS_DAYS else "month"


def period_start(day: date, period: Period) -> date:
    """First day of the period that ``day`` lies in; weeks begin on Monday."""
    if period == "month":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if period == "week" else day


def next_start(start: date, period: Period) -> date:
    """First day of the period after the one that begins at ``start``."""
    if period == "month":
        return (start.replace(day=28) + timedelta(days=4)).replace(day=1)
    return start + timedelta(days=7 if period == "week" else 1)


def time_totals(days: Codes, codes: Codes, names: Sequence[str], values: Floats) -> TimeTotals:
    """Sums of ``values`` over time for the groups with the largest sums, and for all others together.

    Parameters
    ----------
    days
        Day of each run's start as a proleptic ordinal (``date.toordinal``).
    codes
        Place in ``names`` of each run's group.
    names
        Names of the groups.
    values
        What is summed; NaN = not known.

    """
    if not days.size:
        return NO_TOTALS
    first, last = date.fromordinal(int(days.min())), date.fromordinal(int(days.max()))
    period = period_for(first, last)
    starts = [period_start(first, period)]
    while (following := next_start(starts[-1], period)) <= last:
        starts.append(following)
    place = np.searchsorted(np.array([start.toordinal() for start in starts]), days, side="right") - 1
    known = np.nan_to_num(values)
    sums = np.bincount(codes, weights=known, minlength=len(names))
    order = [int(code) for code in np.lexsort((np.arange(len(names)), -sums)) if sums[code] > 0]
    shown, rest = order[:MOST_GROUPS], order[MOST_GROUPS:]
    row_of = np.full(len(names), len(shown))
    row_of[shown] = np.arange(len(shown))
    rows = len(shown) + bool(rest)
    cell = row_of[codes] * len(starts) + place
    # Groups without any sum share the place after the last row, which is cut off.
    table = np.bincount(cell, weights=known, minlength=(len(shown) + 1) * len(starts)).astype(np.float64)
    return TimeTotals(
        period=period,
        starts=tuple(starts),
        groups=tuple(names[code] for code in shown) + ((OTHERS,) if rest else ()),
        sums=table.reshape(len(shown) + 1, len(starts))[:rows],
        unknown=int(np.isnan(values).sum()),
    )
