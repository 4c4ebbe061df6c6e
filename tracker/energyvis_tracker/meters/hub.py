"""One reading of every meter for all runs on this host: each takes what came in since it last took."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from energyvis_tracker.meters.meter import Meter, Reading, mean_power_w

# The worse of two qualities stands for both.
QUALITY_ORDER = ("ok", "clamped", "wrapped", "gap")


class Take:
    """What one run has yet to take of the readings of its devices."""

    def __init__(self, baseline: Iterable[Reading]) -> None:
        self.pending: dict[str, Reading] = {}
        self.taken_ns: dict[str, int] = {}
        for reading in baseline:
            self.start(reading)

    def start(self, reading: Reading) -> None:
        """Count a device from this reading on: what came before it is not this run's."""
        self.taken_ns[reading.device.id] = reading.mono_ns
        self.pending[reading.device.id] = replace(reading, energy_j=0.0, power_w=None, residual_j=None)

    def add(self, reading: Reading) -> None:
        """Add a reading to what has not been taken yet."""
        identity = reading.device.id
        if identity not in self.taken_ns:
            self.start(reading)
            return
        earlier = self.pending.get(identity)
        self.pending[identity] = (
            reading if earlier is None else merged(earlier, reading, self.taken_ns[identity])
        )

    def taken(self) -> list[Reading]:
        """Return the readings since the last call, one a device, and begin anew."""
        readings = list(self.pending.values())
        self.pending.clear()
        for reading in readings:
            self.taken_ns[reading.device.id] = reading.mono_ns
        return readings


def merged(earlier: Reading, later: Reading, since_ns: int) -> Reading:
    """Return two readings in a row as one over both intervals, the first of which began at `since_ns`."""
    energy_j = earlier.energy_j + later.energy_j
    quality = max(earlier.quality, later.quality, key=QUALITY_ORDER.index)
    residuals = [part.residual_j for part in (earlier, later) if part.residual_j is not None]
    return replace(
        later,
        energy_j=energy_j,
        power_w=None if quality == "gap" else mean_power_w(energy_j, later.mono_ns - since_ns),
        quality=quality,
        residual_j=sum(residuals) if residuals else None,
    )


@dataclass(frozen=True, slots=True)
class Moment:
    """The two clocks at one moment: wall time in Unix microseconds, and the monotonic clock."""

    wall_us: int
    mono_ns: int


class MeterHub:
    """Reads all meters and hands the readings to every take.

    Parameters
    ----------
    meters
        Read in this order; one that fails does not end the others.
    clock
        Returns the wall clock (us) and the monotonic clock (ns).
    """

    def __init__(self, meters: Sequence[Meter], clock: Callable[[], tuple[int, int]]) -> None:
        self.meters = meters
        self.clock = clock
        self.takes: list[Take] = []
        self.failed: dict[str, str] = {}
        self.reads = 0
        self.swept: Moment | None = None
        self.latest: dict[str, Reading] = {}

    def sweep(self, youngest_ns: int = 0) -> Moment:
        """Read every meter once, unless that was done less than `youngest_ns` ago; return when."""
        if self.swept is not None and time.monotonic_ns() - self.swept.mono_ns < youngest_ns:
            return self.swept
        self.swept = Moment(*self.clock())
        for meter in self.meters:
            try:
                readings = meter.read()
            except Exception as error:  # noqa: BLE001 - one broken meter must not end the others
                self.failed[type(meter).__name__] = repr(error)
                continue
            self.reads += len(readings)
            for reading in readings:
                self.latest[reading.device.id] = reading
                for take in self.takes:
                    take.add(reading)
        return self.swept

    def new_take(self) -> tuple[Take, Moment]:
        """Return a take that begins with a reading made now, and when that was."""
        moment = self.sweep()
        take = Take(reading for reading in self.latest.values() if reading.mono_ns >= moment.mono_ns)
        self.takes.append(take)
        return take, moment
