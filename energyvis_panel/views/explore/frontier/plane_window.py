"""Which part of a plane of two quantities a figure shows: all of it, or what surrounds some runs."""

import math
from collections.abc import Sequence
from typing import Any, Final

from bokeh.core.property.descriptors import UnsetValueError

from energyvis_panel.state.explore.axis import BINS
from energyvis_panel.state.explore.dimensions import QUANTITIES
from energyvis_panel.state.explore.exploration import Exploration

MARGIN: Final = 0.18
"""Room on each side of the runs, as a share of what they span."""
LEAST_MARGIN: Final = 4.0
"""The same in bins, for runs that lie close together."""
SHOWN_PX: Final = (520, 260)
"""Inner width and height until the browser has told them."""

Span = tuple[float, float]


class PlaneWindow:
    """The ranges of a figure, in bins of both axes."""

    def __init__(self, state: Exploration, figure: Any, across: str, up: str) -> None:
        self._figure = figure
        self._axes = state.axes[across], state.axes[up]
        self._per_unit = QUANTITIES[across].per_unit, QUANTITIES[up].per_unit
        self.spans: tuple[Span, Span] = (0, BINS), (0, BINS)

    def show(self, places: Sequence[tuple[float, float]] | None) -> None:
        """Show what surrounds these places, in the stored units; the whole plane where there are none."""
        if places:
            across, up = zip(*places, strict=True)
            self.spans = self._around(0, across), self._around(1, up)
        else:
            self.spans = (0, BINS), (0, BINS)
        for at, drawn in enumerate((self._figure.x_range, self._figure.y_range)):
            start, end = (self._drawn(at, bin_) for bin_ in self.spans[at])
            drawn.update(start=start, end=end)

    def place(self, right: float, up: float) -> tuple[float, float]:
        """The place at two shares of what is shown, in the units drawn."""
        (left, end), (bottom, top) = self.spans
        return self._drawn(0, left + right * (end - left)), self._drawn(1, bottom + up * (top - bottom))

    def share(self, across: float, up: float) -> tuple[float, float]:
        """Where a place in the stored units lies, in shares of what is shown."""
        found = []
        for axis, (low, high), value in zip(self._axes, self.spans, (across, up), strict=True):
            found.append((axis.position(value) - low) / (high - low))
        return found[0], found[1]

    def distance_px(self, one: tuple[float, float], other: tuple[float, float]) -> float:
        """How far two places in the stored units lie from each other on the screen."""
        try:
            width, height = self._figure.inner_width, self._figure.inner_height
        except UnsetValueError:
            width, height = SHOWN_PX
        (x0, y0), (x1, y1) = self.share(*one), self.share(*other)
        return math.hypot((x1 - x0) * width, (y1 - y0) * height)

    def _around(self, at: int, values: Sequence[float]) -> Span:
        bins = [self._axes[at].position(value) for value in values]
        low, high = min(bins), max(bins)
        margin = max(MARGIN * (high - low), LEAST_MARGIN)
        return low - margin, high + margin

    def _drawn(self, at: int, bin_: float) -> float:
        return self._axes[at].value(bin_) / self._per_unit[at]
