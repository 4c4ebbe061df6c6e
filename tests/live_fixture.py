"""Real jobs under the real tracker, and servers on real sockets that are no trackers, for the live tests."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from energyvis_panel.domain.live_reading import LiveReading

PATIENCE_S = 30.0
JOB = """
import sys, time
from energyvis_tracker import EnergyTracker
epoch_s = float(sys.argv[1])
with EnergyTracker("toy", epochs=100_000, region="US-GA", interval_s=0.1, quiet=True) as tracker:
    print(tracker.url, flush=True)
    for epoch in tracker.epochs():
        time.sleep(epoch_s)
        tracker.log(accuracy=1 - 1 / (epoch + 2))
"""
WITHOUT_EPOCHS = """
import time
from energyvis_tracker import EnergyTracker
with EnergyTracker("plain", interval_s=0.1, quiet=True) as tracker:
    print(tracker.url, flush=True)
    time.sleep(600)
"""


def wait_for(condition: Callable[[], Any]) -> Any:
    """The first true value of ``condition``."""
    deadline_s = time.monotonic() + PATIENCE_S
    while not (value := condition()):
        assert time.monotonic() < deadline_s, "the condition never came true"
        time.sleep(0.01)  # between two looks; what is waited for happens in another process or thread
    return value


class Job:
    """A job in a process of its own, measured by a sampler of its own."""

    def __init__(self, folder: Path, runtime: str, program: str, *arguments: str) -> None:
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("ENERGYVIS_", "SLURM_"))}
        self.runtime = Path(runtime)
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-c", program, *arguments],
            env=environment
            | {
                "ENERGYVIS_LAKE": str(folder / "lake"),
                "XDG_RUNTIME_DIR": runtime,
                "ENERGYVIS_POWERCAP": str(folder / "none"),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()
        assert "?token=" in self.url, "the job did not start"
        self.sampler_pid = sampler_of(self.runtime)

    def kill(self) -> None:
        """End the job without a word; its sampler notices and ends the run."""
        self.process.kill()

    def kill_sampler(self) -> None:
        """End the sampler without a word, and with it the live URL."""
        with suppress(ProcessLookupError):
            os.kill(self.sampler_pid, signal.SIGKILL)

    def freeze_sampler(self, *, is_frozen: bool) -> None:
        """Hold the sampler, so that it says nothing while its sockets stay open, or let it go on."""
        os.kill(self.sampler_pid, signal.SIGSTOP if is_frozen else signal.SIGCONT)

    def end(self) -> None:
        """End everything of the job."""
        self.process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.kill_sampler()


def sampler_of(runtime: Path) -> int:
    """Process of the sampler that serves the sockets in a runtime folder."""
    code = "import json; from energyvis_tracker.live_runs import live_runs; print(live_runs()[0]['pid'])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"XDG_RUNTIME_DIR": str(runtime)},
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE_S,
    )
    return int(done.stdout)


@contextmanager
def tracked_job(folder: Path, *, epoch_s: float = 0.2, program: str = JOB) -> Iterator[Job]:
    """A job whose epochs take ``epoch_s`` seconds, for as long as the context lasts."""
    # A socket's path may have 107 characters, which pytest's own folders can exceed.
    with tempfile.TemporaryDirectory(prefix="ev") as runtime:
        job = Job(folder, runtime, program, str(epoch_s))
        try:
            yield job
        finally:
            job.end()


class Readings:
    """Collects the readings of a followed run."""

    def __init__(self) -> None:
        self.all: list[LiveReading] = []

    def __call__(self, reading: LiveReading) -> None:
        self.all.append(reading)

    @property
    def latest(self) -> LiveReading:
        return self.all[-1]

    def until(self, condition: Callable[[LiveReading], Any]) -> LiveReading:
        """The latest reading as soon as it meets a condition."""
        reading: LiveReading = wait_for(lambda: self.all and condition(self.latest) and self.latest)
        return reading


@contextmanager
def false_tracker(serve: Callable[[socket.socket, bytes], object]) -> Iterator[str]:
    """Server that answers each request as ``serve`` does; its live URL."""
    listener = socket.create_server(("127.0.0.1", 0))
    clients: list[socket.socket] = []

    def attend(client: socket.socket) -> None:
        with suppress(OSError):
            request = b""
            while b"\r\n\r\n" not in request and (piece := client.recv(4096)):
                request += piece
            serve(client, request)
        client.close()

    def listen() -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                clients.append(client)
                threading.Thread(target=attend, args=(client,), daemon=True).start()

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/?token=secret-of-the-test"
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for client in clients:
            with suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)
            client.close()
        thread.join(PATIENCE_S)
