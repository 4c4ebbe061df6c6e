"""What the explore views share: a card with a question, an answer from the selection, and a figure."""

from typing import Any, ClassVar, Final

import panel as pn
import panel_material_ui as pmui
import param
from bokeh.models import CustomJSTickFormatter
from bokeh.plotting import figure as new_figure

from energyvis_panel.state.brushes import QUANTITIES
from energyvis_panel.state.exploration import Exploration
from energyvis_panel.views.card import card
from energyvis_panel.views.theme import CHART_HEIGHT, CPU, GPU, style_figure

HARDWARE_COLOURS: Final = (CPU, GPU)
"""CPU nodes and GPU nodes, in every explore view."""

ANSWER_SX: Final = {"color": "text.secondary", "lineHeight": 1.4, "minHeight": "4.2em", "margin": 0}
"""Room for three lines, so that a longer answer does not push the figure away under the pointer."""
PLAIN_TICKS: Final = """
if (Math.abs(tick) < 1e-9) return '0';
return Number(tick.toPrecision(6)).toLocaleString('en-US', {maximumFractionDigits: 6});
"""
"""1,000,000 and 0.001 rather than powers of ten."""


def plain_ticks() -> CustomJSTickFormatter:
    """Formatter that writes numbers out, for an axis that names its unit."""
    return CustomJSTickFormatter(code=PLAIN_TICKS)


class ExploreView(pn.viewable.Viewer):
    """A view of the selection: :meth:`build` makes its figure, :meth:`draw` patches the figure's sources."""

    question: ClassVar[str]

    answer = param.String(default="", doc="What the selection answers, in one sentence.")

    def __init__(self, state: Exploration, **params: Any) -> None:
        super().__init__(**params)
        self._state = state
        self.figure = self.build(state)
        self.draw()
        state.param.watch(self.draw, "revision")

    def build(self, state: Exploration) -> Any:
        """The figure, with its context drawn and its selection empty."""
        raise NotImplementedError

    def draw(self, *_events: object) -> None:
        """Patch the figure's sources and the answer to the present selection."""
        raise NotImplementedError

    def __panel__(self) -> Any:
        pane = pn.pane.Bokeh(self.figure, sizing_mode="stretch_width", margin=0)
        answer = pmui.Typography(
            self.param.answer, variant="body2", sx=ANSWER_SX, margin=0, sizing_mode="stretch_width"
        )
        return card(self.question, answer, pane, actions=synthetic_mark(self._state))


def synthetic_mark(state: Exploration) -> Any:
    """A mark for the card of a view that shows synthetic runs; None where all runs are real."""
    if not state.synthetic_runs:
        return None
    return pmui.Chip(
        label="Synthetic data",
        color="warning",
        variant="outlined",
        size="small",
        margin=0,
        description="Made by a script from the published figures of BUTTER-E, not measured.",
    )


def quantity_figure(state: Exploration, across: str, up: str | None = None, **params: Any) -> Any:
    """An empty figure whose axes are one or two quantities on their own scale and in their own unit."""
    params |= {
        "x_axis_type": "log" if state.axes[across].is_log else "linear",
        "x_range": drawn_range(state, across),
    }
    if up is not None:
        params |= {
            "y_axis_type": "log" if state.axes[up].is_log else "linear",
            "y_range": drawn_range(state, up),
        }
    fig: Any = new_figure(height=CHART_HEIGHT, sizing_mode="stretch_width", tools="", **params)
    style_figure(fig)
    fig.xaxis.axis_label = QUANTITIES[across].label
    fig.xaxis.formatter = plain_ticks()
    if up is not None:
        fig.yaxis.axis_label = QUANTITIES[up].label
    fig.yaxis.formatter = plain_ticks()
    return fig


def drawn_range(state: Exploration, quantity: str) -> tuple[float, float]:
    """From which to which value the quantity's axis runs, in the unit that is drawn."""
    axis, per_unit = state.axes[quantity], QUANTITIES[quantity].per_unit
    return axis.low / per_unit, axis.high / per_unit
