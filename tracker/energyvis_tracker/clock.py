"""When to sample: ticks at absolute times, so that a late tick does not shift those after it."""

import time
from datetime import UTC, datetime, timedelta

UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NS_PER_S = 1_000_000_000


def now_us() -> int:
    """Return the wall clock in Unix microseconds."""
    return time.time_ns() // 1000


def iso_utc(time_us: int) -> str:
    """Return Unix microseconds as ISO 8601 with Z, always with six decimals."""
    return datetime.fromtimestamp(time_us // 1_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%S") + (
        f".{time_us % 1_000_000:06d}Z"
    )


def us_from_iso(text: str) -> int:
    """Return the Unix microseconds of an ISO 8601 time."""
    return (datetime.fromisoformat(text) - UNIX_EPOCH) // timedelta(microseconds=1)


class TickSchedule:
    """Ticks every `interval_s` after `start_ns` on the monotonic clock.

    Ticks that have passed while the process could not run are left out and counted in `missed`.
    """

    def __init__(self, start_ns: int, interval_s: float) -> None:
        self.start_ns = start_ns
        self.interval_ns = max(1, round(interval_s * NS_PER_S))
        self.tick = 1
        self.missed = 0

    @property
    def due_ns(self) -> int:
        """Return the time of the next tick."""
        return self.start_ns + self.tick * self.interval_ns

    def advance(self, now_ns: int) -> None:
        """Go on to the first tick after `now_ns`."""
        tick = (now_ns - self.start_ns) // self.interval_ns + 1
        self.missed += max(0, tick - self.tick - 1)
        self.tick = max(tick, self.tick + 1)
