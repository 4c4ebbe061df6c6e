"""`energyvis serve` ends with its signal, and leaves no server behind."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

MAIN = "from energyvis_panel.cli.main import main; main()"
LONGEST_START_S = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://localhost:{port}/liveness", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_server_itself(tmp_path: Path, sent: signal.Signals) -> None:
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ENERGYVIS_")}
    environment |= {"ENERGYVIS_LAKE": str(tmp_path / "lake"), "ENERGYVIS_CACHE": str(tmp_path / "cache")}
    process = subprocess.Popen(
        [sys.executable, "-c", MAIN, "serve", "--port", str(port)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + LONGEST_START_S
        while not answers(port):
            assert process.poll() is None
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.1)  # the server opens its port when it is ready; nothing else tells
        process.send_signal(sent)
        process.wait(timeout=20)
        assert not answers(port)
    finally:
        process.kill()
        process.wait()
