"""Brushes in the plane of two quantities: a box or a lasso, drawn with mouse, finger or pen."""

from typing import Any, Final, Literal

from bokeh.events import SelectionGeometry
from bokeh.models import BoxSelectTool, LassoSelectTool
from bokeh.models.annotations import PolyAnnotation

from energyvis_panel.state.explore.dimensions import PLANES, QUANTITIES
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.lasso_path import lasso_corners
from energyvis_panel.views.document import on_document
from energyvis_panel.views.explore.frontier.brush_box import BrushBox, display_side
from energyvis_panel.views.theme import GREY

Mode = Literal["box", "lasso"]
MODES: Final[dict[str, str]] = {"box": "Box", "lasso": "Lasso"}


class PlaneBrush:
    """Box and lasso of one plane on a figure; what is drawn last depends on the mode."""

    def __init__(self, state: Exploration, figure: Any, plane: str, name: str) -> None:
        self._state, self._figure, self._plane = state, figure, plane
        self._across, self._up = PLANES[plane]
        sides = [display_side(state, self._across), display_side(state, self._up, vertical=True)]
        self._box = BrushBox(state, sides, name=f"{name}-box")
        self.lasso = PolyAnnotation(
            name=f"{name}-lasso",
            visible=False,
            fill_color=GREY,
            fill_alpha=0.25,
            line_color=GREY,
            line_width=2,
        )
        figure.add_layout(self._box.annotation)
        figure.add_layout(self.lasso)
        self.tools = {
            "box": BoxSelectTool(dimensions="both", renderers=[], visible=False),
            "lasso": LassoSelectTool(continuous=False, renderers=[], visible=False),
        }
        figure.add_tools(*self.tools.values())
        self.use("box")
        figure.on_event(SelectionGeometry, self._drawn)
        state.param.watch(on_document(self._follow), "brushes")
        self._follow()

    def use(self, mode: Mode) -> None:
        """Let a drag draw a box, or a lasso."""
        self._figure.toolbar.active_drag = self.tools[mode]

    def _drawn(self, event: Any) -> None:
        if not event.final:
            return
        drawn = event.geometry
        if drawn["type"] == "poly":
            self._lasso_drawn(drawn)
        else:
            self._box.draw({self._across: (drawn["x0"], drawn["x1"]), self._up: (drawn["y0"], drawn["y1"])})

    def _lasso_drawn(self, drawn: dict[str, Any]) -> None:
        across, up = (QUANTITIES[name].per_unit for name in (self._across, self._up))
        path = [(x * across, y * up) for x, y in zip(drawn["x"], drawn["y"], strict=True)]
        axes = self._state.axes
        if corners := lasso_corners(path, axes[self._across], axes[self._up]):
            self._state.brush_lasso(self._plane, corners)

    def _follow(self, *_events: object) -> None:
        corners = self._state.brushes.lassos.get(self._plane, ())
        across, up = (QUANTITIES[name].per_unit for name in (self._across, self._up))
        self.lasso.update(
            xs=[x / across for x, _y in corners], ys=[y / up for _x, y in corners], visible=bool(corners)
        )
