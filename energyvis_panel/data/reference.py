"""Reference data: carbon intensities, PUE, equivalences, and the shapes of states and countries."""

import functools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.domain.carbon import CarbonIntensity
from energyvis_panel.domain.equivalence import Equivalence
from energyvis_panel.domain.geography import RegionShape
from energyvis_panel.errors import DatasetError
from energyvis_panel.resources import resource_path

__all__ = [
    "PueOption",
    "Region",
    "equivalences",
    "grid_intensity",
    "intensity_of_region",
    "pue_options",
    "region_intensities",
    "state_shapes",
    "states",
    "world_shapes",
]

Level = Literal["state", "country"]


@dataclass(frozen=True, slots=True)
class Region:
    """A region and what people call it."""

    region_id: str
    name: str


@dataclass(frozen=True, slots=True)
class PueOption:
    """One power usage effectiveness to choose; ``year`` is None for a definition or a running average."""

    pue_id: str
    label: str
    pue: float
    year: int | None
    source: str


def grid_intensity(gateway: Gateway, level: Level | None = None) -> list[CarbonIntensity]:
    """Latest carbon intensity per region and source, by region; of all levels where none is given."""
    table = gateway.ask("reference/grid_by_region", grid=_path("grid_annual.csv"), level=level)
    return [_intensity(row) for row in table.to_pylist()]


def region_intensities(gateway: Gateway, region_id: str) -> list[CarbonIntensity]:
    """All carbon intensities of a region: lifecycle before direct, latest year first; empty if unknown."""
    table = gateway.ask("reference/grid_of_region", grid=_path("grid_annual.csv"), region_id=region_id)
    return [_intensity(row) for row in table.to_pylist()]


def intensity_of_region(gateway: Gateway, region_id: str) -> CarbonIntensity:
    """The region's default carbon intensity: the first of :func:`region_intensities`.

    Raises
    ------
    DatasetError
        If no intensity of the region is known.

    """
    known = region_intensities(gateway, region_id)
    if not known:
        raise DatasetError(
            f"No carbon intensity is known for region {region_id!r}. "
            "Give an ISO 3166 code such as FR or US-WY, or enter the g/kWh yourself."
        )
    return known[0]


def states(gateway: Gateway) -> list[Region]:
    """The US states and the District of Columbia, by name."""
    table = gateway.ask("reference/states", grid=_path("grid_annual.csv"))
    return [Region(**row) for row in table.to_pylist()]


def pue_options(gateway: Gateway) -> list[PueOption]:
    """PUE values to choose from: none, world averages with the latest first, then named sites."""
    table = gateway.ask("reference/pue_options", pue=_path("pue.csv"))
    return [
        PueOption(row["pue_id"], row["label"], row["pue"], row["year"], row["source"])
        for row in table.to_pylist()
    ]


def equivalences(gateway: Gateway) -> list[Equivalence]:
    """Things with a known footprint, smallest first."""
    table = gateway.ask("reference/equivalences", equivalence=_path("equivalence.csv"))
    return [
        Equivalence(row["eq_id"], row["label"], row["kg_co2e"], row["per"], row["printed"], row["source"])
        for row in table.to_pylist()
    ]


@functools.cache
def state_shapes() -> tuple[RegionShape, ...]:
    """Shapes of the fifty states and the District of Columbia, by region.

    Raises
    ------
    DatasetError
        If the shipped file is missing.

    """
    return _shapes("us_states_albers.geojson")


@functools.cache
def world_shapes() -> tuple[RegionShape, ...]:
    """Shapes of the countries and territories of the world in kilometres, by region.

    Raises
    ------
    DatasetError
        If the shipped file is missing.

    """
    return _shapes("world_equal_earth.geojson")


def _path(file: str) -> str:
    return str(resource_path(f"datasets/reference/{file}"))


def _intensity(row: dict[str, Any]) -> CarbonIntensity:
    return CarbonIntensity(
        region_id=row["region_id"],
        name=row["name"],
        g_per_kwh=row["g_per_kwh"],
        year=row["year"],
        source=row["source"],
        scope=row["scope"],
        basis=row["basis"],
    )


def _shapes(file: str) -> tuple[RegionShape, ...]:
    content = json.loads(Path(_path(file)).read_text(encoding="utf-8"))
    return tuple(_shape(feature) for feature in content["features"])


def _shape(feature: dict[str, Any]) -> RegionShape:
    """Shape of one GeoJSON feature; the files have no holes, which their builders' tests check."""
    polygons = []
    for rings in feature["geometry"]["coordinates"]:
        outline = np.asarray(rings[0], dtype=np.float64)
        outline.setflags(write=False)
        polygons.append(outline)
    facts = feature["properties"]
    return RegionShape(
        facts["region_id"], facts["name"], tuple(polygons), (facts["label_x"], facts["label_y"])
    )
