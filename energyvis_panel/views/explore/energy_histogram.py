"""Energy by hardware: a histogram on a logarithmic axis, the selection over all runs."""

from itertools import pairwise
from typing import Any, Final

import numpy as np
from bokeh.models import ColumnDataSource, HoverTool
from bokeh.transform import factor_cmap

from energyvis_panel.domain.units import energy_text
from energyvis_panel.state.explore.axis import BINS, Axis, Counts
from energyvis_panel.state.explore.dimensions import QUANTITIES
from energyvis_panel.state.explore.energy_distribution import QUESTIONS, histogram_answer, histogram_grid
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.sentences import HARDWARE
from energyvis_panel.views.explore.brush_box import BrushBox, add_box_select, display_side
from energyvis_panel.views.explore.view import HARDWARE_COLOURS, ChartTable, ExploreView, quantity_figure
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

    address = "energy-histogram"
    questions = QUESTIONS
    question = "How much energy does a run take, on CPU and on GPU nodes?"

    def build(self, state: Exploration) -> Any:
        """The figure, with its context drawn."""
        fig = quantity_figure(state, "energy_j")
        fig.yaxis.axis_label = "Runs"
        fig.y_range.start = 0
        self._columns = columns = bar_columns(state.axes["energy_j"])
        self._everything = everything = bar_counts(histogram_grid(state.context("energy_histogram")))
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

    def draw(self) -> None:
        """Patch the bars to the present selection."""
        runs = bar_counts(histogram_grid(self._state.answer("energy_histogram")))
        self._runs = runs
        self.selected.data = self._columns | {"runs": runs, "of": self._everything}

    def say(self) -> str:
        """Which hardware takes more energy a run."""
        return histogram_answer(self._state)

    def table(self) -> ChartTable:
        """The bars."""
        columns = self._columns
        numbers = self._runs.tolist(), self._everything.tolist()
        rows = zip(columns["span"], columns["hardware"], *numbers, strict=True)
        return ChartTable(
            ("Energy", "Hardware", "Selected runs", "All runs"), [row for row in rows if row[3]]
        )
