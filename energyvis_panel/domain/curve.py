"""The consumption curve: a projection as one series over epochs or time, with its forecast."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from energyvis_panel.domain.forecast import FEWEST_EPOCHS, extrapolate
from energyvis_panel.domain.scenario import Projection
from energyvis_panel.domain.units import SECONDS_PER_HOUR

Measure = Literal["carbon", "energy", "cost"]
MEASURES: tuple[Measure, ...] = get_args(Measure)
Axis = Literal["epoch", "time"]
AXES: tuple[Axis, ...] = get_args(Axis)

Array = npt.NDArray[np.float64]
EMPTY: Array = np.zeros(0)


@dataclass(frozen=True, slots=True)
class Curve:
    """Values in joules (energy), grams CO2e (carbon) or USD (cost); empty where the quantity is not known.

    ``epoch`` is where each value stands: the epoch, counted from 1 as people do, or the hours at its end. The
    ``forecast_`` arrays continue it and carry a 95 % prediction interval; they are empty where nothing is
    extrapolated.
    """

    epoch: Array
    value: Array
    forecast_epoch: Array
    forecast: Array
    low: Array
    high: Array

    def highest(self) -> float:
        """Largest value to be drawn, the forecast's band included; 0 for an empty curve."""
        return max(
            (float(part.max()) for part in (self.value, self.forecast, self.high) if part.size), default=0.0
        )

    def lowest(self) -> float:
        """Smallest value above zero to be drawn, for a logarithmic axis; 0 where there is none."""
        values = np.concatenate([self.value, self.forecast])
        positive = values[values > 0]
        return float(positive.min()) if positive.size else 0.0

    def last_epoch(self) -> float:
        """Last place to be drawn, forecast included; 1 for an empty curve."""
        return max((float(part[-1]) for part in (self.epoch, self.forecast_epoch) if part.size), default=1.0)

    def end(self) -> tuple[float, float]:
        """Last point to be drawn, forecast included."""
        if self.forecast.size:
            return float(self.forecast_epoch[-1]), float(self.forecast[-1])
        return float(self.epoch[-1]), float(self.value[-1])


NOTHING = Curve(EMPTY, EMPTY, EMPTY, EMPTY, EMPTY, EMPTY)


def curve(
    projection: Projection, measure: Measure, *, cumulative: bool, further: int = 0, axis: Axis = "epoch"
) -> Curve:
    """Curve of ``projection`` in the unit of ``measure``, with ``further`` epochs forecast.

    A run with fewer than three epochs has no forecast; one that records no times has no curve over time. A
    forecast never falls below zero; over time its epochs last as long as the recorded ones on average.
    """
    values = epoch_values(projection, measure)
    places = _places(projection, axis)
    if values is None or places is None or not values.size:
        return NOTHING
    value = np.cumsum(values) if cumulative else values
    if further <= 0 or values.size < FEWEST_EPOCHS:
        return Curve(places, value, EMPTY, EMPTY, EMPTY, EMPTY)
    index = np.array([epoch.index + 1 for epoch in projection.epochs], dtype=np.float64)
    ahead = extrapolate(index, values, further)
    if cumulative:
        expected, low, high = ahead.cumulative, ahead.cumulative_low, ahead.cumulative_high
    else:
        expected, low, high = ahead.value, ahead.low, ahead.high
    ahead_places = ahead.index
    if axis == "time":
        ahead_places = places[-1] + places[-1] / places.size * np.arange(1, further + 1)
    return Curve(
        places,
        value,
        ahead_places,
        np.maximum(expected, 0.0),
        np.maximum(low, 0.0),
        np.maximum(high, 0.0),
    )


def epoch_values(projection: Projection, measure: Measure) -> Array | None:
    """Value of each epoch in the unit of ``measure``, or None where the quantity is not known."""
    if measure == "energy":
        return np.array([epoch.energy.total_j() for epoch in projection.epochs], dtype=np.float64)
    name = "carbon_g" if measure == "carbon" else "cost"
    values = [getattr(epoch, name) for epoch in projection.epochs]
    return None if any(value is None for value in values) else np.array(values, dtype=np.float64)


def _places(projection: Projection, axis: Axis) -> Array | None:
    """Epoch numbers from 1, or hours at the end of each epoch; None where no times are recorded."""
    if axis == "epoch":
        return np.array([epoch.index + 1 for epoch in projection.epochs], dtype=np.float64)
    seconds = [epoch.duration_s for epoch in projection.epochs]
    if any(second is None for second in seconds):
        return None
    return np.cumsum(np.array(seconds, dtype=np.float64)) / SECONDS_PER_HOUR
