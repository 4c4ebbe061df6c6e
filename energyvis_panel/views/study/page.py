"""The Study page: profiles, what-if line, totals, chart, regions, equations, hardware, further questions."""

from collections.abc import Callable, Mapping
from typing import Any

import panel as pn
from panel.viewable import Viewer

from energyvis_panel.state.study import Study
from energyvis_panel.views import theme
from energyvis_panel.views.card import card, side_by_side
from energyvis_panel.views.frame import guarded
from energyvis_panel.views.on_demand import on_demand
from energyvis_panel.views.study.chart_controls import ChartControls
from energyvis_panel.views.study.consumption_chart import ConsumptionChart
from energyvis_panel.views.study.notice import Notice
from energyvis_panel.views.study.profile_strip import ProfileStrip
from energyvis_panel.views.study.region_signal import RegionSignal
from energyvis_panel.views.study.totals import Totals
from energyvis_panel.views.study.what_if import WhatIf

Build = Callable[[], Any]

WRAPPED = (
    ":host { display: flex !important; flex-direction: row !important; flex-wrap: wrap; gap: 8px; "
    "align-items: center; }"
)
"""Lays the parts of a column out in a row that wraps."""
DEFERRED = {"regions": theme.CHART_HEIGHT + 60, "equations": 160, "hardware": 190}
"""Parts that are built once the chart is on the screen, and the height that is kept for them."""
FURTHER = {
    "accuracy": "How much accuracy did the energy buy?",
    "when": "When would it have been cleaner?",
    "network": "Which network would have taken less?",
    "equivalences": "What is that like?",
    "cite": "How is it cited?",
}
"""Questions below the fold, in their order; each is answered when it is opened."""


class StudyPage(Viewer):
    """All views of a study, linked.

    Parameters
    ----------
    study
        The session's study.
    signal
        Tells the chart which region the pointer is on.
    parts
        Builders by name: ``files``, ``estimate``, ``live`` beside the strip; ``regions``, ``equations`` and
        ``hardware``; and those of the further questions. One that is missing is left out.

    """

    def __init__(self, study: Study, signal: RegionSignal, parts: Mapping[str, Build], **params: Any) -> None:
        super().__init__(**params)
        self.study = study
        self.parts = parts
        self.chart = ConsumptionChart(study, signal)

    def _deferred(self, name: str) -> Any:
        """Place for a part that is built once the chart is on the screen."""
        place = pn.Column(sizing_mode="stretch_width", min_height=DEFERRED[name], margin=0)

        def build() -> None:
            place.objects = [guarded(self.parts[name])]

        pn.state.onload(build)
        return place

    def _profiles(self) -> Any:
        """Strip and its tools in one row, and below it what a tool opens; on a phone the tools wrap."""
        strip = pn.Column(
            ProfileStrip(self.study),
            styles={"flex": "1 1 320px", "min-width": "0"},
            sizing_mode="stretch_width",
            margin=0,
        )
        files, estimate, live = (self.parts[name]() for name in ("files", "estimate", "live"))
        row = pn.Column(
            strip,
            estimate.button(),
            files.buttons,
            live,
            sizing_mode="stretch_width",
            margin=0,
            stylesheets=[WRAPPED],
        )
        return pn.Column(row, files.reports, estimate, sizing_mode="stretch_width", margin=0)

    def __panel__(self) -> Any:
        """Return the page."""
        controls = ChartControls(self.study)
        chart = card(
            "What did it consume, and what otherwise?",
            controls,
            self.chart,
            actions=pn.Row(controls.extrapolation, self.chart.export(), margin=0),
        )
        regions = card("How clean is the electricity there?", self._deferred("regions"))
        return pn.Column(
            Notice(self.study),
            self._profiles(),
            WhatIf(self.study),
            card(None, Totals(self.study)),
            side_by_side(chart, regions, shares=(7, 5)),
            side_by_side(
                card(None, self._deferred("equations")), card(None, self._deferred("hardware")), shares=(7, 5)
            ),
            *(on_demand(title, self.parts[name]) for name, title in FURTHER.items() if name in self.parts),
            sizing_mode="stretch_width",
            margin=0,
            styles={"gap": f"{theme.SPACE}px"},
        )
