"""Starting a sampler, and collecting it when it has ended."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

REAP_PATIENCE_S = 0.5


def spawn(descriptor: int, path: Path) -> "subprocess.Popen[bytes]":
    """Start the sampler with its end of the socket pair, apart from the job's terminal and streams.

    Parameters
    ----------
    descriptor
        The sampler's end of a socket pair.
    path
        Where further trackers are to find it.
    """
    package_parent = str(Path(__file__).resolve().parent.parent)
    inherited = os.environ.get("PYTHONPATH")
    environment = os.environ | {
        "PYTHONPATH": package_parent + (os.pathsep + inherited if inherited else ""),
        # Both keep the sampler's memory small: one heap for all threads, and pyarrow's buffers in it.
        "MALLOC_ARENA_MAX": "1",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
    }
    return subprocess.Popen(  # noqa: S603 - our own module under the job's own interpreter
        # -P: a file called json.py in the job's folder must not become our json.
        [sys.executable, "-P", "-m", "energyvis_tracker.sampler", str(descriptor), str(path)],
        pass_fds=[descriptor],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,
    )


def reap(process: "subprocess.Popen[bytes]") -> None:
    """Collect the sampler's exit status, without waiting for one that works on for others or its files."""
    deadline_s = time.monotonic() + REAP_PATIENCE_S
    while process.poll() is None and time.monotonic() < deadline_s:
        time.sleep(0.005)
    if process.returncode is None:
        # It ends by itself; a thread collects it, so that neither a zombie nor a warning is left.
        threading.Thread(target=process.wait, name="sampler-reaper", daemon=True).start()
