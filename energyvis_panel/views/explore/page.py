"""The Explore page: the rail on the left, the linked views beside it, one column on a narrow screen."""

from typing import Any, Final

import panel as pn

from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.views.explore.energy_histogram import EnergyHistogram
from energyvis_panel.views.explore.parallel_coordinates import ParallelCoordinates
from energyvis_panel.views.explore.rail import Rail
from energyvis_panel.views.explore.redraw import redraw_latest
from energyvis_panel.views.explore.runtime_energy import RuntimeEnergy
from energyvis_panel.views.explore.view import ExploreView

VIEW_CLASSES: Final[dict[str, type[ExploreView]]] = {
    view.address: view for view in (EnergyHistogram, RuntimeEnergy, ParallelCoordinates)
}
"""Views by their name in ``?view=``, in the order of the story."""
VIEW_FLEX: Final = {
    "energy-histogram": "1 1 440px",
    "runtime-energy": "1 1 440px",
    "parallel-coordinates": "1 1 100%",
}
"""How each view takes room: two side by side where there is some, the third over the whole width."""


class ExplorePage(pn.viewable.Viewer):
    """All explore views over one selection, with the rail that names and edits it."""

    def __init__(self, state: Exploration, **params: Any) -> None:
        super().__init__(**params)
        # Asked together, the questions of all views take no longer than the longest.
        state.pose({slot: one for view in VIEW_CLASSES.values() for slot, one in view.questions.items()})
        redraw_latest(state)
        self.rail = Rail(state)
        self.views = {name: view(state) for name, view in VIEW_CLASSES.items()}

    def __panel__(self) -> Any:
        # Flexible boxes wrap by themselves: the rail is beside the views on a desk, above them on a phone.
        wide = {"sizing_mode": "stretch_width", "margin": 0}
        main = pn.FlexBox(
            *(
                pn.Column(view, styles={"flex": VIEW_FLEX[name], "min-width": "min(100%, 300px)"}, **wide)
                for name, view in self.views.items()
            ),
            gap="8px",
            align_items="flex-start",
            styles={"flex": "5 1 560px", "min-width": "min(100%, 300px)"},
            **wide,
        )
        rail = pn.Column(self.rail, styles={"flex": "1 0 270px", "min-width": "270px"}, **wide)
        return pn.FlexBox(rail, main, gap="8px", align_items="flex-start", **wide)


def explore_view(name: str, state: Exploration) -> ExploreView:
    """One view alone, for ``?view=name``; only its questions are asked."""
    view = VIEW_CLASSES[name](state)
    redraw_latest(state)
    return view
