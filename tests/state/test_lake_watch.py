"""One watcher reads for all; listeners come and go while it runs."""

import threading
from datetime import datetime

import pyarrow as pa
import pytest

from energyvis_panel.data.lake import LakeStatus
from energyvis_panel.state.lake_watch import LakeWatch
from energyvis_panel.state.run_rows import LakeSnapshot
from tests.lake_fixture import at
from tests.state.test_runs_state import CannedLake

LONGEST_S = 10.0


class CountedLake(CannedLake):
    """Lets a test wait for readings."""

    def __init__(self) -> None:
        super().__init__()
        self.readings = 0
        self.changed = threading.Condition()

    def all_runs(self, now: datetime) -> pa.Table:
        with self.changed:
            self.readings += 1
            self.changed.notify_all()
        return super().all_runs(now)

    def status(self, now: datetime) -> LakeStatus:
        return super().status(now)

    def wait_for(self, readings: int) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: self.readings >= readings, LONGEST_S)


class Listener:
    """Collects what it is told."""

    def __init__(self) -> None:
        self.heard: list[LakeSnapshot] = []
        self.told = threading.Event()

    def __call__(self, snapshot: LakeSnapshot) -> None:
        self.heard.append(snapshot)
        self.told.set()


def watchers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "lake-watch"]


def wait_until_none_watches() -> None:
    for thread in watchers():
        thread.join(LONGEST_S)
    assert watchers() == []


def test_one_reading_serves_all_listeners() -> None:
    lake = CountedLake()
    watch = LakeWatch(lake, every_s=0.01)
    listeners = [Listener() for _ in range(5)]
    ends = [watch.subscribe(listener) for listener in listeners]
    assert all(listener.told.wait(LONGEST_S) for listener in listeners)
    assert len(watchers()) == 1
    lake.wait_for(3)
    for end in ends:
        end()
    wait_until_none_watches()
    assert lake.readings < 5 * min(len(listener.heard) for listener in listeners)


def test_nothing_is_read_while_nobody_listens() -> None:
    lake = CountedLake()
    watch = LakeWatch(lake, every_s=0.01)
    assert watchers() == []
    end = watch.subscribe(Listener())
    lake.wait_for(1)
    end()
    end()  # a session may end twice: its tab is closed, then the session expires
    wait_until_none_watches()
    readings = lake.readings
    again = Listener()
    end = watch.subscribe(again)
    assert again.told.wait(LONGEST_S)
    end()
    wait_until_none_watches()
    assert lake.readings > readings


def test_listener_that_fails_harms_no_other(caplog: pytest.LogCaptureFixture) -> None:
    watch = LakeWatch(CountedLake(), every_s=0.01)

    def fails(_snapshot: LakeSnapshot) -> None:
        raise RuntimeError("its document is gone")

    other = Listener()
    ends = [watch.subscribe(fails), watch.subscribe(other)]
    assert other.told.wait(LONGEST_S)
    for end in ends:
        end()
    wait_until_none_watches()
    assert "its document is gone" in caplog.text


def test_listener_may_leave_or_bring_another_while_it_is_told() -> None:
    watch = LakeWatch(CountedLake(), every_s=0.01)
    later = Listener()
    ends = [watch.subscribe(Listener())]
    left = threading.Event()

    def leaves(_snapshot: LakeSnapshot) -> None:
        if not left.is_set():
            ends.append(watch.subscribe(later))
            ends[1]()
            left.set()

    ends.append(watch.subscribe(leaves))
    assert left.wait(LONGEST_S)
    assert later.told.wait(LONGEST_S)
    for end in ends:
        end()
    wait_until_none_watches()


def test_recent_reading_is_handed_out_again() -> None:
    lake, now = CountedLake(), [at(0)]
    watch = LakeWatch(lake, every_s=2.0, clock=lambda: now[0])
    first = watch.snapshot()
    now[0] = at(1.9)
    assert watch.snapshot() is first
    now[0] = at(2.1)
    assert watch.snapshot() is not first
    assert lake.readings == 2
