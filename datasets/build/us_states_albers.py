"""Shapes of the US states on the plane (Albers, Alaska and Hawaii as insets), as GeoJSON."""

import json
from pathlib import Path
from typing import Any

import shapely
from registry_packages import US_ATLAS, read_member
from shapely.geometry import MultiPolygon, Polygon
from table_file import TableError
from topojson import decoded_arcs, multipolygon, thinned
from us_states import BY_FIPS, STATES, State

FILE = "us_states_albers.geojson"
BUILT_FROM = (US_ATLAS.label,)
WIDTH, HEIGHT = 975, 610
TOLERANCE = 0.25  # of the map's 975 units across: under a fifth of a pixel at its usual size
DECIMALS = 2
MOST_BYTES = 150_000
# The Aleutian Islands reach beyond the frame to the left.
FRAME = shapely.box(-WIDTH / 10, 0, WIDTH, HEIGHT)

PROPERTIES = {
    "title": "US states, Albers equal-area conic, Alaska and Hawaii as insets",
    "source": "US Census Bureau cartographic boundary files 2017, projected in us-atlas 3.0.1",
    "source_url": "https://github.com/topojson/us-atlas",
    "year": 2017,
    "licence": "ISC (us-atlas); public domain (US Census Bureau)",
    "width": WIDTH,
    "height": HEIGHT,
    "y_axis": "down",
}


def collection(cache: Path) -> dict[str, Any]:
    """GeoJSON feature collection of the states, sorted by region."""
    topology = json.loads(read_member(US_ATLAS, "states-albers-10m.json", cache))
    arcs = [thinned(arc, TOLERANCE) for arc in decoded_arcs(topology)]
    shapes = {
        BY_FIPS[geometry["id"]]: on_grid(multipolygon(geometry, arcs))
        for geometry in topology["objects"]["states"]["geometries"]
    }
    features = [feature(state, shapes[state]) for state in sorted(shapes, key=lambda state: state.region_id)]
    return {"type": "FeatureCollection", "properties": PROPERTIES, "features": features}


def feature(state: State, shape: MultiPolygon) -> dict[str, Any]:
    """GeoJSON feature of a state; its label stands where there is most room in the mainland."""
    label_x, label_y = shapely.maximum_inscribed_circle(largest(shape)).coords[0]
    return {
        "type": "Feature",
        "id": state.fips,
        "properties": {
            "region_id": state.region_id,
            "name": state.name,
            "fips": state.fips,
            "label_x": round(label_x, 1),
            "label_y": round(label_y, 1),
        },
        "geometry": {"type": "MultiPolygon", "coordinates": coordinates(shape)},
    }


def on_grid(shape: MultiPolygon) -> MultiPolygon:
    """The shape on a grid of two decimals, without the slivers that rounding would tie into knots."""
    snapped = shapely.set_precision(shape, 10**-DECIMALS)
    return snapped if isinstance(snapped, MultiPolygon) else MultiPolygon([snapped])


def largest(shape: MultiPolygon) -> Polygon:
    """Largest polygon: the mainland, where a label belongs."""
    return max(shape.geoms, key=lambda polygon: polygon.area)


def coordinates(shape: MultiPolygon) -> list[list[list[list[float]]]]:
    """GeoJSON coordinates: polygons of rings of points, outer ring first."""
    return [
        [
            [[round(x, DECIMALS), round(y, DECIMALS)] for x, y in ring.coords]
            for ring in (polygon.exterior, *polygon.interiors)
        ]
        for polygon in shape.geoms
    ]


def validate(content: dict[str, Any]) -> None:
    """Return nothing when every state is there, valid and on the map.

    Raises
    ------
    TableError
        Naming the states that are not.

    """
    found = {entry["properties"]["region_id"]: entry for entry in content["features"]}
    expected = {state.region_id for state in STATES}
    problems = [f"{region_id} is missing" for region_id in sorted(expected - set(found))]
    problems += [f"{region_id} is unknown" for region_id in sorted(set(found) - expected)]
    for region_id, entry in found.items():
        shape = shapely.geometry.shape(entry["geometry"])
        label = shapely.Point(entry["properties"]["label_x"], entry["properties"]["label_y"])
        if not shape.is_valid or shape.is_empty:
            problems.append(f"{region_id}: {shapely.is_valid_reason(shape)}")
        elif not FRAME.covers(shape):
            problems.append(f"{region_id} reaches {shape.bounds}")
        elif not shape.covers(label):
            problems.append(f"{region_id}: its label lies outside")
    if len(text(content)) > MOST_BYTES:
        problems.append(f"{len(text(content))} bytes, at most {MOST_BYTES} expected")
    if problems:
        raise TableError(f"{FILE}: " + "; ".join(problems))


def text(content: dict[str, Any]) -> str:
    """Compact JSON, one feature a line so that a change shows as one line."""
    head = json.dumps(content["properties"], separators=(",", ":"))
    lines = ",\n".join(json.dumps(f, separators=(",", ":")) for f in content["features"])
    return f'{{"type":"FeatureCollection","properties":{head},"features":[\n{lines}\n]}}\n'
