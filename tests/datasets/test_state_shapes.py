import json
from pathlib import Path

import pytest
import shapely
from topojson import decoded_arcs, multipolygon, thinned

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.reference import state_shapes, states


def test_every_state_has_a_valid_shape_on_the_map(gateway: Gateway) -> None:
    shapes = state_shapes()
    assert [s.region_id for s in shapes] == sorted(s.region_id for s in states(gateway))
    for shape in shapes:
        polygons = [shapely.Polygon(outline) for outline in shape.polygons]
        assert all(p.is_valid and p.area > 0 for p in polygons), shape.region_id
        left, top, right, bottom = shapely.MultiPolygon(polygons).bounds
        assert -97.5 <= left < right <= 975, shape.region_id
        assert 0 <= top < bottom <= 610, shape.region_id
        assert shapely.MultiPolygon(polygons).covers(shapely.Point(shape.label)), shape.region_id


def test_outlines_are_shared_and_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        state_shapes()[0].polygons[0][0, 0] = 0.0


def test_neighbours_neither_overlap_nor_part() -> None:
    by_id = {
        s.region_id: shapely.MultiPolygon([shapely.Polygon(p) for p in s.polygons]) for s in state_shapes()
    }
    for one, other in [("US-CO", "US-WY"), ("US-IL", "US-MO"), ("US-MD", "US-VA"), ("US-DC", "US-MD")]:
        assert by_id[one].intersection(by_id[other]).area < 0.01 * by_id["US-DC"].area
        assert by_id[one].distance(by_id[other]) < 0.02


def test_states_lie_where_people_expect_them() -> None:
    label = {s.region_id: s.label for s in state_shapes()}
    assert label["US-WA"][0] < label["US-ME"][0]
    assert label["US-ND"][1] < label["US-TX"][1]  # y grows downwards
    assert label["US-AK"][1] > 450
    assert label["US-HI"][1] > 500


def test_the_file_is_small_says_its_source_and_has_no_holes(datasets: Path) -> None:
    path = datasets / "reference" / "us_states_albers.geojson"
    content = json.loads(path.read_text(encoding="utf-8"))
    assert path.stat().st_size <= 150_000
    assert content["properties"]["year"] == 2017
    assert "Census" in content["properties"]["source"]
    assert "public domain" in content["properties"]["licence"]
    assert all(len(rings) == 1 for f in content["features"] for rings in f["geometry"]["coordinates"])
    assert {f["id"] for f in content["features"]} >= {"01", "56"}


TOPOLOGY = {
    "transform": {"scale": [2.0, 1.0], "translate": [10.0, 20.0]},
    # two squares side by side; arc 0 is the border between them, walked upwards by the right one
    "arcs": [[[1, 0], [0, 1], [0, 1]], [[1, 2], [-1, 0], [0, -2], [1, 0]], [[1, 0], [1, 0], [0, 2], [-1, 0]]],
}


def test_topologies_are_decoded_and_walked_backwards() -> None:
    arcs = decoded_arcs(TOPOLOGY)
    assert arcs[0] == [(12.0, 20.0), (12.0, 21.0), (12.0, 22.0)]
    left = multipolygon({"type": "Polygon", "arcs": [[0, 1]]}, arcs)
    right = multipolygon({"type": "MultiPolygon", "arcs": [[[2, ~0]]]}, arcs)
    assert left.bounds == (10.0, 20.0, 12.0, 22.0)
    assert right.bounds == (12.0, 20.0, 14.0, 22.0)
    assert right.is_valid
    assert left.area == right.area == 4.0
    assert left.intersection(right).length == 2.0
    assert list(right.geoms[0].exterior.coords)[-2:] == [(12.0, 21.0), (12.0, 20.0)]


def test_thinning_drops_what_is_straight_and_keeps_islands() -> None:
    assert thinned([(0, 0), (1, 0.01), (2, 0)], 0.1) == [(0, 0), (2, 0)]
    island = [(0.0, 0.0), (0.05, 0.0), (0.05, 0.05), (0.0, 0.0)]
    assert thinned(island, 10.0) == island
