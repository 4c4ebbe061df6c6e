"""Polygons out of a quantised TopoJSON topology, borders thinned once for both neighbours.

Format: https://github.com/topojson/topojson-specification (arcs are delta-encoded integers; a negative
arc index means the arc ``~index`` walked backwards).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from shapely.geometry import LineString, MultiPolygon, Polygon

__all__ = ["Point", "decoded_arcs", "multipolygon", "thinned"]

Point = tuple[float, float]


def decoded_arcs(topology: Mapping[str, Any]) -> list[list[Point]]:
    """Arcs of a topology as points in its own units."""
    (scale_x, scale_y), (move_x, move_y) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for steps in topology["arcs"]:
        x = y = 0
        points = []
        for step_x, step_y in steps:
            x, y = x + step_x, y + step_y
            points.append((x * scale_x + move_x, y * scale_y + move_y))
        arcs.append(points)
    return arcs


def thinned(arc: Sequence[Point], tolerance: float) -> list[Point]:
    """The arc with fewer points, none of the dropped ones further than ``tolerance`` from it.

    An arc is shared by the regions on its two sides, so thinning arcs leaves neither gap nor overlap.
    A closed arc, an island, keeps at least a triangle, whatever the tolerance: an island is never lost.
    """
    line = LineString(arc).simplify(tolerance, preserve_topology=True)
    return [(float(x), float(y)) for x, y in line.coords]


def multipolygon(geometry: Mapping[str, Any], arcs: Sequence[Sequence[Point]]) -> MultiPolygon:
    """Geometry of a ``Polygon`` or ``MultiPolygon`` object of the topology."""
    polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    return MultiPolygon(
        [Polygon(ring(rings[0], arcs), [ring(hole, arcs) for hole in rings[1:]]) for rings in polygons]
    )


def ring(indices: Sequence[int], arcs: Sequence[Sequence[Point]]) -> list[Point]:
    """Closed ring of the arcs in order; each begins where the one before ends."""
    points: list[Point] = []
    for index in indices:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        points.extend(arc[1:] if points else arc)
    return points
