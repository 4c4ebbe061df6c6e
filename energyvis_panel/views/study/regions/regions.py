"""How clean is the electricity there? A list, two maps, and a value of one's own, all bound to one study."""

import logging
from collections.abc import Callable, Sequence
from typing import Any, Final

import panel as pn
import panel_material_ui as pmui
from panel.viewable import Viewer

from energyvis_panel.domain.geography import RegionShape
from energyvis_panel.domain.study import Choice
from energyvis_panel.state.region_maps import is_on
from energyvis_panel.state.regions import RegionsState
from energyvis_panel.state.study import Study
from energyvis_panel.views import theme
from energyvis_panel.views.frame import guarded
from energyvis_panel.views.study.regions.own_intensity import OwnIntensity
from energyvis_panel.views.study.regions.region_legend import (
    CSS,
    outlines_html,
    region_legend,
    sentences_html,
)
from energyvis_panel.views.study.regions.region_list import RegionList
from energyvis_panel.views.study.regions.region_map import RegionMap
from energyvis_panel.views.study.regions.region_signal import RegionSignal
from energyvis_panel.views.study.regions.region_table import region_table
from energyvis_panel.views.study.regions.world_map import WorldMap

log = logging.getLogger(__name__)

Shapes = Callable[[], Sequence[RegionShape]]
MAP_TITLES: Final = {"US states": "us", "Europe": "europe", "World": "world"}
DRAWING_OF: Final = {"us": "us", "europe": "world", "world": "world"}
"""Maps by the drawing that shows them: Europe is a window on the world."""
MAP_BUTTONS: Final = {
    "& .MuiToggleButton-root": {
        "whiteSpace": "nowrap",
        "padding": "3px 9px",
        "fontSize": "13px",
        "color": "var(--ev-text)",
        "@media (max-width: 700px)": {"minHeight": "40px"},
    },
    "& .MuiToggleButton-root.Mui-selected, & .MuiToggleButton-root.Mui-selected:hover": {
        "color": "var(--ev-text) !important",
        "fontWeight": 600,
        "backgroundColor": "color-mix(in srgb, var(--ev-baseline) 16%, transparent) !important",
    },
}
"""The look of the chart's controls, with fingers' room on a phone."""
SMALL_LABEL: Final = ".MuiFormControlLabel-label { font-size: 13px !important; }"


class Regions(Viewer):
    """The regions of a study.

    Parameters
    ----------
    study
        What is compared.
    state_shapes, world_shapes
        Outlines of the states and of the countries, asked for when their map is first shown.
    signal
        Where the region under the pointer is told, shared with the chart; its own where none is given.

    """

    def __init__(
        self,
        study: Study,
        state_shapes: Shapes,
        world_shapes: Shapes,
        signal: RegionSignal | None = None,
        **params: Any,
    ) -> None:
        super().__init__(**params)
        self.regions = RegionsState(study)
        self.signal = signal or RegionSignal()
        self._shapes: dict[str, Shapes] = {
            "us": state_shapes,
            "europe": world_shapes,
            "world": world_shapes,
        }
        self._places = {
            name: pn.Column(sizing_mode="stretch_width", margin=0) for name in DRAWING_OF.values()
        }
        self._table_place = pn.Column(sizing_mode="stretch_width", margin=0)
        self._maps: dict[str, Viewer] = {}
        self._choice_inside = True
        self._as_table = pmui.Switch(
            label="As a table", value=False, size="small", margin=0, stylesheets=[SMALL_LABEL]
        )
        self.signal.on_enter(self._entered)
        self.signal.on_tap(self._tapped)
        self.regions.param.watch(self._show, "map")
        self._as_table.param.watch(self._show_table, "value")

    # -- maps and table -------------------------------------------------------------------------------

    def _build_map(self, name: str) -> Any:
        """Drawing and legend of one name."""
        shapes, shown = tuple(self._shapes[name]()), self.regions.intensities(name)
        maker = RegionMap if name == "us" else WorldMap
        lacking = any(shape.region_id not in shown for shape in shapes)
        # Kept here, for the hook that finishes the drawing keeps nothing.
        self._maps[name] = maker(self.regions, shapes, self.signal)
        return pn.Column(
            self._maps[name],
            region_legend(shown.values(), lacking=lacking),
            sizing_mode="stretch_width",
            margin=0,
        )

    def _show(self, *_events: Any) -> None:
        """Show the map that the state names, built when it is first shown; the table follows."""
        shown = DRAWING_OF[self.regions.map]
        if not self._places[shown].objects:
            self._places[shown].objects = [guarded(lambda: self._build_map(shown))]
        for name, place in self._places.items():
            place.visible = name == shown
        self._show_table()

    def _show_table(self, *_events: Any) -> None:
        if not self._as_table.value:
            self._table_place.objects = []
            return
        name = self.regions.map
        shapes = [shape for shape in self._shapes[name]() if is_on(shape.region_id, name)]
        self._table_place.objects = [guarded(lambda: region_table(self.regions, shapes, name))]

    # -- what the user does ---------------------------------------------------------------------------

    def _entered(self, region_id: str) -> None:
        self.regions.study.preview_id = region_id

    def _tapped(self, region_id: str) -> None:
        shapes = self._shapes[self.regions.map]()
        name = next((shape.name for shape in shapes if shape.region_id == region_id), "")
        self.regions.keep(region_id, name)

    # -- layout ---------------------------------------------------------------------------------------

    def map_choice(self) -> Any:
        """Choice of the map, for the head of a card around this view; it is left out of the view then."""
        self._choice_inside = False
        return self._choice()

    def _choice(self) -> Any:
        return pmui.RadioButtonGroup.from_param(
            self.regions.param.map, options=MAP_TITLES, label="", size="small", margin=0, sx=MAP_BUTTONS
        )

    def _choosers(self) -> Any:
        """The list and the own value in one row; on a phone one below the other."""
        choice = [self._choice()] if self._choice_inside else []
        return _row(
            *choice,
            _wide(RegionList(self.regions, self.signal), "1 1 224px"),
            _wide(OwnIntensity(self.regions), "0 1 248px"),
            margin=(4, 0, 4, 0),
        )

    def _foot(self) -> Any:
        """What the outlines mean, and the switch to the table."""
        return _row(_wide(self._outline_key(), "1 1 200px"), self._as_table)

    def _outline_key(self) -> Any:
        """What the outlines on the map mean, by the names of the regions."""

        def named(_choice: Choice | None) -> str:
            known = self.regions.study.intensities
            home, kept = (known.get(i) for i in (self.regions.home_id(), self.regions.chosen_id()))
            return outlines_html(home.name if home else "", kept.name if kept else "")

        return pn.pane.HTML(
            pn.bind(named, self.regions.study.param.choice),
            stylesheets=[CSS],
            sizing_mode="stretch_width",
            margin=0,
        )

    def _sentences(self) -> Any:
        """What could not be done, and where scopes differ; nothing where there is nothing to say."""
        study = self.regions.study
        text = pn.bind(
            sentences_html, self.regions.param.sentence, study.param.comparison, self.regions.param.map
        )
        return pn.pane.HTML(text, sizing_mode="stretch_width", margin=(2, 8, 0, 8))

    def __panel__(self) -> Any:
        """Return the list, then the map, its legend, what is to be said about it, and the table."""
        self._show()
        return pn.Column(
            self._choosers(),
            *self._places.values(),
            self._foot(),
            self._sentences(),
            self._table_place,
            sizing_mode="stretch_width",
            margin=0,
        )


def _wide(view: Any, flex: str) -> Any:
    """A view that takes of its row what ``flex``, as in CSS, says."""
    return pn.Column(view, margin=0, styles={"flex": flex, "min-width": "0"})


def _row(*views: Any, **params: Any) -> Any:
    """Views side by side that wrap where there is no room."""
    return pn.FlexBox(
        *views,
        flex_wrap="wrap",
        align_items="center",
        gap=f"{theme.SPACE}px",
        sizing_mode="stretch_width",
        **({"margin": 0} | params),
    )
