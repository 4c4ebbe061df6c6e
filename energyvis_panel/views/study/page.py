"""The Study page: profiles, what-if line, totals, chart, map and equations."""

from collections.abc import Sequence
from functools import partial
from io import BytesIO
from typing import Any

import panel as pn
import panel_material_ui as pmui
from panel.viewable import Viewer

from energyvis_panel.domain.geography import RegionShape
from energyvis_panel.domain.study import Comparison
from energyvis_panel.state.study import MOST_FURTHER, Study
from energyvis_panel.views import theme
from energyvis_panel.views.card import card, side_by_side
from energyvis_panel.views.frame import guarded
from energyvis_panel.views.study.consumption_chart import ConsumptionChart
from energyvis_panel.views.study.equations import Equations
from energyvis_panel.views.study.profile_strip import ProfileStrip
from energyvis_panel.views.study.region_map import RegionMap
from energyvis_panel.views.study.region_signal import RegionSignal
from energyvis_panel.views.study.totals import Totals
from energyvis_panel.views.study.what_if import WhatIf

ONE_LINE = {"& .MuiToggleButton-root": {"whiteSpace": "nowrap"}}


def accumulation_options(comparison: Comparison | None) -> dict[str, bool]:
    """Ways to add up, named by how the profile is divided."""
    division = comparison.baseline.projection.profile.division if comparison else "epoch"
    return {"Cumulative": True, f"Per {division}": False}


class StudyPage(Viewer):
    """All views of a study, linked."""

    def __init__(self, study: Study, shapes: Sequence[RegionShape], **params: Any) -> None:
        super().__init__(**params)
        self.study = study
        self.signal = RegionSignal()
        self.strip = ProfileStrip(study)
        self.what_if = WhatIf(study)
        self.totals = Totals(study)
        self.chart = ConsumptionChart(study, self.signal)
        self.shapes = shapes
        self.equations = Equations(study)

    def _deferred_map(self) -> Any:
        """Place for the map, built once the chart is on the screen: it takes longer than all the rest."""
        place = pn.Column(sizing_mode="stretch_width", min_height=theme.CHART_HEIGHT + 60, margin=0)

        def build() -> None:
            place.objects = [guarded(partial(RegionMap, self.study, self.shapes, self.signal))]

        pn.state.onload(build)
        return place

    def _profiles(self) -> Any:
        """Strip and file buttons in one row; on a phone the buttons move below."""
        strip = pn.Column(
            self.strip, styles={"flex": "1 1 320px", "min-width": "0"}, sizing_mode="stretch_width", margin=0
        )
        files = self._files()
        files.styles = {"flex": "0 0 auto"}
        return pn.FlexBox(
            strip,
            files,
            flex_wrap="wrap",
            align_items="center",
            gap="8px",
            sizing_mode="stretch_width",
            margin=0,
        )

    def _files(self) -> Any:
        """Import and export of profiles."""
        upload = pmui.FileInput(
            accept=".json,application/json", label="Import", variant="outlined", size="small", margin=(0, 4)
        )

        def uploaded(event: Any) -> None:
            if event.new:
                self.study.import_file(bytes(event.new), str(upload.filename or "The file"))
                upload.clear()

        upload.param.watch(uploaded, "value")
        download = pmui.FileDownload(
            callback=self._download,
            filename="profile.energyvis.json",
            label="Export",
            variant="outlined",
            size="small",
            margin=(0, 4),
        )

        def renamed(_event: Any) -> None:
            download.filename = self.study.export()[0]

        renamed(None)
        self.study.param.watch(renamed, "choice")
        return pmui.Row(upload, download, margin=0)

    def _download(self) -> BytesIO:
        return BytesIO(self.study.export()[1])

    def _chart_controls(self) -> Any:
        """Quantity, accumulation, unit and extrapolation."""
        study = self.study
        measure = pmui.RadioButtonGroup.from_param(
            study.param.measure,
            options={"Carbon": "carbon", "Energy": "energy"},
            label="",
            size="small",
            margin=0,
        )
        cumulative = pmui.RadioButtonGroup(
            options=pn.bind(accumulation_options, study.param.comparison),
            value=study.cumulative,
            size="small",
            margin=0,
            sx=ONE_LINE,
        )
        cumulative.link(study, value="cumulative", bidirectional=True)
        pounds = pmui.RadioButtonGroup(
            options={"kg": False, "lb": True}, value=study.pounds, size="small", margin=0
        )
        pounds.link(study, value="pounds", bidirectional=True)
        further = pmui.IntInput(
            label="Extrapolate by",
            value=study.choice.further if study.choice else 0,
            start=0,
            end=MOST_FURTHER,
            step=5,
            size="small",
            width=124,
            margin=0,
        )
        further.param.watch(lambda event: study.set_further(int(event.new or 0)), "value")

        def follow(event: Any) -> None:
            further.value = event.new.further if event.new else 0

        study.param.watch(follow, "choice")
        return pmui.FlexBox(
            measure, cumulative, pounds, further, align_items="center", margin=(6, 0, 4, 0), gap="8px"
        )

    def _notice(self) -> Any:
        """One sentence about what could not be done, until it is closed or something succeeds."""
        study = self.study
        alert = pmui.Alert(
            object=study.param.notice,
            severity="error",
            closeable=True,
            visible=pn.bind(bool, study.param.notice),
            sizing_mode="stretch_width",
            margin=0,
        )

        def closed(event: Any) -> None:
            if event.new:
                study.notice = ""
                alert.closed = False

        alert.param.watch(closed, "closed")
        return alert

    def __panel__(self) -> Any:
        """Return the page."""
        chart = card(
            "What did it consume, and what would it have consumed elsewhere?",
            self._chart_controls(),
            self.chart,
        )
        regions = card("How clean is the electricity there?", self._deferred_map())
        return pn.Column(
            self._notice(),
            self._profiles(),
            self.what_if,
            card(None, self.totals),
            side_by_side(chart, regions, shares=(7, 5)),
            card("How do the numbers come about?", self.equations),
            sizing_mode="stretch_width",
            margin=0,
            styles={"gap": f"{theme.SPACE}px"},
        )
