"""Real servers, started as an administrator starts them, each with a lake and a cache of its own."""

import contextlib
import http.client
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

import pytest
from tornado.websocket import WebSocketClientConnection

from tests.free_port import free_port

ENDLESS = (
    "SELECT count(*) FROM range(10_000_000) AS a, range(10_000_000) AS b WHERE a.range % 7 = b.range % 11"
)
LARGE = "SELECT count(*) AS runs FROM (SELECT DISTINCT hash(a.range), a.range FROM range($n) AS a)"
MAIN = "from energyvis_panel.cli.main import main; raise SystemExit(main())"
LONGEST_START_S = 60.0
TOKEN = re.compile(rb'"token":"([^"]+)"')


@dataclass
class Answer:
    """Answer of a server, whatever its status."""

    status: int
    headers: Message
    body: bytes


@dataclass
class Served:
    """A running server."""

    process: subprocess.Popen[bytes]
    port: int
    folder: Path
    log: Path

    def get(self, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """Answer to a request, over a connection of its own; with a body it is a POST."""
        request = urllib.request.Request(f"http://localhost:{self.port}{path}", data=body, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 - our own server
                return Answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.headers, error.read())

    def handshake(self, path: str, origin: str) -> int:
        """Status of the answer to a websocket's request."""
        connection = http.client.HTTPConnection("localhost", self.port, timeout=20)
        asked = {
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Protocol": "bokeh, x",
            "Origin": origin,
        }
        with contextlib.closing(connection):
            connection.request("GET", path, headers=asked)
            answer = connection.getresponse()
            answer.close()
            return answer.status

    def token(self, path: str = "/app?view=totals") -> str:
        """Token of a new page, with which it opens its websocket."""
        found = TOKEN.search(self.get(path).body)
        assert found is not None
        return found[1].decode()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Exit status after a signal."""
        self.process.send_signal(number)
        return self.process.wait(timeout=20)


Start = Callable[..., Served]


async def hang_up(socket: WebSocketClientConnection) -> None:
    """Close a websocket, and wait until it is."""
    socket.close()
    while await socket.read_message() is not None:
        pass


def started(folder: Path, *options: str, port: int, **settings: str) -> Served:
    """`energyvis serve` as a process that has just been started."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ENERGYVIS_")}
    environment |= {"ENERGYVIS_LAKE": str(folder / "lake"), "ENERGYVIS_CACHE": str(folder / "cache")}
    environment |= {f"ENERGYVIS_{name}": value for name, value in settings.items()}
    log = folder / f"server-{time.monotonic_ns()}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", MAIN, "serve", "--port", str(port), *options],
            env=environment,
            stdout=output,
            stderr=output,
        )
    return Served(process, port, folder, log)


def wait_until(holds: Callable[[], bool], what: str, longest_s: float = LONGEST_START_S) -> None:
    """Wait for what nothing else tells of."""
    deadline = time.monotonic() + longest_s
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def is_listening(served: Served, prefix: str = "") -> bool:
    """Whether the process answers; fails where it has ended."""
    assert served.process.poll() is None, served.log.read_text()
    try:
        return served.get(f"{prefix}/health").status == 200
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def end(served: Served) -> None:
    served.process.kill()
    served.process.wait()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts servers, waits until they answer, and ends them with the test."""
    running: list[Served] = []

    def begin(*options: str, port: int = 0, waits: bool = True, prefix: str = "", **settings: str) -> Served:
        running.append(started(tmp_path, *options, port=port or free_port(), **settings))
        if waits:
            wait_until(lambda: is_listening(running[-1], prefix), "the server did not start")
        return running[-1]

    yield begin
    for served in running:
        end(served)


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that a wiki may embed, with its log as JSON; tests only ask it."""
    folder = tmp_path_factory.mktemp("served")
    begun = started(folder, port=free_port(), EMBED_ORIGINS="https://wiki.lab.example", LOG="json")
    try:
        wait_until(lambda: is_listening(begun), "the server did not start")
        yield begun
    finally:
        end(begun)


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    """A folder of questions of our own."""
    for name, text in {"endless": ENDLESS, "large": LARGE}.items():
        (tmp_path / "x").mkdir(exist_ok=True)
        (tmp_path / "x" / f"{name}.sql").write_text(text)
    return tmp_path
