"""What the live bar says, without a browser."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import panel as pn
import pytest
from bokeh.document import Document
from panel.io.state import set_curdoc

from energyvis_panel.domain.live_reading import LiveReading, OpenEpoch, PowerNow, RunNow
from energyvis_panel.domain.profile import EnergyByKind
from energyvis_panel.state.live import LiveRun
from energyvis_panel.state.run_rows import utc_now
from energyvis_panel.state.study import Study
from energyvis_panel.views.study.live.live_bar import LiveBar, bar_content, epoch_text
from energyvis_panel.views.study.live.live_session import live_run
from tests.profiles_fixture import REFERENCES
from tests.state.live_case import URL, CannedSource, Clock, row
from tests.state.test_study_state import CannedProfiles

RUN = RunNow(
    "01J",
    "toy",
    "running",
    epoch=3,
    epochs_done=3,
    epochs_planned=90,
    samples=40,
    power=(PowerNow("gpu", 350.0, ("counter",)), PowerNow("cpu", 62.0, ("estimate",))),
    course_w=(100.0, 400.0, 200.0),
    open_epoch=OpenEpoch(3, 12.3, EnergyByKind(gpu=1.0), estimated=False),
)
READING = LiveReading("live", "127.0.0.1:43210", run=RUN, heard_s=99.5, sampled_s=99.2)


@pytest.fixture
def source() -> CannedSource:
    return CannedSource()


@pytest.fixture
def live(source: CannedSource) -> LiveRun:
    return LiveRun(Study(CannedProfiles(), REFERENCES), source, clock=Clock())


def told(live: LiveRun, reading: LiveReading = READING) -> dict[str, Any]:
    live.show(reading)
    return bar_content(live)


def test_nothing_is_followed(live: LiveRun) -> None:
    assert bar_content(live) == {"phase": "idle", "sentence": "", "note": "", "refusal": ""}


def test_a_live_run_is_named_with_state_power_and_age(live: LiveRun) -> None:
    content = told(live)
    assert content["phase"] == "live"
    assert content["name"] == "toy"
    assert content["state"] == "running · in epoch 4 of 90 for 12 s"
    assert content["said"] == "running"
    assert content["power"] == "412 W now"
    assert content["origin"] == "GPU 350 W measured · CPU 62.0 W estimated"
    assert content["age_s"] == pytest.approx(0.8)
    assert content["course"] == [0.25, 1.0, 0.5]
    assert content["course_text"] == "Power over the last minute: 100 W to 400 W"
    assert content["can_ask"] is True


def test_one_kind_alone_needs_no_watts_of_its_own(live: LiveRun) -> None:
    content = told(live, replace(READING, run=replace(RUN, power=RUN.power[1:])))
    assert (content["power"], content["origin"]) == ("62.0 W now", "CPU estimated")
    content = told(live, replace(READING, run=replace(RUN, power=(PowerNow("cpu", None, ()),))))
    assert (content["power"], content["origin"]) == ("", "")


def test_a_lost_run_tells_silence_and_next_try(live: LiveRun) -> None:
    content = told(live, replace(READING, connection="lost", heard_s=88.0, retry_s=104.0, sentence="Why."))
    assert (content["phase"], content["silent_s"], content["retry_in_s"]) == ("lost", 12.0, 4.0)
    assert (content["sentence"], content["can_ask"]) == ("Why.", False)
    assert content["said"] == "The connection is lost."
    assert content["state"].startswith("last known: running · in epoch 4")
    assert content["power"] == "412 W at the last sample"


def test_a_run_that_has_ended_draws_no_power(live: LiveRun) -> None:
    assert told(live, replace(READING, connection="ended"))["power"] == ""


def test_what_was_asked_is_told_until_confirmed(live: LiveRun, source: CannedSource) -> None:
    live.connect(URL)
    assert source.listener is not None
    source.listener(READING)
    live.pause()
    assert bar_content(live)["state"].endswith(" · asked to pause before its next epoch")
    assert bar_content(live)["said"] == "running, asked to pause before its next epoch"
    source.listener(replace(READING, run=replace(RUN, state="paused")))
    content = bar_content(live)
    assert (content["paused"], content["state"]) == (True, "paused · 3 of 90 epochs done")


def test_before_the_first_word_it_is_connecting(live: LiveRun) -> None:
    content = told(live, LiveReading("connecting", "127.0.0.1:43210"))
    assert (content["name"], content["state"]) == ("127.0.0.1:43210", "connecting …")
    assert content["can_ask"] is False


def test_epochs_are_counted_from_one() -> None:
    assert epoch_text(replace(RUN, open_epoch=None)) == "in epoch 4 of 90"
    assert epoch_text(replace(RUN, epoch=None, epochs_planned=None)) == "3 epochs done"
    assert epoch_text(replace(RUN, epoch=None, epochs_done=0)) == "no epoch finished yet"


def test_an_active_run_of_the_lake_offers_to_follow_it(live: LiveRun) -> None:
    live.lake_run = row()
    content = bar_content(live)
    assert (content["phase"], content["name"]) == ("lake", "My run")
    assert content["state"].startswith("running, 2 epochs done, read from the lake")
    assert content["age_s"] is None
    live.lake_run = replace(row(), last_sign_at=utc_now() - timedelta(seconds=90))
    assert bar_content(live)["age_s"] == pytest.approx(90, abs=20)
    live.lake_run = row("stale")
    assert "no sign of life for a minute" in bar_content(live)["state"]


def test_the_bar_follows_its_run_and_does_what_it_is_told(live: LiveRun, source: CannedSource) -> None:
    bar = LiveBar(live)
    assert isinstance(bar.__panel__(), pn.Column)
    bar._act(SimpleNamespace(data={"action": "follow", "text": "hello"}))
    assert bar.controls.content["sentence"] == "That is no live URL."
    bar._act(SimpleNamespace(data={"action": "dismiss"}))
    assert bar.controls.content["sentence"] == ""
    bar._act(SimpleNamespace(data={"action": "follow", "text": URL}))
    assert source.listener is not None
    source.listener(READING)
    assert bar.controls.content["name"] == "toy"
    for action in ("pause", "resume", "stop"):
        bar._act(SimpleNamespace(data={"action": action}))
    assert source.asked == ["pause", "resume", "stop"]
    for nonsense in (
        None,
        "stop",
        {},
        {"action": "release"},
        {"action": ["stop"]},
        {"action": "follow", "text": 5},
    ):
        bar._act(SimpleNamespace(data=nonsense))
    assert len(source.asked) == 3


def test_the_token_stays_in_no_property_of_the_bar(live: LiveRun, source: CannedSource) -> None:
    bar = LiveBar(live)
    bar._act(SimpleNamespace(data={"action": "follow", "text": "http://127.0.0.1:1/?token=secret"}))
    assert source.listener is not None
    source.listener(READING)
    assert "secret" not in repr(bar.controls.param.values())


def test_a_session_lets_the_source_go_when_it_ends(source: CannedSource) -> None:
    document = Document()
    with set_curdoc(document):
        live = live_run(Study(CannedProfiles(), REFERENCES), source)
        live.connect(URL)
    source.tell()
    assert live.reading is None
    assert len(document.session_callbacks) == 1
    for callback in document.callbacks.session_destroyed_callbacks:
        callback(SimpleNamespace())  # type: ignore[arg-type] # only a name for the session that ended
    assert source.closed == 1


def test_what_comes_for_a_session_reaches_it_as_one_change_of_its_own_page(source: CannedSource) -> None:
    """The thread of the connection may carry the context of the session that opened it first."""
    document, other = Document(), Document()
    seen: list[tuple[Any, Any]] = []
    with set_curdoc(document):
        live = live_run(Study(CannedProfiles(), REFERENCES), source)
        live.connect(URL)
        live.param.watch(
            lambda _event: seen.append((pn.state.curdoc, document.callbacks.hold_value)), "reading"
        )
    source.tell()
    (callback,) = document.session_callbacks
    with set_curdoc(other):
        callback.callback()
    assert seen == [(document, "combine")]
