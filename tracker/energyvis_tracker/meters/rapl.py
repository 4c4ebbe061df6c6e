"""CPU packages and DRAM through RAPL, by the counters of the powercap tree.

The counters count microjoules and start again from 0 at `max_energy_range_uj` (the kernel's powercap
documentation): after 262,143.328850 J on common Intel parts and 65,532.610987 J on AMD, so 218 s at 300 W
on the latter.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol, Self

from energyvis_tracker.meters.counter_file import CounterFile
from energyvis_tracker.meters.meter import Device, Reading, mean_power_w
from energyvis_tracker.meters.powercap import (
    DEFAULT_ROOT,
    Zone,
    find_zones,
    number_of,
    preferred_zones,
    unreadable,
    why_no_zone,
)

# No package draws more, whatever its limits say; a step beyond 1.5 times the highest limit is no energy.
MIN_POWER_CEILING_W = 500.0
CEILING_FACTOR = 1.5
# The counter moves in steps of about a millisecond, so a short interval may hold a step from before it.
COUNTER_STEP_S = 0.01
# Two clocks cannot be read at one moment; no machine sleeps and wakes in less.
SHORTEST_SLEEP_NS = 100_000_000


class CounterSource(Protocol):
    """What reads one zone's counter."""

    def number(self) -> int | None:
        """Return the counter in microjoules, or none where it does not answer."""
        ...


def counter_step_uj(
    previous_uj: int, now_uj: int, range_uj: int | None, ceiling_uj: float
) -> tuple[int, str]:
    """Return the microjoules between two reads of a counter, and ok, wrapped or gap.

    Parameters
    ----------
    previous_uj, now_uj
        The counter at both reads.
    range_uj
        Where the counter starts again from 0; none where that is not known, or where a step back is no wrap.
    ceiling_uj
        More than can have been used between the reads.
    """
    step = now_uj - previous_uj
    quality = "ok"
    if step < 0 and range_uj is not None:
        step, quality = step + range_uj, "wrapped"
    # A driver reload or a suspend sets the counter back without a wrap.
    return (0, "gap") if step < 0 or step > ceiling_uj else (step, quality)


def slept_ns_of_linux() -> int:
    """Return the nanoseconds that the machine has been suspended since boot (clock_gettime(2))."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) - time.clock_gettime_ns(time.CLOCK_MONOTONIC)


class RaplCounter:
    """One zone's counter and the device it stands for."""

    def __init__(
        self, zone: Zone, device: Device, source: CounterSource, slept_ns: Callable[[], int]
    ) -> None:
        self.zone = zone
        self.device = device
        self.source = source
        self.slept_ns = slept_ns
        self.range_uj = range_of(zone)
        limits_uw = [
            number_of(path) or 0
            for pattern in ("constraint_*_power_limit_uw", "constraint_*_max_power_uw")
            for path in zone.path.glob(pattern)
        ]
        self.ceiling_w = CEILING_FACTOR * max(MIN_POWER_CEILING_W, max(limits_uw, default=0) / 1e6)
        self.last_uj: int | None = None
        self.last_ns = 0
        self.last_slept_ns = 0
        self.has_failed = False

    def read(self, mono_ns: int) -> Reading | None:
        """Return the energy since the last read that succeeded; none where the counter does not answer.

        A counter that comes back lower after it did not answer has been set up anew by its driver: that is
        a gap and no wrap. An interval in which the machine slept is a gap whatever the counter says.
        """
        now_uj = self.source.number()
        if now_uj is None:
            self.has_failed = True
            return None
        slept_ns = self.slept_ns()
        previous_uj, interval_ns = self.last_uj, mono_ns - self.last_ns
        has_slept = slept_ns - self.last_slept_ns > SHORTEST_SLEEP_NS
        has_failed, self.has_failed = self.has_failed, False
        self.last_uj, self.last_ns, self.last_slept_ns = now_uj, mono_ns, slept_ns
        if previous_uj is None:
            return Reading(self.device, mono_ns, 0.0, None, "ok", now_uj)
        if has_failed or self.range_uj is None:
            self.range_uj = range_of(self.zone)  # a driver loaded anew may count in another unit
        step_uj, quality = 0, "gap"
        if not has_slept:
            range_uj = None if has_failed else self.range_uj
            ceiling_uj = self.ceiling_w * (interval_ns / 1e3 + COUNTER_STEP_S * 1e6)
            step_uj, quality = counter_step_uj(previous_uj, now_uj, range_uj, ceiling_uj)
        energy_j = step_uj / 1e6
        power_w = None if quality == "gap" else mean_power_w(energy_j, interval_ns)
        return Reading(self.device, mono_ns, energy_j, power_w, quality, now_uj)


class RaplMeter:
    """All packages and DRAM domains that can be read; the others stand in `devices` with the reason.

    Parameters
    ----------
    root
        The powercap tree, flat as in /sys/class or nested as in /sys/devices.
    model
        Name of the CPU.
    monotonic_ns, slept_ns
        Return the monotonic clock, which stands still in a suspend, and how long the machine has slept.
    open_counter
        Returns what reads a zone's counter.
    note
        Stands with every device that is measured.
    """

    def __init__(
        self,
        root: Path,
        model: str,
        monotonic_ns: Callable[[], int],
        slept_ns: Callable[[], int] | None = None,
        open_counter: Callable[[Zone], CounterSource] | None = None,
        note: str = "",
    ) -> None:
        self.monotonic_ns = monotonic_ns
        self.slept_ns = slept_ns or (slept_ns_of_linux if hasattr(time, "CLOCK_BOOTTIME") else lambda: 0)
        self.open_counter = open_counter or (lambda zone: CounterFile(zone.path / "energy_uj"))
        self.note = note
        self.counters: list[RaplCounter] = []
        self.devices: list[Device] = []
        zones = find_zones(root)
        if not zones:
            self.devices.append(Device("cpu", "rapl", model, "none", note=why_no_zone(root)))
        for zone in preferred_zones(zones):
            self.add(zone, model)

    @classmethod
    def from_environment(
        cls, model: str, monotonic_ns: Callable[[], int], environ: Mapping[str, str]
    ) -> Self:
        """Return the meter for the tree that `ENERGYVIS_POWERCAP` names, by default the kernel's."""
        return cls(powercap_root(environ), model, monotonic_ns)

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
        notes = [self.note] if self.note else []
        if range_of(zone) is None:
            notes.append("max_energy_range_uj cannot be read: each wrap of the counter is a gap")
        note, piece = "; ".join(notes), f"{zone.domain}-{zone.socket}"
        device = Device(kind, zone.device_id, name, "counter", "uJ", note, piece)
        self.devices.append(device)
        self.counters.append(RaplCounter(zone, device, self.open_counter(zone), self.slept_ns))

    def read(self) -> list[Reading]:
        """Return a reading of every counter that answers."""
        readings = (counter.read(self.monotonic_ns()) for counter in self.counters)
        return [reading for reading in readings if reading is not None]


def powercap_root(environ: Mapping[str, str]) -> Path:
    """Return the powercap tree that `ENERGYVIS_POWERCAP` names, by default the kernel's."""
    return Path(environ.get("ENERGYVIS_POWERCAP") or DEFAULT_ROOT)


def range_of(zone: Zone) -> int | None:
    """Return the microjoules after which a zone's counter starts again from 0, or none where nobody says."""
    return number_of(zone.path / "max_energy_range_uj") or None
