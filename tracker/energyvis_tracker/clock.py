"""When to sample, and what time it is: ticks at absolute times, a wall clock that never goes back."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NS_PER_S = 1_000_000_000
US_PER_S = 1_000_000
# Smaller differences are the wall clock being steered; larger ones are somebody setting it.
SMALLEST_JUMP_US = 500_000


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


def boot_ns() -> int:
    """Return the clock that also counts while the machine sleeps; the monotonic one where there is none."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    return time.monotonic_ns()


class WallClock:
    """The wall clock beside the monotonic one, told apart from jumps.

    A clock that is set back would put later samples before earlier ones. So after a step back the time goes
    on from where it was; a step forward is followed. `notes` says in words what happened, and how often the
    machine slept is told from the clock that counts through sleep.

    Parameters
    ----------
    wall_us, monotonic_ns, boot_ns
        The three clocks.
    """

    def __init__(
        self,
        wall_us: Callable[[], int] = now_us,
        monotonic_ns: Callable[[], int] = time.monotonic_ns,
        boot_ns: Callable[[], int] = boot_ns,
    ) -> None:
        self.wall_us = wall_us
        self.monotonic_ns = monotonic_ns
        self.boot_ns = boot_ns
        self.offset_us = wall_us() - monotonic_ns() // 1000
        self.asleep_ns = boot_ns() - monotonic_ns()
        self.last_us = 0
        self.notes: list[str] = []

    def read(self) -> tuple[int, int]:
        """Return the wall clock (us), never earlier than before, and the monotonic clock (ns)."""
        mono_ns, wall_us = self.monotonic_ns(), self.wall_us()
        offset_us = wall_us - mono_ns // 1000
        step_us = offset_us - self.offset_us
        slept_ns = self.boot_ns() - mono_ns - self.asleep_ns
        if slept_ns > NS_PER_S:
            self.asleep_ns += slept_ns
            self.notes.append(f"The machine slept for {slept_ns / NS_PER_S:.0f} s.")
        elif abs(step_us) > SMALLEST_JUMP_US:
            direction = "forward" if step_us > 0 else "back; times go on from where they were"
            self.notes.append(f"The clock was set {abs(step_us) / US_PER_S:.1f} s {direction}.")
        if step_us >= -SMALLEST_JUMP_US:
            self.offset_us = offset_us
        self.last_us = max(self.last_us, mono_ns // 1000 + self.offset_us)
        return self.last_us, mono_ns

    def at(self, mono_ns: int) -> int:
        """Return the wall time (us) of a moment on the monotonic clock."""
        return mono_ns // 1000 + self.offset_us


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
