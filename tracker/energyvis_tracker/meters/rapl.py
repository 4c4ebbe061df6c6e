"""CPU packages and DRAM through RAPL, read from the powercap tree of Linux.

Rules: the kernel's powercap documentation; the counters count microjoules and start again from 0 at
`max_energy_range_uj`. DRAM is not part of the package, core and uncore are; psys is the whole platform.
"""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from energyvis_tracker.meters.counter_file import CounterFile
from energyvis_tracker.meters.meter import Device, Reading, mean_power_w

DEFAULT_ROOT = "/sys/class/powercap"
INTERFACES = ("intel-rapl", "intel-rapl-mmio")  # in order of preference for the same zone
PACKAGE_NAME = re.compile(r"package-(\d+)(?:-die-(\d+))?")
REMEDY = (
    "readable by root only since CVE-2020-8694; until the next boot: "
    "sudo chmod a+r /sys/class/powercap/intel-rapl*:*/energy_uj ; for good: write the line "
    'SUBSYSTEM=="powercap", ACTION=="add", RUN+="/bin/chmod a+r /sys%p/energy_uj" '
    "to /etc/udev/rules.d/70-rapl.rules"
)
# No package draws more, whatever its limits say; a step beyond 1.5 times the highest limit is no energy.
MIN_POWER_CEILING_W = 500.0
CEILING_FACTOR = 1.5
# The counter moves in steps of about a millisecond, so a short interval may hold a step from before it.
COUNTER_STEP_S = 0.01


@dataclass(frozen=True, slots=True)
class Zone:
    """One powercap zone: what its counter counts and where it stands."""

    socket: int
    die: int | None
    domain: str
    interface: str
    path: Path

    @property
    def device_id(self) -> str:
        """Return the name that a device of this zone has in the lake."""
        prefix = "dram" if self.domain == "dram" else self.domain
        return f"{prefix}-{self.socket}" + ("" if self.die is None else f"-die-{self.die}")


def find_zones(root: Path) -> list[Zone]:
    """Return packages, their DRAM, and psys under `root`; everything else is inside these."""
    zones = []
    for path in sorted(zone_folders(root)):
        interface, _, number = path.name.partition(":")
        name = text_of(path / "name")
        parent = zone_folder_of(path, f"{interface}:{number.partition(':')[0]}")
        if name == "psys":
            zones.append(Zone(int(number.partition(":")[0] or 0), None, "psys", interface, path))
            continue
        is_child = ":" in number
        package = PACKAGE_NAME.fullmatch((text_of(parent / "name") if is_child else name) or "")
        if package is None or (is_child and name != "dram"):
            continue
        die = None if package[2] is None else int(package[2])
        zones.append(Zone(int(package[1]), die, "dram" if is_child else "package", interface, path))
    return zones


def zone_folders(root: Path) -> list[Path]:
    """Return all zone folders, whether `root` is the flat class folder or the nested device folder."""
    for pattern in ("intel-rapl*:*", "intel-rapl*/intel-rapl*:*"):
        if found := list(root.glob(pattern)):
            nested = root.glob(f"{pattern}/intel-rapl*:*:*")
            return list({path.name: path for path in (*nested, *found)}.values())
    return []


def zone_folder_of(child: Path, name: str) -> Path:
    """Return the folder called `name`, which stands beside `child` or above it."""
    return (
        child
        if child.name == name
        else next((up for up in child.parents if up.name == name), child.with_name(name))
    )


def text_of(path: Path) -> str | None:
    """Return the stripped text of a file, or none where it cannot be read."""
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return None


def number_of(path: Path) -> int | None:
    """Return the number in a file, or none where there is none."""
    text = text_of(path)
    return int(text) if text is not None and text.isdecimal() else None


def counter_step_uj(
    previous_uj: int, now_uj: int, range_uj: int | None, ceiling_uj: float
) -> tuple[int, str]:
    """Return the microjoules between two reads of a counter, and ok, wrapped or gap.

    Parameters
    ----------
    previous_uj, now_uj
        The counter at both reads.
    range_uj
        Where the counter starts again from 0; none where that is not known.
    ceiling_uj
        More than can have been used between the reads.
    """
    step = now_uj - previous_uj
    quality = "ok"
    if step < 0 and range_uj is not None:
        step, quality = step + range_uj, "wrapped"
    # A driver reload or a suspend sets the counter back without a wrap.
    return (0, "gap") if step < 0 or step > ceiling_uj else (step, quality)


class RaplCounter:
    """One zone's counter and the device it stands for."""

    def __init__(self, zone: Zone, device: Device) -> None:
        self.device = device
        self.file = CounterFile(zone.path / "energy_uj")
        self.range_uj = number_of(zone.path / "max_energy_range_uj")
        limits_uw = [
            number_of(path) or 0
            for pattern in ("constraint_*_power_limit_uw", "constraint_*_max_power_uw")
            for path in zone.path.glob(pattern)
        ]
        self.ceiling_w = CEILING_FACTOR * max(MIN_POWER_CEILING_W, max(limits_uw, default=0) / 1e6)
        self.last_uj: int | None = None
        self.last_ns = 0

    def read(self, mono_ns: int) -> Reading | None:
        """Return the energy since the last read that succeeded; none where the counter does not answer."""
        now_uj = self.file.number()
        if now_uj is None:
            return None
        previous_uj, interval_ns = self.last_uj, mono_ns - self.last_ns
        self.last_uj, self.last_ns = now_uj, mono_ns
        if previous_uj is None:
            return Reading(self.device, mono_ns, 0.0, None, "ok", now_uj)
        ceiling_uj = self.ceiling_w * (interval_ns / 1e3 + COUNTER_STEP_S * 1e6)
        step_uj, quality = counter_step_uj(previous_uj, now_uj, self.range_uj, ceiling_uj)
        energy_j = step_uj / 1e6
        power_w = None if quality == "gap" else mean_power_w(energy_j, interval_ns)
        return Reading(self.device, mono_ns, energy_j, power_w, quality, now_uj)


class RaplMeter:
    """All packages and DRAM domains that can be read; the others stand in `devices` with the reason."""

    def __init__(self, root: Path, model: str, monotonic_ns: Callable[[], int]) -> None:
        self.monotonic_ns = monotonic_ns
        self.counters: list[RaplCounter] = []
        self.devices: list[Device] = []
        zones = find_zones(root)
        if not zones:
            self.devices.append(Device("cpu", "rapl", model, "none", note=f"no RAPL zone under {root}"))
        for zone in preferred_zones(zones):
            self.add(zone, model)

    @classmethod
    def from_environment(
        cls, model: str, monotonic_ns: Callable[[], int], environ: Mapping[str, str]
    ) -> Self:
        """Return the meter for the tree that `ENERGYVIS_POWERCAP` names, by default the kernel's."""
        return cls(Path(environ.get("ENERGYVIS_POWERCAP") or DEFAULT_ROOT), model, monotonic_ns)

    @property
    def measured(self) -> Sequence[Device]:
        """Return the devices whose counter can be read."""
        return [counter.device for counter in self.counters]

    def add(self, zone: Zone, model: str) -> None:
        """Take `zone` in: as a counter, or as a device with the reason why not."""
        kind = {"package": "cpu", "dram": "dram"}.get(zone.domain, "other")
        name = model if kind == "cpu" else ""
        reason = (
            "whole platform, holds the packages too: not recorded" if kind == "other" else unreadable(zone)
        )
        if reason:
            self.devices.append(Device(kind, zone.device_id, name, "none", note=reason))
            return
        device = Device(kind, zone.device_id, name, "counter", "uJ", piece=f"{zone.domain}-{zone.socket}")
        self.devices.append(device)
        self.counters.append(RaplCounter(zone, device))

    def read(self) -> list[Reading]:
        """Return a reading of every counter that answers."""
        readings = (counter.read(self.monotonic_ns()) for counter in self.counters)
        return [reading for reading in readings if reading is not None]


def preferred_zones(zones: list[Zone]) -> list[Zone]:
    """Return one zone for each (socket, die, domain): the MSR one, unless only its twin can be read."""
    best: dict[tuple[int, int | None, str], Zone] = {}
    for zone in sorted(zones, key=lambda zone: (unreadable(zone) is not None, rank(zone.interface))):
        best.setdefault((zone.socket, zone.die, zone.domain), zone)
    return sorted(
        best.values(), key=lambda zone: (zone.domain != "package", zone.socket, zone.die or 0, zone.domain)
    )


def rank(interface: str) -> int:
    """Return the place of an interface in the order of preference."""
    return INTERFACES.index(interface) if interface in INTERFACES else len(INTERFACES)


def unreadable(zone: Zone) -> str | None:
    """Return why a zone's counter cannot be read, with the remedy, or none where it can."""
    path = zone.path / "energy_uj"
    try:
        text = path.read_text(encoding="ascii", errors="replace").strip()
    except PermissionError:
        return f"{path} is {REMEDY}"
    except OSError as error:
        return f"{path}: {os.strerror(error.errno or 0)}"
    return None if text.isdecimal() else f"{path} holds {text[:20]!r}, no number"
