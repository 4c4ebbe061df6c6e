"""The questions that DuckDB is answering: each can be withdrawn, and none takes longer than it may."""

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import duckdb

LOOKS_A_LIMIT: Final = 20
"""How many times within the longest that a question may take the running ones are looked at."""


@dataclass(slots=True, eq=False)
class Running:
    """A question that DuckDB is answering."""

    cursor: duckdb.DuckDBPyConnection
    since_s: float
    is_late: bool = False

    def stop(self) -> None:
        """Have DuckDB give it up; where it has ended meanwhile, its closed cursor cannot be interrupted."""
        with contextlib.suppress(duckdb.Error):
            self.cursor.interrupt()


class RunningQuestions:
    """Knows which questions run, by the name under which each can be withdrawn.

    Parameters
    ----------
    limit_s
        Longest that a question may take; one that takes longer is stopped. None = any length.

    """

    def __init__(self, limit_s: float | None = None) -> None:
        self._running: dict[object, Running] = {}
        self._lock = threading.Lock()
        self._closed = threading.Event()
        if limit_s is not None:
            threading.Thread(
                target=self._stop_late, args=(limit_s,), name="late-questions", daemon=True
            ).start()

    def __len__(self) -> int:
        return len(self._running)

    @contextlib.contextmanager
    def over(self, cursor: duckdb.DuckDBPyConnection, token: object) -> Iterator[Running]:
        """Count the cursor's question as running for the block, under a name; the cursor is closed then."""
        running, key = Running(cursor, time.monotonic()), cursor if token is None else token
        with self._lock:
            self._running[key] = running
        try:
            yield running
        finally:
            with self._lock:
                if self._running.get(key) is running:
                    del self._running[key]
            cursor.close()

    def cancel(self, token: object) -> None:
        """Withdraw the question that runs under a name, if one does."""
        with self._lock:
            running = self._running.get(token)
        if running is not None:
            running.stop()

    def close(self) -> None:
        """Look for late ones no more."""
        self._closed.set()

    def _stop_late(self, limit_s: float) -> None:
        while not self._closed.wait(limit_s / LOOKS_A_LIMIT):
            begun_before_s = time.monotonic() - limit_s
            with self._lock:
                late = [running for running in self._running.values() if running.since_s < begun_before_s]
            for running in late:
                running.is_late = True
                running.stop()
