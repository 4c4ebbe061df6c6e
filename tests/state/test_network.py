import pytest

from energyvis_panel.domain.network import TASKS, Wish
from energyvis_panel.domain.network_neighbours import Neighbours
from energyvis_panel.errors import DatasetError
from energyvis_panel.state.network import WhichNetworkState
from energyvis_panel.state.study import Study
from tests.domain.test_network import MEASURED, neighbour
from tests.profiles_fixture import REFERENCES
from tests.state.test_study_state import CannedProfiles


class Answers:
    """Remembers what was asked, and answers with two neighbours."""

    def __init__(self) -> None:
        self.asked: list[Wish] = []
        self.broken = False

    def __call__(self, wish: Wish) -> Neighbours:
        self.asked.append(wish)
        if self.broken:
            raise DatasetError("The table is gone. Fetch it again.")
        return Neighbours(wish, (neighbour("a"), neighbour("b", "GPU node", 0.008)), MEASURED, synthetic=True)


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def state(answers: Answers) -> WhichNetworkState:
    return WhichNetworkState(Study(CannedProfiles(), REFERENCES), answers)


def test_nothing_is_asked_before_it_is_shown(state: WhichNetworkState, answers: Answers) -> None:
    assert answers.asked == []
    state.refresh()
    assert [wish.task.name for wish in answers.asked] == ["adult"]


def test_the_same_wish_is_asked_once(state: WhichNetworkState, answers: Answers) -> None:
    state.refresh()
    state.set_field("parameters", "100 k")
    assert len(answers.asked) == 1
    state.set_field("parameters", "1.5 M")
    assert answers.asked[-1].parameters == 1.5e6


def test_a_data_set_fills_in_its_size_and_an_own_size_leaves_it(
    state: WhichNetworkState, answers: Answers
) -> None:
    state.set_field("dataset", "mnist")
    assert (state.fields["rows"], state.fields["features"]) == ("70000", "784")
    state.set_field("rows", "500000")
    assert state.fields["dataset"] == ""
    assert answers.asked[-1].task.rows == 500_000
    assert answers.asked[-1].task not in TASKS


def test_a_field_that_cannot_be_read_is_named_and_the_answer_stays(
    state: WhichNetworkState, answers: Answers
) -> None:
    state.refresh()
    before = state.answer
    state.set_field("depth", "1")
    assert state.refusals == {"depth": "The number of layers is 1. Give a value from 2 to 1,000."}
    state.set_field("parameters", "lots")
    assert set(state.refusals) == {"depth", "parameters"}
    assert state.answer is before
    assert len(answers.asked) == 1
    state.set_field("depth", "4")
    state.set_field("parameters", "1000")
    assert state.refusals == {}
    assert answers.asked[-1].depth == 4


def test_a_failed_question_becomes_a_sentence(state: WhichNetworkState, answers: Answers) -> None:
    answers.broken = True
    state.refresh()
    assert state.notice == "The table is gone. Fetch it again."
    answers.broken = False
    state.set_field("depth", "7")
    assert state.notice == ""
    assert state.answer is not None


def test_a_neighbour_becomes_an_estimate_on_show_at_the_site_of_the_baseline(
    state: WhichNetworkState,
) -> None:
    state.refresh()
    state.make_profile(1)
    assert state.study.choice is not None
    profile = state.study.profile(state.study.choice.baseline_id)
    assert profile.name == state.made == "Synthetic: b, 6 layers, GPU node, adult"
    assert (profile.region_id, profile.pue) == ("US-GA", 1.5)
    assert [entry.origin for entry in state.study.entries].count("estimate") == 1


@pytest.mark.parametrize("place", [-1, 2])
def test_a_place_that_is_not_there_makes_nothing(state: WhichNetworkState, place: int) -> None:
    state.refresh()
    state.make_profile(place)
    assert state.made == ""


def test_an_unknown_field_is_ignored(state: WhichNetworkState, answers: Answers) -> None:
    state.set_field("__class__", "x")
    assert "__class__" not in state.fields
    assert answers.asked == []
