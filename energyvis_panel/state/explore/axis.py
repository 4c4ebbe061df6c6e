"""A numeric axis, cut into bins as the table of runs holds them."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

BINS: Final = 240
"""Bins of every axis, as the table of runs holds them."""

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Axis:
    """From which to which value a numeric axis runs, in the stored unit, and whether in logarithms."""

    is_log: bool
    low: float
    high: float

    def value(self, position: float) -> float:
        """The value at ``position`` bins from the low end."""
        share = position / BINS
        if self.is_log:
            return float(self.low * (self.high / self.low) ** share)
        return self.low + share * (self.high - self.low)

    def position(self, value: float) -> float:
        """How many bins ``value`` lies from the low end; an open end lies on the frame."""
        clipped = min(max(value, self.low), self.high)
        if self.is_log:
            return BINS * math.log(clipped / self.low) / math.log(self.high / self.low)
        return BINS * (clipped - self.low) / (self.high - self.low)

    def edges(self) -> NDArray[np.float64]:
        """The values between bins, ``BINS + 1`` of them."""
        if self.is_log:
            return np.geomspace(self.low, self.high, BINS + 1)
        return np.linspace(self.low, self.high, BINS + 1)


def column(table: pa.Table, name: str) -> NDArray[np.int64]:
    """A column of whole numbers or booleans, ready to index with."""
    return np.asarray(table[name].to_numpy(), np.int64)
