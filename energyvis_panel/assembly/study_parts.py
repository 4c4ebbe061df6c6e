"""The parts of the Study page by name, each built when it is shown; their modules load no earlier."""

# ruff: noqa: PLC0415 - a page never imports what it does not show

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from energyvis_panel.data.workspace import Workspace
from energyvis_panel.domain.network import Wish
from energyvis_panel.domain.network_neighbours import Neighbours
from energyvis_panel.state.live import LiveRun
from energyvis_panel.state.rights import EDITOR, Rights
from energyvis_panel.state.study import Study
from energyvis_panel.views.study.regions.region_signal import RegionSignal

Build = Callable[[], Any]

VIEWS = {
    "equations": "equations",
    "region-map": "regions",
    "hardware": "hardware",
    "accuracy": "accuracy",
    "when": "when",
    "network": "network",
    "equivalences": "equivalences",
    "cite": "cite",
}
"""Parts that are views by themselves, by the name in the address."""


@dataclass(frozen=True, slots=True)
class StudyParts:
    """Builds the parts around the consumption chart of one session.

    Parameters
    ----------
    shared
        The process's data.
    study
        The session's study.
    signal
        Tells the chart which region the pointer is on.
    framed
        Whether views that can stand alone draw their own border and title.
    rights
        What the session's user may do.

    """

    shared: Workspace
    study: Study
    signal: RegionSignal
    framed: bool = True
    rights: Rights = EDITOR

    def builders(self, live: LiveRun) -> dict[str, Build]:
        """Builders of all parts of the page; ``live`` is what the session follows."""

        def live_bar() -> Any:
            from energyvis_panel.views.study.live.live_bar import LiveBar

            return LiveBar(live)

        return {
            "live": live_bar,
            "files": self.files,
            "estimate": self.estimate,
            **{part: getattr(self, part) for part in VIEWS.values()},
        }

    def regions(self) -> Any:
        """US states, Europe and the world."""
        from energyvis_panel.data.reference import state_shapes, world_shapes
        from energyvis_panel.views.study.regions.regions import Regions

        return Regions(self.study, state_shapes, world_shapes, self.signal)

    def equations(self) -> Any:
        """The coloured equations."""
        from energyvis_panel.views.study.equations.equations import Equations

        return Equations(self.study)

    def hardware(self) -> Any:
        """The machine, and another."""
        from energyvis_panel.data.chip_search import search_chips
        from energyvis_panel.views.study.hardware.hardware_picker import HardwarePicker

        return HardwarePicker(self.study, search_chips)

    def files(self) -> Any:
        """Import and export."""
        from energyvis_panel.data.importers.recognise import read_import
        from energyvis_panel.data.profile_export import export_profile
        from energyvis_panel.views.study.files.import_export import ImportExport

        return ImportExport(self.study, read_import, export_profile, self.rights)

    def estimate(self) -> Any:
        """A new profile by estimate."""
        from energyvis_panel.data.chip_search import search_chips
        from energyvis_panel.views.study.estimate.estimate_form import EstimateForm

        return EstimateForm(self.study, search_chips)

    def accuracy(self) -> Any:
        """Energy against accuracy."""
        from energyvis_panel.views.study.accuracy.accuracy_chart import AccuracyChart

        return AccuracyChart(self.study, framed=self.framed)

    def when(self) -> Any:
        """When to run."""
        from energyvis_panel.data.hourly_source import HourlySource
        from energyvis_panel.views.study.when.when import WhenToRun

        source = HourlySource(self.shared.gateway)
        return WhenToRun(self.study, source, self.rights, framed=self.framed)

    def network(self) -> Any:
        """Which network."""
        from energyvis_panel.data.network_neighbours import network_neighbours
        from energyvis_panel.views.study.network.which_network import WhichNetwork

        def ask(wish: Wish) -> Neighbours:
            return network_neighbours(self.shared.with_butter_e(), wish)

        return WhichNetwork(self.study, ask, framed=self.framed)

    def equivalences(self) -> Any:
        """Amounts that people can feel."""
        from energyvis_panel.views.study.equivalences import Equivalences

        return Equivalences(self.study)

    def cite(self) -> Any:
        """How to cite the study."""
        from energyvis_panel.views.study.report.cite import Cite

        return Cite(self.study)
