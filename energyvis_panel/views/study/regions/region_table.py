"""The regions of a map as a sortable table: the same numbers for those who read rather than look."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Final

import panel as pn
import param
from panel.custom import JSComponent

from energyvis_panel.domain.carbon import CarbonIntensity
from energyvis_panel.domain.geography import RegionShape
from energyvis_panel.domain.units import GRAMS_PER_LB
from energyvis_panel.state.regions import RegionsState

HERE = Path(__file__).parent
COLUMNS: Final = [
    {"title": "Region", "digits": None, "grouped": False},
    {"title": "g/kWh", "digits": 0, "grouped": True},
    {"title": "lb/kWh", "digits": 2, "grouped": True},
    {"title": "Year", "digits": 0, "grouped": False},
    {"title": "Scope", "digits": None, "grouped": False},
    {"title": "Source", "digits": None, "grouped": False},
]
CAPTIONS: Final = {
    "us": "Carbon intensity of electricity in the US states",
    "europe": "Carbon intensity of electricity by country of Europe",
    "world": "Carbon intensity of electricity by country",
}


class RegionTable(JSComponent):
    """Table whose headings sort."""

    columns = param.List(default=COLUMNS, doc="Columns as dicts: title, digits (None = text), grouped.")
    rows = param.List(doc="Rows as dicts: id, and cells in the order of the columns; None = no data.")
    caption = param.String(doc="What the table shows, for those who hear it.")
    chosen = param.String(doc="Id of the kept region; '' = none.")
    home = param.String(doc="Id of the baseline's region; '' = not recorded.")

    _esm = HERE / "region_table.js"
    _stylesheets: ClassVar[list[str]] = [(HERE / "region_table.css").read_text(encoding="utf-8")]


def table_rows(
    shapes: Sequence[RegionShape], intensities: Mapping[str, CarbonIntensity]
) -> list[dict[str, Any]]:
    """Rows of the table by name: regions with a value, and those that the map shows without one."""
    rows = []
    for shape in shapes:
        found = intensities.get(shape.region_id)
        cells: list[Any] = [shape.name, None, None, None, "no data", None]
        if found is not None:
            g_per_kwh = found.g_per_kwh
            cells = [found.name, g_per_kwh, g_per_kwh / GRAMS_PER_LB, found.year, found.scope, found.source]
        rows.append({"id": shape.region_id, "cells": cells})
    return sorted(rows, key=lambda row: row["cells"][0])


def region_table(regions: RegionsState, shapes: Sequence[RegionShape], map_name: str) -> RegionTable:
    """The table of a map, marking what is home and what is kept."""
    choice = regions.study.param.choice
    return RegionTable(
        rows=table_rows(shapes, regions.intensities(map_name)),
        caption=CAPTIONS[map_name],
        chosen=pn.bind(regions.chosen_id, choice),
        home=pn.bind(regions.home_id, choice),
        sizing_mode="stretch_width",
        margin=0,
    )
