"""One reading for all runs: what each run takes adds up to what was read since it came."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyvis_tracker.meters.hub import MeterHub, merged
from energyvis_tracker.meters.meter import Device, Reading

GPU = Device("gpu", "GPU-1", "Some GPU", "counter", "mJ")


class Meter:
    """A meter that reads what the test tells it to."""

    def __init__(self) -> None:
        self.measured = [GPU]
        self.next: list[Reading] = []

    def read(self) -> list[Reading]:
        return self.next


class Machine:
    """A hub, its one meter, and a clock that moves a second a reading."""

    def __init__(self) -> None:
        self.meter, self.now_ns = Meter(), 0
        self.hub = MeterHub([self.meter], lambda: (self.now_ns // 1000, self.now_ns))

    def read(self, energy_j: float, quality: str = "ok", residual_j: float | None = None) -> None:
        self.now_ns += 1_000_000_000
        self.meter.next = [
            Reading(GPU, self.now_ns, energy_j, energy_j, quality, None, residual_j=residual_j)
        ]
        self.hub.sweep()


def test_a_run_that_comes_later_counts_from_its_own_first_reading() -> None:
    machine = Machine()
    machine.read(0.0)
    early, _ = machine.hub.new_take()
    machine.read(5.0)
    late, _ = machine.hub.new_take()
    machine.read(7.0)
    (first,), (second,) = early.taken(), late.taken()
    # new_take reads once more, and the meter says the same again
    assert (first.energy_j, second.energy_j) == (5.0 + 5.0 + 7.0, 7.0)
    assert early.taken() == []


@given(
    readings=st.lists(st.tuples(st.floats(0, 1e6), st.booleans()), min_size=1, max_size=30),
)
def test_what_a_run_takes_adds_up_however_often_it_takes(readings: list[tuple[float, bool]]) -> None:
    machine = Machine()
    machine.read(0.0)
    take, _ = machine.hub.new_take()
    taken: list[Reading] = []
    for energy_j, is_taken in readings:
        machine.read(energy_j)
        if is_taken:
            taken += take.taken()
    taken += take.taken()
    assert sum(reading.energy_j for reading in taken) == pytest.approx(sum(j for j, _ in readings))


def test_two_readings_in_a_row_are_one_over_both_intervals() -> None:
    earlier = Reading(GPU, 2_000_000_000, 10.0, 10.0, "wrapped", 1, residual_j=0.5)
    later = Reading(GPU, 4_000_000_000, 40.0, 20.0, "ok", 2, residual_j=0.25, util_pct=9.0)
    both = merged(earlier, later, since_ns=0)
    assert (both.energy_j, both.power_w, both.quality) == (50.0, 12.5, "wrapped")
    assert (both.residual_j, both.util_pct, both.raw_counter) == (0.75, 9.0, 2)
    assert merged(earlier, Reading(GPU, 4, 0.0, None, "gap", 3), 0).power_w is None


def test_a_meter_that_fails_does_not_end_the_others() -> None:
    class Broken(Meter):
        def read(self) -> list[Reading]:
            raise ZeroDivisionError("mine")

    machine = Machine()
    machine.hub.meters = [Broken(), machine.meter]
    machine.read(3.0)
    assert machine.hub.latest["GPU-1"].energy_j == 3.0
    assert machine.hub.failed == {"Broken": "ZeroDivisionError('mine')"}


def test_a_device_that_was_silent_at_the_start_begins_with_its_first_reading() -> None:
    machine = Machine()
    machine.meter.next = []
    take, _ = machine.hub.new_take()
    machine.read(99.0)
    machine.read(1.0)
    (reading,) = take.taken()
    assert reading.energy_j == 1.0


def test_readings_close_together_are_one(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine()
    now: dict[str, Any] = {"ns": 0}
    monkeypatch.setattr("energyvis_tracker.meters.hub.time.monotonic_ns", lambda: now["ns"])
    machine.read(1.0)
    now["ns"] = machine.now_ns + 1_000
    assert machine.hub.sweep(youngest_ns=2_000).mono_ns == machine.now_ns
    machine.now_ns += 5_000
    now["ns"] = machine.now_ns
    assert machine.hub.sweep(youngest_ns=2_000).mono_ns == machine.now_ns
