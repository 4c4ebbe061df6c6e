"""Extrapolation of a series over epochs: least squares with a prediction interval."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from energyvis_panel.errors import EnergyVisError

FEWEST_EPOCHS = 3
"""Two points leave no residual, so nothing can be said about the spread."""

Array = npt.NDArray[np.float64]


class ForecastError(EnergyVisError):
    """A series is too short, or not finite, to be extrapolated."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """Expected values for further epochs with the bounds of a prediction interval, arrays of one length.

    ``cumulative``, ``cumulative_low`` and ``cumulative_high`` start from the sum of the recorded epochs.
    """

    index: Array
    value: Array
    low: Array
    high: Array
    cumulative: Array
    cumulative_low: Array
    cumulative_high: Array


def extrapolate(index: Array, value: Array, further: int, *, level: float = 0.95) -> Forecast:
    """Forecast of ``further`` epochs after the last, by ordinary least squares on the epoch index.

    The interval of one epoch is that of a new observation; the interval of the running sum is that of the
    sum of new observations, whose errors are independent while the fitted line is common to all. Source:
    Draper and Smith, *Applied Regression Analysis*, 3rd ed. 1998, section 1.4, for one epoch.

    Parameters
    ----------
    index, value
        Recorded epochs, one-dimensional and of one length, at least three; the unit of ``value`` is free.
    further
        How many epochs to add, 0 or more.
    level
        Coverage of the interval.

    Raises
    ------
    ForecastError
        If there are fewer than three epochs, a value is not finite, or ``further`` is negative.

    """
    x = np.asarray(index, dtype=np.float64)
    y = np.asarray(value, dtype=np.float64)
    if further < 0:
        raise ForecastError(f"Cannot extrapolate by {further} epochs. Give 0 or more.")
    if x.size < FEWEST_EPOCHS:
        raise ForecastError(
            f"Extrapolation needs at least {FEWEST_EPOCHS} recorded epochs; this series has {x.size}. "
            "Record more."
        )
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise ForecastError("A recorded epoch is not a finite number, so the series cannot be extrapolated.")

    centre = x.mean()
    spread = float(((x - centre) ** 2).sum())
    slope = float(((x - centre) * (y - y.mean())).sum() / spread)
    residual = y - (y.mean() + slope * (x - centre))
    freedom = x.size - 2
    deviation = float(np.sqrt((residual**2).sum() / freedom))
    quantile = float(stdtrit(freedom, 0.5 + level / 2))

    new_x = x[-1] + np.arange(1, further + 1, dtype=np.float64)
    offset = new_x - centre
    expected = y.mean() + slope * offset
    margin = quantile * deviation * np.sqrt(1 + 1 / x.size + offset**2 / spread)

    steps = np.arange(1, further + 1, dtype=np.float64)
    summed_offset = np.cumsum(offset)
    summed_margin = quantile * deviation * np.sqrt(steps + steps**2 / x.size + summed_offset**2 / spread)
    cumulative = y.sum() + np.cumsum(expected)
    return Forecast(
        index=new_x,
        value=expected,
        low=expected - margin,
        high=expected + margin,
        cumulative=cumulative,
        cumulative_low=cumulative - summed_margin,
        cumulative_high=cumulative + summed_margin,
    )
