"""The estimate: additive, bounded, and marked for what it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyvis_tracker.errors import ConfigurationError, DeviceUnavailable
from energyvis_tracker.meters.cpu import open_cpu_meters
from energyvis_tracker.meters.cpu_load import IDLE_SHARE, CpuLoadMeter, busy_ms_in
from energyvis_tracker.meters.cpu_tdp import MachineTdp

TDP_W = 100.0
TDP = MachineTdp(TDP_W, "by the test")
PROCESSORS = 4


class Machine:
    """A machine whose clock and load the test sets."""

    def __init__(self) -> None:
        self.now_ns = 5_000_000_000
        self.busy_ms = 123_450

    def meter(self) -> CpuLoadMeter:
        return CpuLoadMeter("Some CPU", TDP, lambda: self.now_ns, lambda: self.busy_ms, PROCESSORS)

    def work(self, duration_ms: int, busy_ms: int) -> None:
        self.now_ns += duration_ms * 1_000_000
        self.busy_ms += busy_ms


intervals = st.integers(10, 60_000).flatmap(
    lambda duration_ms: st.tuples(st.just(duration_ms), st.integers(0, duration_ms * PROCESSORS))
)


@given(st.lists(intervals, min_size=1, max_size=20))
def test_however_time_is_cut_the_parts_add_up(parts: list[tuple[int, int]]) -> None:
    one, many = Machine(), Machine()
    coarse, fine = one.meter(), many.meter()
    coarse.read(), fine.read()
    energy_j = 0.0
    for duration_ms, busy_ms in parts:
        one.work(duration_ms, busy_ms)
        many.work(duration_ms, busy_ms)
        energy_j += fine.read()[0].energy_j
    assert energy_j == pytest.approx(coarse.read()[0].energy_j)


@pytest.mark.parametrize(("busy_ms", "power_w"), [(0, TDP_W * IDLE_SHARE), (4000, TDP_W), (2000, 60.0)])
def test_power_lies_on_the_line_from_idle_to_tdp(busy_ms: int, power_w: float) -> None:
    machine = Machine()
    meter = machine.meter()
    meter.read()
    machine.work(1000, busy_ms)
    reading = meter.read()[0]
    assert reading.power_w == pytest.approx(power_w)
    assert reading.energy_j == pytest.approx(power_w)
    assert reading.util_pct == pytest.approx(100 * busy_ms / 4000)
    assert (reading.quality, reading.raw_counter) == ("ok", 123_450 + busy_ms)


def test_a_step_of_the_busy_counter_too_large_for_its_interval_is_carried_on() -> None:
    machine = Machine()
    meter = machine.meter()
    meter.read()
    machine.work(3, 20)  # the counter moves by 10 ms at once, on each processor
    short = meter.read()[0]
    machine.work(997, 0)
    assert short.power_w == pytest.approx(TDP_W)
    expected_j = TDP_W * (IDLE_SHARE + (1 - IDLE_SHARE) * 0.020 / PROCESSORS)
    assert short.energy_j + meter.read()[0].energy_j == pytest.approx(expected_j)


def test_the_first_reading_has_no_energy_and_a_very_short_one_no_power() -> None:
    machine = Machine()
    meter = machine.meter()
    assert [(reading.energy_j, reading.power_w) for reading in meter.read()] == [(0.0, None)]
    machine.work(1, 0)
    assert [(reading.power_w, reading.util_pct) for reading in meter.read()] == [(None, None)]


def test_busy_time_leaves_out_idling_waiting_and_what_the_hypervisor_took() -> None:
    assert busy_ms_in(b"cpu  1 20 300 4000 50000 600000 7000000 80000000 9 9\ncpu0 1") == 76_003_210


def test_an_estimate_says_what_it_rests_on() -> None:
    _, devices = open_cpu_meters(lambda: 0, {"ENERGYVIS_POWERCAP": "/nowhere", "ENERGYVIS_CPU_TDP_W": "65"})
    missing, estimate = devices
    assert missing.source == "none"
    assert missing.note.startswith("no RAPL zone under /nowhere")
    assert (estimate.source, estimate.raw_unit) == ("estimate", "ms")
    assert "TDP 65 W (from ENERGYVIS_CPU_TDP_W), 20% of it when idle" in estimate.note


def test_a_machine_that_hides_its_load_is_a_reason() -> None:
    def hidden() -> int:
        raise PermissionError(13, "Permission denied")

    with pytest.raises(DeviceUnavailable, match="Permission denied"):
        CpuLoadMeter("", TDP, lambda: 0, hidden, 1)


def test_a_tdp_that_is_no_number_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="ENERGYVIS_CPU_TDP_W"):
        open_cpu_meters(lambda: 0, {"ENERGYVIS_POWERCAP": "/nowhere", "ENERGYVIS_CPU_TDP_W": "65 W"})
