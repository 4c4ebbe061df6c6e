"""A brush in the plane of working set and energy per datum: a box, or a range across."""

from typing import Any, Final

from bokeh.events import SelectionGeometry
from bokeh.models import BoxSelectTool

from energyvis_panel.state.explore.cache_spill.cache_spill import UP
from energyvis_panel.state.explore.cache_spill.cache_spill_levels import ACROSS
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.views.explore.frontier.brush_box import BrushBox, display_side
from energyvis_panel.views.explore.view import drawn_range

MODES: Final[dict[str, str]] = {"box": "Box", "across": "Range across"}


class SpillBrush:
    """The box of both quantities on a figure; what a drag draws depends on the mode."""

    def __init__(self, state: Exploration, figure: Any, name: str) -> None:
        self._figure = figure
        self._open = drawn_range(state, UP)
        sides = [display_side(state, ACROSS), display_side(state, UP, vertical=True)]
        self._box = BrushBox(state, sides, name=f"{name}-box")
        figure.add_layout(self._box.annotation)
        self.tools = {
            "box": BoxSelectTool(dimensions="both", renderers=[], visible=False),
            "across": BoxSelectTool(dimensions="width", renderers=[], visible=False),
        }
        figure.add_tools(*self.tools.values())
        self.use("box")
        figure.on_event(SelectionGeometry, self._drawn)

    def use(self, mode: str) -> None:
        """Let a drag draw a box, or a range across."""
        self._figure.toolbar.active_drag = self.tools[mode]

    def _drawn(self, event: Any) -> None:
        # A click sends a geometry as well, of a point.
        drawn = event.geometry
        if not event.final or drawn["type"] != "rect":
            return
        up = drawn["y0"], drawn["y1"]
        if self._figure.toolbar.active_drag is self.tools["across"]:
            up = self._open
        self._box.draw({ACROSS: (drawn["x0"], drawn["x1"]), UP: up})
