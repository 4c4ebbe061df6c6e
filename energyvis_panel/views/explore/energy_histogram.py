"""Energy by hardware: a histogram on a logarithmic axis, the selection over all runs."""

from itertools import pairwise
from typing import Any, Final

import numpy as np
from bokeh.models import ColumnDataSource, HoverTool
from bokeh.transform import factor_cmap

from energyvis_panel.domain.units import energy_text
from energyvis_panel.state.brushes import QUANTITIES
from energyvis_panel.state.exploration import Exploration
from energyvis_panel.state.selection import BINS, HARDWARE, Axis, Counts, histogram_answer
from energyvis_panel.views.explore.brush_box import BrushBox, add_box_select, display_side
from energyvis_panel.views.explore.view import HARDWARE_COLOURS, ExploreView, quantity_figure
from energyvis_panel.views.theme import GREY

BINS_PER_BAR: Final = 3
BARS: Final = BINS // BINS_PER_BAR


def bar_counts(counts: Counts) -> Counts:
    """Runs by bar, CPU bars first."""
    bars: Counts = counts.reshape(len(HARDWARE), BARS, BINS_PER_BAR).sum(axis=2).ravel()
    return bars


def bar_columns(axis: Axis) -> dict[str, Any]:
    """What stays the same whatever is selected: edges, hardware and text of each bar."""
    edges = axis.edges()[::BINS_PER_BAR]
    spans = [f"{energy_text(low)} to {energy_text(high)}" for low, high in pairwise(edges)]
    per_unit = QUANTITIES["energy_j"].per_unit
    return {
        "left": np.tile(edges[:-1] / per_unit, len(HARDWARE)),
        "right": np.tile(edges[1:] / per_unit, len(HARDWARE)),
        "hardware": np.repeat(HARDWARE, BARS).tolist(),
        "span": spans * len(HARDWARE),
    }


class EnergyHistogram(ExploreView):
    """How energy is distributed on CPU and GPU nodes (X4)."""

    question = "How much energy does a run take, on CPU and on GPU nodes?"

    def build(self, state: Exploration) -> Any:
        """The figure, with its context drawn."""
        fig = quantity_figure(state, "energy_j")
        fig.yaxis.axis_label = "Runs"
        fig.y_range.start = 0
        columns = bar_columns(state.axes["energy_j"])
        everything = bar_counts(state.context.energy_histogram)
        context = ColumnDataSource(columns | {"runs": everything})
        self.selected = ColumnDataSource(
            columns | {"runs": everything, "of": everything}, name="energy-histogram"
        )
        fig.quad(
            "left", "right", "runs", 0, source=context, fill_color=GREY, fill_alpha=0.25, line_color=None
        )
        bars = fig.quad(
            "left",
            "right",
            "runs",
            0,
            source=self.selected,
            fill_color=factor_cmap("hardware", HARDWARE_COLOURS, HARDWARE),
            fill_alpha=0.6,
            line_color=None,
            legend_group="hardware",
        )
        fig.y_range.end = 1.05 * float(everything.max(initial=1))
        tooltips = [("Energy", "@span"), ("Hardware", "@hardware"), ("Runs", "@runs{0,0} of @of{0,0}")]
        fig.add_tools(HoverTool(renderers=[bars], tooltips=tooltips))
        side = display_side(state, "energy_j")
        brush = BrushBox(state, [side], name="energy-histogram-brush", movable="x", resizable="x")
        fig.add_layout(brush.annotation)
        add_box_select(fig, "width", lambda box: brush.draw({"energy_j": (box["x0"], box["x1"])}))
        return fig

    def draw(self, *_events: object) -> None:
        """Patch the bars and the answer to the present selection."""
        runs = bar_counts(self._state.selected.energy_histogram)
        self.selected.update(data=dict(self.selected.data) | {"runs": runs}, tags=[self._state.revision])
        self.answer = histogram_answer(self._state.selected, self._state.total_runs)
