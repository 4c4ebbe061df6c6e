"""When to run: emissions of a run by its start, and the best start in a window.

A run is power over its own time, the grid an intensity that is constant within each step. The emissions of a
run that starts at t are the integral of P(s) I(t + s) over s, taken exactly. All starts on the steps of the
series are tried.
"""

import datetime as dt
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from energyvis_panel.domain.hourly import HourlyIntensity
from energyvis_panel.domain.run_shape import RunShape, ScheduleError
from energyvis_panel.domain.units import JOULES_PER_KWH, duration_text

Array = npt.NDArray[np.float64]

MOST_DIRECT = 20_000_000
"""Products above which the sum is taken by Fourier transform: it is then faster, and exact to 1e-12."""
TIE = 1e-9
"""Relative difference below which two starts count as equal; the earlier one is then named."""


@dataclass(frozen=True, eq=False)
class Starts:
    """Grams CO2e of a run for each start in a window, one a step; NaN where an intensity is not known."""

    hourly: HourlyIntensity
    run: RunShape
    first_step: int
    carbon_g: Array

    @property
    def last_step(self) -> int:
        """Last step at which the run may start."""
        return self.first_step + int(self.carbon_g.size) - 1

    @property
    def best_step(self) -> int:
        """Step at which the run emits least; the earliest of several."""
        least = np.nanmin(self.carbon_g)
        return self.first_step + int(np.flatnonzero(self.carbon_g <= least + TIE * abs(least))[0])

    @property
    def best_utc(self) -> dt.datetime:
        """When the run emits least."""
        return self.hourly.time(self.best_step)

    @property
    def best_g(self) -> float:
        """Emissions at the best start, grams."""
        return float(np.nanmin(self.carbon_g))

    @property
    def worst_g(self) -> float:
        """Emissions at the worst start, grams."""
        return float(np.nanmax(self.carbon_g))

    @property
    def mean_g(self) -> float:
        """Mean over all starts of the window, grams: what starting at random would emit."""
        return float(np.nanmean(self.carbon_g))

    @property
    def earliest_g(self) -> float | None:
        """Emissions when starting as early as allowed, grams; None where an intensity is not known."""
        return self.at_step(self.first_step)

    def at_step(self, step: int) -> float | None:
        """Emissions when starting at a step of the series, grams; None outside the window or not known."""
        if not self.first_step <= step <= self.last_step:
            return None
        value = float(self.carbon_g[step - self.first_step])
        return value if math.isfinite(value) else None


def emissions_g(run: RunShape, hourly: HourlyIntensity, start_utc: dt.datetime) -> float:
    """Grams CO2e of a run that starts at any moment; NaN where an intensity under it is not known.

    Raises
    ------
    ScheduleError
        If the run does not lie within the series.

    """
    seconds = (start_utc - hourly.start_utc).total_seconds() + run.edges_s
    length_s = hourly.steps * hourly.step_s
    if seconds[0] < 0 or seconds[-1] > length_s + 1e-6:
        raise ScheduleError(
            f"The run would not lie within {hourly.name}, {_period(hourly)}. Choose another start."
        )
    edges = np.arange(hourly.steps + 1) * float(hourly.step_s)
    unknown_s = np.diff(np.interp(seconds, edges, hourly.unknown_s))
    if (unknown_s[run.power_w > 0] > 0).any():
        return math.nan
    return float(np.diff(np.interp(seconds, edges, hourly.integral)) @ run.power_w) / JOULES_PER_KWH


def best_start(run: RunShape, hourly: HourlyIntensity, earliest: dt.datetime, latest: dt.datetime) -> Starts:
    """Emissions for every start from ``earliest`` to ``latest``, and with them the best.

    Raises
    ------
    ScheduleError
        If the run does not fit into the series or the window, or no start has an intensity throughout.

    """
    first, last = window_steps(run, hourly, earliest, latest)
    carbon_g = carbon_by_shift(run, hourly, first, last - first + 1, 0.0, run.duration_s)
    if np.isnan(carbon_g).all():
        raise ScheduleError(
            f"Every start of this window meets hours without a value in {hourly.name}. Choose another window."
        )
    return Starts(hourly, run, first, carbon_g)


def window_steps(
    run: RunShape, hourly: HourlyIntensity, earliest: dt.datetime, latest: dt.datetime
) -> tuple[int, int]:
    """First and last step of a window at which the run may start and still lies within the series.

    Raises
    ------
    ScheduleError
        If there is none.

    """
    most = last_start(run, hourly)
    first = math.ceil((earliest - hourly.start_utc).total_seconds() / hourly.step_s)
    last = math.floor((latest - hourly.start_utc).total_seconds() / hourly.step_s)
    first, last = max(first, 0), min(last, most)
    if first > last:
        raise ScheduleError(
            f"The run has no start in this window: it must lie within {_period(hourly)}. Widen the window."
        )
    return first, last


def last_start(run: RunShape, hourly: HourlyIntensity) -> int:
    """Last step of the series at which the run may start.

    Raises
    ------
    ScheduleError
        If the run takes longer than the series.

    """
    needed = math.ceil(run.duration_s / hourly.step_s - TIE)
    if needed > hourly.steps:
        raise ScheduleError(
            f"The run takes {duration_text(run.duration_s)}, but {hourly.name} holds only "
            f"{duration_text(hourly.steps * hourly.step_s)}. Import a longer series."
        )
    return hourly.steps - needed


def carbon_by_shift(
    run: RunShape, hourly: HourlyIntensity, first_step: int, shifts: int, begin_s: float, end_s: float
) -> Array:
    """Grams CO2e of a part of a run, from ``begin_s`` to ``end_s``, for each shift by 0, 1, ... steps.

    Shift 0 starts the run at ``first_step``. NaN where the part meets a step without a value. All shifts meet
    the steps at the same places of the run, so its joules are cut there once, and each shift is one sum.
    """
    step_s = float(hourly.step_s)
    skipped = math.floor(begin_s / step_s)
    count = max(math.ceil(end_s / step_s - TIE) - skipped, 1)
    cuts = np.clip((skipped + np.arange(count + 1)) * step_s, begin_s, end_s)
    joules = np.diff(np.interp(cuts, run.edges_s, run.energy_to_edges_j))
    begin = first_step + skipped
    values = hourly.g_per_kwh[begin : begin + shifts + count - 1]
    carbon_g = sliding_sum(np.nan_to_num(values), joules) / JOULES_PER_KWH
    unknown = np.isnan(values)
    if unknown.any():
        carbon_g[sliding_sum(unknown.astype(np.float64), (joules > 0).astype(np.float64)) > 0.5] = np.nan  # noqa: PLR2004 - a count
    return carbon_g


def sliding_sum(values: Array, weights: Array) -> Array:
    """Sum of ``values[k + j] * weights[j]`` over j, for each k at which all weights have a value."""
    if values.size * weights.size <= MOST_DIRECT:
        return np.correlate(values, weights, mode="valid")
    length = 1 << (values.size + weights.size - 2).bit_length()
    product = np.fft.rfft(values, length) * np.fft.rfft(weights[::-1], length)
    whole = np.fft.irfft(product, length)
    return np.maximum(whole[weights.size - 1 : values.size], 0.0)


def _period(hourly: HourlyIntensity) -> str:
    return f"{hourly.start_utc:%Y-%m-%d %H:%M} to {hourly.end_utc:%Y-%m-%d %H:%M} UTC"
