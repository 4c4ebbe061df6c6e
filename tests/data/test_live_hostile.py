"""Servers on real sockets that mean harm, or are simply something else than a tracker."""

import asyncio
import gzip
import socket
import threading
import time

import pytest

from energyvis_panel.data import bounded_http, followed_run
from energyvis_panel.data.live_client import LiveClient
from tests.data.live_stream_case import STREAM_HEAD, Serve, event, path_of
from tests.data.test_run_so_far import epoch, facts, sample
from tests.live_fixture import Readings, false_tracker


def endless(peer: socket.socket, begin: bytes, piece: bytes) -> None:
    """Send without end, until the other side has had enough."""
    peer.sendall(begin)
    while True:
        peer.sendall(piece)


def trickle(peer: socket.socket, begin: bytes) -> None:
    """Send a byte now and then, so that the connection is never quiet."""
    peer.sendall(begin)
    while True:
        peer.sendall(b"x")
        time.sleep(0.05)


BOMB = gzip.compress(b"\0" * 50_000_000)
HOSTILE: dict[str, tuple[Serve, str]] = {
    "says nothing": (lambda peer, _: peer.recv(1), "did not answer within"),
    "closes at once": (lambda _peer, _request: None, "closed the connection"),
    "no http": (lambda peer, _: peer.sendall(b"SSH-2.0-OpenSSH_9\r\n\r\n"), "no tracker"),
    "endless header": (lambda peer, _: endless(peer, b"HTTP/1.1 200 OK\r\nX: ", b"y" * 9000), "no tracker"),
    "endless headers": (
        lambda peer, _: endless(peer, b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 900),
        "no tracker",
    ),
    "slow headers": (lambda peer, _: trickle(peer, b"HTTP/1.1 200 OK\r\nX: "), "did not answer within"),
    "redirect": (
        lambda peer, _: peer.sendall(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:22/\r\n\r\n"),
        "does not go",
    ),
    "web page": (
        lambda peer, _: peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>"),
        "no tracker",
    ),
    "gzip bomb": (
        lambda peer, _: peer.sendall(STREAM_HEAD[:-2] + b"Content-Encoding: gzip\r\n\r\n" + BOMB),
        "compressed data",
    ),
    "endless line": (lambda peer, _: endless(peer, STREAM_HEAD, b"data: " + b"x" * 65536), "longer lines"),
    "endless event": (
        lambda peer, _: endless(peer, STREAM_HEAD, b"data: " + b"x" * 65536 + b"\n"),
        "longer lines",
    ),
    "slow line": (lambda peer, _: trickle(peer, STREAM_HEAD), "No sign of"),
    "bad chunk": (
        lambda peer, _: peer.sendall(STREAM_HEAD[:-2] + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"),
        "no tracker",
    ),
    "huge chunk": (
        lambda peer, _: peer.sendall(STREAM_HEAD[:-2] + b"Transfer-Encoding: chunked\r\n\r\nfffffffff\r\n"),
        "no tracker",
    ),
    "NaN": (
        lambda peer, _: peer.sendall(
            STREAM_HEAD + event("run", facts()) + event("sample", sample(1, float("nan"), 1))
        ),
        "a sample that no tracker sends",
    ),
    "wrong types": (
        lambda peer, _: peer.sendall(STREAM_HEAD + event("run", facts()) + event("epoch", {"epoch": "1"})),
        "an epoch that no tracker sends",
    ),
    "nested": (
        lambda peer, _: peer.sendall(STREAM_HEAD + b"event: run\ndata: " + b"[" * 200_000 + b"\n\n"),
        "not usable",
    ),
    "script in its refusal": (
        lambda peer, _: peer.sendall(
            b'HTTP/1.1 500 X\r\nContent-Length: 40\r\n\r\n{"error": "<script>\\u0000\\u001b[2J</script>"}'[
                :100
            ]
        ),
        "answers with status 500",
    ),
    "endless refusal": (
        lambda peer, _: endless(peer, b"HTTP/1.1 500 X\r\n\r\n", b"x" * 65536),
        "answers with status 500",
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_no_tracker_gets_one_sentence_and_harms_nothing(
    client: LiveClient, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(bounded_http, "HEAD_S", 0.5)
    monkeypatch.setattr(followed_run, "SILENCE_S", 0.5)
    serve, expected = HOSTILE[kind]
    with false_tracker(serve) as url:
        readings = Readings()
        followed = client.follow(url, readings)
        failed = readings.until(lambda r: r.connection == "failed")
        assert expected in failed.sentence
        assert failed.sentence.isprintable()
        assert len(failed.sentence) < 400
        assert "secret-of-the-test" not in repr(failed)
        followed.close()


def test_a_flood_of_events_leaves_most_of_the_time_to_others(
    client: LiveClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    flood = event("sample", sample(1, 1, 1)) * 100
    rests_s: list[float] = []
    rest = asyncio.sleep

    async def noted(delay_s: float) -> None:
        rests_s.append(delay_s)
        await rest(delay_s)

    def serve(peer: socket.socket, request: bytes) -> None:
        if path_of(request).startswith("/api/v1/events"):
            endless(peer, STREAM_HEAD + event("run", facts()) + event("epoch", epoch(0)), flood)

    monkeypatch.setattr("energyvis_panel.data.followed_run.asyncio.sleep", noted)
    with false_tracker(serve) as url:
        readings = Readings()
        followed = client.follow(url, readings)
        readings.until(lambda r: r.run and r.run.samples)
        (thread,) = (one for one in threading.enumerate() if one.name == "live-client")
        assert thread.ident is not None
        clock = time.pthread_getcpuclockid(thread.ident)
        began_s, used_s = time.monotonic(), time.clock_gettime(clock)
        seen = len(readings.all)
        rests_s.clear()
        readings.until(lambda _: time.monotonic() - began_s > 2)
        assert sum(rests_s) > 2 * (time.clock_gettime(clock) - used_s)
        assert len(readings.all) - seen <= 4
        followed.close()


def test_an_infinite_profile_is_left_alone(client: LiveClient) -> None:
    """The intervals of a run without epochs come from a second request, which may lie as well."""
    asked = threading.Event()

    def serve(peer: socket.socket, request: bytes) -> None:
        if path_of(request).startswith("/api/v1/profile"):
            asked.set()
            endless(peer, b"HTTP/1.1 200 OK\r\n\r\n", b"[" * 65536)
        peer.sendall(STREAM_HEAD + event("run", facts()))
        asked.wait(10)
        time.sleep(0.2)
        peer.sendall(event("epoch", epoch(0)))
        peer.recv(1)

    with false_tracker(serve) as url:
        readings = Readings()
        followed = client.follow(url, readings)
        readings.until(lambda r: r.connection == "live" and r.run and r.run.profile)
        followed.close()


def test_a_chunked_stream_is_read_like_any_other(client: LiveClient) -> None:
    stream = event("run", facts()) + event("epoch", epoch(0))

    def serve(peer: socket.socket, _: bytes) -> None:
        peer.sendall(STREAM_HEAD[:-2] + b"Transfer-Encoding: chunked\r\n\r\n")
        for place in range(0, len(stream), 7):
            piece = stream[place : place + 7]
            peer.sendall(b"%x;ext=1\r\n%b\r\n" % (len(piece), piece))
        peer.recv(1)

    with false_tracker(serve) as url:
        readings = Readings()
        followed = client.follow(url, readings)
        readings.until(lambda r: r.run and r.run.profile)
        followed.close()
