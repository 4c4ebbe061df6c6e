import pytest

from energyvis_panel.domain.profile import EnergyProfile
from energyvis_panel.state.accuracy import AccuracyState
from energyvis_panel.state.study import Study
from tests.metrics_fixture import learning_profile
from tests.profiles_fixture import REFERENCES
from tests.state.test_study_state import CannedProfiles

RESNET = learning_profile("ResNet", 4, 2 * 3.6e6, 0.8)
EFFICIENT = learning_profile("EfficientNet", 5, 3.6e6, 0.8)


def studied(*profiles: EnergyProfile) -> Study:
    study = Study(CannedProfiles(), REFERENCES, measure="energy")
    for place, profile in enumerate(profiles):
        profile_id = study.put(profile, "imported", select=place == 0)
        if place:
            study.toggle_compared(profile_id)
    return study


def test_it_starts_with_the_accuracy_and_a_goal_that_all_reach() -> None:
    state = AccuracyState(studied(RESNET, EFFICIENT))
    assert state.metric == "val_acc"
    assert state.names == ["val_acc", "loss"]
    assert (state.goal_text, state.share, state.less) == ("75", True, False)
    assert [line.letter for line in state.lines] == ["", "A"]
    assert state.goal == pytest.approx(0.75)


@pytest.mark.parametrize(("text", "goal"), [("60", 0.6), ("60 %", 0.6), ("0.6", 0.6), ("100", 1.0)])
def test_a_goal_is_typed_in_percent_or_as_a_share(text: str, goal: float) -> None:
    state = AccuracyState(studied(RESNET))
    state.set_goal(text)
    assert state.goal == pytest.approx(goal)
    assert state.refusal == ""


def test_a_goal_that_is_no_number_is_refused_and_the_old_one_stays() -> None:
    state = AccuracyState(studied(RESNET))
    before = state.goal
    for text in ("high", "1e999"):
        state.set_goal(text)
        assert state.refusal.startswith("The goal")
        assert state.goal == before
    state.set_goal("")
    assert (state.refusal, state.goal_text) == ("", "75")


def test_an_own_goal_outlives_a_change_of_the_study_but_not_of_the_metric() -> None:
    study = studied(RESNET)
    state = AccuracyState(study)
    state.set_goal("50")
    study.choose_region("US-WY")
    assert state.goal == 0.5
    assert [line.letter for line in state.lines] == ["", "A"]
    state.choose("loss")
    assert state.less
    assert state.goal == pytest.approx(0.063)


def test_it_follows_the_measure() -> None:
    study = studied(RESNET)
    state = AccuracyState(study)
    study.measure = "carbon"
    assert state.lines[0].curve.amount[-1] == pytest.approx(8 * 325)


def test_profiles_without_metrics_leave_nothing_to_choose() -> None:
    study = studied(RESNET)
    state = AccuracyState(study)
    study.select("one")
    assert (state.names, state.metric, state.lines, state.goal) == ([], "", [], None)
    state.choose("val_acc")
    assert state.metric == ""
    study.select("resnet")
    assert state.metric == "val_acc"
