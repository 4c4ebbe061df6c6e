"""RAPL zones: which count, and what to say when one cannot be read."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from energyvis_tracker.meters.cpu import open_cpu_meters
from energyvis_tracker.meters.powercap import REMEDY
from energyvis_tracker.meters.rapl import RaplMeter


class Clock:
    """A clock that stands still."""

    def __call__(self) -> int:
        return 0


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


def test_gaps_in_the_numbers_and_in_the_sockets_are_no_end(powercap: Any) -> None:
    powercap.add("intel-rapl:2", "package-1")
    powercap.add("intel-rapl:2:3", "dram")
    powercap.add("intel-rapl:7", "package-3")
    meter = RaplMeter(powercap.root, "", Clock())
    assert [device.id for device in meter.measured] == ["package-1", "package-3", "dram-1"]


def test_dies_under_one_interface_and_their_package_under_the_other_count_once(powercap: Any) -> None:
    for die in (0, 1):
        powercap.add(f"intel-rapl:{die}", f"package-0-die-{die}")
        powercap.add(f"intel-rapl:{die}:0", "dram")
    powercap.add("intel-rapl-mmio:0", "package-0")
    meter = RaplMeter(powercap.root, "", Clock())
    assert [device.id for device in meter.measured] == [
        "package-0-die-0",
        "package-0-die-1",
        "dram-0-die-0",
        "dram-0-die-1",
    ]


def test_psys_stands_apart_and_is_never_summed(powercap: Any) -> None:
    powercap.add("intel-rapl:0", "package-0")
    powercap.add("intel-rapl:1", "psys")
    powercap.add("intel-rapl-mmio:1", "psys")
    meter = RaplMeter(powercap.root, "", Clock())
    assert [device.id for device in meter.measured] == ["package-0"]
    assert [(device.kind, device.source) for device in meter.devices if device.id == "psys-1"] == [
        ("other", "none")
    ]


def test_a_zone_that_the_kernel_switched_off_is_a_device_with_the_reason(powercap: Any) -> None:
    (powercap.add("intel-rapl:0", "package-0") / "energy_uj").write_text("n/a")
    powercap.add("intel-rapl:1", "package-1")
    (powercap.add("intel-rapl:1:0", "dram") / "energy_uj").unlink()
    meter = RaplMeter(powercap.root, "Some CPU", Clock())
    notes = {device.id: device.note for device in meter.devices if device.source == "none"}
    assert notes["package-0"].endswith("holds 'n/a', no number")
    assert notes["dram-1"].endswith("No such file or directory")
    assert [device.id for device in meter.measured] == ["package-1"]


def test_the_reason_for_no_zones_tells_a_hidden_tree_from_a_missing_one(powercap: Any) -> None:
    def reason() -> str:
        (device,) = RaplMeter(powercap.root, "", Clock()).devices
        return device.note

    assert "modprobe intel_rapl_msr" in reason()
    (powercap.root / "intel-rapl:0").symlink_to("/nowhere/intel-rapl:0")  # as containers mask the tree
    hidden = reason()
    assert "can be entered (a container hides it" in hidden
    assert "ENERGYVIS_POWERCAP" in hidden
    (powercap.root / "intel-rapl:0").unlink()
    powercap.root.rmdir()
    assert "there is no such folder" in reason()


@pytest.fixture
def closed_zone() -> Iterator[Path]:
    """Return a tree with a counter for root only, while the test is somebody else."""
    if os.geteuid() != 0:
        pytest.skip("only root can become somebody who may not read")
    # pytest's own folder is closed to everybody else, who would then see no zones at all.
    root = Path(tempfile.mkdtemp())
    root.chmod(0o755)
    zone = root / "intel-rapl:0"
    zone.mkdir(mode=0o755)
    (zone / "name").write_text("package-0")
    (zone / "energy_uj").write_text("1")
    (zone / "energy_uj").chmod(0o400)
    os.seteuid(65534)
    yield root
    os.seteuid(0)
    shutil.rmtree(root)


def test_a_counter_for_root_only_names_every_remedy(closed_zone: Path) -> None:
    meters, (package, estimate) = open_cpu_meters(Clock(), {"ENERGYVIS_POWERCAP": str(closed_zone)})
    assert package.source == "none"
    for remedy in (
        "sudo chmod a+r /sys/class/powercap/intel-rapl*:*/energy_uj",
        'SUBSYSTEM=="powercap", ACTION=="add", KERNEL=="intel-rapl*:*", RUN+="/bin/chmod a+r ',
        '/bin/chmod a+r /sys%p/energy_uj"',
        "/etc/udev/rules.d/70-rapl.rules",
        "z /sys/class/powercap/intel-rapl*:*/energy_uj 0444 root root - -",
        "/etc/tmpfiles.d/rapl.conf",
        'RUN+="/bin/chgrp energy /sys%p/energy_uj", RUN+="/bin/chmod g+r /sys%p/energy_uj"',
        "0440 root energy",
    ):
        assert remedy in package.note
    assert estimate.source == "estimate"
    assert len(meters) == 1


@pytest.mark.skipif(shutil.which("systemd-tmpfiles") is None, reason="systemd is not installed")
def test_the_tmpfiles_line_opens_the_counters_of_a_tree_like_the_kernels(tmp_path: Path) -> None:
    nested = tmp_path / "devices" / "intel-rapl" / "intel-rapl:0" / "intel-rapl:0:0"
    nested.mkdir(parents=True)
    classes = tmp_path / "class"
    classes.mkdir()
    for folder in (nested.parent, nested):
        (folder / "energy_uj").write_text("1")
        (folder / "energy_uj").chmod(0o400)
        (classes / folder.name).symlink_to(folder)
    line = re.search(r"z (\S+) 0444 root root - -", REMEDY)
    assert line is not None
    config = tmp_path / "rapl.conf"
    config.write_text(
        line[0].replace(line[1], f"{classes}/{line[1].removeprefix('/sys/class/powercap/')}") + "\n"
    )
    subprocess.run(["systemd-tmpfiles", "--create", str(config)], check=True, capture_output=True)
    assert {path.stat().st_mode & 0o777 for path in classes.glob("*/energy_uj")} == {0o444}
