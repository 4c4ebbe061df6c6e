"""The views of ``?view=``: one, or several over one study, one selection and one list of runs."""

# ruff: noqa: PLC0415 - a frame never imports what it does not show

import importlib
from collections.abc import Callable
from functools import cached_property, partial
from typing import Any, Final

from energyvis_panel.assembly.explore_parts import EXPLORE_VIEWS, exploration, explore_alone
from energyvis_panel.assembly.study_parts import VIEWS, StudyParts
from energyvis_panel.data.workspace import Workspace
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.view_choices import ViewChoices
from energyvis_panel.state.framing import Framing
from energyvis_panel.state.rights import EDITOR, Rights
from energyvis_panel.state.runs import RunsState
from energyvis_panel.state.shared_watch import StudyRuns
from energyvis_panel.state.study import Study
from energyvis_panel.views.study.notice import Notice, NoticeLine
from energyvis_panel.views.study.regions.region_signal import RegionSignal

Build = Callable[..., Any]

CHART_VIEWS: Final = {
    "consumption": ("chart.consumption_chart", "ConsumptionChart"),
    "totals": ("totals", "Totals"),
}
"""Module and class of the views that the page draws itself."""
CARDS: Final = {
    "consumption": "What did it consume, and what otherwise?",
    "totals": None,
    "region-map": "How clean is the electricity there?",
    "equations": None,
    "hardware": None,
    "equivalences": "What is that like?",
    "cite": "How is it cited?",
}
"""Titles of the views that draw no card of their own; None = the view says itself what it is."""


class FramedParts:
    """Builds the views of one frame.

    Parameters
    ----------
    shared
        The process's data.
    query
        Arguments of the address.
    framing
        What of them concerns the frame.
    study_of
        Gives the study that an address names.
    runs_of
        Gives the runs that an address names, kept up to date, and tells the followers that it is given.
    rights
        What the session's user may do.

    """

    def __init__(
        self,
        shared: Workspace,
        query: dict[str, str],
        framing: Framing,
        *,
        study_of: Callable[[Workspace, dict[str, str]], Study],
        runs_of: Callable[..., RunsState],
        rights: Rights = EDITOR,
    ) -> None:
        self.shared = shared
        self.query = query
        self.framing = framing
        self.signal = RegionSignal()
        self._study_of = study_of
        self._runs_of = runs_of
        self._rights = rights

    @cached_property
    def study(self) -> Study:
        """The study of all views that show one."""
        return self._study_of(self.shared, self.query)

    @cached_property
    def explored(self) -> Exploration:
        """The runs and brushes of all views that explore."""
        from energyvis_panel.views.explore.redraw import redraw_latest

        state = exploration(self.shared, self.query)
        redraw_latest(state)
        return state

    def builders(self) -> dict[str, Build]:
        """Builders of all views by name."""
        return {
            **{
                name: partial(self._in_card, name, self._drawn, *place) for name, place in CHART_VIEWS.items()
            },
            **{name: partial(self._in_card, name, self._part, part) for name, part in VIEWS.items()},
            "runs": self._runs,
            **{name: partial(self._explored, name) for name in EXPLORE_VIEWS},
        }

    def companions(self) -> list[Any]:
        """What stands above the views that are built: what was refused; and, unseen, what links them."""
        from energyvis_panel.views.embed.link_channel import linked_brushes, linked_study

        line: dict[str, Any] = {"sizing_mode": "stretch_width", "margin": 0}
        parts: list[Any] = [NoticeLine(text=self.framing.refusal, **line)] if self.framing.refusal else []
        name, built = self.framing.link, vars(self)
        if "study" in built:
            parts.append(Notice(self.study))
            parts += [linked_study(name, self.study)] if name else []
        if "explored" in built:
            for said in (self.explored, ViewChoices.of(self.explored)):
                refused = NoticeLine(text=said.refusal, **line)
                refused.link(said, text="refusal", bidirectional=True)
                parts.append(refused)
            parts += [linked_brushes(name, self.explored)] if name else []
        return parts

    def _in_card(self, name: str, build: Build, *place: str) -> Any:
        from energyvis_panel.views.card import card

        view = build(*place)
        return card(CARDS[name], view) if name in CARDS else view

    def _drawn(self, module: str, name: str) -> Any:
        view = getattr(importlib.import_module(f"energyvis_panel.views.study.{module}"), name)
        return view(self.study, self.signal) if name == "ConsumptionChart" else view(self.study)

    def _part(self, name: str) -> Any:
        parts = StudyParts(self.shared, self.study, self.signal, rights=self._rights)
        return getattr(parts, name)()

    def _runs(self) -> Any:
        from energyvis_panel.views.runs.page import RunsPage

        return RunsPage(self._runs_of(self.shared, self.query, StudyRuns(self.study)), self.study.select)

    def _explored(self, name: str) -> Any:
        return explore_alone(name, self.explored, lambda: self.study)
