"""The sampler: a process of its own that reads the meters, so that the job's process does nothing else.

Started by a tracker as `python -P -m energyvis_tracker.sampler FD SOCKET`, with its end of a socket pair as
FD; further trackers of this host find it through SOCKET. It ends when its last job has ended and everything
is written. SIGTERM makes it close everything that is open, and go on.
"""

import contextlib
import gc
import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace

from energyvis_tracker.sampler_loop import SamplerLoop


@contextlib.contextmanager
def signal_pipe() -> Iterator[socket.socket]:
    """Yield a socket that becomes readable on SIGTERM; SIGINT and SIGHUP are the job's affair, not ours."""
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: None)
    inner, outer = socket.socketpair()
    inner.setblocking(False)
    outer.setblocking(False)
    previous = signal.set_wakeup_fd(inner.fileno(), warn_on_full_buffer=False)
    try:
        yield outer
    finally:
        signal.set_wakeup_fd(previous)
        inner.close()
        outer.close()


def serve(loop: SamplerLoop, signals: socket.socket) -> None:
    """Run the loop until no job is left."""
    with selectors.DefaultSelector() as selector:
        loop.watch(selector)
        selector.register(signals, selectors.EVENT_READ, "signal")
        while loop.has_work:
            wait_s = max(0.0, (loop.due_ns() - time.monotonic_ns()) / 1e9)
            ready = selector.select(wait_s)
            loop.tick()
            for key, _ in ready:
                if key.data == "signal":
                    drain(signals)
                    loop.close_journals()
                else:
                    key.data()
            loop.tidy()


def drain(end: socket.socket) -> None:
    """Read away what lies in a non-blocking socket."""
    with contextlib.suppress(BlockingIOError):
        end.recv(4096)


def keep_small() -> None:
    """Keep two modules out that pyarrow would load and that nothing here uses.

    It works without numpy, 50 ms and 5 MB. It asks ssl where certificates for remote file systems lie,
    4.5 MB of OpenSSL; the sampler opens files by their path alone, so nowhere is an answer.
    """
    sys.modules["numpy"] = None  # type: ignore[assignment]  # the documented way to forbid an import
    stand_in = ModuleType("ssl")
    vars(stand_in)["get_default_verify_paths"] = lambda: SimpleNamespace(cafile=None, capath=None)
    sys.modules["ssl"] = stand_in


def main(arguments: list[str]) -> int:
    """Run the sampler on the inherited descriptor that the first argument names."""
    # A thread that holds the interpreter for 5 ms, the default, would delay ticks by as much.
    sys.setswitchinterval(0.001)
    keep_small()
    os.chdir("/")  # keep no file system of the job busy
    path = Path(arguments[1]) if len(arguments) > 1 else None
    with signal_pipe() as signals, SamplerLoop(path) as loop:
        gc.freeze()  # what is loaded by now stays; searching it for garbage again and again would delay ticks
        loop.add(socket.socket(fileno=int(arguments[0])))
        serve(loop, signals)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
