"""Turns readings into samples: numbers them, says which epoch they belong to, and adds them up."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from energyvis_tracker.attribution import Shares, whole
from energyvis_tracker.held_energy import HeldEnergy, HeldRow
from energyvis_tracker.journal import EPOCH, SPAN, Sample, json_payload
from energyvis_tracker.journal_sink import JournalSink
from energyvis_tracker.meters import Device
from energyvis_tracker.meters.meter import Reading

# Each takes about 1 kB of memory for as long as the run lasts. Smaller steps than these are spans.
MOST_EPOCHS = 100_000


@dataclass(slots=True)
class OpenEpoch:
    """The epoch that the job is in; its times are the job's own."""

    index: int
    started_us: int
    started_ns: int
    energy_j: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    attributed_j: dict[str, float] = field(default_factory=lambda: defaultdict(float))


class Recorder:
    """Feeds one writer's sink.

    Parameters
    ----------
    devices
        The devices measured, in the order of the journal's header.
    sink
        Takes the records.
    on_epoch
        Called for each epoch that is finished or changed, before it is in the journal.
    """

    def __init__(
        self, devices: Iterable[Device], sink: JournalSink, on_epoch: Callable[[], None] = lambda: None
    ) -> None:
        self.devices: list[Device] = []
        self.places: dict[str, int] = {}
        self.read_as: dict[str, list[Device]] = defaultdict(list)
        self.sink = sink
        self.on_epoch = on_epoch
        self.seq = 0
        self.reads = 0
        self.merged = 0
        self.has_shares = False
        self.qualities: dict[str, int] = defaultdict(int)
        self.energy_j: dict[str, float] = {}
        self.job_j: dict[str, float] = {}
        self.device_j: dict[str, float] = {}
        self.latest: dict[str, Sample] = {}
        self.epoch: OpenEpoch | None = None
        self.epochs: dict[int, dict[str, Any]] = {}
        self.epochs_j = 0.0
        self.held = HeldEnergy()
        self.lost_spans = 0
        self.unlisted_epochs = 0
        self.recorded_ns: dict[str, int] = {}
        self.add_devices(devices)

    def add_devices(self, devices: Iterable[Device]) -> bool:
        """Measure further devices, and return whether any of them was new."""
        new = [device for device in devices if device.id not in self.places]
        for device in new:
            self.places[device.id] = len(self.devices)
            self.devices.append(device)
            self.read_as[device.read_as].append(device)
            for totals, key in (
                (self.energy_j, device.kind),
                (self.job_j, device.kind),
                (self.device_j, device.id),
            ):
                totals.setdefault(key, 0.0)
        return bool(new)

    @property
    def kinds(self) -> list[str]:
        """Return the kinds of device that are measured."""
        return sorted(self.energy_j)

    def record(
        self, readings: Sequence[Reading], wall_us: int, mono_ns: int, share_of: Shares = whole
    ) -> None:
        """Record a sweep; `wall_us` and `mono_ns` are the two clocks at one moment of it.

        While the sink is full nothing is recorded: the energy is held back and recorded later, so that totals
        and epochs stay right and only the shape of that stretch is lost.
        """
        self.sink.look_after_journal(mono_ns)
        self.release_held(mono_ns)
        for reading in readings:
            for device in self.read_as.get(reading.device.id, ()):
                self.reads += 1
                share = share_of(device)
                self.count(device, reading, share)
                row = HeldRow(
                    device=device,
                    epoch=None if self.epoch is None else self.epoch.index,
                    since_ns=self.recorded_ns.get(device.id, reading.mono_ns),
                    reading=reading,
                    ts_us=wall_us + (reading.mono_ns - mono_ns) // 1000,
                    attributed_j=None if share is None else reading.energy_j * share,
                )
                self.recorded_ns[device.id] = reading.mono_ns
                if self.has_room(mono_ns):
                    self.sink.append(self.sample_of(row).packed(), mono_ns)
                else:
                    self.held.add(row)
                    self.merged += 1

    def has_room(self, now_ns: int) -> bool:
        """Say whether the sink takes another record, or memory at least."""
        return not self.sink.is_full or self.sink.flush(now_ns)

    def release_held(self, now_ns: int) -> None:
        """Record what was held back, if that is possible now."""
        if self.held and self.has_room(now_ns):
            for row in self.held.taken():
                self.sink.append(self.sample_of(row).packed(), now_ns)

    def count(self, device: Device, reading: Reading, share: float | None) -> None:
        """Add a reading to the sums."""
        part_j = reading.energy_j * (1.0 if share is None else share)
        self.energy_j[device.kind] += reading.energy_j
        self.job_j[device.kind] += part_j
        self.device_j[device.id] += reading.energy_j
        self.qualities[reading.quality] += 1
        self.has_shares |= share is not None
        if self.epoch is not None:
            self.epoch.energy_j[device.kind] += reading.energy_j
            self.epoch.attributed_j[device.kind] += part_j

    def sample_of(self, row: HeldRow) -> Sample:
        """Return the next sample."""
        reading = row.reading
        sample = Sample(
            seq=self.seq,
            ts_us=row.ts_us,
            mono_ns=reading.mono_ns,
            device=self.places[row.device.id],
            power_w=reading.power_w,
            energy_j=reading.energy_j,
            raw_counter=reading.raw_counter,
            epoch=row.epoch,
            source=row.device.source,
            quality=reading.quality,
            attributed_energy_j=row.attributed_j,
            util_pct=reading.util_pct,
            mem_used_bytes=reading.mem_used_bytes,
            temp_c=reading.temp_c,
            reported_power_w=reading.reported_power_w,
            residual_j=reading.residual_j,
        )
        self.seq += 1
        self.latest[row.device.id] = sample
        return sample

    def start_epoch(self, index: int, at_us: int, at_ns: int) -> None:
        """Begin an epoch; the sweep at its boundary must already be recorded."""
        self.epoch = OpenEpoch(index, at_us, at_ns)

    def end_epoch(
        self, at_us: int, at_ns: int, units: float | None, unit: str | None, metrics: Mapping[str, float]
    ) -> None:
        """Finish the open epoch; the sweep at its boundary must already be recorded."""
        if self.epoch is None:
            return
        closed, self.epoch = self.epoch, None
        if len(self.epochs) >= MOST_EPOCHS and closed.index not in self.epochs:
            self.unlisted_epochs += 1
            return
        self.epochs_j += sum(closed.energy_j.values())
        parts = {"attributed_j": {kind: closed.attributed_j[kind] for kind in self.kinds}}
        self.keep_epoch(
            (parts if self.has_shares else {})
            | {
                "epoch": closed.index,
                "started_us": closed.started_us,
                "ended_us": at_us,
                "duration_s": (at_ns - closed.started_ns) / 1e9,
                "energy_j": {kind: closed.energy_j[kind] for kind in self.kinds},
                "units": units,
                "unit": unit,
                "metrics": dict(metrics),
            },
            at_ns,
        )

    def add_metrics(self, metrics: Mapping[str, float], at_ns: int) -> None:
        """Add metrics to the epoch that ended last."""
        if self.epochs:
            last = self.epochs[max(self.epochs)]
            self.keep_epoch(last | {"metrics": last["metrics"] | dict(metrics)}, at_ns)

    def add_units(self, index: int, units: float, at_ns: int) -> None:
        """Add the units of another rank to a finished epoch."""
        if (epoch := self.epochs.get(index)) is not None:
            self.keep_epoch(epoch | {"units": (epoch["units"] or 0.0) + units}, at_ns)

    def keep_epoch(self, epoch: dict[str, Any], now_ns: int) -> None:
        """Keep an epoch: for its file, and until that is written in the journal."""
        self.epochs[epoch["epoch"]] = epoch
        self.on_epoch()
        if self.has_room(now_ns):
            self.sink.append(json_payload(EPOCH, epoch), now_ns)

    def keep_spans(self, spans: Iterable[Mapping[str, Any]], now_ns: int) -> None:
        """Keep finished spans, as far as there is room for them."""
        for span in spans:
            if self.has_room(now_ns):
                self.sink.append(json_payload(SPAN, span), now_ns)
            else:
                self.lost_spans += 1
