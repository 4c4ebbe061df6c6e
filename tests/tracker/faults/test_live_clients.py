"""Clients of the live URL that do their worst: the job's epochs take no longer."""

import json
import select
import socket
import statistics
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

STREAMS = 10
EPOCHS = 500
JOB = """
import json, sys, time
from energyvis_tracker import EnergyTracker
with EnergyTracker("watched", interval_s=0.1, quiet=True) as t:
    print(t.url, flush=True)
    for line in sys.stdin:
        waited_s = []
        for _ in range(int(line)):
            before_s = time.perf_counter()
            t.epoch_start()
            t.epoch_end()
            waited_s.append((time.perf_counter() - before_s) / 2)
        print(json.dumps(waited_s), flush=True)
"""


class Clients:
    """Connections to a live URL, all kept open."""

    def __init__(self, url: str) -> None:
        address, _, self.token = url.strip().removeprefix("http://").partition("/?token=")
        host, _, port = address.partition(":")
        self.address = (host, int(port))
        self.open: list[socket.socket] = []
        self.received = [0] * STREAMS

    def connect(self, request: str) -> socket.socket:
        """Return a connection on which `request` has been sent."""
        client = socket.create_connection(self.address, timeout=10)
        self.open.append(client)
        client.sendall(request.encode())
        return client

    def events(self) -> str:
        """Return the request for the stream of events."""
        return f"GET /api/v1/events?token={self.token} HTTP/1.1\r\nHost: localhost\r\n\r\n"

    def stream(self, number: int) -> None:
        """Read events in a thread, as fast as they come."""
        client = self.connect(self.events())

        def read() -> None:
            while chunk := receive(client):
                self.received[number] += len(chunk)

        threading.Thread(target=read, daemon=True).start()

    def crawl(self) -> None:
        """Send a request that never ends, a letter at a time."""
        client = self.connect("GET /api/v1/run HTTP/1.1\r\nX-Slow: ")

        def trickle() -> None:
            while not select.select([client], [], [], 0.05)[0]:
                try:
                    client.sendall(b"a")
                except OSError:
                    return

        threading.Thread(target=trickle, daemon=True).start()


def receive(client: socket.socket) -> bytes:
    """Return what comes in, nothing once the connection is over."""
    try:
        return client.recv(65_536)
    except OSError:
        return b""


@pytest.fixture
def open_clients() -> Iterator[Callable[[str], Clients]]:
    """Return a function that opens clients to a URL, which are closed in the end."""
    opened: list[Clients] = []

    def open_to(url: str) -> Clients:
        opened.append(Clients(url))
        return opened[-1]

    yield open_to
    for clients in opened:
        for client in clients.open:
            client.close()


def median_wait_s(job: Any) -> float:
    """Have the job pass epochs, and return how long it waited at a boundary."""
    job.stdin.write(f"{EPOCHS}\n")
    job.stdin.flush()
    waited_s: list[float] = json.loads(job.stdout.readline())
    return statistics.median(waited_s)


def test_bad_clients_do_not_slow_the_job(
    lake: Any, start_job: Any, open_clients: Any, wait_until: Any
) -> None:
    job = start_job(JOB)
    clients = open_clients(job.stdout.readline())
    alone_s = median_wait_s(job)
    for number in range(STREAMS):
        clients.stream(number)
    clients.connect(clients.events())  # never reads
    clients.crawl()
    wait_until(lambda: all(clients.received))
    watched_s = median_wait_s(job)
    # Each stream is told of each epoch, by another thread of a machine that is busy with other tests.
    assert watched_s < 10 * alone_s + 0.002
    before = list(clients.received)
    wait_until(lambda: all(now > then for now, then in zip(clients.received, before, strict=True)))
    output, errors = job.communicate()
    assert job.returncode == 0, errors
    assert not output
    assert len(lake.epochs()) == 2 * EPOCHS
    assert lake.run()["state"] == "finished"
