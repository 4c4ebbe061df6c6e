"""Circumstances of the explored runs: as measured, chosen, refused, and shared with a study both ways."""

import gc
import weakref

import pytest

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.prices import default_prices
from energyvis_panel.data.reference import pue_options
from energyvis_panel.data.workspace import default_intensities
from energyvis_panel.domain.edits import References
from energyvis_panel.state.explore.carbon_cost.circumstances import (
    COLORADO,
    COLORADO_PRICE,
    MEASURED_PUE,
    Circumstances,
)
from energyvis_panel.state.study import Study
from tests.carbon_cost_fixture import OneProfile
from tests.profiles_fixture import FRANCE, PRICES, REFERENCES, WYOMING, small_profile


@pytest.fixture
def at() -> Circumstances:
    return Circumstances()


@pytest.fixture
def study() -> Study:
    return Study(OneProfile(small_profile("one")), REFERENCES)


@pytest.fixture
def shared(at: Circumstances, study: Study) -> Circumstances:
    at.follow(study)
    return at


def edits(study: Study) -> tuple[str | None, float | None, float | None, float | None]:
    assert study.choice is not None
    of = study.choice.edits
    return of.region_id, of.g_per_kwh, of.pue, of.price_per_kwh


def test_what_is_not_chosen_is_as_where_the_runs_were_measured(at: Circumstances) -> None:
    assert (at.intensity, at.price, at.pue) == (COLORADO, COLORADO_PRICE, MEASURED_PUE)
    assert at.region_id == "US-CO"


def test_the_place_of_measurement_is_that_of_the_reference_tables() -> None:
    with Gateway() as gateway:
        intensities = default_intensities(gateway)
        assert intensities["US-CO"] == COLORADO
        assert default_prices(gateway, intensities)["US-CO"] == COLORADO_PRICE
        (option,) = (option for option in pue_options(gateway) if option.pue_id == "nrel-esif")
    assert option.pue == MEASURED_PUE
    assert "where BUTTER-E was measured" in option.label


def test_typed_numbers_are_taken_and_emptied_fields_return(at: Circumstances) -> None:
    at.enter("g_per_kwh", "41,4")
    at.enter("pue", " 1.58 ")
    at.enter("price_per_kwh", "0.2")
    assert at.intensity is not None
    assert at.price is not None
    assert (at.intensity.g_per_kwh, at.pue, at.price.per_kwh) == (41.4, 1.58, 0.2)
    assert (at.intensity.source, at.pue_source, at.price.source) == ("entered by hand",) * 3
    assert (at.intensity.name, at.intensity.scope, at.intensity.year) == ("Colorado", "direct", None)
    for name in ("g_per_kwh", "pue", "price_per_kwh"):
        at.enter(name, "")
    assert (at.intensity, at.price, at.pue) == (COLORADO, COLORADO_PRICE, MEASURED_PUE)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("pue", "0.9", "The PUE is 0.9, but must lie from 1 to 10."),
        ("pue", "eleven", "The PUE: 'eleven' is not a number. Write one, e.g. 12.5 or 1.3 M."),
        ("g_per_kwh", "-1", "The carbon intensity in g/kWh is -1, but must lie from 0 to 5,000."),
        ("price_per_kwh", "101", "The price in USD/kWh is 101, but must lie from 0 to 100."),
    ],
)
@pytest.mark.parametrize("with_study", [False, True])
def test_a_bad_number_is_refused_in_one_sentence_and_changes_nothing(
    at: Circumstances, study: Study, name: str, text: str, said: str, *, with_study: bool
) -> None:
    if with_study:
        at.follow(study)
    at.enter("pue", "1.2")
    before = at.edits
    at.enter(name, text)
    assert (at.edits, at.refusal) == (before, said)
    assert study.notice == ""
    at.enter("pue", "1.3")
    assert (at.edits.pue, at.refusal) == (1.3, "")


def test_a_refusal_that_comes_twice_is_told_twice(at: Circumstances) -> None:
    told: list[str] = []
    at.param.watch(lambda event: told.append(event.new), "refusal")
    at.enter("pue", "0")
    at.enter("pue", "0")
    assert [text for text in told if text] == ["The PUE is 0, but must lie from 1 to 10."] * 2


def test_a_region_brings_its_intensity_and_price(shared: Circumstances) -> None:
    shared.enter("g_per_kwh", "5")
    shared.choose_region("US-WY")
    assert shared.intensity == WYOMING
    assert shared.price == PRICES["US-WY"]
    assert shared.pue == MEASURED_PUE
    shared.choose_region("FR")
    assert shared.intensity == FRANCE
    assert shared.price is None
    shared.choose_region("")
    assert (shared.intensity, shared.price) == (COLORADO, COLORADO_PRICE)


def test_a_region_without_a_value_is_refused(at: Circumstances) -> None:
    at.choose_region("XX")
    assert at.refusal == "There is no carbon intensity for the region 'XX'. Choose another."
    assert at.edits.region_id is None


def test_what_explore_chooses_the_study_has(shared: Circumstances, study: Study) -> None:
    shared.choose_region("US-WY")
    shared.enter("pue", "1.1")
    shared.enter("price_per_kwh", "0.3")
    shared.enter("g_per_kwh", "200")
    assert edits(study) == ("US-WY", 200.0, 1.1, 0.3)
    assert study.comparison is not None
    scenario = study.comparison.alternatives[0].projection.scenario
    assert (scenario.intensity, scenario.pue, scenario.price) == (shared.intensity, 1.1, shared.price)
    shared.choose_pounds(pounds=True)
    assert study.pounds
    assert shared.pounds


def test_what_the_study_chooses_explore_has(shared: Circumstances, study: Study) -> None:
    study.choose_region("US-WY")
    study.set_pue(1.25)
    study.edit(price_per_kwh=0.5, epoch_s=10.0)
    study.pounds = True
    assert (shared.region_id, shared.pue, shared.pounds) == ("US-WY", 1.25, True)
    assert shared.price is not None
    assert shared.price.per_kwh == 0.5
    assert shared.edits.epoch_s is None
    study.undo()
    assert shared.price == PRICES["US-WY"]
    study.reset()
    assert (shared.intensity, shared.pue, shared.price) == (COLORADO, MEASURED_PUE, COLORADO_PRICE)


def test_a_study_that_was_there_before_is_taken_over(at: Circumstances, study: Study) -> None:
    study.choose_region("US-WY")
    at.enter("pue", "1.9")
    at.follow(study)
    assert (at.region_id, at.pue) == ("US-WY", MEASURED_PUE)


def test_a_study_that_is_full_refuses_in_its_own_words(at: Circumstances) -> None:
    study = Study(OneProfile(*(small_profile(name) for name in ("a", "b", "c", "d"))), REFERENCES)
    for name in ("b", "c", "d"):
        study.toggle_compared(name)
    at.follow(study)
    at.choose_region("US-WY")
    assert at.region_id == "US-CO"
    assert at.refusal == study.notice != ""


def test_a_study_without_profiles_leaves_the_choice_here(at: Circumstances) -> None:
    study = Study(OneProfile(), REFERENCES)
    at.follow(study)
    at.choose_region("FR")
    assert at.intensity == FRANCE


def test_the_region_of_measurement_is_known_to_a_study_without_tables(at: Circumstances) -> None:
    at.follow(Study(OneProfile(small_profile()), References()))
    assert (at.intensity, at.price) == (COLORADO, COLORADO_PRICE)


def test_what_is_put_away_shares_nothing_any_more(at: Circumstances, study: Study) -> None:
    at.leave()
    at.follow(study)
    at.choose_region("FR")
    at.leave()
    study.choose_region("US-WY")
    assert at.region_id == "FR"
    at.enter("pue", "1.9")
    assert study.choice is not None
    assert study.choice.edits.pue is None


def test_a_study_lets_go_of_what_is_put_away(study: Study) -> None:
    shared = Circumstances()
    shared.follow(study)
    shared.leave()
    gone = weakref.ref(shared)
    del shared
    gc.collect()
    assert gone() is None
