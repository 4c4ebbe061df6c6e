"""Energy that could not be recorded as it was read, by device and epoch, until it can be."""

from dataclasses import dataclass, replace

from energyvis_tracker.meters import Device
from energyvis_tracker.meters.hub import merged
from energyvis_tracker.meters.meter import Reading

# An hour of epochs of a fifth of a second; beyond that a device's energy goes to the newest row it has.
MAX_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class HeldRow:
    """Readings of one device within one epoch, as one; `since_ns` is where they begin."""

    device: Device
    epoch: int | None
    since_ns: int
    reading: Reading
    ts_us: int
    attributed_j: float | None


class HeldEnergy:
    """Holds readings back; what is taken out again adds up to what was put in, in each epoch."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, int | None], HeldRow] = {}
        self.newest: dict[str, tuple[str, int | None]] = {}

    def __bool__(self) -> bool:
        return bool(self.rows)

    def add(self, row: HeldRow) -> None:
        """Hold a reading back."""
        key = row.device.id, row.epoch
        if key not in self.rows and len(self.rows) >= MAX_ROWS and row.device.id in self.newest:
            key = self.newest[row.device.id]
        earlier = self.rows.get(key)
        self.newest[row.device.id] = key
        self.rows[key] = row if earlier is None else joined(earlier, row)

    def taken(self) -> list[HeldRow]:
        """Return all that was held back, in the order in which it began, and hold nothing more."""
        rows = list(self.rows.values())
        self.rows.clear()
        self.newest.clear()
        return rows


def joined(earlier: HeldRow, later: HeldRow) -> HeldRow:
    """Return two rows of a device as one."""
    parts_j = [part_j for part_j in (earlier.attributed_j, later.attributed_j) if part_j is not None]
    return replace(
        earlier,
        reading=merged(earlier.reading, later.reading, earlier.since_ns),
        ts_us=later.ts_us,
        attributed_j=sum(parts_j) if parts_j else None,
    )
