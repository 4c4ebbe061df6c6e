"""The Explore page: the rail on the left, the linked views beside it, one column on a narrow screen."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

import panel as pn

from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.lab.data_choice import DataChoice
from energyvis_panel.state.explore.workbench import Workbench
from energyvis_panel.views.document import on_document
from energyvis_panel.views.explore.layout.building import Building
from energyvis_panel.views.explore.layout.chapters import PLACES, VIEW_CLASSES
from energyvis_panel.views.explore.layout.contents import Contents
from energyvis_panel.views.explore.layout.grid import Grid
from energyvis_panel.views.explore.layout.workbench_panel import WorkbenchPanel
from energyvis_panel.views.explore.looked_at.detail import DetailPanel, Readings
from energyvis_panel.views.explore.redraw import redraw_latest
from energyvis_panel.views.explore.selection.rail import Rail
from energyvis_panel.views.explore.selection.selection_bar import message_of
from energyvis_panel.views.explore.tour.tour_strip import TourStrip
from energyvis_panel.views.explore.view import ExploreView
from energyvis_panel.views.frame import guarded

__all__ = ["VIEW_CLASSES", "ExplorePage", "explore_view"]

HERE = Path(__file__).parent
PAGE_CSS: Final = (HERE / "page.css").read_text(encoding="utf-8")
DRAWER_CSS: Final = (HERE / "drawer.css").read_text(encoding="utf-8")
MAIN_CSS: Final = (HERE / "layout" / "main.css").read_text(encoding="utf-8")
FIRST_BUILT: Final = 2
"""Views that are built before the browser has said which are near its window."""


class ExplorePage(pn.viewable.Viewer):
    """All explore views over one selection, with the rail that names and edits it.

    The overview has all views, in chapters; the workbench those that were picked. A view is built, and asks,
    when its place comes near the window for the first time; off the workbench it asks nothing. What a click
    on a mark shows comes up in a drawer at the lower edge.

    Parameters
    ----------
    state
        The exploration of the session.
    trace
        Gives the power readings of a job; None where there are none.
    bench
        The workbench that the address names; ``""`` shows the overview.
    tour
        The step of the tour that the address names; what is no number opens none.

    """

    def __init__(
        self,
        state: Exploration,
        trace: Readings | None = None,
        bench: str = "",
        tour: str = "",
        **params: Any,
    ) -> None:
        super().__init__(**params)
        redraw_latest(state)
        self._state = state
        self.rail = Rail(state)
        self.detail = DetailPanel(state, trace)
        self.views: dict[str, ExploreView] = {}
        """Views that are built, by name."""
        self.workbench = Workbench({name: place.is_wide for name, place in PLACES.items()}, link=bench)
        self.grid = Grid(self.workbench, self._sighted)
        self.cells = {name: cell.column for name, cell in self.grid.cells.items()}
        self.strip = TourStrip(state, lambda name: self.reveal(name, takes_focus=False))
        self.tour = self.strip.tour
        # The findings are BUTTER-E's; over other runs they would be no findings.
        self.contents = Contents(has_tour=not DataChoice.of(state).is_lab)
        self.contents.on_msg(lambda event: self._heard(message_of(event)))
        self.panel = WorkbenchPanel(self.workbench)
        self._jumps = 0
        questions = {name: view.questions for name, view in VIEW_CLASSES.items()}
        self._building = Building(state, questions, self._build)
        self._follow_bench()
        self.workbench.param.watch(on_document(self._follow_bench), ["mode", "cards"])
        self._building.want(*self.grid.shown[: FIRST_BUILT if self._building.is_served else None])
        if tour.isdecimal() and self.contents.has_tour:
            pn.state.onload(lambda: self.strip.open(int(tour[:9])))

    def __panel__(self) -> Any:
        self._state.param.watch(lambda event: self.grid.dim(is_dim=event.new), "waiting")
        rail, detail = self.rail.__panel__(), self.detail.__panel__()
        rail.css_classes, detail.css_classes = ["rail"], ["looked-at"]
        detail.stylesheets = [*detail.stylesheets, DRAWER_CSS]
        wide: dict[str, Any] = {"sizing_mode": "stretch_width", "margin": 0}
        parts = (self.contents, self.panel, self.grid.column, self.strip)
        main = pn.Column(*parts, stylesheets=[MAIN_CSS], **wide)
        return pn.Column(rail, main, detail, stylesheets=[PAGE_CSS], **wide)

    def build_all(self) -> None:
        """Build the views that are not there yet, wherever they stand."""
        self._building.want(*self.grid.shown, *PLACES)

    def reveal(self, name: str, *, takes_focus: bool = True) -> None:
        """Bring a view into the window, from the workbench back to the overview where it must be."""
        if name not in self.grid.shown:
            self.workbench.show("overview")
        self._building.want(name)
        self._jumps += 1
        jump = {"name": name, "serial": self._jumps, "takes_focus": takes_focus}
        # Behind what lays the overview out.
        on_document(partial(setattr, self.contents, "jump", jump))()

    def _follow_bench(self, *_events: object) -> None:
        """Lay the page out as the mode says; views that have no place rest."""
        self.grid.arrange()
        bench = self.workbench
        self.panel.visible = bench.is_shown
        kept = bench.saved_as if bench.is_shown else self.contents.bench
        self.contents.param.update(mode=bench.mode, bench=kept)
        self._let_rest()

    def _let_rest(self) -> None:
        """Ask nothing for views that are not on the page, and all for those that are again."""
        off = [view for name, view in self.views.items() if name not in self.grid.shown]
        resting = frozenset(slot for view in off for slot in view.slots)
        if resting != self._state.at_rest:
            self._state.at_rest = resting
            self._state.schedule(self._state.refresh)

    def _heard(self, message: Mapping[str, Any]) -> None:
        """Do what the contents ask for; what comes from a browser may be anything."""
        name, bench = message.get("name"), self.workbench
        match message.get("action"):
            case "near" if name in PLACES:
                self._building.want(str(name))
            case "build_all":
                self.build_all()
            case "tour" if self.contents.has_tour:
                self.strip.open()
            case "mode" if message.get("mode") == "overview":
                bench.show("overview")
            case "mode" if message.get("mode") == "workbench":
                last, is_new = message.get("last"), not (bench.cards or bench.can_undo)
                if is_new and isinstance(last, str) and last:
                    bench.restore(last)
                bench.show("workbench")

    def _sighted(self, name: str, message: Mapping[str, Any]) -> None:
        """Build a view that comes near; let the questions of one beyond the window wait for the others."""
        if message.get("near"):
            self._building.want(name)
        if "seen" not in message:
            return
        view = self.views.get(name)
        slots = frozenset(view.slots) if view else frozenset()
        unseen = self._state.out_of_sight
        self._state.out_of_sight = unseen - slots if message["seen"] else unseen | slots

    def _build(self, name: str) -> None:
        self.grid.cells[name].fill(guarded(lambda: self._built(name)))
        self.contents.built = len(self.views)
        self._let_rest()

    def _built(self, name: str) -> ExploreView:
        view = self.views[name] = VIEW_CLASSES[name](self._state)
        view.heading_level = 3
        return view


def explore_view(name: str, state: Exploration) -> ExploreView:
    """One view alone, for ``?view=name``; only its questions are asked."""
    view = VIEW_CLASSES[name](state)
    redraw_latest(state)
    return view
