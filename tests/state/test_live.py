"""What a session makes of a run that it follows: profile on the strip, requests and their confirmation."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from energyvis_panel.data.live_client import LiveClient
from energyvis_panel.domain.live_hosts import LOOPBACK
from energyvis_panel.domain.live_reading import Action, OpenEpoch, RunNow
from energyvis_panel.domain.profile import EnergyByKind
from energyvis_panel.state.live import LiveRun, seconds_text
from energyvis_panel.state.study import Study
from tests.live_fixture import tracked_job, wait_for
from tests.profiles_fixture import small_profile
from tests.state.live_case import URL, VIEWER, CannedSource, Clock, baseline_epochs, entry


def test_the_profile_comes_on_the_strip_is_chosen_and_grows(
    live: LiveRun, study: Study, source: CannedSource
) -> None:
    live.connect(URL)
    source.tell(epochs=2)
    assert study.choice is not None
    assert study.choice.baseline_id == "01J"
    assert (entry(study).origin, entry(study).live) == ("live", True)
    source.tell(epochs=5)
    assert baseline_epochs(study) == 5
    assert sum(one.name == "01J" for one in study.entries) == 1


def test_what_the_user_looks_at_is_not_taken_from_him(
    live: LiveRun, study: Study, source: CannedSource
) -> None:
    live.connect(URL)
    source.tell(epochs=2)
    study.select("two")
    source.tell(epochs=5)
    assert study.choice is not None
    assert study.choice.baseline_id == "two"
    assert len(study.profile("01J").epochs) == 5


def test_nothing_is_put_where_nothing_has_changed(live: LiveRun, study: Study, source: CannedSource) -> None:
    live.connect(URL)
    profile = small_profile("01J")
    puts: list[str] = []
    put = study.put

    def counted(*args: Any, **options: Any) -> str:
        puts.append("")
        return put(*args, **options)

    study.put = counted  # type: ignore[method-assign] # counts the calls
    for _ in range(5):
        source.tell(run=RunNow("01J", "toy", "running", profile=profile))
    assert len(puts) == 1


def test_a_profile_of_the_same_id_keeps_its_own(live: LiveRun, study: Study, source: CannedSource) -> None:
    study.put(small_profile("01J", epochs=9), "imported")
    live.connect(URL)
    for epochs in (2, 3, 4):
        source.tell(epochs=epochs)
    assert len(study.profile("01J").epochs) == 9
    assert [one.profile_id for one in study.entries if one.origin == "live"] == ["01J+"]
    assert baseline_epochs(study) == 4


def test_a_profile_taken_off_the_strip_ends_the_connection(
    live: LiveRun, study: Study, source: CannedSource
) -> None:
    live.connect(URL)
    source.tell(epochs=2)
    study.drop("01J")
    source.tell(epochs=3)
    assert source.closed == 1
    assert entry(study) is None
    assert live.reading is None


@pytest.mark.parametrize(
    ("action", "state", "confirmed"),
    [("pause", "running", "paused"), ("resume", "paused", "running"), ("stop", "running", "stopped")],
)
def test_a_request_stands_until_the_job_confirms_it(
    live: LiveRun, source: CannedSource, action: Action, state: str, confirmed: str
) -> None:
    live.connect(URL)
    source.tell(state=state)
    getattr(live, action)()
    assert (source.asked, live.asked) == ([action], action)
    source.tell(state=state)
    assert live.asked == action
    source.tell(state=confirmed)
    assert live.asked == ""


def test_a_pause_can_be_taken_back_before_it_is_confirmed(live: LiveRun, source: CannedSource) -> None:
    live.connect(URL)
    source.tell()
    live.pause()
    live.resume()
    source.tell()
    assert (source.asked, live.asked) == (["pause", "resume"], "")


def test_a_refused_request_says_why(live: LiveRun, source: CannedSource) -> None:
    source.answer = "The run goes over several hosts, so it can only be ended where it was started."
    live.connect(URL)
    source.tell()
    live.stop()
    assert (live.asked, live.sentence) == ("", source.answer)


def test_the_end_of_the_run_answers_every_request(live: LiveRun, source: CannedSource) -> None:
    live.connect(URL)
    source.tell()
    live.pause()
    source.tell("ended", state="failed", sentence="The run has failed.")
    assert live.asked == ""


def test_without_the_right_nothing_is_asked(study: Study, source: CannedSource) -> None:
    live = LiveRun(study, source)
    live.connect(URL)
    source.tell()
    live.rights = VIEWER
    live.pause()
    assert (source.asked, live.can_ask) == ([], False)
    assert live.sentence == VIEWER.why_not


def test_without_the_right_nothing_is_followed(study: Study, source: CannedSource) -> None:
    live = LiveRun(study, source, rights=VIEWER)
    live.connect(URL)
    assert source.listener is None
    assert live.sentence == VIEWER.why_not


def test_a_url_that_is_none_gets_a_sentence(live: LiveRun) -> None:
    live.connect("hello")
    assert (live.sentence, live.reading) == ("That is no live URL.", None)
    live.connect(URL)
    assert live.sentence == ""


def test_after_the_end_the_profile_grows_no_longer(live: LiveRun, study: Study, source: CannedSource) -> None:
    live.connect(URL)
    source.tell()
    source.tell("ended", state="finished")
    assert entry(study).live is False


def test_disconnecting_keeps_the_profile_as_it_is(live: LiveRun, study: Study, source: CannedSource) -> None:
    live.connect(URL)
    source.tell(epochs=3)
    listener = source.listener
    live.disconnect()
    assert (source.closed, live.reading, entry(study).live) == (1, None, False)
    assert baseline_epochs(study) == 3
    source.listener = listener
    source.tell(epochs=7)  # on its way when the connection was closed
    assert (live.reading, baseline_epochs(study)) == (None, 3)


def test_a_loss_and_the_return_are_told(
    live: LiveRun, study: Study, source: CannedSource, clock: Clock
) -> None:
    live.connect(URL)
    source.tell()
    source.tell("lost", heard_s=95.0, retry_s=104.0)
    assert (entry(study).live, live.can_ask) == (True, False)
    clock.now_s = 107.0
    source.tell()
    assert live.note == "The connection is back after 12 s; no epoch is missing."
    clock.now_s = 130.0
    source.tell()
    assert live.note
    clock.now_s = 140.0
    source.tell()
    assert live.note == ""


def test_a_session_that_is_behind_gets_the_latest_reading_only(
    study: Study, source: CannedSource, clock: Clock
) -> None:
    turns: list[Callable[[], None]] = []
    live = LiveRun(study, source, later=turns.append, clock=clock)
    live.connect(URL)
    for epochs in (1, 2, 3):
        source.tell(epochs=epochs)
    assert (len(turns), live.reading) == (1, None)
    turns.pop()()
    assert baseline_epochs(study) == 3
    source.tell(epochs=4)
    assert len(turns) == 1
    live.disconnect()
    turns.pop()()
    assert live.reading is None


OPEN = OpenEpoch(2, 10.0, EnergyByKind(gpu=5.0), estimated=False)
IN_EPOCH = RunNow("01J", "toy", "running", open_epoch=OPEN, profile=small_profile("01J", epochs=2))


def test_the_epoch_in_progress_is_told_under_the_id_on_the_strip(
    live: LiveRun, study: Study, source: CannedSource
) -> None:
    study.put(small_profile("01J", epochs=9), "imported")
    live.connect(URL)
    source.tell(run=IN_EPOCH)
    assert study.open_parts == {"01J+": OPEN}
    source.tell(run=replace(IN_EPOCH, open_epoch=None))  # between two epochs
    assert study.open_parts == {}


@pytest.mark.parametrize("ending", ["ended", "lost", "disconnected", "dropped"])
def test_no_epoch_is_in_progress_once_nothing_is_heard(
    live: LiveRun, study: Study, source: CannedSource, ending: str
) -> None:
    live.connect(URL)
    source.tell(run=IN_EPOCH)
    assert study.open_parts
    if ending == "disconnected":
        live.disconnect()
    elif ending == "dropped":
        study.drop("01J")
        source.tell(run=replace(IN_EPOCH, profile=small_profile("01J", epochs=3)))
    else:
        source.tell(ending, run=IN_EPOCH)
    assert study.open_parts == {}


def test_a_reading_changes_the_study_in_one_step(live: LiveRun, study: Study, source: CannedSource) -> None:
    live.connect(URL)
    source.tell(run=IN_EPOCH)
    steps: list[set[str]] = []
    study.param.watch(lambda *events: steps.append({e.name for e in events}), ["comparison", "open_parts"])
    source.tell(
        run=replace(IN_EPOCH, profile=small_profile("01J", epochs=3), open_epoch=replace(OPEN, index=3))
    )
    assert steps == [{"comparison", "open_parts"}]


def test_seconds_are_whole() -> None:
    assert [seconds_text(value) for value in (-1.0, 0.4, 59.4, 59.6, 3700.0)] == [
        "0 s",
        "0 s",
        "59 s",
        "1 min 00 s",
        "1 h 01 min",
    ]


@pytest.fixture
def client() -> Iterator[LiveClient]:
    yield LiveClient(LOOPBACK)
    wait_for(lambda: all(thread.name != "live-client" for thread in threading.enumerate()))


def test_a_real_job_is_followed_paused_and_lost(study: Study, client: LiveClient, tmp_path: Path) -> None:
    with tracked_job(tmp_path) as job:
        live = LiveRun(study, client)
        live.connect(job.url)
        wait_for(lambda: study.choice and study.choice.baseline_id.startswith("01"))
        first = wait_for(lambda: baseline_epochs(study))
        wait_for(lambda: baseline_epochs(study) > first)
        live.pause()
        wait_for(lambda: live.reading and live.reading.run and live.reading.run.state == "paused")
        wait_for(lambda: live.asked == "")
        job.kill_sampler()
        wait_for(lambda: live.reading and live.reading.connection == "lost")
        live.disconnect()
        assert client.followed == 0
