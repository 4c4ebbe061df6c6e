"""Carbon intensity over time: one value a step, as grid operators publish it, and its integral."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from energyvis_panel.domain.carbon import MOST_G_PER_KWH, CarbonIntensity
from energyvis_panel.errors import EnergyVisError

Array = npt.NDArray[np.float64]

HOUR_S: Final = 3600
DAY_S: Final = 24 * HOUR_S
SHORTEST_STEP_S: Final = 60
MOST_STEPS: Final = 1_060_000
"""Ten years of five minutes."""
SYNTHETIC: Final = "synthetic"


class HourlyError(EnergyVisError):
    """A series of intensities is not usable."""


@dataclass(frozen=True, eq=False)
class HourlyIntensity:
    """Average carbon intensity, one value for each step of equal length.

    Parameters
    ----------
    start_utc
        Beginning of the first step, in UTC.
    step_s
        Length of a step in seconds: 3600 for hours, 1800 for half hours, 300 for five minutes.
    g_per_kwh
        Grams CO2e per kWh, one-dimensional; NaN where the value is not known.
    name
        Where it holds and from which file it is.
    scope
        ``direct`` or ``lifecycle``; None = not stated; ``synthetic`` = made up, to try the view.
    assumptions
        What had to be assumed to read it, one sentence each.

    """

    start_utc: dt.datetime
    step_s: int
    g_per_kwh: Array
    name: str
    scope: str | None = None
    assumptions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        values = np.array(self.g_per_kwh, dtype=np.float64)
        values.setflags(write=False)
        object.__setattr__(self, "g_per_kwh", values)
        if self.start_utc.utcoffset() != dt.timedelta(0):
            raise HourlyError(f"{self.name}: the start must be given in UTC.")
        if not SHORTEST_STEP_S <= self.step_s <= DAY_S:
            raise HourlyError(
                f"{self.name}: a step of {self.step_s:g} s cannot be used. Give one from a minute to a day."
            )
        if values.ndim != 1 or not 1 < values.size <= MOST_STEPS:
            raise HourlyError(f"{self.name}: {values.size:,} values; give from 2 to {MOST_STEPS:,}.")
        known = values[np.isfinite(values)]
        if not known.size:
            raise HourlyError(f"{self.name} holds no value. Choose another file.")
        if known.min() < 0 or known.max() > MOST_G_PER_KWH or np.isinf(values).any():
            raise HourlyError(
                f"{self.name}: intensities must lie from 0 to {MOST_G_PER_KWH:g} g/kWh, but reach from "
                f"{known.min():g} to {known.max():g}. Check the unit."
            )

    @property
    def steps(self) -> int:
        """Number of steps."""
        return int(self.g_per_kwh.size)

    @property
    def end_utc(self) -> dt.datetime:
        """End of the last step."""
        return self.time(self.steps)

    @property
    def mean_g_per_kwh(self) -> float:
        """Mean over the steps that are known."""
        return float(np.nanmean(self.g_per_kwh))

    @property
    def unknown_steps(self) -> int:
        """How many steps have no value."""
        return int(np.isnan(self.g_per_kwh).sum())

    @property
    def is_synthetic(self) -> bool:
        """Whether the values are made up."""
        return self.scope == SYNTHETIC

    @cached_property
    def integral(self) -> Array:
        """Integral at the edges of the steps, (g/kWh) s, one longer than the values; unknown steps add 0."""
        return _running_sum(np.nan_to_num(self.g_per_kwh) * self.step_s)

    @cached_property
    def unknown_s(self) -> Array:
        """Seconds without a value up to each edge of the steps."""
        return _running_sum(np.isnan(self.g_per_kwh) * float(self.step_s))

    def time(self, step: int) -> dt.datetime:
        """Beginning of a step, counted from 0, in UTC."""
        return self.start_utc + dt.timedelta(seconds=step * self.step_s)

    def step_at(self, time_utc: dt.datetime) -> int:
        """Step in which a moment lies; may be outside the series."""
        return int((time_utc - self.start_utc).total_seconds() // self.step_s)


def example_intensity(
    factors: Sequence[Sequence[float]], annual: CarbonIntensity, year: int
) -> HourlyIntensity:
    """Made-up series of one year with the mean of an annual intensity.

    Parameters
    ----------
    factors
        Twelve rows of 24 factors: months by hours of the day.
    annual
        Intensity whose mean the series has.
    year
        Calendar year of the series.

    Raises
    ------
    HourlyError
        If the factors are not twelve times 24, or the intensity is 0, which has no shape.

    """
    table = np.asarray(factors, dtype=np.float64)
    if table.shape != (12, 24):
        raise HourlyError(f"The shape of the example has {table.shape}, not 12 months of 24 hours.")
    if annual.g_per_kwh <= 0:
        raise HourlyError(
            f"{annual.name}: electricity without emissions has no better hour. Choose a region."
        )
    start = dt.datetime(year, 1, 1, tzinfo=dt.UTC)
    days = (dt.datetime(year + 1, 1, 1, tzinfo=dt.UTC) - start).days
    months = [(start + dt.timedelta(days=day)).month - 1 for day in range(days)]
    values = table[months].ravel()
    values = values * (annual.g_per_kwh / values.mean())
    return HourlyIntensity(
        start,
        HOUR_S,
        np.minimum(values, MOST_G_PER_KWH),
        f"Synthetic example for {annual.name}",
        SYNTHETIC,
        (
            (
                "Synthetic: a made-up curve over day and season, not a measurement. It says nothing about "
                f"the real hours of {annual.name}; only its mean is the annual value ({annual.caption()})."
            ),
            f"The calendar is that of {year}, and hours count in UTC.",
        ),
    )


def _running_sum(values: Array) -> Array:
    summed = np.concatenate([[0.0], np.cumsum(values)])
    summed.setflags(write=False)
    return summed
