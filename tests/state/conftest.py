"""Fixtures of the tests of a followed run: the study, what is heard, a clock, and all of them together."""

import pytest

from energyvis_panel.state.live import LiveRun
from energyvis_panel.state.study import Study
from tests.profiles_fixture import REFERENCES
from tests.state.live_case import CannedSource, Clock
from tests.state.test_study_state import CannedProfiles


@pytest.fixture
def study() -> Study:
    return Study(CannedProfiles(), REFERENCES)


@pytest.fixture
def source() -> CannedSource:
    return CannedSource()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def live(study: Study, source: CannedSource, clock: Clock) -> LiveRun:
    return LiveRun(study, source, clock=clock)
