"""The server ends in good order, and another takes its port without a refused connection."""

import asyncio
import contextlib
import signal
import subprocess
import sys
import threading
import time
import urllib.error
from collections.abc import Callable
from pathlib import Path

import panel as pn
import pytest
from panel.io.server import get_server
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.errors import QueryError
from energyvis_panel.server.gate import Gate
from energyvis_panel.server.stopping import Stopping
from tests.server.conftest import Start, is_listening, wait_until


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_idle_server_ends_at_once_and_tells_its_pages(start: Start, number: signal.Signals) -> None:
    served = start()
    token = served.token()

    async def told() -> int | None:
        request = HTTPRequest(
            f"ws://localhost:{served.port}/app/ws", headers={"Origin": f"http://localhost:{served.port}"}
        )
        socket = await websocket_connect(request, subprotocols=["bokeh", token])
        assert await socket.read_message() is not None
        served.process.send_signal(number)
        while await socket.read_message() is not None:
            pass
        code = socket.close_code
        socket.close()
        return code

    begun_s = time.monotonic()
    assert asyncio.run(told()) == 1001
    assert served.process.wait(timeout=20) == 0
    assert time.monotonic() - begun_s < 5
    with pytest.raises(urllib.error.URLError):
        served.get("/health")


def test_another_process_takes_over_and_nobody_is_refused(start: Start) -> None:
    first = start()
    failures: list[str] = []
    answered: list[int] = []
    is_over = threading.Event()

    def ask() -> None:
        while not is_over.is_set():
            try:
                answered.append(first.get("/health").status)
            except (OSError, urllib.error.URLError) as error:
                failures.append(repr(error))

    askers = [threading.Thread(target=ask) for _ in range(2)]
    for asker in askers:
        asker.start()
    try:
        second = start("--take-over", port=first.port, waits=False)
        assert first.process.wait(timeout=120) == 0
        before = len(answered)
        wait_until(lambda: len(answered) > before + 50, "the second server does not answer")
    finally:
        is_over.set()
        for asker in askers:
            asker.join()
    assert failures == []
    assert set(answered) == {200}
    assert second.process.poll() is None
    assert second.get("/app?view=totals").status == 200


def test_a_port_that_is_taken_is_told_in_a_sentence(start: Start) -> None:
    first = start()
    second = start(port=first.port, waits=False)
    assert second.process.wait(timeout=60) == 2
    assert (
        f"Another process listens on localhost:{first.port}. Choose another --port" in second.log.read_text()
    )
    assert is_listening(first)


async def stopped_s(gateway: Gateway, grace_s: float, meanwhile: Callable[[], None]) -> float:
    """Seconds until a server ended that began to stop while a question ran; ``meanwhile`` comes first."""
    server = get_server({"/app": lambda: pn.Column("shown")}, port=0, start=False)
    server.start()
    begun_s = time.monotonic()
    ending = asyncio.create_task(Stopping(Gate(10), [gateway], grace_s).finish(server))
    await asyncio.sleep(1)
    assert not ending.done()
    meanwhile()
    await ending
    return time.monotonic() - begun_s


@pytest.mark.parametrize(("grace_s", "is_withdrawn"), [(60, True), (3, False)])
def test_what_runs_is_let_finish_within_the_grace(
    questions: Path, grace_s: float, *, is_withdrawn: bool
) -> None:
    with Gateway(questions, threads=1) as gateway:

        def ask() -> None:
            with contextlib.suppress(QueryError):
                gateway.ask("x/endless", token=1)

        asker = threading.Thread(target=ask)
        asker.start()
        wait_until(lambda: gateway.running == 1, "the question did not begin")
        took_s = asyncio.run(stopped_s(gateway, grace_s, lambda: gateway.cancel(1) if is_withdrawn else None))
        assert (gateway.running == 1) is not is_withdrawn
        assert took_s < 30 if is_withdrawn else took_s >= 2
        while asker.is_alive():
            gateway.cancel(1)
            asker.join(0.05)


ASKED_AND_BUSY = """
import asyncio
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.server.gate import Gate
from energyvis_panel.server.stopping import Stopping

async def serve():
    with Gateway(threads=1) as gateway:
        stopping = Stopping(Gate(1), [gateway], 60.0)
        stopping.at_signals()
        print("up", flush=True)
        await stopping.asked()
        print("asked", flush=True)
        await asyncio.sleep(60)

asyncio.run(serve())
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_ends_at_once_and_says_which(number: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", ASKED_AND_BUSY], stdout=subprocess.PIPE, text=True) as busy:
        try:
            assert busy.stdout is not None
            assert busy.stdout.readline() == "up\n"
            busy.send_signal(number)
            assert busy.stdout.readline() == "asked\n"
            assert busy.poll() is None
            begun_s = time.monotonic()
            busy.send_signal(number)
            assert busy.wait(timeout=30) == 128 + number
            assert time.monotonic() - begun_s < 10
        finally:
            busy.kill()
