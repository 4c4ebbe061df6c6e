"""More readings than a lake that cannot be written can wait for: memory stays bounded, energy stays right."""

import math
from pathlib import Path
from typing import Any

import pytest

from energyvis_tracker.clock import NS_PER_S
from energyvis_tracker.journal import Sample, read_journal
from energyvis_tracker.journal_sink import MAX_PENDING_RECORDS, JournalSink
from energyvis_tracker.meters.meter import Device, Reading
from energyvis_tracker.recorder import Recorder

DEVICES = [Device("cpu", "package-0", "", "counter", "uJ"), Device("dram", "dram-0", "", "counter", "uJ")]
TICK_NS = NS_PER_S // 1_000
READINGS = 70_000


class Flood:
    """A recorder that is fed at a thousand readings a second, as fast as it takes them."""

    def __init__(self, lake: Path) -> None:
        self.closed: list[Path] = []
        self.sink = JournalSink(lake, "RUN", "host-1", lambda: {"host": "host"}, self.closed.append)
        self.recorder = Recorder(DEVICES, self.sink)
        self.now_ns = 0
        self.drawn_j: list[float] = []

    def tick(self) -> None:
        """Record a reading of each device; each holds another energy."""
        self.now_ns += TICK_NS
        energy_j = 1.0 + len(self.drawn_j) / 1e6
        self.drawn_j += [energy_j, energy_j]
        readings = [Reading(device, self.now_ns, energy_j, 1.0, "ok", None) for device in DEVICES]
        self.recorder.record(readings, self.now_ns // 1_000, self.now_ns)

    def samples(self) -> list[Sample]:
        """Return what has been written."""
        self.sink.rotate()
        return [sample for path in self.closed if path.exists() for sample in read_journal(path).samples]


@pytest.fixture
def flood(lake: Any) -> Flood:
    return Flood(lake.path)


def test_a_flood_of_readings_stays_in_bounds_and_keeps_every_joule(flood: Flood, lake: Any) -> None:
    flood.tick()
    aside = lake.path.with_name("aside")
    lake.path.rename(aside)
    flood.sink.rotate()
    most = 0
    while len(flood.drawn_j) < READINGS:
        flood.tick()
        most = max(most, len(flood.sink.pending))
    assert most == MAX_PENDING_RECORDS
    assert sum(map(len, flood.sink.pending)) < 10_000_000
    assert flood.recorder.merged == READINGS - MAX_PENDING_RECORDS - 2
    aside.rename(lake.path)
    flood.now_ns += NS_PER_S
    flood.tick()
    samples = flood.samples()
    # two devices: the first two readings, what waited, what was held back as a row each, and the last two
    assert [sample.seq for sample in samples] == list(range(MAX_PENDING_RECORDS + 6))
    assert math.isclose(sum(sample.energy_j for sample in samples), sum(flood.drawn_j), rel_tol=1e-12)
    assert flood.sink.problem is None


def test_a_flood_that_is_written_waits_nowhere(flood: Flood) -> None:
    while len(flood.drawn_j) < 20_000:
        flood.tick()
        assert not flood.sink.pending
    assert len(flood.samples()) == 20_000
