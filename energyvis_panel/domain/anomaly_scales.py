"""Scales on which the strangeness of runs is drawn: wide near the usual, narrow far away."""

import math
from dataclasses import dataclass
from typing import Final

BINS_UP: Final = 240
"""Bins of the residual's scale."""
STRIP_BINS: Final = 48
"""Bins of the two lower scales, drawn lower."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale that is linear up to about ``unit`` and logarithmic beyond; ``unit`` 0 keeps it linear.

    Attributes
    ----------
    low, high
        Values at its ends; what lies beyond is drawn at the end.
    unit
        Where it turns from linear to logarithmic.
    bins
        How many bins it is cut into.

    """

    low: float
    high: float
    unit: float
    bins: int

    def bent(self, value: float) -> float:
        """The value as it is spaced: the inverse hyperbolic sine, in units."""
        return math.asinh(value / self.unit) if self.unit else value

    def position(self, value: float) -> float:
        """How far up ``value`` is drawn, from 0 to 1."""
        low, high = self.bent(self.low), self.bent(self.high)
        return (self.bent(min(max(value, self.low), self.high)) - low) / (high - low)

    def bound(self) -> dict[str, float]:
        """The scale as a value for a question: ends as they are spaced, unit (infinite if linear), bins."""
        return {
            "low": self.bent(self.low),
            "high": self.bent(self.high),
            "unit": self.unit,
            "bins": self.bins,
        }


RESIDUAL: Final = Scale(-20, 150, 2, BINS_UP)
"""Robust standard deviations above what settings predict."""
FENCE: Final = Scale(0, 80, 1, STRIP_BINS)
"""Interquartile ranges beyond the nearer quartile of runs of the same data set and size."""
FOREST: Final = Scale(0.3, 0.9, 0, STRIP_BINS)
"""Score of the Isolation Forest."""
