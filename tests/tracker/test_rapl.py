"""RAPL: which zones count, what a wrap is, and what to say when a counter cannot be read."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyvis_tracker.meters import open_meters
from energyvis_tracker.meters.rapl import RaplMeter, counter_step_uj

RANGE_UJ = 65_532_610_987


class Clock:
    def __init__(self) -> None:
        self.now_ns = 0

    def __call__(self) -> int:
        return self.now_ns


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


def test_packages_and_dram_are_measured_and_nothing_inside_or_around_them(powercap: Any) -> None:
    powercap.add("intel-rapl:0", "package-0")
    powercap.add("intel-rapl:0:0", "core")
    powercap.add("intel-rapl:0:1", "uncore")
    powercap.add("intel-rapl:0:2", "dram", 20)
    powercap.add("intel-rapl:3", "package-1", 1)
    powercap.add("intel-rapl:3:0", "dram", 21)
    powercap.add("intel-rapl:4", "psys")
    meter = RaplMeter(powercap.root, "Some CPU", Clock())
    measured = [(device.kind, device.id) for device in meter.measured]
    assert measured == [("cpu", "package-0"), ("cpu", "package-1"), ("dram", "dram-0"), ("dram", "dram-1")]
    assert [reading.raw_counter for reading in meter.read()] == [0, 1, 20, 21]
    (psys,) = [device for device in meter.devices if device.source == "none"]
    assert (psys.kind, psys.id) == ("other", "psys-4")
    assert "not recorded" in psys.note


def test_the_twin_under_mmio_is_counted_once(powercap: Any) -> None:
    powercap.add("intel-rapl-mmio:0", "package-0", 7)
    powercap.add("intel-rapl:0", "package-0", 5)
    meter = RaplMeter(powercap.root, "", Clock())
    assert [reading.raw_counter for reading in meter.read()] == [5]


def test_the_twin_under_mmio_stands_in_where_only_it_can_be_read(powercap: Any) -> None:
    powercap.add("intel-rapl-mmio:0", "package-0", 7)
    (powercap.add("intel-rapl:0", "package-0") / "energy_uj").unlink()
    meter = RaplMeter(powercap.root, "", Clock())
    assert [reading.raw_counter for reading in meter.read()] == [7]


def test_dies_are_devices_of_one_package(powercap: Any) -> None:
    for die in (0, 1):
        powercap.add(f"intel-rapl:{die}", f"package-0-die-{die}")
    meter = RaplMeter(powercap.root, "", Clock())
    assert [device.id for device in meter.measured] == ["package-0-die-0", "package-0-die-1"]
    assert len({device.piece for device in meter.measured}) == 1


def test_the_nested_tree_of_devices_gives_the_same_zones(powercap: Any) -> None:
    outer = powercap.root / "intel-rapl"
    outer.mkdir()
    powercap.add("intel-rapl/intel-rapl:0", "package-0")
    powercap.add("intel-rapl/intel-rapl:0/intel-rapl:0:0", "dram")
    meter = RaplMeter(powercap.root, "", Clock())
    assert [device.id for device in meter.measured] == ["package-0", "dram-0"]


def test_energy_power_and_quality_over_a_wrap(powercap: Any) -> None:
    powercap.add("intel-rapl:0", "package-0", RANGE_UJ - 60_000_000, RANGE_UJ)
    clock = Clock()
    meter = RaplMeter(powercap.root, "", clock)
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
    meter = RaplMeter(powercap.root, "", clock)
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
    meter = RaplMeter(powercap.root, "", clock)
    meter.read()
    (powercap.root / "intel-rapl:0" / "energy_uj").write_text("")
    clock.now_ns = 1_000_000_000
    assert meter.read() == []
    clock.now_ns, _ = 2_000_000_000, powercap.set("intel-rapl:0", 200_000_000)
    assert [(reading.energy_j, reading.power_w) for reading in meter.read()] == [(200.0, 100.0)]


def test_a_package_that_can_be_read_needs_no_estimate(powercap: Any) -> None:
    powercap.add("intel-rapl:0", "package-0")
    meters, devices = open_meters(Clock(), {"ENERGYVIS_POWERCAP": str(powercap.root)})
    assert [type(meter) for meter in meters] == [RaplMeter]
    assert {device.source for device in devices} == {"counter"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody who may not read")
def test_a_counter_for_root_only_names_the_remedy() -> None:
    # pytest's own folder is closed to everybody else, who would then see no zones at all.
    root = Path(tempfile.mkdtemp())
    root.chmod(0o755)
    zone = root / "intel-rapl:0"
    zone.mkdir(mode=0o755)
    (zone / "name").write_text("package-0")
    (zone / "energy_uj").write_text("1")
    (zone / "energy_uj").chmod(0o400)
    try:
        os.seteuid(65534)
        meters, devices = open_meters(Clock(), {"ENERGYVIS_POWERCAP": str(root)})
    finally:
        os.seteuid(0)
        shutil.rmtree(root)
    package, estimate = devices
    assert package.source == "none"
    assert "sudo chmod a+r" in package.note
    assert "/etc/udev/rules.d/" in package.note
    assert estimate.source == "estimate"
    assert len(meters) == 1
