"""What runs amount to: energy from hardware to use to the meter, and there to carbon and cost."""

from typing import Any, Final

import panel as pn

from energyvis_panel.state.explore.brushes import Brushes
from energyvis_panel.state.explore.carbon_cost.carbon_cost import (
    QUESTIONS,
    SLOT,
    RunEnergy,
    carbon_cost_answer,
)
from energyvis_panel.state.explore.carbon_cost.carbon_cost_formulas import table_header, table_rows
from energyvis_panel.state.explore.carbon_cost.circumstances import Circumstances
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.sentences import HARDWARE
from energyvis_panel.views.document import on_document
from energyvis_panel.views.explore.carbon_cost.circumstance_bar import CircumstanceBar
from energyvis_panel.views.explore.carbon_cost.flow_figure import FlowFigure
from energyvis_panel.views.explore.carbon_cost.flow_layout import FLOWS
from energyvis_panel.views.explore.clicks import on_click
from energyvis_panel.views.explore.view import ChartTable, ExploreView

CHOSEN: Final = ("edits", "pounds")


class CarbonCost(ExploreView):
    """Energy to carbon to cost (X12)."""

    address = "carbon-cost"
    questions = QUESTIONS
    question = "What do these runs amount to, in carbon and money?"
    how_to_read = (
        "Energy flows from the nodes on the left to the meter of the building. All widths are energy, in "
        "one scale: carbon and cost are the same flow read in kg and USD, energy at the meter times the "
        "intensity and times the price, and not parts of one another. What the nodes took is measured (in "
        "synthetic data, made up); overhead is derived: of each run the published overhead of its hardware, "
        "at most all that the run took. The building adds (PUE - 1) times that, an estimate, as carbon and "
        "cost are. A run without a measured energy adds nothing, so that the sums are then lower bounds. "
        "Region, intensity, PUE and price are those of the Study page; where nothing is chosen they are "
        "those of the place where BUTTER-E was measured. Click what comes from CPU or GPU nodes for its runs."
    )

    def build(self, state: Exploration) -> Any:
        """The circumstances and the figure."""
        self.circumstances = Circumstances.of(state)
        self.flow = FlowFigure()
        self.chart = self.flow.figure
        on_click(self.chart, self._tapped)
        self.bar = CircumstanceBar.of(self.circumstances, self._look)
        self.circumstances.param.watch(on_document(self._moved), list(CHOSEN))
        pane = pn.pane.Bokeh(self.chart, sizing_mode="stretch_width", margin=0)
        return pn.Column(self.bar, pane, sizing_mode="stretch_width", margin=0)

    def _moved(self, *_events: object) -> None:
        """Draw and say the same runs in other circumstances."""
        self.draw()
        self.follow()

    def draw(self) -> None:
        """Patch the figure to the present selection."""
        state = self._state
        synthetic = state.synthetic_runs
        origin = (
            "measured"
            if not synthetic
            else "synthetic"
            if synthetic == state.total_runs
            else "in part measured"
        )
        found, everything = RunEnergy.of(state.answer(SLOT)), RunEnergy.of(state.context(SLOT))
        self.flow.draw(found, everything, self.circumstances, origin)

    def say(self) -> str:
        """What the selection amounts to."""
        return carbon_cost_answer(self._state, self.circumstances)

    def _tapped(self, event: Any) -> None:
        """Look at the runs of the hardware whose band is under the pointer."""
        flow = self.flow.layout.flow_at(event.x, event.y)
        if flow is not None and FLOWS[flow][1] >= 0:
            self._look(HARDWARE[FLOWS[flow][1]])

    def _look(self, hardware: str) -> None:
        """Look at the runs of a hardware class."""
        self._state.look_at(Brushes().with_set("hardware", (hardware,)), f"Runs on {hardware}s")

    def table(self) -> ChartTable:
        """The flows in energy, carbon and cost."""
        rows = table_rows(RunEnergy.of(self._state.answer(SLOT)), self.circumstances)
        return ChartTable(table_header(self.circumstances), list(rows))
