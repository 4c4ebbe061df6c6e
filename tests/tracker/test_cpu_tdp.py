"""The estimate's TDP: the model's where it is known, for that part of the chip that is this machine's."""

import csv
import sys
from pathlib import Path
from typing import Any

import pytest
import tracker_cpu_tdp

from energyvis_tracker.meters import cpu_load, cpu_tdp
from energyvis_tracker.meters.cpu import open_cpu_meters
from energyvis_tracker.meters.cpu_tdp import TABLE, known_tdp, machine_tdp
from energyvis_tracker.meters.machine import cpu_model, is_virtual, macos_cpu_model, socket_count

MOST_BYTES = 300_000
NAMES = [
    ("Intel(R) Xeon(R) Gold 6248 CPU @ 2.50GHz", 150, 40),
    ("Intel(R) Xeon(R) CPU E5-2680 v4 @ 2.40GHz", 120, 28),
    ("Intel(R) Xeon(R) Platinum 8480+", 350, 112),
    ("INTEL(R) XEON(R) PLATINUM 8592+", 350, 128),
    ("Intel(R) Xeon(R) Platinum 8259CL CPU @ 2.50GHz", 210, None),
    ("13th Gen Intel(R) Core(TM) i9-13900K", 125, 32),
    ("Intel(R) Core(TM) i7-8700 CPU @ 3.20GHz", 65, None),
    ("Intel(R) Core(TM)2 Duo CPU     E8400  @ 3.00GHz", 65, None),
    ("AMD EPYC 7763 64-Core Processor", 280, 128),
    ("AMD EPYC 7452 32-Core Processor", 155, 64),  # the table has no threads, its name has cores
    ("AMD Ryzen 9 7950X 16-Core Processor", 170, 32),
    ("AMD Ryzen 7 5800H with Radeon Graphics", 45, None),
    ("AMD Ryzen Threadripper PRO 5995WX 64-Cores", 280, 128),
    ("AMD FX(tm)-8350 Eight-Core Processor", 125, None),
    ("AMD Opteron(tm) Processor 6272", 115, None),
    ("Ampere Altra Q80-30", 210, 80),
    ("Apple M2", 22, None),
]


@pytest.mark.parametrize(("model", "tdp_w", "threads"), NAMES)
def test_a_chip_is_found_by_what_it_calls_itself(model: str, tdp_w: float, threads: int | None) -> None:
    found = known_tdp(model)
    assert found is not None
    assert (found.tdp_w, found.threads) == (tdp_w, threads)


@pytest.mark.parametrize(
    "model",
    [
        "",
        "Intel(R) Xeon(R) Processor",
        "Intel(R) Xeon(R) CPU @ 2.20GHz",  # names no chip: several have had this clock
        "AMD EPYC Processor",
        "QEMU Virtual CPU version 2.5+",
        "Intel(R) Xeon(R) Gold 624",
        "Intel(R) Xeon(R) Platinum 8480",  # without the plus
        "Raspberry Pi 4 Model B Rev 1.4",
    ],
)
def test_a_name_that_stands_for_no_chip_or_another_one_finds_none(model: str) -> None:
    assert known_tdp(model) is None


def test_a_tracker_without_its_table_knows_no_chip(tmp_path: Path) -> None:
    assert known_tdp("AMD EPYC 7763 64-Core Processor", tmp_path / "none.csv") is None


def test_sockets_count_on_real_machines() -> None:
    found = machine_tdp("AMD EPYC 7763 64-Core Processor", processors=256, sockets=2, virtual=False)
    assert found.tdp_w == 560
    assert (
        found.origin == "280 W for AMD EPYC 7763 64-Core Processor by AMD product specifications, x 2 sockets"
    )


def test_switched_off_threads_do_not_make_a_real_chip_smaller() -> None:
    assert machine_tdp("AMD EPYC 7763 64-Core Processor", 64, 1, virtual=False).tdp_w == 280


@pytest.mark.parametrize("sockets", [1, 4])
def test_a_virtual_machine_has_the_part_of_its_processors(sockets: int) -> None:
    found = machine_tdp("AMD EPYC 7763 64-Core Processor", 4, sockets, virtual=True)
    assert found.tdp_w == pytest.approx(280 * 4 / 128)
    assert "x 4 of 128 threads in this virtual machine" in found.origin


def test_a_part_of_a_chip_with_unknown_threads_is_counted_as_unknown() -> None:
    found = machine_tdp("Intel(R) Xeon(R) Platinum 8259CL CPU @ 2.50GHz", 2, 1, virtual=True)
    assert found.tdp_w == 7.0
    assert "unknown threads" in found.origin
    assert "3.5 W x 2 processors assumed; set ENERGYVIS_CPU_TDP_W" in found.origin


def test_an_unknown_chip_has_the_stated_default() -> None:
    found = machine_tdp("Some CPU", 8, 1, virtual=False)
    assert (found.tdp_w, found.origin) == (28.0, "3.5 W x 8 processors assumed; set ENERGYVIS_CPU_TDP_W")


def test_the_estimate_takes_the_models_tdp_and_a_setting_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("energyvis_tracker.meters.cpu.cpu_model", lambda: "Apple M2")
    monkeypatch.setattr(cpu_load, "is_virtual", lambda: False)
    monkeypatch.setattr(cpu_load, "socket_count", lambda: 1)
    notes = []
    for setting in ({}, {"ENERGYVIS_CPU_TDP_W": "65"}):
        _, (_, estimate) = open_cpu_meters(lambda: 0, {"ENERGYVIS_POWERCAP": "/nowhere"} | setting)
        assert estimate.source == "estimate"
        notes.append(estimate.note)
    assert "TDP 22 W (22 W for Apple M2 by codecarbon 3.3.2), 20% of it when idle" in notes[0]
    assert "TDP 65 W (from ENERGYVIS_CPU_TDP_W)" in notes[1]


def test_the_table_is_opened_only_for_an_estimate(powercap: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(cpu_tdp, "known_tdp", asked.append)
    powercap.add("intel-rapl:0", "package-0")
    open_cpu_meters(lambda: 0, {"ENERGYVIS_POWERCAP": str(powercap.root)})
    open_cpu_meters(lambda: 0, {"ENERGYVIS_POWERCAP": "/nowhere", "ENERGYVIS_CPU_TDP_W": "65"})
    assert asked == []
    open_cpu_meters(lambda: 0, {"ENERGYVIS_POWERCAP": "/nowhere"})
    assert len(asked) == 1


def test_the_table_is_what_the_reference_table_gives_now() -> None:
    assert TABLE.read_text(encoding="utf-8") == tracker_cpu_tdp.table_text()
    assert TABLE.stat().st_size < MOST_BYTES


def test_a_name_with_two_powers_is_left_out() -> None:
    with tracker_cpu_tdp.SOURCE.open(encoding="utf-8", newline="") as stream:
        chip = next(csv.DictReader(stream))
    twice = [
        chip | {"name": name, "tdp_w": watts} for name, watts in (("A 1", "5"), ("A-1", "6"), ("A 2", "7"))
    ]
    assert [row["model_key"] for row in tracker_cpu_tdp.rows(twice, {})] == ["a2"]


CPUINFO = """processor\t: 0
model name\t: AMD EPYC  7763   64-Core Processor
flags\t\t: fpu {flag}sse2

processor\t: 1
model name\t: another
flags\t\t: hypervisor
"""


@pytest.mark.parametrize(("flag", "virtual"), [("", False), ("hypervisor ", True)])
def test_the_first_processor_tells_model_and_hypervisor(tmp_path: Path, flag: str, virtual: bool) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text(CPUINFO.format(flag=flag))
    assert cpu_model(cpuinfo) == "AMD EPYC 7763 64-Core Processor"
    assert is_virtual(cpuinfo) is virtual


def test_a_system_that_tells_nothing_has_no_model_and_one_socket(tmp_path: Path) -> None:
    assert cpu_model(tmp_path / "none") == ""
    assert not is_virtual(tmp_path / "none")
    assert socket_count(tmp_path) == 1


def test_offline_processors_do_not_hide_the_sockets_of_the_others(tmp_path: Path) -> None:
    for number, package in enumerate(["0", "0", None, "1"]):
        topology = tmp_path / f"cpu{number}" / "topology"
        topology.mkdir(parents=True)
        if package is not None:
            (topology / "physical_package_id").write_text(package)
    assert socket_count(tmp_path) == 2


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS has the command")
def test_a_system_without_sysctl_has_no_model() -> None:
    assert macos_cpu_model() == ""
