"""A clock that is set while a run goes on, and a machine that sleeps: the run's samples stay in order."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from energyvis_tracker.clock import NS_PER_S, WallClock
from energyvis_tracker.meters import open_meters
from energyvis_tracker.meters.hub import MeterHub
from energyvis_tracker.session import Session

HOUR_US = 3_600_000_000


class SetClock:
    """A wall clock that somebody sets, and a machine that was asleep."""

    def __init__(self) -> None:
        self.off_us = 0
        self.slept_ns = 0

    def wall_us(self) -> int:
        return time.time_ns() // 1000 + self.off_us

    def boot_ns(self) -> int:
        return time.monotonic_ns() + self.slept_ns


def hello(lake: Path) -> dict[str, Any]:
    """Return the first mark of a job."""
    from energyvis_tracker import EnergyTracker  # noqa: PLC0415 - the fixtures set the environment first
    from energyvis_tracker.introduction import hello_of  # noqa: PLC0415 - likewise

    return hello_of(EnergyTracker("clocks", lake=lake, interval_s=1.0, quiet=True))


@pytest.fixture
def set_clock() -> SetClock:
    return SetClock()


@pytest.fixture
def session(lake: Any, set_clock: SetClock) -> Iterator[Session]:
    """Return a run in this process, with a clock that the test sets."""
    clock = WallClock(set_clock.wall_us, time.monotonic_ns, set_clock.boot_ns)
    meters = open_meters(time.monotonic_ns)
    begun = Session(hello(lake.path), MeterHub(meters.meters, clock.read), meters, clock, lambda: None)
    begun.begin()
    yield begun
    begun.files.finish()
    begun.files.thread.join()
    assert begun.sink.lock is not None
    begun.sink.lock.finish()


def written(session: Session, lake: Any, wait_until: Any) -> list[dict[str, Any]]:
    """Return the samples so far, once they are in a segment."""
    session.close_journal()
    wait_until(lambda: not lake.has("journal-*") and len(lake.samples()) == session.recorder.seq)
    samples: list[dict[str, Any]] = lake.samples()
    return samples


def test_times_go_on_when_the_clock_is_set_back(
    session: Session, set_clock: SetClock, lake: Any, wait_until: Any
) -> None:
    session.sweep()
    set_clock.off_us -= HOUR_US
    session.sweep()
    session.sweep()
    times = [sample["ts"] for sample in written(session, lake, wait_until)]
    assert len(times) >= 4
    assert times == sorted(times)
    assert (times[-1] - times[0]).total_seconds() < 60
    assert "set 3600.0 s back" in session.current_record()["notes"]


def test_a_clock_that_is_set_forward_is_followed_and_noted(
    session: Session, set_clock: SetClock, lake: Any, wait_until: Any
) -> None:
    session.sweep()
    set_clock.off_us += HOUR_US
    session.sweep()
    times = [sample["ts"] for sample in written(session, lake, wait_until)]
    assert 3_600 <= (times[-1] - times[0]).total_seconds() < 3_660
    assert "set 3600.0 s forward" in session.current_record()["notes"]


def test_a_sleep_of_the_machine_is_noted_as_a_sleep(session: Session, set_clock: SetClock) -> None:
    set_clock.off_us += HOUR_US
    set_clock.slept_ns += 3_600 * NS_PER_S
    session.sweep()
    assert session.current_record()["notes"] == "The machine slept for 3600 s."
