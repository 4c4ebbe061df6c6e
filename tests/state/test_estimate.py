from collections.abc import Sequence

import pytest

from energyvis_panel.domain.hardware import Chip
from energyvis_panel.errors import DatasetError
from energyvis_panel.state.estimate import MOST_CHIPS, EstimateState
from energyvis_panel.state.study import Study
from tests.profiles_fixture import CHIPS, REFERENCES
from tests.state.test_study_state import CannedProfiles


def search(text: str, kind: str | None, most: int) -> Sequence[Chip]:
    assert kind is None
    if text == "broken":
        raise DatasetError("The catalogue is missing.")
    return [chip for chip in CHIPS.values() if text.lower() in chip.name.lower()][:most]


@pytest.fixture
def state() -> EstimateState:
    return EstimateState(Study(CannedProfiles(), REFERENCES), search)


def filled(state: EstimateState, **fields: str) -> EstimateState:
    state.add_chip("old-gpu")
    for name, text in {"hours": "10", **fields}.items():
        state.set_field(name, text)
    return state


def test_it_starts_at_the_site_on_show_and_complains_of_nothing(state: EstimateState) -> None:
    assert (state.fields["region_id"], state.fields["pue"]) == ("US-GA", "1.5")
    assert state.refusals == {}
    assert state.preview is None
    assert state.missing == "Still needed for a total: a chip, hours in all."


def test_the_total_follows_each_change(state: EstimateState) -> None:
    filled(state)
    assert state.preview is not None
    assert state.preview.expected.energy_j == pytest.approx(250 * 0.65 * 36_000 * 1.5)
    assert state.preview.low.energy_j == pytest.approx(250 * 0.4 * 36_000 * 1.5)
    assert state.preview.high.energy_j == pytest.approx(250 * 0.9 * 36_000 * 1.5)
    kwh = state.preview.expected.energy_j / 3.6e6
    assert state.preview.expected.carbon_g == pytest.approx(325 * kwh)
    assert state.preview.expected.cost == pytest.approx(0.11 * kwh)
    state.set_count(0, "4")
    state.set_field("load", "100")
    assert state.preview.expected.energy_j == pytest.approx(4 * 250 * 36_000 * 1.5)
    assert state.missing == ""


def test_hours_per_epoch_are_multiplied_by_the_epochs(state: EstimateState) -> None:
    filled(state, basis="epoch_hours", epoch_hours="2", epochs="30", hours="not read")
    assert state.preview is not None
    assert state.preview.estimate.duration_s == 60 * 3600
    assert state.preview.estimate.epochs == 30


def test_parameters_and_tokens_give_the_hours(state: EstimateState) -> None:
    filled(state, basis="work", parameters="1 B", tokens="10 B", utilisation="50")
    assert state.preview is not None
    assert state.preview.estimate.duration_s == pytest.approx(6e19 / (100e12 * 0.5))
    assert state.preview.estimate.work is not None


def test_no_region_gives_no_carbon_and_no_cost(state: EstimateState) -> None:
    filled(state, region_id="")
    assert state.preview is not None
    assert state.preview.expected.carbon_g is None
    assert state.preview.expected.cost is None


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("hours", "ten", "Hours in all: 'ten' is not a number. Write one, e.g. 12.5 or 1.3 M."),
        ("hours", "0", "Hours in all is 0. Give a value from 1e-06 to 876,000."),
        ("epochs", "1.5", "Epochs is 1.5. Write a whole number."),
        ("load", "500", "Load in % of TDP is 500. Give a value from 1 to 200."),
        ("pue", "0.5", "The PUE is 0.5. Give a value from 1 to 10."),
        ("memory_gb", "", "Memory in GB is empty. Enter a number."),
        ("name", " ", "The name is empty. Enter one."),
    ],
)
def test_each_field_has_its_sentence(state: EstimateState, name: str, text: str, sentence: str) -> None:
    filled(state)
    state.set_field(name, text)
    assert state.refusals == {name: sentence}
    assert state.preview is None


def test_making_it_puts_it_on_the_strip_and_begins_anew(state: EstimateState) -> None:
    filled(state, name="Big plan", epochs="5")
    state.opened = True
    state.make()
    choice = state.study.choice
    assert choice is not None
    profile = state.study.profile(choice.baseline_id)
    assert (profile.name, profile.provenance.source, len(profile.epochs)) == ("Big plan", "estimate", 5)
    assert [entry.origin for entry in state.study.entries].count("estimate") == 1
    assert (state.opened, state.made, state.pieces) == (False, "Big plan", [])


def test_two_estimates_of_one_name_stand_side_by_side(state: EstimateState) -> None:
    filled(state).make()
    filled(state, hours="20").make()
    assert [entry.origin for entry in state.study.entries].count("estimate") == 2


def test_making_an_unfinished_one_names_all_that_is_wrong(state: EstimateState) -> None:
    state.make()
    assert set(state.refusals) == {"hours", "chips"}
    assert [entry.origin for entry in state.study.entries].count("estimate") == 0


def test_a_chip_added_twice_counts_two_and_one_removed_is_gone(state: EstimateState) -> None:
    state.add_chip("old-gpu")
    state.add_chip("old-gpu")
    state.add_chip("host-cpu")
    assert [(piece.chip.chip_id, piece.count) for piece in state.pieces] == [("old-gpu", 2), ("host-cpu", 1)]
    state.remove_chip(0)
    assert [piece.chip.chip_id for piece in state.pieces] == ["host-cpu"]


@pytest.mark.parametrize("text", ["0", "-1", "x", "1e9"])
def test_a_count_out_of_range_is_refused_and_the_old_one_stays(state: EstimateState, text: str) -> None:
    filled(state).set_count(0, text)
    assert "The count of Old GPU" in state.refusals["chips"]
    assert state.pieces[0].count == 1


def test_an_unknown_chip_is_named(state: EstimateState) -> None:
    state.add_chip("<b>none</b>")
    assert "'<b>none</b>'" in state.refusals["chips"]
    assert state.pieces == []


def test_there_is_a_limit_to_different_chips(state: EstimateState, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("energyvis_panel.state.estimate.MOST_CHIPS", 1)
    state.add_chip("old-gpu")
    state.add_chip("new-gpu")
    assert len(state.pieces) == 1
    assert "Remove one first" in state.refusals["chips"]
    assert MOST_CHIPS > 1


def test_a_search_finds_and_an_empty_or_failed_one_does_not(state: EstimateState) -> None:
    state.search("gpu")
    assert [chip.name for chip in state.hits] == ["Old GPU", "New GPU"]
    state.search(" ")
    assert state.hits == []
    state.search("gpu")
    state.search("broken")
    assert state.hits == []


def test_a_form_begun_is_kept_when_it_is_opened_again(state: EstimateState) -> None:
    state.open()
    filled(state)
    state.opened = False
    state.open()
    assert state.fields["hours"] == "10"
    assert len(state.pieces) == 1


def test_a_fresh_form_follows_the_profile_on_show(state: EstimateState) -> None:
    filled(state, region_id="FR", pue="1.1").make()
    state.open()
    assert (state.fields["region_id"], state.fields["pue"]) == ("FR", "1.1")
