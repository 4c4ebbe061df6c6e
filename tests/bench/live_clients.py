"""What the live URL costs the sampler: publishing and ticks with no, ten and ten plus a hung client; memory.

Run as `python tests/bench/live_clients.py [--seconds 20]`; prints a table, asserts nothing. A process of its
own plays the sampler: it publishes at 10 Hz, as a session with eight GPUs does, and ticks at 100 Hz.
"""

import argparse
import json
import socket
import statistics
import subprocess
import sys
import threading
from contextlib import ExitStack
from typing import IO, Any

CLIENTS = 10
SAMPLER = """
import json, sys, time
sys.setswitchinterval(0.001)  # as the sampler does

def rss_kb():
    for line in open("/proc/self/status"):
        if line.startswith("VmRSS"):
            return int(line.split()[1])

import pathlib, select, signal, socket, threading, energyvis_tracker.meters  # the sampler has these anyway
begin_kb, begin_s = rss_kb(), time.perf_counter()
from energyvis_tracker.live.access import new_token
from energyvis_tracker.live.feed import LiveFeed
from energyvis_tracker.live.server import LiveServer
server = LiveServer(wake=lambda: None)
feed = LiveFeed("01JBQ4T9W2M8X5R7K3ZC6D1F0H", new_token())
server.add(feed)
server.start()
ready_s, ready_kb = time.perf_counter() - begin_s, rss_kb()
feed.publish_state({"run_id": feed.run_id, "name": "bench", "state": "running"})
load = {"load_ms": ready_s * 1e3, "load_kb": ready_kb - begin_kb}
print(json.dumps(load | {"url": server.url_of(feed)}), flush=True)

def summary(tick):
    gpu = {"kind": "gpu", "model": "H100", "source": "counter", "note": "", "energy_j": tick * 1.5}
    now = {"power_w": 300.0, "util_pct": 99.0, "mem_used_bytes": 2**36, "temp_c": 61.0}
    return {
        "at_us": time.time_ns() // 1000, "energy_j": {"gpu": tick * 12.0}, "power_w": {"gpu": 2400.0},
        "qualities": {"ok": tick}, "samples": tick, "attributed_j": None, "budget": None,
        "devices": [gpu | now | {"id": f"GPU-{number}"} for number in range(8)],
    }

for line in sys.stdin:
    seconds = float(line)
    publish_us, late_us, cpu_s, begin_ns = [], [], time.process_time(), time.monotonic_ns()
    for tick in range(round(seconds * 100)):
        due_ns = begin_ns + tick * 10_000_000
        time.sleep(max(0, due_ns - time.monotonic_ns()) / 1e9)
        late_us.append((time.monotonic_ns() - due_ns) / 1e3)
        if tick % 10 == 0:
            latest = summary(tick)
            before_ns = time.perf_counter_ns()
            feed.add_sample(time.monotonic_ns(), latest["energy_j"])
            if feed.wants_sample(time.monotonic_ns()):
                feed.publish_sample(latest)
            publish_us.append((time.perf_counter_ns() - before_ns) / 1e3)
    found = {"publish_us": publish_us, "late_us": late_us, "watchers": feed.watchers}
    used = {"cpu_s": time.process_time() - cpu_s, "rss_kb": rss_kb() - begin_kb}
    print(json.dumps(found | used), flush=True)
"""


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=20.0, help="length of each stretch")
    seconds: float = options.parse_args().seconds
    with ExitStack() as stack:
        sampler = stack.enter_context(
            subprocess.Popen(
                [sys.executable, "-c", SAMPLER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
        )
        assert sampler.stdin is not None
        assert sampler.stdout is not None
        stack.callback(sampler.stdin.close)
        first = json.loads(sampler.stdout.readline())
        print(f"load and start: {first['load_ms']:.1f} ms, {first['load_kb'] / 1024:.2f} MB")
        print(f"{'clients':<28}{'publish us':>20}{'tick late by us':>24}{'core':>9}{'memory':>10}")
        print(f"{'':<28}{'p50':>10}{'p99':>10}{'p50':>12}{'p99':>12}{'%':>9}{'MB':>10}")
        report("none", stretch(sampler.stdin, sampler.stdout, seconds), seconds)
        for _ in range(CLIENTS):
            read_away(client_of(first["url"], stack))
        report(f"{CLIENTS} streams", stretch(sampler.stdin, sampler.stdout, seconds), seconds)
        client_of(first["url"], stack)
        report(f"{CLIENTS} streams and a hung one", stretch(sampler.stdin, sampler.stdout, seconds), seconds)


def client_of(url: str, stack: ExitStack) -> socket.socket:
    """Return a client that has asked for the events."""
    address, _, token = url.removeprefix("http://").partition("/?token=")
    host, _, port = address.partition(":")
    client = stack.enter_context(socket.create_connection((host, int(port))))
    client.sendall(f"GET /api/v1/events?token={token} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    return client


def read_away(client: socket.socket) -> None:
    """Read all that a client gets, in a thread of its own."""

    def read() -> None:
        while client.recv(65536):
            pass

    threading.Thread(target=read, daemon=True).start()


def stretch(orders: IO[str], answers: IO[str], seconds: float) -> dict[str, Any]:
    """Return what the sampler measured over a stretch of time."""
    print(seconds, file=orders, flush=True)
    found: dict[str, Any] = json.loads(answers.readline())
    return found


def report(name: str, found: dict[str, Any], seconds: float) -> None:
    """Print one line of the table."""
    figures = [percentile(found[what], part) for what in ("publish_us", "late_us") for part in (50, 99)]
    print(
        f"{name:<28}{figures[0]:>10.1f}{figures[1]:>10.1f}{figures[2]:>12.0f}{figures[3]:>12.0f}"
        f"{found['cpu_s'] / seconds * 100:>9.2f}{found['rss_kb'] / 1024:>10.2f}"
    )


def percentile(values: list[float], part: int) -> float:
    """Return a percentile."""
    return statistics.quantiles(values, n=100, method="inclusive")[part - 1]


if __name__ == "__main__":
    main()
