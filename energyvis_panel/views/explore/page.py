"""The Explore page: the rail on the left, the linked views beside it, one column on a narrow screen."""

from pathlib import Path
from typing import Any, Final

import panel as pn

from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.views.explore.anomaly.anomalies import AnomalyTimeline
from energyvis_panel.views.explore.compare.comparison import ComparisonView
from energyvis_panel.views.explore.distribution.energy_histogram import EnergyHistogram
from energyvis_panel.views.explore.frontier.runtime_energy import RuntimeEnergy
from energyvis_panel.views.explore.leader.leaderboard import Leaderboard
from energyvis_panel.views.explore.looked_at.detail import DetailPanel, Readings
from energyvis_panel.views.explore.parallel.parallel_coordinates import ParallelCoordinates
from energyvis_panel.views.explore.redraw import redraw_latest
from energyvis_panel.views.explore.selection.rail import Rail
from energyvis_panel.views.explore.selection.selection_bar import message_of
from energyvis_panel.views.explore.sight import Sight
from energyvis_panel.views.explore.view import ExploreView
from energyvis_panel.views.frame import guarded
from energyvis_panel.views.plain_styles import PlainStyles

VIEW_CLASSES: Final[dict[str, type[ExploreView]]] = {
    view.address: view
    for view in (
        EnergyHistogram,
        RuntimeEnergy,
        ParallelCoordinates,
        AnomalyTimeline,
        Leaderboard,
        ComparisonView,
    )
}
"""Views by their name in ``?view=``, in the order of the story."""
WIDE_VIEWS: Final = frozenset({"parallel-coordinates", "anomalies", "leaderboard", "comparison"})
"""Views that take the whole width."""
HERE = Path(__file__).parent
PAGE_CSS: Final = (HERE / "page.css").read_text(encoding="utf-8")
DRAWER_CSS: Final = (HERE / "drawer.css").read_text(encoding="utf-8")
VIEWS_CSS: Final = (HERE / "views.css").read_text(encoding="utf-8")
CELL_HEIGHT: Final = "360px"
"""Room that is kept for a view before it is there, so that nothing jumps much when it comes."""
CELL_CSS: Final = ":host > div { flex: 1 1 auto !important; } .scroll-button { display: none !important; }"
"""The card of a view is as high as its row."""


class ExplorePage(pn.viewable.Viewer):
    """All explore views over one selection, with the rail that names and edits it.

    The rail comes first, then view by view at the document's next ticks: nobody waits for the last chart to
    see the first. What a click on a mark shows comes up in a drawer at the lower edge.

    Parameters
    ----------
    state
        The exploration of the session.
    trace
        Gives the power readings of a job; None where there are none.

    """

    def __init__(self, state: Exploration, trace: Readings | None = None, **params: Any) -> None:
        super().__init__(**params)
        # Asked together, the questions of all views take no longer than the longest.
        state.pose({slot: one for view in VIEW_CLASSES.values() for slot, one in view.questions.items()})
        redraw_latest(state)
        self._state = state
        self.rail = Rail(state)
        self.detail = DetailPanel(state, trace)
        self.views: dict[str, ExploreView] = {}
        self.cells = {name: placed(name) for name in VIEW_CLASSES}
        # What changes before the browser says that it has the document is lost to it.
        pn.state.onload(lambda: pn.state.execute(self._build_next, schedule=True))

    def __panel__(self) -> Any:
        wide: dict[str, Any] = {"sizing_mode": "stretch_width", "margin": 0}
        views = pn.Column(*self.cells.values(), stylesheets=[VIEWS_CSS], **wide)
        self._state.param.watch(
            lambda event: views.param.update(css_classes=["waiting"] if event.new else []), "waiting"
        )
        detail = self.detail.__panel__()
        detail.stylesheets = [*detail.stylesheets, DRAWER_CSS]
        return pn.Column(PlainStyles(), self.rail, views, detail, stylesheets=[PAGE_CSS], **wide)

    def _build_next(self) -> None:
        name = next((name for name, cell in self.cells.items() if not cell.objects), None)
        if name is None:
            return
        sight = Sight()
        sight.on_msg(lambda event: self._seen(name, seen=bool(message_of(event).get("seen", True))))
        self.cells[name].objects = [guarded(lambda: self._built(name)), sight]
        pn.state.execute(self._build_next, schedule=True)

    def _seen(self, name: str, *, seen: bool) -> None:
        """Let the questions of a view wait for the others while it is beyond the window."""
        view = self.views.get(name)
        slots = frozenset(view.slots) if view else frozenset()
        unseen = self._state.out_of_sight
        self._state.out_of_sight = unseen - slots if seen else unseen | slots

    def _built(self, name: str) -> ExploreView:
        view = self.views[name] = VIEW_CLASSES[name](self._state)
        return view


def placed(name: str) -> Any:
    """The empty cell of a view."""
    across = {"grid-column": "1 / -1"} if name in WIDE_VIEWS else {}
    styles = {"min-width": "0", "height": "auto", "min-height": CELL_HEIGHT, **across}
    return pn.Column(margin=0, sizing_mode="stretch_width", styles=styles, stylesheets=[CELL_CSS])


def explore_view(name: str, state: Exploration) -> ExploreView:
    """One view alone, for ``?view=name``; only its questions are asked."""
    view = VIEW_CLASSES[name](state)
    redraw_latest(state)
    return view
