"""A brush on a figure: a box to draw, move and resize, kept equal to the state's ranges."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from bokeh.events import SelectionGeometry
from bokeh.models import BoxSelectTool
from bokeh.models.annotations import BoxAnnotation

from energyvis_panel.state.explore.dimensions import QUANTITIES
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.views.document import on_document
from energyvis_panel.views.theme import GREY

SAME_BIN: Final = 0.1
"""Edges nearer to each other, in bins, are one: what is rounded stays within."""


@dataclass(frozen=True, slots=True)
class Side:
    """How one quantity lies on a figure: between which edges of the box, and in which coordinate.

    Attributes
    ----------
    quantity
        Name of the brushed quantity.
    low_edge, high_edge
        ``"left"`` and ``"right"``, or ``"bottom"`` and ``"top"``.
    to_plot, from_plot
        From the stored unit to the figure's coordinate, and back.

    """

    quantity: str
    low_edge: str
    high_edge: str
    to_plot: Callable[[float], float]
    from_plot: Callable[[float], float]


def display_side(state: Exploration, quantity: str, *, vertical: bool = False) -> Side:
    """The side of an axis that is drawn in the quantity's unit."""
    per_unit, axis = QUANTITIES[quantity].per_unit, state.axes[quantity]
    edges = ("bottom", "top") if vertical else ("left", "right")
    return Side(
        quantity,
        *edges,
        to_plot=lambda value: min(max(value, axis.low), axis.high) / per_unit,
        from_plot=lambda coordinate: coordinate * per_unit,
    )


def rounded(quantity: str, value: float) -> float:
    """``value`` of a quantity finer than a pixel, and short in a link: four digits, a start the second."""
    return float(round(value)) if quantity == "started_s" else float(f"{value:.4g}")


class BrushBox:
    """The box of one or two quantities on a figure."""

    def __init__(self, state: Exploration, sides: Sequence[Side], **looks: Any) -> None:
        self._state = state
        self._sides = tuple(sides)
        self._following = False
        self.annotation = BoxAnnotation(
            visible=False,
            editable=True,
            level="overlay",
            fill_color=GREY,
            fill_alpha=0.25,
            line_color=GREY,
            line_width=2,
            **looks,
        )
        for side in self._sides:
            self.annotation.on_change(side.low_edge, self._moved)
            self.annotation.on_change(side.high_edge, self._moved)
        state.param.watch(on_document(self._follow), "brushes")
        self._follow()

    def draw(self, bounds: dict[str, tuple[float, float]]) -> None:
        """Brush the quantities of this box to ``bounds`` in figure coordinates."""
        ranges = {}
        for side in self._sides:
            low, high = (side.from_plot(coordinate) for coordinate in bounds[side.quantity])
            axis = self._state.axes[side.quantity]
            # A box that reaches the frame is open there: nothing lies beyond that it could mean to leave out.
            ranges[side.quantity] = (
                -math.inf if low <= axis.low else rounded(side.quantity, low),
                math.inf if high >= axis.high else rounded(side.quantity, high),
            )
        if all(low <= high for low, high in ranges.values()):
            self._state.brush_ranges(ranges)

    def _moved(self, _attribute: str, _old: object, _new: object) -> None:
        # A move arrives edge by edge; the box may be inside out in between, and draw() waits for the other.
        if not self._following and self.annotation.visible:
            self.draw({side.quantity: self._edges(side) for side in self._sides})

    def _edges(self, side: Side) -> tuple[float, float]:
        return getattr(self.annotation, side.low_edge), getattr(self.annotation, side.high_edge)

    def _follow(self, *_events: object) -> None:
        ranges = self._state.brushes.ranges
        changed: dict[str, Any] = {}
        for side in self._sides:
            low, high = ranges.get(side.quantity, (-math.inf, math.inf))
            for edge, value in ((side.low_edge, low), (side.high_edge, high)):
                at, axis = getattr(self.annotation, edge), self._state.axes[side.quantity]
                # The box under the pointer is already where the rounded range says: leave it alone.
                shown = (
                    isinstance(at, int | float)
                    and abs(axis.position(side.from_plot(at)) - axis.position(value)) < SAME_BIN
                )
                if not shown:
                    changed[edge] = side.to_plot(value)
        visible = any(side.quantity in ranges for side in self._sides)
        self._following = True
        try:
            self.annotation.update(**changed, visible=visible)
        finally:
            self._following = False


def add_box_select(
    figure: Any, dimensions: Literal["width", "both"], drawn: Callable[[dict[str, float]], None]
) -> None:
    """Let a drag over the empty part of ``figure`` call ``drawn`` with the corners of the box."""
    tool = BoxSelectTool(dimensions=dimensions, renderers=[])
    figure.add_tools(tool)
    figure.toolbar.active_drag = tool

    def released(event: Any) -> None:
        # A click sends a geometry as well, of a point.
        if event.final and event.geometry["type"] == "rect":
            drawn(event.geometry)

    figure.on_event(SelectionGeometry, released)
