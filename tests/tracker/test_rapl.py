"""RAPL counters: what a wrap is, and what is no energy."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from energyvis_tracker.meters.rapl import MIN_POWER_CEILING_W, RaplMeter, counter_step_uj, slept_ns_of_linux

AMD_RANGE_UJ = 65_532_610_987
INTEL_RANGE_UJ = 262_143_328_850
RANGE_UJ = AMD_RANGE_UJ


class Clock:
    """The monotonic clock and the time slept, as the test sets them."""

    def __init__(self) -> None:
        self.now_ns = 0
        self.slept_ns = 0

    def __call__(self) -> int:
        return self.now_ns


def meter_of(powercap: Any, clock: Clock) -> RaplMeter:
    return RaplMeter(powercap.root, "", clock, lambda: clock.slept_ns)


@given(
    start_uj=st.integers(0, RANGE_UJ - 1),
    steps_uj=st.lists(st.integers(0, RANGE_UJ - 1), min_size=1, max_size=20),
    range_uj=st.just(RANGE_UJ),
)
def test_the_steps_of_any_pattern_of_reads_add_up(start_uj: int, steps_uj: list[int], range_uj: int) -> None:
    true_uj, measured_uj, last_uj = 0, 0, start_uj
    for step_uj in steps_uj:
        true_uj += step_uj
        now_uj = (start_uj + true_uj) % range_uj
        step, quality = counter_step_uj(last_uj, now_uj, range_uj, ceiling_uj=float("inf"))
        assert quality == ("wrapped" if now_uj < last_uj else "ok")
        measured_uj, last_uj = measured_uj + step, now_uj
    assert measured_uj == true_uj


@given(
    st.integers(0, RANGE_UJ),
    st.integers(0, RANGE_UJ),
    st.none() | st.integers(0, RANGE_UJ),
    st.floats(0, 1e12),
)
def test_a_step_is_never_negative_nor_above_the_ceiling(
    last_uj: int, now_uj: int, range_uj: int | None, ceiling_uj: float
) -> None:
    step, quality = counter_step_uj(last_uj, now_uj, range_uj, ceiling_uj)
    assert 0 <= step <= ceiling_uj
    assert quality != "gap" or step == 0
    if now_uj < last_uj and range_uj is None:
        assert quality == "gap"


def test_energy_power_and_quality_over_a_wrap(powercap: Any) -> None:
    powercap.add("intel-rapl:0", "package-0", RANGE_UJ - 60_000_000, RANGE_UJ)
    clock = Clock()
    meter = meter_of(powercap, clock)
    first = meter.read()[0]
    clock.now_ns, _ = 1_000_000_000, powercap.set("intel-rapl:0", 90_000_000)
    second = meter.read()[0]
    assert (first.energy_j, first.power_w, first.quality) == (0.0, None, "ok")
    assert (second.energy_j, second.power_w, second.quality) == (150.0, 150.0, "wrapped")
    assert second.raw_counter == 90_000_000


@pytest.mark.parametrize("range_uj", [None, RANGE_UJ])
def test_a_counter_that_was_set_back_leaves_a_gap(powercap: Any, range_uj: int | None) -> None:
    powercap.add("intel-rapl:0", "package-0", 30_000_000_000, range_uj)
    clock = Clock()
    meter = meter_of(powercap, clock)
    meter.read()
    clock.now_ns, _ = 1_000_000_000, powercap.set("intel-rapl:0", 5_000_000)
    gap = meter.read()[0]
    clock.now_ns, _ = 2_000_000_000, powercap.set("intel-rapl:0", 105_000_000)
    after = meter.read()[0]
    assert (gap.energy_j, gap.power_w, gap.quality, gap.raw_counter) == (0.0, None, "gap", 5_000_000)
    assert (after.energy_j, after.quality) == (100.0, "ok")


def test_a_counter_that_fails_for_a_while_loses_nothing(powercap: Any) -> None:
    powercap.add("intel-rapl:0", "package-0", 0)
    clock = Clock()
    meter = meter_of(powercap, clock)
    meter.read()
    (powercap.root / "intel-rapl:0" / "energy_uj").write_text("")
    clock.now_ns = 1_000_000_000
    assert meter.read() == []
    clock.now_ns, _ = 2_000_000_000, powercap.set("intel-rapl:0", 200_000_000)
    assert [(reading.energy_j, reading.power_w) for reading in meter.read()] == [(200.0, 100.0)]


def test_a_counter_that_returns_higher_has_lost_nothing_and_one_that_returns_lower_is_a_gap(
    powercap: Any,
) -> None:
    powercap.add("intel-rapl:0", "package-0", RANGE_UJ - 1_000_000, RANGE_UJ)
    clock = Clock()
    meter = meter_of(powercap, clock)
    meter.read()
    (powercap.root / "intel-rapl:0").rename(powercap.root / "gone")
    source: Any = meter.counters[0].source
    source.close()  # sysfs ends the open file of a zone that is removed; a plain file stays
    clock.now_ns = 1_000_000_000
    assert meter.read() == []
    (powercap.root / "gone").rename(powercap.root / "intel-rapl:0")
    powercap.set("intel-rapl:0", 5_000_000)
    clock.now_ns = 2_000_000_000
    (back,) = meter.read()
    assert (back.quality, back.energy_j, back.power_w, back.raw_counter) == ("gap", 0.0, None, 5_000_000)
    powercap.set("intel-rapl:0", 15_000_000)
    clock.now_ns = 3_000_000_000
    assert [(reading.quality, reading.energy_j) for reading in meter.read()] == [("ok", 10.0)]


def test_a_driver_loaded_anew_may_count_in_another_range(powercap: Any) -> None:
    powercap.add("intel-rapl:0", "package-0", 0, RANGE_UJ)
    clock = Clock()
    meter = meter_of(powercap, clock)
    meter.read()
    powercap.set("intel-rapl:0", "")
    meter.read()
    (powercap.root / "intel-rapl:0" / "max_energy_range_uj").write_text("1000000000")
    for second, energy_uj in ((1, 999_000_000), (2, 1_000_000)):
        powercap.set("intel-rapl:0", energy_uj)
        clock.now_ns = second * 1_000_000_000
        (reading,) = meter.read()
    assert (reading.quality, reading.energy_j) == ("wrapped", 2.0)


@pytest.mark.parametrize("energy_uj", [1_000_000, RANGE_UJ - 1_000])
def test_an_interval_in_which_the_machine_slept_is_a_gap(powercap: Any, energy_uj: int) -> None:
    powercap.add("intel-rapl:0", "package-0", RANGE_UJ - 2_000, RANGE_UJ)
    clock = Clock()
    meter = meter_of(powercap, clock)
    meter.read()
    powercap.set("intel-rapl:0", energy_uj)
    clock.now_ns, clock.slept_ns = 1_000_000_000, 3_600_000_000_000
    (reading,) = meter.read()
    assert (reading.quality, reading.energy_j, reading.power_w) == ("gap", 0.0, None)
    powercap.set("intel-rapl:0", energy_uj + 500)
    clock.now_ns = 2_000_000_000
    assert [(reading.quality, reading.energy_j) for reading in meter.read()] == [("ok", 0.0005)]


def test_a_machine_that_did_not_sleep_says_so() -> None:
    assert abs(slept_ns_of_linux() - slept_ns_of_linux()) < 50_000_000


def test_without_a_range_a_wrap_is_a_gap_and_the_device_says_so(powercap: Any) -> None:
    powercap.add("intel-rapl:0", "package-0", 500, None)
    meter = meter_of(powercap, Clock())
    assert "max_energy_range_uj cannot be read: each wrap of the counter is a gap" in meter.devices[0].note


def test_a_limit_above_the_usual_raises_what_is_believed(powercap: Any) -> None:
    zone = powercap.add("intel-rapl:0", "package-0", 0)
    (zone / "constraint_0_power_limit_uw").write_text("1000000000")
    clock = Clock()
    meter = meter_of(powercap, clock)
    meter.read()
    powercap.set("intel-rapl:0", 1_400_000_000)
    clock.now_ns = 1_000_000_000
    assert [(reading.quality, reading.power_w) for reading in meter.read()] == [("ok", 1400.0)]


@st.composite
def polls(draw: st.DrawFn) -> list[tuple[int, int]]:
    """Draw intervals (ns, 1 ms to 20 minutes) and what is drawn in each (uJ, less than one AMD range)."""
    intervals_ns = draw(st.lists(st.integers(1_000_000, 1_200_000_000_000), min_size=1, max_size=12))
    return [
        (interval_ns, draw(st.integers(0, int(min(MIN_POWER_CEILING_W * interval_ns / 1e3, RANGE_UJ - 1)))))
        for interval_ns in intervals_ns
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # each example sets the tree anew
@given(
    start_uj=st.integers(0, RANGE_UJ - 1), polls=polls(), range_uj=st.sampled_from([RANGE_UJ, INTEL_RANGE_UJ])
)
def test_a_whole_meter_gives_the_true_energy_in_any_pattern_of_polls(
    tmp_path: Path, start_uj: int, polls: list[tuple[int, int]], range_uj: int
) -> None:
    zone = tmp_path / "intel-rapl:0"
    zone.mkdir(exist_ok=True)
    (zone / "name").write_text("package-0\n")
    (zone / "max_energy_range_uj").write_text(f"{range_uj}\n")
    (zone / "energy_uj").write_text(f"{start_uj}\n")
    clock = Clock()
    meter = RaplMeter(tmp_path, "", clock, lambda: 0)
    meter.read()
    true_uj, now_uj = 0, start_uj
    for interval_ns, step_uj in polls:
        before_uj, now_uj = now_uj, (now_uj + step_uj) % range_uj
        true_uj += step_uj
        (zone / "energy_uj").write_text(f"{now_uj}\n")
        clock.now_ns += interval_ns
        (reading,) = meter.read()
        assert reading.quality == ("wrapped" if now_uj < before_uj else "ok")
        assert reading.energy_j == step_uj / 1e6
        assert reading.power_w is None or reading.power_w == pytest.approx(step_uj * 1e3 / interval_ns)
    assert meter.counters[0].last_uj == (start_uj + true_uj) % range_uj
