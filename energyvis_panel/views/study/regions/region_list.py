"""Which region? A searchable list that does by keyboard all that the maps do by pointer."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import panel as pn
import param
from panel.custom import JSComponent
from panel.viewable import Viewer

from energyvis_panel.state.regions import RegionRow, RegionsState
from energyvis_panel.views.document import on_document
from energyvis_panel.views.study.regions.region_signal import RegionSignal

HERE = Path(__file__).parent


class RegionCombobox(JSComponent):
    """Text field with a list; writes what it previews into ``active``, sends what is asked for."""

    options = param.List(doc="Regions as dicts: id, name, amount, aliases, known.")
    recent = param.List(doc="Ids of the regions kept last.")
    chosen = param.String(doc="Id of the kept region; '' = none.")
    home = param.String(doc="Id of the baseline's region; '' = not recorded.")
    pointed = param.Boolean(default=False, doc="Whether the pointer is on a region of the map.")
    active = param.String(default="", doc="Id of the option that is previewed; '' = none.")

    _esm = HERE / "region_list.js"
    _stylesheets: ClassVar[list[str]] = [(HERE / "region_list.css").read_text(encoding="utf-8")]


def option_rows(rows: Sequence[RegionRow]) -> list[dict[str, object]]:
    """Regions as the list shows them."""
    return [
        {
            "id": row.region_id,
            "name": row.name,
            "amount": "no value" if row.g_per_kwh is None else f"{row.g_per_kwh:,.0f} g/kWh",
            "aliases": row.aliases,
            "known": row.g_per_kwh is not None,
        }
        for row in rows
    ]


class RegionList(Viewer):
    """The list bound to a regions state; what it previews goes through ``signal``, as with a map."""

    def __init__(self, regions: RegionsState, signal: RegionSignal, **params: Any) -> None:
        super().__init__(**params)
        self.regions = regions
        self.signal = signal
        study = regions.study
        rows = regions.rows()
        self.combobox = RegionCombobox(
            options=option_rows(rows),
            recent=regions.param.recent,
            chosen=pn.bind(regions.chosen_id, study.param.choice),
            home=pn.bind(regions.home_id, study.param.choice),
            pointed=pn.bind(bool, study.param.preview_id),
            sizing_mode="stretch_width",
            margin=0,
        )
        self.combobox.param.watch(on_document(self._previewed), "active")
        self.combobox.on_msg(self._acted)

    def _previewed(self, event: Any) -> None:
        intensity = self.regions.study.intensities.get(event.new)
        self.signal.point_at(event.new, intensity.g_per_kwh if intensity else math.nan)

    def _acted(self, event: Any) -> None:
        message = event.data if isinstance(event.data, dict) else {}
        action, region_id = message.get("action"), str(message.get("id", ""))
        if action == "keep":
            self.regions.keep(region_id)
        elif action == "release":
            self.regions.release()

    def __panel__(self) -> Any:
        """Return the list."""
        return self.combobox
