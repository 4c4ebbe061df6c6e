import json
from pathlib import Path
from typing import Any

import pytest
import shapely
import world_equal_earth
from table_file import TableError
from world_regions import PARTS, Codes

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.reference import grid_intensity, world_shapes
from energyvis_panel.domain.geography import RegionShape

SMALL = {"SG", "MT", "HK", "BH", "MU", "GI", "LI", "MC", "VA"}


@pytest.fixture(scope="module")
def by_id() -> dict[str, RegionShape]:
    return {shape.region_id: shape for shape in world_shapes()}


def geometry(shape: RegionShape) -> shapely.MultiPolygon:
    return shapely.MultiPolygon([shapely.Polygon(ring) for ring in shape.polygons])


def test_every_country_with_an_intensity_has_a_valid_shape_on_the_map(
    gateway: Gateway, by_id: dict[str, RegionShape]
) -> None:
    assert set(by_id) >= {i.region_id for i in grid_intensity(gateway, "country")}
    assert set(by_id) >= SMALL
    frame = shapely.box(0, 0, world_equal_earth.WIDTH, world_equal_earth.HEIGHT)
    for shape in by_id.values():
        assert geometry(shape).is_valid, shape.region_id
        assert frame.covers(geometry(shape)), shape.region_id
        assert shape.largest_area() > 0, shape.region_id
        assert geometry(shape).covers(shapely.Point(shape.label)), shape.region_id


def test_areas_are_those_of_the_earth(by_id: dict[str, RegionShape]) -> None:
    # In 1,000 km², land and inland water as atlases print them; the outlines are thinned.
    for code, area in {"BR": 8516, "AU": 7688, "DE": 358, "ZA": 1221 + 30, "RU": 17098, "NA": 825}.items():
        assert geometry(by_id[code]).area / 1000 == pytest.approx(area, rel=0.03), code


def test_nothing_is_drawn_across_the_map(by_id: dict[str, RegionShape]) -> None:
    half = world_equal_earth.WIDTH / 2
    for shape in by_id.values():
        for ring in shape.polygons:
            assert ring[:, 0].max() - ring[:, 0].min() < half, shape.region_id
    for code in ("RU", "US"):
        left, _top, right, _bottom = geometry(by_id[code]).bounds
        assert right - left > half, f"{code} lies on both sides of 180 degrees"


def test_antarctica_is_left_out_and_codes_are_unique(by_id: dict[str, RegionShape]) -> None:
    assert "AQ" not in by_id
    assert len(by_id) == len(world_shapes()) == 246
    assert {by_id[code].name for code in ("NA", "XK", "XN", "XS")} == {
        "Namibia", "Kosovo", "Northern Cyprus", "Somaliland",
    }  # fmt: skip


def test_parts_of_france_with_a_code_of_their_own_are_not_france(by_id: dict[str, RegionShape]) -> None:
    france = geometry(by_id["FR"])
    assert france.area / 1000 == pytest.approx(547, rel=0.03)
    for _whole, part in PARTS:
        assert geometry(by_id[part]).disjoint(geometry(by_id["FR"]))
    assert by_id["GF"].label[0] < france.bounds[0] < by_id["RE"].label[0]


def test_countries_lie_where_people_expect_them(by_id: dict[str, RegionShape]) -> None:
    label = {code: shape.label for code, shape in by_id.items()}
    assert label["US"][0] < label["FR"][0] < label["IN"][0] < label["NZ"][0]
    assert label["NO"][1] < label["IT"][1] < label["ZA"][1]  # y grows downwards


def test_neighbours_neither_overlap_nor_part(by_id: dict[str, RegionShape]) -> None:
    for one, other in [("FR", "DE"), ("US", "CA"), ("IN", "CN"), ("BR", "PY"), ("PL", "UA")]:
        ours, theirs = geometry(by_id[one]), geometry(by_id[other])
        assert ours.intersection(theirs).area < 0.001 * min(ours.area, theirs.area)
        assert ours.distance(theirs) <= 2.0  # one step of the grid either side, in km


def test_the_file_is_small_says_its_source_and_has_no_holes(datasets: Path) -> None:
    content = shipped(datasets)
    assert (datasets / "reference" / world_equal_earth.FILE).stat().st_size <= 400_000
    assert "Natural Earth" in content["properties"]["source"]
    assert "public domain" in content["properties"]["licence"]
    assert all(len(rings) == 1 for f in content["features"] for rings in f["geometry"]["coordinates"])


def shipped(datasets: Path) -> dict[str, Any]:
    path = datasets / "reference" / world_equal_earth.FILE
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def test_a_map_with_a_region_twice_or_off_the_map_is_refused(datasets: Path) -> None:
    world_equal_earth.validate(shipped(datasets))
    twice = shipped(datasets)
    twice["features"].append(twice["features"][0])
    with pytest.raises(TableError, match="AD stands there twice"):
        world_equal_earth.validate(twice)
    displaced = shipped(datasets)
    displaced["features"][0]["geometry"]["coordinates"][0][0][1][0] += 99_000
    with pytest.raises(TableError, match=r"AD reaches|AD: Self"):
        world_equal_earth.validate(displaced)
    few = shipped(datasets)
    del few["features"][200:]
    with pytest.raises(TableError, match="200 regions"):
        world_equal_earth.validate(few)


def test_a_ring_over_180_degrees_is_cut_in_two() -> None:
    jumping = [(179.0, 0.0), (-179.0, 0.0), (-179.0, 1.0), (179.0, 1.0), (179.0, 0.0)]
    outline = shapely.Polygon(world_equal_earth.unwrapped(jumping))
    assert outline.bounds == (179.0, 0.0, 181.0, 1.0)
    parts = sorted(part.bounds for part in world_equal_earth.cut(outline))
    assert parts == [(-180.0, 0.0, -179.0, 1.0), (179.0, 0.0, 180.0, 1.0)]


def test_shapes_without_a_number_are_named_by_the_atlas() -> None:
    square = [[0, 0], [4, 0], [0, 4], [-4, 0], [0, -4]]
    topology = {
        "transform": {"scale": [1.0, 1.0], "translate": [20.0, 40.0]},
        "arcs": [square],
        "objects": {
            "countries": {
                "geometries": [
                    {"type": "Polygon", "arcs": [[0]], "properties": {"name": "Kosovo"}},
                    {"type": "Polygon", "arcs": [[0]], "id": "516", "properties": {"name": "Namibia"}},
                    {"type": "Polygon", "arcs": [[0]], "id": "010", "properties": {"name": "Antarctica"}},
                ]
            }
        },
    }
    codes = Codes({"516": "NA", "010": "AQ"}, {})
    assert set(world_equal_earth.by_region(topology, codes)) == {"XK", "NA", "GI"}
