"""Live URLs of real jobs, and what a client does when they are lost, wrong or too many."""

import itertools
import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from energyvis_panel.data import followed_run
from energyvis_panel.data.live_client import LiveClient, live_client
from energyvis_panel.domain.live_hosts import LOOPBACK
from energyvis_panel.errors import SettingsError
from tests.data.live_stream_case import STREAM_HEAD, event, path_of
from tests.data.test_run_so_far import RUN_ID, epoch, facts
from tests.live_fixture import WITHOUT_EPOCHS, Job, Readings, false_tracker, tracked_job, wait_for


@pytest.fixture
def job(tmp_path: Path) -> Iterator[Job]:
    with tracked_job(tmp_path) as started:
        yield started


# -- real jobs ---------------------------------------------------------------------------------------------


def test_a_run_is_followed_from_its_first_epoch_to_its_end(client: LiveClient, job: Job) -> None:
    readings = Readings()
    followed = client.follow(f"energyvis: … live at {job.url}", readings)
    first = readings.until(lambda r: r.run and r.run.profile and len(r.run.profile.epochs) > 2)
    assert (first.connection, first.run and first.run.name, first.run and first.run.state) == (
        "live",
        "toy",
        "running",
    )
    later = readings.until(lambda r: r.run and r.run.power)
    assert later.run is not None
    assert later.run.power[0].kind == "cpu"
    assert later.run.power[0].power_w is not None
    assert later.sampled_s is not None
    assert later.run.profile is not None
    assert later.run.profile.region_id == "US-GA"
    job.kill()
    last = readings.until(lambda r: r.connection == "ended")
    assert last.run is not None
    assert last.run.state == "lost"
    assert "process ended without a word" in last.sentence
    followed.close()


def test_readings_come_once_a_second_at_most(client: LiveClient, job: Job) -> None:
    readings = Readings()
    followed = client.follow(job.url, readings)
    readings.until(lambda r: r.run and len(r.run.profile.epochs if r.run.profile else ()) > 12)
    seconds = time.monotonic()
    before = len(readings.all)
    readings.until(lambda r: r.run and len(r.run.profile.epochs if r.run.profile else ()) > 24)
    told = len(readings.all) - before
    assert 1 <= told <= (time.monotonic() - seconds) + 1.5
    followed.close()


def test_a_run_without_epochs_is_divided_as_its_tracker_divides_it(
    client: LiveClient, tmp_path: Path
) -> None:
    with tracked_job(tmp_path, program=WITHOUT_EPOCHS) as job:
        readings = Readings()
        followed = client.follow(job.url, readings)
        reading = readings.until(lambda r: r.run and r.run.profile and len(r.run.profile.epochs) >= 3)
        assert reading.run is not None
        assert reading.run.profile is not None
        assert reading.run.profile.division == "interval"
        assert reading.run.profile.energy().total_j() > 0
        followed.close()


def test_pause_and_resume_are_confirmed_by_the_job_and_stop_ends_it(client: LiveClient, job: Job) -> None:
    readings, answers = Readings(), list[str]()
    followed = client.follow(job.url, readings)
    steps = (("pause", "paused"), ("resume", "running"), ("stop", "stopped"))
    readings.until(lambda r: r.run)
    for action, state in steps:
        followed.ask(action, answers.append)  # type: ignore[arg-type] # mypy takes the names for any text
        readings.until(lambda r, state=state: r.run.state == state)  # type: ignore[misc] # bound at once
    assert answers == ["", "", ""]
    assert readings.until(lambda r: r.connection == "ended").sentence == "The run was stopped."
    assert job.process.wait(20) == 0
    followed.close()


def test_a_killed_sampler_is_a_loss_and_not_an_end(client: LiveClient, job: Job) -> None:
    readings, answers = Readings(), list[str]()
    followed = client.follow(job.url, readings)
    live = readings.until(lambda r: r.run and r.run.profile)
    job.kill_sampler()
    lost = readings.until(lambda r: r.connection == "lost")
    assert lost.run is not None
    assert lost.run.profile is not None
    assert live.run is not None
    assert lost.run.run_id == live.run.run_id
    assert lost.retry_s is not None
    assert lost.heard_s is not None
    readings.until(lambda r: r.connection == "lost" and r.sentence.startswith("Nothing answers at"))
    followed.ask("pause", answers.append)
    wait_for(lambda: answers)
    assert answers[0].startswith("Nothing answers at")
    followed.close()


def test_a_silent_sampler_is_a_loss_and_its_return_brings_the_lacking_epochs(
    client: LiveClient, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(followed_run, "SILENCE_S", 1.5)
    readings = Readings()
    followed = client.follow(job.url, readings)
    readings.until(lambda r: r.run and r.run.profile)
    job.freeze_sampler(is_frozen=True)
    lost = readings.until(lambda r: r.connection == "lost")
    assert lost.sentence.startswith("No sign of 127.0.0.1")
    assert lost.run is not None
    known = lost.run.epochs_done
    job.freeze_sampler(is_frozen=False)
    back = readings.until(lambda r: r.connection == "live" and r.run and r.run.epochs_done > known + 4)
    assert back.run is not None
    assert back.run.profile is not None
    indices = [e.index for e in back.run.profile.epochs]
    assert indices == list(range(len(indices)))
    followed.close()


def test_sessions_share_one_connection_that_ends_with_the_last(client: LiveClient) -> None:
    asked: list[str] = []
    gone = threading.Event()

    def serve(peer: socket.socket, request: bytes) -> None:
        asked.append(path_of(request))
        peer.sendall(STREAM_HEAD + event("run", facts()) + event("epoch", epoch(0)))
        with suppress(OSError):
            while peer.recv(100):
                pass
        gone.set()

    with false_tracker(serve) as url:
        readings = [Readings() for _ in range(30)]
        followed = [client.follow(url, one) for one in readings]
        for one in readings:
            one.until(lambda r: r.run and r.run.profile)
        profiles = {id(one.latest.run.profile) for one in readings if one.latest.run}
        for held in followed[1:]:
            held.close()
        assert len(profiles) == 1
        assert not gone.is_set()
        assert client.followed == 1
        followed[0].close()
        followed[0].close()
        assert gone.wait(10)
        assert asked == ["/api/v1/events"]


def test_a_wrong_token_gets_a_sentence(
    client: LiveClient, job: Job, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    readings = Readings()
    followed = client.follow(job.url.replace("token=", "token=wrong-"), readings)
    failed = readings.until(lambda r: r.connection == "failed")
    assert failed.sentence.startswith("The token opens no run at 127.0.0.1:")
    assert failed.run is None
    token = job.url.partition("token=")[2]
    assert token not in failed.sentence + repr(failed) + caplog.text
    followed.close()


def test_a_run_that_ended_meanwhile_is_told_apart_from_a_loss(client: LiveClient) -> None:
    """The server answers again, but no longer shows the run."""
    seen: list[bytes] = []

    def serve(peer: socket.socket, request: bytes) -> None:
        seen.append(request)
        if len(seen) == 1:
            peer.sendall(STREAM_HEAD + event("run", facts()) + event("epoch", epoch(0), f"{RUN_ID}-7"))
        else:
            peer.sendall(b'HTTP/1.1 404 Not Found\r\nContent-Length: 15\r\n\r\n{"error": "no"}')

    with false_tracker(serve) as url:
        readings = Readings()
        followed = client.follow(url, readings)
        ended = readings.until(lambda r: r.connection == "ended")
        assert "no longer shows this run" in ended.sentence
        assert f"/api/v1/events?run={RUN_ID} ".encode() in seen[1]
        assert f"Last-Event-ID: {RUN_ID}-7\r\n".encode() in seen[1]
        assert b"Authorization: Bearer secret-of-the-test\r\n" in seen[0]
        assert b"secret-of-the-test" not in seen[0].split(b"\r\n")[0]
        followed.close()


def test_what_was_over_can_be_tried_again(client: LiveClient) -> None:
    asked: list[bytes] = []

    def serve(peer: socket.socket, request: bytes) -> None:
        asked.append(request)
        peer.sendall(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")

    with false_tracker(serve) as url:
        first, second = Readings(), Readings()
        one = client.follow(url, first)
        first.until(lambda r: r.connection == "failed")
        wait_for(lambda: one.run.is_done)
        two = client.follow(url, second)
        second.until(lambda r: r.connection == "failed")
        assert len(asked) == 2
        one.close()
        two.close()


def test_the_pauses_between_tries_grow(client: LiveClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(followed_run, "FIRST_PAUSE_S", 0.1)
    monkeypatch.setattr(followed_run, "LONGEST_PAUSE_S", 0.4)
    tries: list[float] = []

    def serve(peer: socket.socket, request: bytes) -> None:
        if path_of(request).startswith("/api/v1/events"):
            tries.append(time.monotonic())
        if len(tries) == 1:
            peer.sendall(STREAM_HEAD + event("run", facts()))

    with false_tracker(serve) as url:
        readings = Readings()
        followed = client.follow(url, readings)
        wait_for(lambda: len(tries) >= 6)
        gaps = [later - earlier for earlier, later in itertools.pairwise(tries)]
        for gap, least in zip(gaps, (0.1, 0.2, 0.4, 0.4), strict=False):
            assert gap >= least * 0.99
        followed.close()


def test_too_many_urls_are_refused(client: LiveClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("energyvis_panel.data.live_client.MOST_RUNS", 1)
    with false_tracker(lambda peer, _: peer.recv(1)) as url:
        followed = client.follow(url, Readings())
        with pytest.raises(SettingsError, match="At most 1 live URLs"):
            client.follow(url + "2", Readings())
        followed.close()


def test_a_host_that_is_not_allowed_is_never_connected_to(client: LiveClient) -> None:
    readings = Readings()
    followed = client.follow("http://127.0.0.1:80/?token=x", readings)
    failed = readings.until(lambda r: r.connection == "failed")
    assert "may not follow runs at 127.0.0.1:80" in failed.sentence
    followed.close()


def test_the_client_of_a_process_is_made_once() -> None:
    assert live_client(LOOPBACK) is live_client(LOOPBACK)
