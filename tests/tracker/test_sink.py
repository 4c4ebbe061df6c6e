"""A lake that is full or has vanished: rows wait in memory, energy is never lost."""

import resource
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from energyvis_tracker import journal_sink
from energyvis_tracker.journal import Sample, read_journal
from energyvis_tracker.journal_sink import RETRY_NS, JournalSink
from energyvis_tracker.meters import Device
from energyvis_tracker.meters.meter import Reading
from energyvis_tracker.recorder import Recorder

DEVICE = Device("cpu", "cpu", "", "estimate", "ms")


class Rig:
    """A recorder on a real folder; time is a number of ticks."""

    def __init__(self, lake: Path) -> None:
        self.closed: list[Path] = []
        self.sink = JournalSink(lake, "RUN", "host-1", lambda: {"host": "host"}, self.closed.append)
        self.recorder = Recorder([DEVICE], self.sink)
        self.now_ns = 0

    def tick(self, energy_j: float = 1.0) -> None:
        self.now_ns += RETRY_NS
        self.recorder.record([Reading(DEVICE, self.now_ns, energy_j, energy_j, "ok", None)], 0, self.now_ns)

    def rows(self) -> list[Sample]:
        self.sink.rotate()
        return [row for path in self.closed if path.exists() for row in read_journal(path).samples]


@pytest.fixture
def rig(lake: Any) -> Rig:
    return Rig(lake.path)


@pytest.fixture
def file_size_limit() -> Iterator[Any]:
    """Return a function that limits the length of files, which ends like a full disk: with a short write."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda limit: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_rows_of_a_full_disk_wait_and_then_follow(rig: Rig, file_size_limit: Any) -> None:
    rig.tick()
    assert rig.sink.journal is not None
    torn = rig.sink.journal.path
    size = torn.stat().st_size
    file_size_limit(size + 20)
    rig.tick()
    assert torn.stat().st_size == size + 20
    file_size_limit(20)
    for _ in range(4):
        rig.tick()
    assert rig.sink.problem
    assert len(rig.sink.pending) == 5
    file_size_limit(resource.getrlimit(resource.RLIMIT_FSIZE)[1])
    rig.tick()
    assert rig.sink.problem is None
    assert [row.seq for row in rig.rows()] == list(range(7))
    assert sorted(rig.sink.folder.glob("*.bin")) == sorted(rig.closed)


def test_a_vanished_lake_is_waited_for_and_never_made_anew(rig: Rig, lake: Any) -> None:
    rig.tick()
    elsewhere = lake.path.with_name("unmounted")
    lake.path.rename(elsewhere)
    rig.sink.rotate()
    rig.tick()
    assert not lake.path.exists()
    assert "vanished" in (rig.sink.problem or "")
    elsewhere.rename(lake.path)
    rig.tick()
    assert [row.seq for row in rig.rows()] == [0, 1, 2]


@pytest.mark.parametrize("ticks", [1, 9])
def test_rows_of_a_deleted_journal_are_written_again(rig: Rig, ticks: int) -> None:
    for _ in range(3):
        rig.tick()
    assert rig.sink.journal is not None
    for path in rig.sink.folder.iterdir():
        path.unlink()
    rig.sink.folder.rmdir()
    for _ in range(ticks):
        rig.tick()
    if ticks == 1:  # closed before anybody looked
        rig.sink.rotate()
        rig.sink.flush(rig.now_ns)
    assert [row.seq for row in rig.rows()] == list(range(3 + ticks))
    assert (rig.sink.folder / "lock").exists()


def test_when_memory_is_full_energy_is_carried_on_and_seq_has_no_gap(
    rig: Rig, lake: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_sink, "MAX_PENDING_RECORDS", 3)
    rig.tick()
    lake.path.rename(lake.path.with_name("unmounted"))
    rig.sink.rotate()
    for _ in range(10):
        rig.tick(2.0)
    assert len(rig.sink.pending) == 3
    lake.path.with_name("unmounted").rename(lake.path)
    rig.tick(4.0)
    rows = rig.rows()
    assert [row.seq for row in rows] == [0, 1, 2, 3, 4, 5]
    assert [row.energy_j for row in rows] == [1.0, 2.0, 2.0, 2.0, 7 * 2.0, 4.0]
    assert rows[-2].power_w == pytest.approx(2.0)
    assert rig.recorder.merged == 7
    assert rig.recorder.energy_j == {"cpu": 25.0}
