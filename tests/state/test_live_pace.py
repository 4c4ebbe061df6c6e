"""Where many sessions follow runs, each takes over what grows more seldom, and what happens at once."""

import pytest

from energyvis_panel.state.live import LiveRun
from energyvis_panel.state.study import Study
from tests.state.live_case import URL, CannedSource, Clock, baseline_epochs

PACE_S = 5.0


@pytest.fixture
def live(study: Study, source: CannedSource, clock: Clock) -> LiveRun:
    followed = LiveRun(study, source, clock=clock, pace_s=lambda: PACE_S)
    followed.connect(URL)
    source.tell(epochs=2)
    return followed


def test_each_reading_is_told_but_the_study_waits(
    live: LiveRun, study: Study, source: CannedSource, clock: Clock
) -> None:
    clock.now_s += 1
    source.tell(epochs=3, heard_s=101.0)
    assert live.reading is not None
    assert live.reading.heard_s == 101.0
    assert baseline_epochs(study) == 2
    clock.now_s += PACE_S - 1.1
    source.tell(epochs=4)
    assert baseline_epochs(study) == 4


@pytest.mark.parametrize(
    ("connection", "state"), [("live", "paused"), ("lost", "running"), ("ended", "finished")]
)
def test_what_happens_to_the_run_is_taken_over_at_once(
    live: LiveRun, study: Study, source: CannedSource, connection: str, state: str
) -> None:
    assert live.is_following
    source.tell(connection, epochs=3, state=state)
    assert baseline_epochs(study) == 3


def test_a_run_that_is_followed_instead_is_taken_over_at_once(
    live: LiveRun, study: Study, source: CannedSource
) -> None:
    live.connect(URL)
    source.tell(epochs=3)
    assert baseline_epochs(study) == 3
    live.disconnect()
    assert not live.is_following
