"""What the tests of the live URL share: a real server with runs on it, and clients on real sockets."""

import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import pytest

from energyvis_tracker.live.feed import LiveFeed
from energyvis_tracker.live.server import LiveServer

PATIENCE_S = 30.0
TOKEN = "token-of-the-first-run-0123456789"  # noqa: S105 - opens the test's own server
OTHER_TOKEN = "token-of-the-other-run-0123456789"  # noqa: S105 - likewise
RUN_ID = "01JBQ4T9W2M8X5R7K3ZC6D1F0H"
OTHER_RUN_ID = "01JBQ4T9W2M8X5R7K3ZC6D1F1J"
STARTED_US = 1_790_000_000_000_000


def run_record(run_id: str = RUN_ID, **changes: Any) -> dict[str, Any]:
    """Return run.json of a run on one GPU and an estimated CPU."""
    return {
        "run_id": run_id,
        "schema_version": 1,
        "name": "resnet50",
        "project": "vision",
        "user": "ada",
        "hosts": ["node1"],
        "state": "running",
        "started_at": "2026-09-21T14:13:20.000000Z",
        "ended_at": None,
        "epochs_planned": 90,
        "region_id": "FR",
        "pue": 1.2,
        "hardware": [{"kind": "gpu", "model": "NVIDIA A100", "count": 1, "chip_id": None}],
        "devices": [
            {"kind": "gpu", "id": "GPU-1", "model": "NVIDIA A100", "source": "counter", "note": ""},
            {"kind": "cpu", "id": "cpu", "model": "EPYC", "source": "estimate", "note": "TDP 200 W"},
            {"kind": "dram", "id": "dram", "model": "", "source": "none", "note": "not readable"},
        ],
        "attribution": "exclusive",
    } | changes


def summary(energy_gpu_j: float = 100.0, **changes: Any) -> dict[str, Any]:
    """Return a summary of 20 s on that GPU and that CPU; what is not measured stands in run.json alone."""
    gpu = {"id": "GPU-1", "kind": "gpu", "model": "NVIDIA A100", "source": "counter", "note": ""}
    cpu = {"id": "cpu", "kind": "cpu", "model": "EPYC", "source": "estimate", "note": "TDP 200 W"}
    nothing = {"energy_j": 0.0, "power_w": None, "util_pct": None, "mem_used_bytes": None, "temp_c": None}
    return {
        "at_us": STARTED_US + 20_000_000,
        "mono_ns": 20_000_000_000,
        "state": "running",
        "epoch": 2,
        "epochs_done": 2,
        "samples": 41,
        "energy_j": {"cpu": 30.0, "gpu": energy_gpu_j},
        "attributed_j": None,
        "power_w": {"cpu": None, "gpu": 250.0},
        "qualities": {"ok": 40, "gap": 1},
        "devices": [
            gpu | nothing | {"energy_j": energy_gpu_j, "power_w": 250.0, "util_pct": 93.0, "temp_c": 61.0},
            cpu | nothing | {"energy_j": 30.0},
        ],
        "budget": None,
    } | changes


def finished_epoch(index: int, energy_gpu_j: float = 10.0, **changes: Any) -> dict[str, Any]:
    """Return an epoch of 2 s in the journal's form."""
    return {
        "epoch": index,
        "started_us": STARTED_US + 2_000_000 * index,
        "ended_us": STARTED_US + 2_000_000 * (index + 1),
        "duration_s": 2.0,
        "energy_j": {"cpu": 4.0, "gpu": energy_gpu_j},
        "units": None,
        "unit": None,
        "metrics": {"loss": 0.5},
    } | changes


@dataclass
class Reply:
    """A whole answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class EventsClient:
    """A client that reads events in the test's own thread."""

    connection: socket.socket
    lines: Any
    seen: list[tuple[str, Any]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    comments: int = 0

    def next(self) -> tuple[str, Any] | None:
        """Return the next event; none at the end of the stream."""
        name, data = "", ""
        deadline_s = time.monotonic() + PATIENCE_S
        for line in self.lines:
            assert time.monotonic() < deadline_s, "nothing but heartbeats came"
            text = line.decode().rstrip("\n")
            if text.startswith("event: "):
                name = text[7:]
            elif text.startswith("data: "):
                data = text[6:]
            elif text.startswith("id: "):
                self.ids.append(text[4:])
            elif text.startswith(":"):
                self.comments += 1
            elif not text and name:
                self.seen.append((name, json.loads(data)))
                return self.seen[-1]
        return None

    def until(self, name: str) -> Any:
        """Return the data of the next event of that name."""
        while (event := self.next()) is not None:
            if event[0] == name:
                return event[1]
        raise AssertionError(f"the stream ended before an event {name!r}")


class LiveSite:
    """A server and how to ask it."""

    def __init__(self, **options: Any) -> None:
        self.woken = threading.Semaphore(0)
        self.server = LiveServer(wake=self.woken.release, **options)
        self.feeds: list[LiveFeed] = []
        self.clients: list[socket.socket] = []

    def add_run(self, run_id: str = RUN_ID, token: str = TOKEN, **options: Any) -> LiveFeed:
        feed = LiveFeed(run_id, token, **options)
        feed.publish_state(run_record(run_id))
        self.server.add(feed)
        self.feeds.append(feed)
        return feed

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server.port}"

    def connect(self) -> socket.socket:
        client = socket.create_connection(("127.0.0.1", self.server.port), timeout=PATIENCE_S)
        self.clients.append(client)
        return client

    def ask(self, method: str, path: str, token: str | None = TOKEN, **headers: str) -> Reply:
        """Ask with the token in the header; a header's name has _ for -."""
        sent = {"Authorization": f"Bearer {token}"} if token is not None else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        with closing(
            http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=PATIENCE_S)
        ) as connection:
            connection.request(method, path, headers=sent)
            answer = connection.getresponse()
            return Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())

    def get(self, path: str, token: str | None = TOKEN, **headers: str) -> Reply:
        return self.ask("GET", path, token, **headers)

    def post(self, path: str, token: str | None = TOKEN, **headers: str) -> Reply:
        return self.ask("POST", path, token, **headers)

    def raw(self, content: bytes) -> bytes:
        """Return all that the server answers to these bytes."""
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=PATIENCE_S) as client:
            client.sendall(content)
            return b"".join(iter(lambda: client.recv(65536), b""))

    def events(self, token: str = TOKEN, last_event_id: str = "") -> EventsClient:
        """Return a client of the events that has read the head of the answer."""
        client = self.connect()
        extra = f"Last-Event-ID: {last_event_id}\r\n" if last_event_id else ""
        client.sendall(
            f"GET /api/v1/events?token={token} HTTP/1.1\r\nHost: {self.host}\r\n{extra}\r\n".encode()
        )
        lines = client.makefile("rb")
        assert next(lines) == b"HTTP/1.1 200 OK\r\n"
        while next(lines) != b"\r\n":
            pass
        return EventsClient(client, lines)

    def close(self) -> None:
        for client in self.clients:
            client.close()
        self.server.close(timeout_s=2.0)


@pytest.fixture
def site() -> Iterator[LiveSite]:
    """Return a running server with one run."""
    site = LiveSite()
    site.add_run()
    site.server.start()
    yield site
    site.close()
    assert not site.server.thread.is_alive()
    assert site.server.failures == 0


@pytest.fixture
def make_site() -> Iterator[Callable[..., LiveSite]]:
    """Return a function that starts a server with these options and no run."""
    sites: list[LiveSite] = []

    def make(**options: Any) -> LiveSite:
        sites.append(LiveSite(**options))
        sites[-1].server.start()
        return sites[-1]

    yield make
    for site in sites:
        site.close()
        assert site.server.failures == 0


def wait_for(condition: Callable[[], Any], patience_s: float = PATIENCE_S) -> Any:
    """Return the first true value of `condition`."""
    deadline_s = time.monotonic() + patience_s
    while not (value := condition()):
        assert time.monotonic() < deadline_s, "the condition never came true"
        time.sleep(0.005)
    return value
