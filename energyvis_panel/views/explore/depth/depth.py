"""From which depth on energy grows faster than the depth, by data set."""

from typing import Any, Final

import panel as pn

from energyvis_panel.state.explore.brushes import Brushes
from energyvis_panel.state.explore.depth.depth_answer import Curves, depth_answer
from energyvis_panel.state.explore.depth.depth_curves import DepthCurve, curves_of, data_sets
from energyvis_panel.state.explore.depth.depth_questions import (
    CURVES,
    NETWORKS,
    QUESTIONS,
    RUNS,
    networks_question,
    runs_question,
)
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.sentences import HARDWARE
from energyvis_panel.views.document import on_document
from energyvis_panel.views.explore.choice_bar import Choice, ChoiceBar
from energyvis_panel.views.explore.clicks import on_click
from energyvis_panel.views.explore.depth.depth_columns import ALL_SAID, Panels
from energyvis_panel.views.explore.depth.depth_figure import DepthFigure
from energyvis_panel.views.explore.view import ChartTable, ExploreView

CHOICES: Final = (Choice("compared", "Compared", {NETWORKS: "Same networks", RUNS: "Runs as they are"}),)
FIRST: Final = {"compared": NETWORKS}
HEADER: Final = (
    *("Data set", "Hardware", "Depth (layers)", "Median energy per datum (mJ)", "Runs", "Networks"),
    *("Networks filled in", "Line (mJ)", "Bend (layers)", "Bend from (layers)", "Bend to (layers)"),
)


class Depth(ExploreView):
    """Energy per datum against depth, by data set and hardware (X11)."""

    address = "depth"
    questions = QUESTIONS
    question = "From which depth on does energy grow faster than the depth?"
    how_to_read = (
        "A dot is the median energy per datum of the same networks at each depth: one data set, size, "
        "batch size and optimizer, those that were run at more than half of the depths, gaps filled in "
        'from the others (estimated). "Runs as they are" takes all runs, to a bin of 2 %, and mixes '
        "networks. The line is what fits best: straight, or two pieces that meet at a bend, which is "
        "marked with its 95 % interval where straight lines with even noise would seem to bend in no more "
        "than one view of twenty. Grey is all runs. 6 layers on CPU nodes take 30 % less than their "
        "neighbours, nobody knows why: open dots, left out of the line. Click a dot for its runs, a name "
        "to select its data set or, again, all."
    )

    def build(self, state: Exploration) -> Any:
        """The choice and the figure; its panels are the data sets that have an energy per datum."""
        self._chosen = dict(FIRST)
        self._context: tuple[object, Curves] = (None, {})
        everything = self._everything(state)
        names = [name for name in data_sets(state) if any((name, gpu) in everything for gpu in (False, True))]
        depths = sorted({depth for curve in everything.values() for depth in curve.depths}) or [0]
        self.panels = Panels(["", *names], depths)
        self.drawn = DepthFigure(self.panels, self.address)
        self.chart = fig = self.drawn.figure
        on_click(fig, self._tapped)
        self.choices = ChoiceBar.of(CHOICES, FIRST, on_document(self._choose))
        pane = pn.pane.Bokeh(fig, sizing_mode="stretch_width", margin=0)
        # Panel's own limit would squeeze the figure where a page is no higher than its window.
        tall = {"max-height": "none"}
        return pn.Column(self.choices, pane, sizing_mode="stretch_width", margin=0, styles=tall)

    @property
    def same_networks(self) -> bool:
        """Whether networks are compared with themselves."""
        return self._chosen["compared"] == NETWORKS

    def _choose(self, chosen: dict[str, str]) -> None:
        if chosen == self._chosen:
            return
        self._chosen, state = chosen, self._state
        # Dropped first, so that no answer about the choice before is left in the slot.
        state.drop(CURVES)
        state.pose({
            CURVES: networks_question() if self.same_networks else runs_question(state.axes["j_per_datum"])
        })  # fmt: skip
        self.follow()
        state.schedule(state.refresh)

    def draw(self) -> None:
        """Patch the figure to the present selection."""
        state = self._state
        self.curves = curves_of(state.answer(CURVES), state)
        self.drawn.draw(self.curves, self._everything(state))

    def _everything(self, state: Exploration) -> Curves:
        """Curves of all runs, read once."""
        rows = state.context(CURVES)
        if self._context[0] is not rows:
            self._context = rows, curves_of(rows, state)
        return self._context[1]

    def say(self) -> str:
        """Where the lines of all data sets bend; what was said before, until the question is answered."""
        if self.answer and not self._state.is_current(CURVES):
            return self.answer
        return depth_answer(self._state, self.curves, same_networks=self.same_networks)

    def _tapped(self, event: Any) -> None:
        """Look at the runs of a dot, or select the data set whose name is under the pointer."""
        found = self.drawn.grid.found(event.x, event.y)
        if found is None:
            return
        panel, across, up = found
        dataset = self.panels.datasets[panel]
        if up > 1:
            is_alone = self._state.brushes.sets.get("dataset") == (dataset,)
            self._state.brush_set("dataset", () if is_alone or not dataset else (dataset,))
        elif 0 <= across <= 1 and up >= 0:
            self._look_at(dataset, self.panels.depth_at(across), up * self.drawn.scale.top_mj)

    def _look_at(self, dataset: str, depth: int, energy_mj: float) -> None:
        there = [
            curve
            for gpu in (False, True)
            if (curve := self.curves.get((dataset, gpu))) is not None and depth in curve.depths
        ]
        if not there:
            return
        nearest = min(there, key=lambda curve: abs(energy_at(curve, depth) - energy_mj))
        hardware = HARDWARE[nearest.is_gpu]
        mark = Brushes().with_range("depth", depth, depth).with_set("hardware", (hardware,))
        if dataset:
            mark = mark.with_set("dataset", (dataset,))
        self._state.look_at(mark, f"{dataset or ALL_SAID}, {depth} layers on a {hardware}")

    def table(self) -> ChartTable:
        """The dots, with the lines at each."""
        rows = []
        for _panel, dataset, gpu in self.panels.series():
            if (curve := self.curves.get((dataset, gpu))) is None:
                continue
            fit = curve.fit
            bend = (fit.bend, fit.low, fit.high) if fit else (None, None, None)
            of = (dataset or ALL_SAID, HARDWARE[gpu])
            for depth, *point in zip(curve.depths, curve.energies_mj, curve.runs, curve.filled, strict=True):
                energy_mj, runs, filled = point
                line_mj = fit.at(depth) if fit else None
                rows.append([*of, depth, energy_mj, runs, curve.networks or None, filled, line_mj, *bend])
        return ChartTable(HEADER, rows)


def energy_at(curve: DepthCurve, depth: int) -> float:
    """Median energy per datum of a curve at one of its depths, in mJ."""
    return curve.energies_mj[curve.depths.index(depth)]
