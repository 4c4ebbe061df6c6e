"""Run time against energy: every run in a raster, with the frontiers of the selection."""

import math
from typing import Any, Final

import panel as pn

from energyvis_panel.domain.units import duration_text, energy_text
from energyvis_panel.state.explore.brushes import Brushes
from energyvis_panel.state.explore.dimensions import QUANTITIES
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.frontier.pareto import (
    DENSITY,
    FRONTIER,
    KINDS,
    PLANE,
    QUESTIONS,
    density_grid,
    frontier_answer,
    network_text,
    questions,
)
from energyvis_panel.state.explore.lab.own_runs import OwnRuns
from energyvis_panel.views.document import on_document
from energyvis_panel.views.explore.choice_bar import Choice, ChoiceBar
from energyvis_panel.views.explore.clicks import on_click
from energyvis_panel.views.explore.density_images import DensityImages
from energyvis_panel.views.explore.frontier.frontier_marks import FrontierMarks
from energyvis_panel.views.explore.frontier.plane_brush import MODES, PlaneBrush
from energyvis_panel.views.explore.own_marks import OwnMarks
from energyvis_panel.views.explore.view import ChartTable, ExploreView, quantity_figure

HEIGHT: Final = 320
FADED: Final = 0.35
TITLE: Final[dict[str, Any]] = {"text_font_size": "12px", "text_font_style": "normal", "standoff": 4}
CHOICES: Final = (
    Choice("kind", "Frontiers by", KINDS, is_list=True),
    Choice("shown", "Shown", {"plane": "All", "frontier": "Frontier"}),
    Choice("mode", "A drag draws", MODES),
)
FIRST: Final = {"kind": "hardware", "shown": "plane", "mode": "box"}


class RuntimeEnergy(ExploreView):
    """What a faster run costs (X8)."""

    address = "runtime-energy"
    questions = QUESTIONS
    question = "Which runs are fast and thrifty, and what does the faster one cost?"
    how_to_read = (
        "Every run lies in the plane, darker where there are more (equalised); grey is all runs. A bubble "
        "is a run that no other of its kind beats: none is at least as fast and as thrifty, and better in "
        "one. The strong ones, joined by the wide grey line, are beaten by none of any kind. The area of "
        "a bubble grows with the logarithm of the number of parameters. The knee is the run farthest "
        "below the straight line between both ends. Drag a box or a lasso to brush, click a bubble or a "
        "place for its runs. An open diamond is a run of the lab, marked under Data."
    )

    def build(self, state: Exploration) -> Any:
        """The choices and the figure, with its context drawn."""
        self._chosen = dict(FIRST)
        self.chart = fig = quantity_figure(
            state, "run_time_s", "energy_j", height=HEIGHT, name=f"figure-{self.address}"
        )
        fig.grid.visible = False
        # Above the axis: beside it, the label would take a phone's width.
        fig.title.update(text=fig.yaxis[0].axis_label, text_font="system-ui, sans-serif", **TITLE)
        fig.yaxis.axis_label = None
        self.density = DensityImages(state, fig, "run_time_s", "energy_j", self.address)
        self.density.draw_context(density_grid(state.context(DENSITY)))
        self.frontiers = FrontierMarks(state, fig, self.address)
        self.frontiers.add_hover()
        units = (QUANTITIES[name].unit for name in ("run_time_s", "energy_j"))
        self.density.add_hover(self.frontiers.points, *units)
        self.own = OwnMarks(state, fig, "run_time_s", "energy_j")
        self.brush = PlaneBrush(state, fig, PLANE, self.address)
        on_click(fig, self._tapped)
        self.choices = ChoiceBar.of(CHOICES, FIRST, on_document(self._choose))
        pane = pn.pane.Bokeh(fig, sizing_mode="stretch_width", margin=0)
        return pn.Column(self.choices, pane, sizing_mode="stretch_width", margin=0)

    def _choose(self, chosen: dict[str, str]) -> None:
        before, self._chosen = self._chosen, chosen
        if chosen["mode"] != before["mode"]:
            self.brush.use("lasso" if chosen["mode"] == "lasso" else "box")
        if chosen["kind"] != before["kind"]:
            state = self._state
            # Dropped first, so that no answer about the kinds before is left in its slot.
            state.drop(FRONTIER)
            state.pose({FRONTIER: questions(chosen["kind"])[FRONTIER]})
            self.follow()
            state.schedule(state.refresh)
        elif chosen["shown"] != before["shown"]:
            self.draw()

    def draw(self) -> None:
        """Patch the images and the frontiers to the present selection."""
        close = self._chosen["shown"] == "frontier"
        self.density.draw(density_grid(self._state.answer(DENSITY)))
        # From close by a bin is as large as a label, which must stand out from it.
        self.density.fade(FADED if close else 1.0)
        self.frontiers.draw(self._state.answer(FRONTIER), self._chosen["kind"], close=close)
        # Their labels lie on the side that has room in what is shown now.
        self.own.draw()

    def say(self) -> str:
        """What a faster run costs."""
        return frontier_answer(self._state)

    def _tapped(self, event: Any) -> None:
        """Look at the run of the bubble under the pointer, or at the runs of the place."""
        x, y = event.x * QUANTITIES["run_time_s"].per_unit, event.y * QUANTITIES["energy_j"].per_unit
        across, up = self._state.axes["run_time_s"], self._state.axes["energy_j"]
        if not (across.low <= x <= across.high and up.low <= y <= up.high):
            return
        if run := self.frontiers.run_at(x, y):
            mark = Brushes()
            for name in ("run_time_s", "energy_j"):
                mark = mark.with_range(name, run[name], run[name])
            self._state.look_at(mark, f"On the frontier: {network_text(run)}")
            return
        mark = Brushes()
        for name, axis, value in (("run_time_s", across, x), ("energy_j", up, y)):
            first = math.floor(axis.position(value))
            mark = mark.with_range(name, axis.value(first), axis.value(first + 1))
        self._state.look_at(mark, f"Near {duration_text(x)} and {energy_text(y)}")

    def table(self) -> ChartTable:
        """The frontiers, and the runs of the lab that are marked."""
        rows = self._state.answer(FRONTIER).to_pylist()
        names = (
            "run_time_s",
            "energy_j",
            "kind",
            "is_unbeaten",
            "hardware",
            "dataset",
            "shape",
            "size",
            "depth",
        )
        header = (
            *("Run time (s)", "Energy (J)", "Frontier of", "Beaten by none"),
            *("Hardware", "Data set", "Shape", "Parameters", "Layers"),
        )
        own = [
            [run.values["run_time_s"], run.values["energy_j"], f"your run {run.name}", None, run.hardware]
            + [None] * 4
            for run in OwnRuns.of(self._state).marks
        ]
        return ChartTable(header, [[row[name] for name in names] for row in rows] + own)
