"""The powercap tree of Linux: which of its zones count, and why one cannot be read.

Source: the kernel's powercap documentation (Documentation/power/powercap/powercap.rst) and its drivers
intel_rapl_msr and processor_thermal_rapl (MMIO); AMD processors since Zen stand in the same tree under the
same names. DRAM is not part of the package, core and uncore are; psys is the whole platform. The numbers of
zones may have gaps.
"""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

DEFAULT_ROOT = "/sys/class/powercap"
INTERFACES = ("intel-rapl", "intel-rapl-mmio")  # in order of preference for the same zone
PACKAGE_NAME = re.compile(r"package-(\d+)(?:-die-(\d+))?")
FILES = f"{DEFAULT_ROOT}/intel-rapl*:*/energy_uj"
REMEDY = (
    f"readable by root only since CVE-2020-8694. Until the next boot: sudo chmod a+r {FILES} ; for good, by "
    'udev: write the line SUBSYSTEM=="powercap", ACTION=="add", KERNEL=="intel-rapl*:*", '
    'RUN+="/bin/chmod a+r /sys%p/energy_uj" to /etc/udev/rules.d/70-rapl.rules ; or by systemd-tmpfiles: '
    f"write the line z {FILES} 0444 root root - - to /etc/tmpfiles.d/rapl.conf . "
    'For one group only (say, energy): RUN+="/bin/chgrp energy /sys%p/energy_uj", '
    'RUN+="/bin/chmod g+r /sys%p/energy_uj" in the rule, or 0440 root energy in the tmpfiles line'
)
CONTAINER_HINT = (
    "a container hides it: mount the host's /sys/devices/virtual/powercap and set ENERGYVIS_POWERCAP to that"
)


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
        return f"{self.domain}-{self.socket}" + ("" if self.die is None else f"-die-{self.die}")


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


def preferred_zones(zones: Iterable[Zone]) -> list[Zone]:
    """Return each (socket, die, domain) once, psys last.

    All zones of one domain in one socket come from one interface, since MSR may show its dies where MMIO
    shows the package: the MSR one, unless only its twin can be read.
    """
    interfaces: dict[tuple[int, str], str] = {}
    ordered = sorted(zones, key=lambda zone: (unreadable(zone) is not None, rank(zone.interface)))
    for zone in ordered:
        interfaces.setdefault((zone.socket, zone.domain), zone.interface)
    best: dict[str, Zone] = {}
    for zone in ordered:
        if interfaces[zone.socket, zone.domain] == zone.interface:
            best.setdefault(zone.device_id, zone)
    order = {"package": 0, "dram": 1}
    return sorted(best.values(), key=lambda zone: (order.get(zone.domain, 2), zone.socket, zone.die or 0))


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


def why_no_zone(root: Path) -> str:
    """Return why `find_zones` found nothing under `root`, and what to do."""
    missing = f"no RAPL zone under {root}"
    if zone_folders(root):
        return f"{missing} can be entered ({CONTAINER_HINT})"
    if root.is_dir():
        return f"{missing}: the driver is not loaded (sudo modprobe intel_rapl_msr), or {CONTAINER_HINT}"
    return f"{missing}: there is no such folder, as in most virtual machines; or {CONTAINER_HINT}"


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
