"""Shapes of the countries on the plane of the Equal Earth projection, as GeoJSON."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from registry_packages import ISO_COUNTRIES, WORLD_ATLAS, read_member
from shapely.geometry import MultiPolygon, Polygon
from table_file import TableError
from topojson import Point, decoded_arcs, multipolygon
from world_regions import DROPPED, MERGED, PARTS, POINTS, UNCODED, Codes, iso_codes

FILE = "world_equal_earth.geojson"
BUILT_FROM = (WORLD_ATLAS.label, ISO_COUNTRIES.label)
TOLERANCE_DEG = 0.12  # about 13 km: under a quarter of a pixel where the map is 560 pixels wide
STEP_DEG = 4.0
"""Meridians are curved on the plane: longer edges than this get points in between."""
SMALLEST_ISLAND_KM2 = 400.0
"""Smaller islands are left out, unless they are all that a region has or its largest."""
LEAST_KM = 4.0
"""Side of the square that stands for a place too small for a grid of one kilometre."""
MOST_BYTES = 400_000
LEAST_REGIONS = 235
KM = 1000.0
NORTH_DEG, SOUTH_DEG, EDGE_DEG = 84.0, -58.0, 180.0

PLANE = pyproj.Transformer.from_crs("EPSG:4326", "+proj=eqearth +units=km", always_xy=True)
RIGHT = PLANE.transform(EDGE_DEG, 0)[0]
TOP, BOTTOM = PLANE.transform(0, NORTH_DEG)[1], PLANE.transform(0, SOUTH_DEG)[1]
WIDTH, HEIGHT = round(2 * RIGHT), round(TOP - BOTTOM)

PROPERTIES = {
    "title": "Countries and territories, Equal Earth projection, without Antarctica",
    "source": "Natural Earth 4.1 at 1:50 million in world-atlas 2.0.2; codes from i18n-iso-countries 7.14.0",
    "source_url": "https://github.com/topojson/world-atlas",
    "year": 2018,
    "licence": "ISC (world-atlas); public domain (Natural Earth); MIT (i18n-iso-countries)",
    "width": WIDTH,
    "height": HEIGHT,
    "unit": "km",
    "y_axis": "down",
}


def collection(cache: Path) -> dict[str, Any]:
    """GeoJSON feature collection of the regions, sorted by code."""
    topology = json.loads(read_member(WORLD_ATLAS, "countries-50m.json", cache))
    codes = iso_codes(cache)
    named = dict(UNCODED.values())
    regions = by_region(topology, codes)
    features = [
        feature(code, codes.names.get(code) or named[code], on_plane(regions[code]))
        for code in sorted(regions)
    ]
    return {"type": "FeatureCollection", "properties": PROPERTIES, "features": features}


def by_region(topology: dict[str, Any], codes: Codes) -> dict[str, list[Polygon]]:
    """Outlines in degrees by code; longitudes may pass 180 where a region lies on both sides of it."""
    arcs = [spaced(thinned_on_globe(unwrapped(arc))) for arc in decoded_arcs(topology)]
    regions: dict[str, list[Polygon]] = {}
    for geometry in topology["objects"]["countries"]["geometries"]:
        name = geometry["properties"]["name"]
        code = MERGED.get(name) or codes.alpha2.get(geometry.get("id", "")) or UNCODED[name][0]
        if code in DROPPED:
            continue
        for polygon in multipolygon(geometry, arcs).geoms:
            # The atlas's holes are other regions, which lie above when they are drawn.
            outline = Polygon(unwrapped(list(polygon.exterior.coords)))
            regions.setdefault(part_of(code, outline), []).append(outline)
    for code, (east, north) in POINTS.items():
        regions[code] = [shapely.Point(east, north).buffer(0.02, quad_segs=1)]
    return regions


def part_of(code: str, outline: Polygon) -> str:
    """Code of an outline of ``code``: its own where ISO 3166-1 codes that part apart."""
    centre = outline.centroid
    parts = ((part, box) for (whole, part), box in PARTS.items() if whole == code)
    return next((part for part, box in parts if box.holds(centre.x, centre.y)), code)


def unwrapped(points: Sequence[Point]) -> list[Point]:
    """The points with longitudes that run on over 180 degrees instead of jumping to the other side."""
    lon_lat = np.asarray(points, dtype=np.float64)
    lon_lat[:, 0] = np.unwrap(lon_lat[:, 0], period=360.0)
    return [(float(east), float(north)) for east, north in lon_lat]


def thinned_on_globe(arc: Sequence[Point]) -> list[Point]:
    """The arc with fewer points, measured where a degree of longitude is as long as it is on the globe."""
    lon_lat = np.asarray(arc)
    flat = np.column_stack([lon_lat[:, 0] * np.cos(np.radians(lon_lat[:, 1])), lon_lat[:, 1]])
    line = shapely.LineString(flat).simplify(TOLERANCE_DEG, preserve_topology=True)
    kept = set(map(tuple, np.asarray(line.coords)))
    return [point for point, place in zip(arc, map(tuple, flat), strict=True) if place in kept]


def spaced(arc: Sequence[Point]) -> list[Point]:
    """The arc with no edge longer than :data:`STEP_DEG`."""
    line = shapely.segmentize(shapely.LineString(arc), STEP_DEG)
    return [(float(east), float(north)) for east, north in line.coords]


def on_plane(outlines: Sequence[Polygon]) -> MultiPolygon:
    """The outlines in kilometres from the map's upper left corner, cut at its edge, on a grid of 1 km."""
    pieces = [projected(piece) for outline in outlines for piece in cut(outline)]
    # Thinned islands may touch the shore: joined, then filled, then joined with what lay in a filled bay.
    joined = shapely.set_precision(shapely.union_all(pieces), 1.0)
    filled = shapely.union_all([Polygon(part.exterior) for part in polygons(joined)], grid_size=1.0)
    drawn = list(polygons(filled))
    drawn.sort(key=lambda polygon: -polygon.area)
    kept = [polygon for polygon in drawn if polygon.area >= SMALLEST_ISLAND_KM2] or drawn[:1]
    if not kept:
        # Thinned to a line, or lost on the grid.
        middle = max(outlines, key=lambda outline: outline.area).centroid
        kept = [square(middle.x, middle.y)]
    return MultiPolygon(kept)


def cut(outline: Polygon) -> list[Polygon]:
    """The parts of an outline west of, on and east of the map, each moved onto it."""
    whole = shapely.make_valid(outline)
    parts = []
    for turn in (-360.0, 0.0, 360.0):
        window = shapely.box(turn - EDGE_DEG, SOUTH_DEG, turn + EDGE_DEG, NORTH_DEG)
        inside = shapely.intersection(whole, window)
        parts += [shapely.affinity.translate(part, xoff=-turn) for part in polygons(inside)]
    return parts


def projected(outline: Polygon) -> Polygon:
    """The outline in kilometres on the plane, y down."""

    def corner(lon_lat: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        x, y = PLANE.transform(lon_lat[:, 0], lon_lat[:, 1])
        return np.column_stack([x + RIGHT, TOP - y])

    edged = shapely.segmentize(Polygon(outline.exterior), STEP_DEG)
    return shapely.make_valid(shapely.transform(edged, corner))


def square(east: float, north: float) -> Polygon:
    """Square of :data:`LEAST_KM` around a place, on the plane."""
    x, y = PLANE.transform(east, north)
    left, top, half = round(x + RIGHT), round(TOP - y), LEAST_KM / 2
    return shapely.box(left - half, top - half, left + half, top + half)


def polygons(shape: Any) -> Iterator[Polygon]:
    """Polygons of a geometry of any kind, none of them empty."""
    for part in shapely.get_parts(shape):
        if isinstance(part, Polygon) and not part.is_empty:
            yield part
        elif isinstance(part, MultiPolygon):
            yield from polygons(part)


def feature(code: str, name: str, shape: MultiPolygon) -> dict[str, Any]:
    """GeoJSON feature of a region; its label stands where there is most room in its largest part."""
    label_x, label_y = shapely.maximum_inscribed_circle(shape.geoms[0]).coords[0]
    rings = [[[[round(x), round(y)] for x, y in part.exterior.coords]] for part in shape.geoms]
    return {
        "type": "Feature",
        "id": code,
        "properties": {
            "region_id": code,
            "name": name,
            "label_x": round(label_x, 1),
            "label_y": round(label_y, 1),
        },
        "geometry": {"type": "MultiPolygon", "coordinates": rings},
    }


def validate(content: dict[str, Any]) -> None:
    """Return nothing when the regions are there, once each, valid and on the map.

    Raises
    ------
    TableError
        Naming those that are not.

    """
    codes = [entry["properties"]["region_id"] for entry in content["features"]]
    problems = [f"{code} stands there twice" for code in sorted({c for c in codes if codes.count(c) > 1})]
    if len(codes) < LEAST_REGIONS:
        problems.append(f"{len(codes)} regions, at least {LEAST_REGIONS} expected")
    frame = shapely.box(0, 0, WIDTH, HEIGHT)
    for entry in content["features"]:
        code, facts = entry["properties"]["region_id"], entry["properties"]
        shape = shapely.geometry.shape(entry["geometry"])
        if not shape.is_valid or shape.is_empty:
            problems.append(f"{code}: {shapely.is_valid_reason(shape)}")
        elif not frame.covers(shape):
            problems.append(f"{code} reaches {shape.bounds}")
        elif not shape.covers(shapely.Point(facts["label_x"], facts["label_y"])):
            problems.append(f"{code}: its label lies outside")
    if len(text(content)) > MOST_BYTES:
        problems.append(f"{len(text(content))} bytes, at most {MOST_BYTES} expected")
    if problems:
        raise TableError(f"{FILE}: " + "; ".join(problems))


def text(content: dict[str, Any]) -> str:
    """Compact JSON, one feature a line so that a change shows as one line."""
    head = json.dumps(content["properties"], separators=(",", ":"))
    lines = ",\n".join(json.dumps(f, separators=(",", ":"), ensure_ascii=False) for f in content["features"])
    return f'{{"type":"FeatureCollection","properties":{head},"features":[\n{lines}\n]}}\n'
