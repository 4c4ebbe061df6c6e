"""Real processes of `energyvis serve` on free ports, for tests of what stands before them."""

import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tests.deploy.nginx_fixture import PATIENCE_S, SITE
from tests.free_port import free_port

COMMAND = "import sys; from energyvis_panel.cli.main import main; sys.exit(main())"
GRACE_S = 2
POLL_S = 0.05


def until(holds: Callable[[], bool], otherwise: str) -> None:
    """Return when it holds; fail with the sentence when it does not in time."""
    deadline_s = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline_s, otherwise
        time.sleep(POLL_S)


class Processes:
    """Two processes of the server that share a lake and a cache."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = [free_port(), free_port()]
        self.running: dict[int, subprocess.Popen[bytes]] = {}

    def start(self, *ports: int) -> None:
        """Start the processes of these ports; they are ready afterwards."""
        environment = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(self.folder),
            "ENERGYVIS_LAKE": str(self.folder / "lake"),
            "ENERGYVIS_CACHE": str(self.folder / "cache"),
            "ENERGYVIS_ORIGINS": SITE,
            "ENERGYVIS_PROXY": "1",
            "ENERGYVIS_GRACE": str(GRACE_S),
        }
        for port in ports:
            options = ["--address", "127.0.0.1", "--port", str(port), "--prefix", "/energyvis"]
            with self.log_of(port).open("ab") as log:
                self.running[port] = subprocess.Popen(
                    [sys.executable, "-c", COMMAND, "serve", *options],
                    env=environment,
                    stdout=log,
                    stderr=log,
                )
        until(lambda: all(map(self.is_ready, ports)), "the processes are not ready")

    def log_of(self, port: int) -> Path:
        """File that the process on the port writes its log to."""
        return self.folder / f"{port}.log"

    def is_ready(self, port: int) -> bool:
        """Whether the process on the port says that it takes visitors."""
        assert self.running[port].poll() is None, self.log_of(port).read_text()[-3000:]
        with suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            address = f"http://127.0.0.1:{port}/energyvis/ready"
            with urllib.request.urlopen(address, timeout=5) as answer:
                return bool(answer.status == 200)
        return False

    def end(self, port: int, sent: signal.Signals = signal.SIGKILL) -> int:
        """Exit status of the process on the port after this signal."""
        self.running[port].send_signal(sent)
        return self.running[port].wait(timeout=PATIENCE_S)

    def end_all(self) -> None:
        """Kill what still runs."""
        for process in self.running.values():
            process.kill()
            process.wait()
