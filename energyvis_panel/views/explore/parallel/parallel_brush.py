"""The brush of one axis of parallel coordinates, which moves with the axis and turns over with it."""

from typing import Any, Final

from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.placed_axis import PlacedAxis
from energyvis_panel.views.explore.frontier.brush_box import BrushBox, Side
from energyvis_panel.views.theme import GREY

HALF_WIDTH: Final = 0.07
"""Half the width of a brush, in distances between axes."""
HATCH: Final = "right_diagonal_line"
"""Pattern of a brush that admits what lies outside it."""


class AxisBrush(BrushBox):
    """A box that stands on one axis after the other, as the axes are arranged."""

    def __init__(self, state: Exploration) -> None:
        super().__init__(state, (), movable="y", resizable="y", hatch_color=GREY, hatch_alpha=0.9)
        self.annotation.on_change("top", self._moved)
        self.annotation.on_change("bottom", self._moved)

    def stand(self, place: int, axis: PlacedAxis | None) -> None:
        """Stand on the axis at ``place``; None, or a category, has no box."""
        if axis is None or axis.axis is None:
            self._sides = ()
            self.annotation.visible = False
            return
        edges = ("top", "bottom") if axis.choice.flipped else ("bottom", "top")
        self._sides = (Side(axis.choice.name, *edges, to_plot=axis.height, from_plot=axis.value),)
        self.annotation.update(left=place - HALF_WIDTH, right=place + HALF_WIDTH)
        self._follow()

    def drawn(self, low: float, high: float) -> None:
        """Brush what lies between two heights."""
        for side in self._sides:
            bounds = (high, low) if side.low_edge == "top" else (low, high)
            self.draw({side.quantity: bounds})

    def _follow(self, *events: object) -> None:
        super()._follow(*events)
        inverted = any(side.quantity in self._state.brushes.inverted for side in self._sides)
        pattern: Any = HATCH if inverted else None
        if self.annotation.hatch_pattern != pattern:
            self.annotation.hatch_pattern = pattern
