"""A study as text: another study becomes the same by it, whatever it was before."""

import pytest

from energyvis_panel.state.study import Study
from energyvis_panel.state.study_text import follow_study_text, study_text
from tests.profiles_fixture import REFERENCES
from tests.state.test_study_state import CannedProfiles


@pytest.fixture
def study() -> Study:
    return Study(CannedProfiles(), REFERENCES)


def test_another_study_becomes_the_same(study: Study) -> None:
    study.choose_region("US-WY")
    study.toggle_compared("two")
    study.param.update(measure="energy", pounds=True)
    other = Study(CannedProfiles(), REFERENCES)
    other.set_pue(1.4)
    other.set_further(7)
    other.log_scale = True
    follow_study_text(other, study_text(study))
    assert other.choice == study.choice
    assert study_text(other) == study_text(study)
    assert other.notice == ""


def test_what_is_not_named_becomes_as_it_is_by_default(study: Study) -> None:
    plain = study_text(study)
    study.choose_region("US-WY")
    follow_study_text(study, plain)
    assert study.choice is not None
    assert not study.choice.has_alternatives()


def test_a_text_that_cannot_be_followed_is_named(study: Study) -> None:
    follow_study_text(study, "profile=one&region=Atlantis")
    assert "region 'Atlantis'" in study.notice


def test_who_watches_is_told_once_of_a_whole_text(study: Study) -> None:
    told: list[object] = []
    study.param.watch(told.append, "choice")
    follow_study_text(study, "profile=two&region=US-WY&pue=1.3")
    assert len(told) == 1
