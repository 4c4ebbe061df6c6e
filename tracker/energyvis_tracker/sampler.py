"""The sampler: a process of its own that reads the meters, so that the job's process does nothing else.

Started by the tracker as `python -P -m energyvis_tracker.sampler FD`, with its end of a socket pair as FD.
It ends when the job says so or is gone. SIGTERM makes it close everything that is open, and go on.
"""

import contextlib
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Iterator
from typing import Any

from energyvis_tracker.clock import TickSchedule
from energyvis_tracker.marks import MarkReader
from energyvis_tracker.session import Session

HELLO_TIMEOUT_S = 30.0


def serve(connection: socket.socket, signals: socket.socket) -> int:
    """Measure for the job at the other end until it stops or is gone; return an exit status.

    Parameters
    ----------
    connection
        Our end of the socket pair.
    signals
        Becomes readable on SIGTERM.
    """
    connection.settimeout(HELLO_TIMEOUT_S)
    reader = MarkReader(connection)
    marks: list[dict[str, Any]] = []
    while not marks and not reader.is_closed:
        marks = reader.receive()
    if not marks or marks[0].get("mark") != "hello":
        return 1
    session = Session(marks.pop(0), connection)
    session.begin()
    schedule = TickSchedule(time.monotonic_ns(), session.interval_s)
    with watched_process(session.job_pid) as job:
        watched: list[Any] = [connection, *job, signals]
        connection.setblocking(False)
        while True:
            for mark in marks:
                if session.handle(mark):
                    return 0
            if reader.is_closed:
                session.lose()
                return 0
            wait_s = max(0.0, (schedule.due_ns - time.monotonic_ns()) / 1e9)
            ready = select.select(watched, [], [], wait_s)[0]
            now_ns = time.monotonic_ns()
            if now_ns >= schedule.due_ns:
                schedule.advance(now_ns)
                session.tick()
            if signals in ready:
                drain(signals)
                session.close_journal()
            marks = arrived(reader)
            # A child of the job can hold the socket open, so the end of the job's process counts as well;
            # what it said before comes first.
            if not marks and any(end in ready for end in job):
                reader.is_closed = True


def arrived(reader: MarkReader) -> list[dict[str, Any]]:
    """Return the marks that have come in; reading does not wait."""
    try:
        return reader.receive()
    except BlockingIOError:
        return []


@contextlib.contextmanager
def watched_process(pid: int) -> Iterator[list[int]]:
    """Yield a descriptor, in a list, that is readable once process `pid` has ended; none where unknown."""
    try:
        descriptor = os.pidfd_open(pid)
    except (AttributeError, OSError):
        yield []
        return
    try:
        yield [descriptor]
    finally:
        os.close(descriptor)


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


def drain(end: socket.socket) -> None:
    """Read away what lies in a non-blocking socket."""
    with contextlib.suppress(BlockingIOError):
        end.recv(4096)


def main(arguments: list[str]) -> int:
    """Run the sampler on the inherited descriptor that the first argument names."""
    # A thread that holds the interpreter for 5 ms, the default, would delay ticks by as much.
    sys.setswitchinterval(0.001)
    # pyarrow works without numpy, which would cost 50 ms and 5 MB more.
    sys.modules["numpy"] = None  # type: ignore[assignment]  # the documented way to forbid an import
    os.chdir("/")  # keep no file system of the job busy
    with signal_pipe() as signals, socket.socket(fileno=int(arguments[0])) as connection:
        return serve(connection, signals)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
