"""The Study page: profiles, what-if line, totals, chart, regions, equations, hardware, further questions."""

from collections.abc import Callable, Mapping
from typing import Any

import panel as pn
from panel.viewable import Viewer

from energyvis_panel.state.study import Study
from energyvis_panel.views.card import WRAPPED, card, side_by_side, stacked, tool_row
from energyvis_panel.views.embed.embed_button import EmbedButton
from energyvis_panel.views.frame import guarded
from energyvis_panel.views.on_demand import OnDemand
from energyvis_panel.views.study.chart.chart_controls import ChartControls
from energyvis_panel.views.study.chart.consumption_chart import ConsumptionChart
from energyvis_panel.views.study.notice import Notice
from energyvis_panel.views.study.profile_strip import ProfileStrip
from energyvis_panel.views.study.regions.map_window import DRAWN_HEIGHT
from energyvis_panel.views.study.regions.region_signal import RegionSignal
from energyvis_panel.views.study.totals import Totals
from energyvis_panel.views.study.what_if import WhatIf

Build = Callable[[], Any]

DEFERRED = {"regions": DRAWN_HEIGHT + 130, "equations": 160, "hardware": 160}
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

    def _deferred(self, name: str, built: Callable[[Any], None] = lambda _view: None) -> Any:
        """Place for a part that is built once the chart is on the screen; ``built`` is told of the part."""
        place = pn.Column(sizing_mode="stretch_width", min_height=DEFERRED[name], margin=0)

        def part() -> Any:
            view = self.parts[name]()
            built(view)
            return view

        def build() -> None:
            place.objects = [guarded(part)]

        pn.state.onload(build)
        return place

    def _profiles(self) -> Any:
        """Strip and its tools in one row, and below it what a tool opens; on a phone the tools wrap."""
        row = tool_row(ProfileStrip(self.study))
        whole = stacked(row)

        def build() -> None:
            files, estimate, live = (self.parts[name]() for name in ("files", "estimate", "live"))
            row.extend([estimate.button(), files.buttons, live, EmbedButton.of_study()])
            whole.extend([files.reports, estimate])

        pn.state.onload(build)
        return whole

    def _regions(self) -> Any:
        """Card of the regions; the choice of the map stands in its head."""
        choice = pn.Column(margin=0)

        def built(view: Any) -> None:
            choice.objects = [view.map_choice()]

        return card("How clean is the electricity there?", self._deferred("regions", built), actions=choice)

    def __panel__(self) -> Any:
        """Return the page."""
        controls = ChartControls(self.study)
        chart = card(
            "What did it consume, and what otherwise?",
            controls,
            self.chart,
            actions=pn.Row(controls.extrapolation, self.chart.export(), margin=0, stylesheets=[WRAPPED]),
        )
        page = stacked(
            Notice(self.study),
            self._profiles(),
            WhatIf(self.study),
            card(None, Totals(self.study)),
            side_by_side(chart, self._regions(), shares=(7, 5)),
            side_by_side(
                card(None, self._deferred("equations")), card(None, self._deferred("hardware")), shares=(7, 5)
            ),
        )
        further = (OnDemand(title, self.parts[name]) for name, title in FURTHER.items() if name in self.parts)
        # Below the fold, and so not before the chart is on the screen.
        pn.state.onload(lambda: page.extend(list(further)))
        return page
