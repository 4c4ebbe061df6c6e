"""What every meter offers: its devices and, on demand, a reading of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

# A counter that is renewed every millisecond says nothing about the power over a shorter time.
MIN_POWER_INTERVAL_NS = 2_000_000


@dataclass(frozen=True, slots=True)
class Device:
    """Something that draws power.

    `source` is counter, integrated, estimate, or none with the reason in `note`.
    """

    kind: str
    id: str
    model: str
    source: str
    raw_unit: str | None = None
    note: str = ""
    # Several devices can sit in one piece of hardware (dies of a package); empty = a piece of its own.
    piece: str = ""
    # A part of a board has no meter of its own (a MIG slice): the id of the device that is read in its place,
    # and the part of it (0 to 1) that this one is taken to draw. Empty and none for a whole device.
    board: str = ""
    share: float | None = None

    @property
    def read_as(self) -> str:
        """Return the id of the device whose readings these are: the board's for a part of it."""
        return self.board or self.id


@dataclass(frozen=True, slots=True)
class Reading:
    """Energy of a device since its previous reading, with the counter as it was read.

    Where a device has a counter and a power sensor, the counter gives `energy_j`, the sensor
    `reported_power_w`, and `residual_j` is the counter's energy less the sensor's power over the interval.
    """

    device: Device
    mono_ns: int
    energy_j: float
    power_w: float | None
    quality: str
    raw_counter: int | None
    util_pct: float | None = None
    mem_used_bytes: int | None = None
    temp_c: float | None = None
    reported_power_w: float | None = None
    residual_j: float | None = None


class Meter(Protocol):
    """A source of readings."""

    @property
    def measured(self) -> Sequence[Device]:
        """Return the devices that `read` reports."""
        ...

    def read(self) -> list[Reading]:
        """Return one reading for each device that could be read; the first ones carry 0 J.

        Never raises for a device that has failed: a gap is a reading of quality `gap`, a device that
        does not answer has none.
        """
        ...


def mean_power_w(energy_j: float, interval_ns: int) -> float | None:
    """Return energy over time, or none where the interval is too short for a counter to say."""
    return energy_j * 1e9 / interval_ns if interval_ns >= MIN_POWER_INTERVAL_NS else None
