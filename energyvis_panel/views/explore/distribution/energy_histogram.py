"""Energy, time or power by hardware: histogram or density, the selection over all runs."""

from typing import Any, Final

import panel as pn

from energyvis_panel.state.explore.axis import BINS
from energyvis_panel.state.explore.brushes import Brushes
from energyvis_panel.state.explore.energy_distribution import (
    BINS_PER_BAR,
    HISTOGRAM,
    MEASURES,
    QUARTILES,
    QUESTIONS,
    histogram_answer,
    histogram_grid,
    quartiles_of,
)
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.sentences import HARDWARE
from energyvis_panel.views.document import on_document
from energyvis_panel.views.explore.choice_bar import Choice, ChoiceBar
from energyvis_panel.views.explore.clicks import on_click
from energyvis_panel.views.explore.distribution.distribution_chart import DistributionChart
from energyvis_panel.views.explore.own_marks import OwnMarks
from energyvis_panel.views.explore.view import ChartTable, ExploreView, dress

CHOICES: Final = (
    Choice("measure", "Of", {name: measure.title for name, measure in MEASURES.items()}, is_list=True),
    Choice("form", "Drawn as", {"histogram": "Histogram", "density": "Density"}),
    Choice("scale", "Counted as", {"runs": "Runs", "share": "Share"}),
)
FIRST: Final = {"measure": "energy_j", "form": "histogram", "scale": "runs"}


class EnergyHistogram(ExploreView):
    """How energy, time and power are distributed on CPU and GPU nodes (X4)."""

    address = "energy-histogram"
    questions = QUESTIONS
    question = "How much does a run take, on CPU and on GPU nodes?"
    how_to_read = (
        "CPU nodes point up, GPU nodes down; colour is the selection. Grey is all runs, shrunk to the "
        "area of the selection of the same hardware, so that shapes compare. The line over each half runs "
        "from the lower to the upper quartile of what passes all brushes, the dot is its median. The "
        "density is the histogram smoothed by a bell curve of 0.05 decades (4 W for power); its area "
        "stays. Drag across to brush, click a bar for its runs. The two parts of energy cannot be "
        "brushed. A dashed line with an open diamond is a run of the lab, marked under Data."
    )

    def build(self, state: Exploration) -> Any:
        """The choices and the figure of energy."""
        self._chosen = dict(FIRST)
        self._charts: dict[str, DistributionChart] = {}
        self._show(state, FIRST["measure"])
        self._name_models()
        self._pane = pn.pane.Bokeh(self.chart, sizing_mode="stretch_width", margin=0)
        self.choices = ChoiceBar.of(CHOICES, FIRST, self._choose)
        return pn.Column(self.choices, self._pane, sizing_mode="stretch_width", margin=0)

    @property
    def selected(self) -> Any:
        """The bars that are shown."""
        return self.distribution.bars

    def _show(self, state: Exploration, measure: str) -> None:
        self.distribution = self._chart_of(state, measure)
        self.chart = self.distribution.figure

    def _place(self) -> None:
        """Put the chart in its place, at a tick of its own."""
        # While the chart before is in the document: the browser would else go on finding it by its names.
        self._name_models()
        self._pane.object = self.chart

    def _name_models(self) -> None:
        """Give the names to the chart that is shown, whichever that is by now, and to it alone."""
        for chart in self._charts.values():
            chart.name_models(self.address if chart is self.distribution else "")

    def _chart_of(self, state: Exploration, measure: str) -> DistributionChart:
        # Kept: a measure chosen again is there at once, and each has one box that follows the brushes.
        if measure not in self._charts:
            self._charts[measure] = DistributionChart(state, MEASURES[measure])
            if MEASURES[measure].can_be_brushed:
                OwnMarks(state, self._charts[measure].figure, measure)
            on_click(self._charts[measure].figure, self._tapped)
            if len(self._charts) > 1:  # the first is seen to with every view's
                dress(self._charts[measure].figure)
        return self._charts[measure]

    def _choose(self, chosen: dict[str, str]) -> None:
        measure = MEASURES[chosen["measure"]]
        self._chosen = chosen
        if self.distribution.measure is measure:
            on_document(self.draw)()
            return
        state = self._state
        self._show(state, measure.name)
        # Dropped first, so that no answer about the measure before is left in their slots.
        state.drop(HISTOGRAM, QUARTILES)
        state.pose(measure.questions())
        # Drawn before it is in the document, where only the next tick may change it.
        self.follow()
        on_document(self._place)()
        # An answer that was on its way has been asked for the measure before: whatever came is asked again.
        state.schedule(state.refresh)

    def draw(self) -> None:
        """Patch the figure to the present selection."""
        state = self._state
        self._grid = histogram_grid(state.answer(HISTOGRAM))
        self._everything = histogram_grid(state.context(HISTOGRAM))
        self.distribution.draw(
            self._grid,
            self._everything,
            quartiles_of(state.answer(QUARTILES)),
            smooth=self._chosen["form"] == "density",
            as_share=self._chosen["scale"] == "share",
        )

    def say(self) -> str:
        """On which hardware the median run takes more."""
        return histogram_answer(self._state, self.distribution.measure)

    def _tapped(self, event: Any) -> None:
        """Look at the runs of the bar under the pointer."""
        measure, axis = self.distribution.measure, self.distribution.axis
        if not measure.can_be_brushed:
            return
        low, high = axis.low / measure.quantity.per_unit, axis.high / measure.quantity.per_unit
        if not low <= event.x <= high:
            return
        place = int(axis.position(event.x * measure.quantity.per_unit)) // BINS_PER_BAR
        first = min(place * BINS_PER_BAR, BINS - BINS_PER_BAR)
        bounds = axis.value(first), axis.value(first + BINS_PER_BAR)
        hardware = HARDWARE[int(event.y < 0)]
        mark = Brushes().with_range(measure.name, *bounds).with_set("hardware", (hardware,))
        said = " to ".join(measure.quantity.text(bound) for bound in bounds)
        self._state.look_at(mark, f"{measure.title} {said} on a {hardware}")

    def table(self) -> ChartTable:
        """The bars."""
        columns = self.selected.data
        names = ("span", "hardware", "runs", "of", "share", "of_share")
        rows = zip(*(list(columns[name]) for name in names), strict=True)
        header = (
            self.distribution.measure.title,
            "Hardware",
            "Runs within the other brushes",
            "All runs",
            "Share of the selected (%)",
            "Share of all (%)",
        )
        return ChartTable(header, [row for row in rows if row[3]])
