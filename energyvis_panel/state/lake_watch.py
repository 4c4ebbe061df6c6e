"""One watcher a process: it reads the lake at a fixed cadence and hands what it read to every session.

Sessions never poll. The thread runs only while somebody listens, and no lock is held while listeners are
called, so a slow listener delays the others but can block nobody from coming or going.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from energyvis_panel.domain.carbon import CarbonIntensity, Price
from energyvis_panel.state.run_rows import (
    BookReader,
    BookRows,
    LakeReader,
    LakeSnapshot,
    take_snapshot,
    utc_now,
)
from energyvis_panel.state.runs_frame import SHARED

log = logging.getLogger(__name__)

EVERY_S = 2.0
LONGEST_PAUSE_S = 20.0
SHARE_OF_TIME = 0.25
"""At most this part of the time is spent reading, however large the lake is."""

Listener = Callable[[LakeSnapshot], Any]


class LakeWatch:
    """Reads a lake for all sessions of a process.

    Parameters
    ----------
    lake
        What to read.
    intensities
        Carbon intensity by region; a run in another region has no emissions.
    prices
        Price of electricity by region, in USD; a run in another region has no cost.
    every_s
        Seconds between two readings; more where a reading takes long.
    clock
        Tells the current time with its zone.

    """

    def __init__(
        self,
        lake: LakeReader,
        intensities: Mapping[str, CarbonIntensity] | None = None,
        prices: Mapping[str, Price] | None = None,
        *,
        every_s: float = EVERY_S,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.lake = lake
        self.every_s = every_s
        self._intensities = dict(intensities or {})
        self._prices = dict(prices or {})
        self._clock = clock
        self._book = BookRows(lake, self._intensities, self._prices) if isinstance(lake, BookReader) else None
        self._lock = threading.Lock()
        self._reading = threading.Lock()
        self._listeners: dict[int, Listener] = {}
        self._serial = 0
        self._stop: threading.Event | None = None
        self._latest: LakeSnapshot | None = None

    def snapshot(self) -> LakeSnapshot:
        """The latest reading while the lake is watched, or one no older than the cadence; else a fresh one.

        While somebody listens, a newcomer never waits for a large lake: the next reading is on its way.
        """
        latest, now = self._latest, self._clock()
        if latest is not None and self._stop is not None:
            return latest
        if latest is not None and 0 <= (now - latest.taken_at).total_seconds() < self.every_s:
            return latest
        return self._read()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Have ``listener`` called from the watcher's thread after each reading; the result ends that."""
        with self._lock:
            self._serial += 1
            key = self._serial
            self._listeners[key] = listener
            if self._stop is None:
                self._stop = threading.Event()
                threading.Thread(
                    target=self._watch, args=(self._stop,), name="lake-watch", daemon=True
                ).start()

        def unsubscribe() -> None:
            with self._lock:
                self._listeners.pop(key, None)
                if not self._listeners and self._stop is not None:
                    self._stop.set()
                    self._stop = None

        return unsubscribe

    def _read(self) -> LakeSnapshot:
        now = self._clock()
        if self._book is not None:
            with self._reading:
                self._latest = self._book.snapshot(now)
        else:
            self._latest = take_snapshot(self.lake, self._intensities, now, self._prices)
        # Made here, in the watcher's thread, so that no session has to wait for it.
        SHARED.of(self._latest.rows)
        return self._latest

    def _watch(self, stop: threading.Event) -> None:
        while not stop.is_set():
            snapshot = self._read()
            with self._lock:
                listeners = list(self._listeners.values())
            for listener in listeners:
                if stop.is_set():
                    return
                try:
                    listener(snapshot)
                except Exception:
                    log.exception("A listener of the lake failed")
            spent_s = (self._clock() - snapshot.taken_at).total_seconds()
            pause_s = min(spent_s / SHARE_OF_TIME, LONGEST_PAUSE_S)
            # Once in a process all of a lake is read; until that is done people see a part of it.
            stop.wait(self.every_s if snapshot.pending_months else max(self.every_s, pause_s))
