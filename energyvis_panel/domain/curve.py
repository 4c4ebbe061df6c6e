"""The consumption curve: a projection as one series over epochs, with its forecast."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from energyvis_panel.domain.forecast import FEWEST_EPOCHS, extrapolate
from energyvis_panel.domain.scenario import Projection

Measure = Literal["carbon", "energy"]
MEASURES: tuple[Measure, ...] = get_args(Measure)

Array = npt.NDArray[np.float64]
EMPTY: Array = np.zeros(0)


@dataclass(frozen=True, slots=True)
class Curve:
    """Values over epochs in joules (energy) or grams CO2e (carbon); empty where the quantity is not known.

    ``epoch`` counts from 1 as people do. The ``forecast_`` arrays continue it and carry a 95 % prediction
    interval; they are empty where nothing is extrapolated.
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

    def last_epoch(self) -> float:
        """Last epoch to be drawn, forecast included; 1 for an empty curve."""
        return max((float(part[-1]) for part in (self.epoch, self.forecast_epoch) if part.size), default=1.0)

    def end(self) -> tuple[float, float]:
        """Last point to be drawn, forecast included."""
        if self.forecast.size:
            return float(self.forecast_epoch[-1]), float(self.forecast[-1])
        return float(self.epoch[-1]), float(self.value[-1])


NOTHING = Curve(EMPTY, EMPTY, EMPTY, EMPTY, EMPTY, EMPTY)


def curve(projection: Projection, measure: Measure, *, cumulative: bool, further: int = 0) -> Curve:
    """Curve of ``projection`` in the unit of ``measure``, with ``further`` epochs forecast.

    A run with fewer than three epochs has no forecast. A forecast never falls below zero.
    """
    if measure == "carbon":
        if projection.scenario.intensity is None:
            return NOTHING
        values = [epoch.carbon_g or 0.0 for epoch in projection.epochs]
    else:
        values = [epoch.energy.total_j() for epoch in projection.epochs]
    epoch = np.array([epoch.index + 1 for epoch in projection.epochs], dtype=np.float64)
    per_epoch = np.array(values, dtype=np.float64)
    value = np.cumsum(per_epoch) if cumulative else per_epoch
    if further <= 0 or epoch.size < FEWEST_EPOCHS:
        return Curve(epoch, value, EMPTY, EMPTY, EMPTY, EMPTY)
    ahead = extrapolate(epoch, per_epoch, further)
    if cumulative:
        expected, low, high = ahead.cumulative, ahead.cumulative_low, ahead.cumulative_high
    else:
        expected, low, high = ahead.value, ahead.low, ahead.high
    return Curve(
        epoch,
        value,
        ahead.index,
        np.maximum(expected, 0.0),
        np.maximum(low, 0.0),
        np.maximum(high, 0.0),
    )
