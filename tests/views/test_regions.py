from dataclasses import replace
from typing import Any

import numpy as np
import panel_material_ui as pmui
import pytest

from energyvis_panel.domain.carbon import CarbonIntensity
from energyvis_panel.domain.edits import References
from energyvis_panel.domain.geography import RegionShape
from energyvis_panel.domain.study import Choice, compare
from energyvis_panel.state.region_maps import MapName, map_for
from energyvis_panel.state.regions import RegionsState, scope_sentence
from energyvis_panel.state.study import Study
from energyvis_panel.views.study.regions.own_intensity import OwnIntensity, amount_text
from energyvis_panel.views.study.regions.region_legend import (
    legend_html,
    outlines_html,
    sentences_html,
    source_text,
)
from energyvis_panel.views.study.regions.region_list import RegionList, option_rows
from energyvis_panel.views.study.regions.region_map import RegionMap
from energyvis_panel.views.study.regions.region_signal import RegionSignal
from energyvis_panel.views.study.regions.region_table import table_rows
from energyvis_panel.views.study.regions.regions import Regions
from energyvis_panel.views.study.regions.world_map import WorldMap
from tests.profiles_fixture import FRANCE, GEORGIA, INTENSITIES, REFERENCES, WYOMING, small_profile
from tests.views.conftest import send

SINGAPORE = CarbonIntensity("SG", "Singapore", 497.0, 2025, "Ember", "lifecycle", "generation")
NATION = CarbonIntensity("US", "United States", 349.7, 2023, "EPA eGRID", "direct", "generation")
KNOWN = INTENSITIES | {"SG": SINGAPORE}


class Store:
    """One preloaded profile, no runs."""

    def __init__(self, region_id: str | None = "US-GA") -> None:
        self.profile = small_profile("one", region_id=region_id)

    def preloaded(self) -> tuple[Any, ...]:
        return (self.profile,)

    def runs(self) -> tuple[Any, ...]:
        return ()

    def from_run(self, run_id: str) -> Any:
        raise AssertionError(run_id)


def study_in(region_id: str | None = "US-GA", known: dict[str, CarbonIntensity] = KNOWN) -> Study:
    return Study(Store(region_id), References(known, REFERENCES.prices, REFERENCES.chip))


def square(region_id: str, name: str, left: float, top: float, side: float) -> RegionShape:
    right, bottom = left + side, top + side
    ring = np.array([(left, top), (right, top), (right, bottom), (left, bottom), (left, top)])
    return RegionShape(region_id, name, (ring,), (left + side / 2, top + side / 2))


STATES = (square("US-GA", "Georgia", 100, 100, 50), square("US-WY", "Wyoming", 200, 100, 50))
COUNTRIES = (
    square("SG", "Singapore", 5500, 1000, 30),
    square("FR", "France", 1000, 1000, 800),
    square("XS", "Somaliland", 3000, 1000, 400),
)


@pytest.fixture
def regions() -> RegionsState:
    return RegionsState(study_in())


# -- state --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("region_id", "name"),
    [("US-GA", "us"), ("US", "world"), ("FR", "europe"), ("SG", "world"), (None, "us"), ("US-XX", "us")],
)
def test_the_first_map_is_the_closest_one_with_the_baselines_region(
    region_id: str | None, name: MapName
) -> None:
    assert RegionsState(study_in(region_id)).map == name
    assert map_for(region_id or "") == name


def test_each_map_shows_one_level_and_one_scope() -> None:
    regions = RegionsState(study_in(known=KNOWN | {"US": NATION}))
    assert set(regions.intensities("us")) == {"US-GA", "US-WY"}
    assert set(regions.intensities("world")) == {"FR", "SG"}  # a direct value of a nation stays away
    assert set(regions.intensities("europe")) == {"FR"}


def test_a_kept_region_brings_its_map_and_is_remembered(regions: RegionsState) -> None:
    regions.keep("US-WY")
    regions.keep("FR")
    assert (regions.map, regions.chosen_id()) == ("europe", "FR")
    regions.keep("SG")
    assert regions.map == "world"
    regions.keep("FR")
    assert regions.map == "world"  # it lies there too, so the map stays
    assert regions.recent == ["FR", "SG", "US-WY"]
    regions.keep("FR")
    assert regions.chosen_id() == ""
    assert regions.recent == ["FR", "SG", "US-WY"]


def test_a_region_without_value_changes_nothing_and_says_so(regions: RegionsState) -> None:
    regions.keep("US-WY")
    regions.keep("XS", "Somaliland")
    assert regions.sentence == "No value for Somaliland; enter your own."
    assert regions.chosen_id() == "US-WY"
    regions.keep("EU")
    assert regions.sentence == "No value for European Union (27); enter your own."
    regions.keep("FR")
    assert regions.sentence == ""


def test_an_own_value_is_stored_in_grams_and_an_empty_text_gives_it_back(regions: RegionsState) -> None:
    regions.keep("US-WY")
    regions.enter_own("100,5")
    assert regions.own_g_per_kwh() == 100.5
    regions.unit = "lb"
    regions.enter_own("1")
    assert regions.own_g_per_kwh() == pytest.approx(453.59237)
    assert regions.chosen_id() == "US-WY"
    regions.enter_own("  ")
    assert regions.own_g_per_kwh() is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("abc", "'abc' is not a number. Enter one in g/kWh, such as 41.4."),
        ("-1", "-1 g/kWh was not taken: it must lie from 0 to 5,000."),
        ("\N{MINUS SIGN}1", "-1 g/kWh was not taken: it must lie from 0 to 5,000."),
        ("5001", "5001 g/kWh was not taken: it must lie from 0 to 5,000."),
        ("nan", "nan g/kWh was not taken: it must lie from 0 to 5,000."),
    ],
)
def test_an_own_value_that_cannot_be_gets_a_sentence(regions: RegionsState, text: str, problem: str) -> None:
    regions.enter_own("7")
    regions.enter_own(text)
    assert regions.problem == problem
    assert regions.own_g_per_kwh() == 7
    regions.enter_own("8")
    assert regions.problem == ""


def test_release_returns_to_the_record_in_one_step(regions: RegionsState) -> None:
    regions.keep("US-WY")
    regions.enter_own("7")
    regions.release()
    assert (regions.chosen_id(), regions.own_g_per_kwh()) == ("", None)
    regions.study.undo()
    assert (regions.chosen_id(), regions.own_g_per_kwh()) == ("US-WY", 7)


def test_scopes_that_differ_are_named_and_equal_ones_are_not(regions: RegionsState) -> None:
    study = regions.study
    assert scope_sentence(study.comparison, "us") == ""
    assert "this map by lifecycle emissions" in scope_sentence(study.comparison, "world")
    regions.keep("FR")
    assert scope_sentence(study.comparison, "europe") == (
        "Georgia is counted by direct emissions and France by lifecycle emissions: "
        "part of the difference is one of method."
    )
    regions.keep("US-WY")
    assert scope_sentence(study.comparison, "us") == ""
    regions.enter_own("7")
    assert scope_sentence(study.comparison, "us") == ""
    bare = compare({"one": small_profile("one", region_id=None)}, REFERENCES, Choice("one"))
    assert scope_sentence(bare, "world") == scope_sentence(None, "world") == ""


# -- list, legend, table ------------------------------------------------------------------------------


def test_the_list_names_every_region_with_its_value_and_those_sought_in_vain(regions: RegionsState) -> None:
    rows = option_rows(regions.rows())
    assert [row["name"] for row in rows] == [
        "European Union (27)",
        "France",
        "Georgia",
        "Singapore",
        "Wyoming",
    ]
    assert [row["amount"] for row in rows] == [
        "no value", "41 g/kWh", "325 g/kWh", "497 g/kWh", "832 g/kWh",
    ]  # fmt: skip
    assert [row["known"] for row in rows] == [False, True, True, True, True]


def test_what_the_list_passes_is_previewed_through_the_signal(regions: RegionsState) -> None:
    signal = RegionSignal()
    told: list[str] = []
    signal.on_enter(told.append)
    box = RegionList(regions, signal).combobox
    box.active = "US-WY"
    assert (signal.source.data["region_id"], signal.source.data["g_per_kwh"]) == (["US-WY"], [831.6])
    box.active = ""
    assert told == ["US-WY", ""]
    send(box, {"action": "keep", "id": "US-WY"})
    assert (regions.chosen_id(), box.chosen, box.home) == ("US-WY", "US-WY", "US-GA")
    send(box, {"action": "release", "id": ""})
    assert box.chosen == ""
    send(box, "release")
    assert box.chosen == ""


def test_the_own_value_is_sent_as_it_was_typed(regions: RegionsState) -> None:
    field = OwnIntensity(regions).field
    send(field, {"text": "100,5"})
    assert (regions.own_g_per_kwh(), field.value) == (100.5, "100")
    send(field, {"text": ""})
    assert (regions.own_g_per_kwh(), field.value) == (None, "")


def test_the_choice_of_the_map_stands_in_the_head_of_a_card_or_inside(regions: RegionsState) -> None:
    def choices(view: Regions) -> int:
        return len(list(view.__panel__().select(pmui.RadioButtonGroup)))

    alone, held = (Regions(regions.study, lambda: (), lambda: ()) for _ in range(2))
    choice = held.map_choice()
    assert (choices(alone), choices(held)) == (1, 0)
    choice.value = "world"
    assert held.regions.map == "world"


def test_the_legend_names_scope_source_and_years_in_both_units() -> None:
    assert source_text([GEORGIA, WYOMING]) == (
        "Direct emissions, of the stack only: EPA eGRID 2023. CO₂e per kWh generated, annual average."
    )
    older = replace(FRANCE, year=2021)
    assert "Ember, 2021 to 2025" in source_text([FRANCE, older])
    html = legend_html([FRANCE], lacking=True)
    for part in ("g/kWh", "lb/kWh", "no data", ">900<", ">1.5<"):
        assert part in html
    assert "no data" not in legend_html([GEORGIA], lacking=False)


def test_names_and_sentences_are_escaped() -> None:
    assert "<b>x" not in outlines_html("<b>x", "")
    assert "<b>x" not in sentences_html("<b>x", None, "us")
    assert outlines_html("", "").count("<span>") == 0


def test_the_table_gives_both_units_and_says_no_data() -> None:
    rows = table_rows(COUNTRIES, {"FR": FRANCE, "SG": SINGAPORE})
    assert [row["id"] for row in rows] == ["FR", "SG", "XS"]
    assert rows[0]["cells"] == ["France", 41.4, pytest.approx(0.09127, abs=1e-5), 2025, "lifecycle", "Ember"]
    assert rows[2]["cells"] == ["Somaliland", None, None, None, "no data", None]


def test_amounts_can_be_edited_as_they_are_written() -> None:
    assert amount_text(453.59237, "lb") == "1.00"
    assert float(amount_text(1234.5, "g")) == 1230


# -- maps ---------------------------------------------------------------------------------------------


def test_the_world_draws_the_largest_first_and_the_smallest_as_dots(regions: RegionsState) -> None:
    world = WorldMap(regions, COUNTRIES, RegionSignal())
    assert world.areas.data["region_id"] == ["FR", "XS", "SG"]
    assert world.places.data["region_id"] == ["SG"]
    assert (world.places.data["x"], world.places.data["y"]) == ([5515.0], [-1015.0])
    assert np.isnan(world.areas.data["g_per_kwh"][1])
    assert world.areas.data["origin"] == ["Ember 2025, lifecycle", "no data", "Ember 2025, lifecycle"]
    assert world.areas.data["hatch"] == [" ", "/", " "]


def test_home_and_kept_are_outlined_and_dots_are_ringed() -> None:
    regions = RegionsState(study_in("FR"))
    outlines = WorldMap(regions, COUNTRIES, RegionSignal()).outlines
    assert len(outlines.home.data["xs"]) == 1
    assert outlines.kept.data["xs"] == []
    regions.keep("SG")
    assert outlines.kept.data["xs"] == []
    assert outlines.marks.data["x"] == [5515.0]
    regions.release()
    assert outlines.marks.data["x"] == []
    states = RegionMap(regions, STATES, RegionSignal()).outlines
    regions.keep("US-WY")
    assert len(states.kept.data["xs"]) == 1
    assert states.home.data["xs"] == []


def test_the_window_turns_to_europe_and_back(regions: RegionsState) -> None:
    world = WorldMap(regions, COUNTRIES, RegionSignal())
    whole = world.window.corners.data
    regions.map = "europe"
    assert world.window.corners.data["x"] == [15_400.0, 20_700.0]
    regions.map = "us"
    assert world.window.corners.data["x"] == [15_400.0, 20_700.0]
    regions.map = "world"
    assert world.window.corners.data == whole


class Asked:
    """Shapes that count how often they are asked for."""

    def __init__(self, shapes: tuple[RegionShape, ...]) -> None:
        self.shapes, self.times = shapes, 0

    def __call__(self) -> tuple[RegionShape, ...]:
        self.times += 1
        return self.shapes


def test_shapes_are_asked_for_when_their_map_is_first_shown() -> None:
    states, world = Asked(STATES), Asked(COUNTRIES)
    view = Regions(study_in(), states, world)
    view.__panel__()
    assert (states.times, world.times) == (1, 0)
    view.regions.map = "world"
    view.regions.map = "europe"
    view.regions.map = "us"
    assert (states.times, world.times) == (1, 1)


def test_a_tap_keeps_and_a_tap_on_no_data_says_so_by_the_shapes_name() -> None:
    view = Regions(study_in("FR"), Asked(STATES), Asked(COUNTRIES))
    view.__panel__()
    view.signal.taps.data = {"region_id": ["SG"], "serial": [1]}
    assert view.regions.chosen_id() == "SG"
    view.signal.taps.data = {"region_id": ["SG"], "serial": [2]}
    assert view.regions.chosen_id() == ""
    view.signal.taps.data = {"region_id": ["XS"], "serial": [3]}
    assert view.regions.sentence == "No value for Somaliland; enter your own."
    view.signal.point_at("FR", 41.4)
    assert view.regions.study.preview_id == "FR"


def table_ids(view: Regions) -> list[str]:
    table: Any = view._table_place.objects[0]
    return [row["id"] for row in table.rows]


def test_the_table_is_built_when_asked_for_and_follows_the_map() -> None:
    view = Regions(study_in(), Asked(STATES), Asked(COUNTRIES))
    view.__panel__()
    assert view._table_place.objects == []
    view._as_table.value = True
    assert table_ids(view) == ["US-GA", "US-WY"]
    view.regions.map = "europe"
    assert table_ids(view) == ["FR"]
    view._as_table.value = False
    assert view._table_place.objects == []
