"""Turns readings into samples: numbers them, says which epoch they belong to, and adds them up."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from energyvis_tracker.journal import EPOCH, Sample, json_payload
from energyvis_tracker.journal_sink import JournalSink
from energyvis_tracker.meters import Device
from energyvis_tracker.meters.meter import Reading, mean_power_w


@dataclass(slots=True)
class OpenEpoch:
    """The epoch that the job is in; its times are the job's own."""

    index: int
    started_us: int
    started_ns: int
    energy_j: dict[str, float] = field(default_factory=lambda: defaultdict(float))


class Recorder:
    """Feeds one writer's sink.

    Parameters
    ----------
    devices
        The devices measured, in the order of the journal's header.
    sink
        Takes the records.
    """

    def __init__(self, devices: Sequence[Device], sink: JournalSink) -> None:
        self.places = {device.id: place for place, device in enumerate(devices)}
        self.kinds = sorted({device.kind for device in devices})
        self.sink = sink
        self.seq = 0
        self.reads = 0
        self.merged = 0
        self.qualities: dict[str, int] = defaultdict(int)
        self.energy_j: dict[str, float] = dict.fromkeys(self.kinds, 0.0)
        self.epoch: OpenEpoch | None = None
        self.epochs: dict[int, dict[str, Any]] = {}
        self.held_j: dict[str, float] = {}
        self.recorded_ns: dict[str, int] = {}

    def record(self, readings: Sequence[Reading], wall_us: int, mono_ns: int) -> None:
        """Record a sweep; `wall_us` and `mono_ns` are the two clocks at one moment of it.

        While the sink is full nothing is recorded: the energy is held back, and the device's next sample
        carries it, so that totals stay right and only the shape of that stretch is lost.
        """
        self.sink.save_if_removed()
        for reading in readings:
            self.reads += 1
            device = reading.device
            if self.sink.is_full and not self.sink.flush(mono_ns):
                self.held_j[device.id] = self.held_j.get(device.id, 0.0) + reading.energy_j
                self.merged += 1
                continue
            self.sink.append(
                self.sample_of(reading, wall_us + (reading.mono_ns - mono_ns) // 1000).packed(), mono_ns
            )

    def sample_of(self, reading: Reading, ts_us: int) -> Sample:
        """Return the next sample, and count it."""
        device, energy_j, power_w = reading.device, reading.energy_j, reading.power_w
        if (held_j := self.held_j.pop(device.id, None)) is not None:
            energy_j += held_j
            power_w = mean_power_w(
                energy_j, reading.mono_ns - self.recorded_ns.get(device.id, reading.mono_ns)
            )
        self.recorded_ns[device.id] = reading.mono_ns
        self.energy_j[device.kind] += energy_j
        if self.epoch is not None:
            self.epoch.energy_j[device.kind] += energy_j
        self.qualities[reading.quality] += 1
        sample = Sample(
            seq=self.seq,
            ts_us=ts_us,
            mono_ns=reading.mono_ns,
            device=self.places[device.id],
            power_w=power_w,
            energy_j=energy_j,
            raw_counter=reading.raw_counter,
            epoch=None if self.epoch is None else self.epoch.index,
            source=device.source,
            quality=reading.quality,
            util_pct=reading.util_pct,
            mem_used_bytes=reading.mem_used_bytes,
            temp_c=reading.temp_c,
        )
        self.seq += 1
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
        self.keep_epoch(
            {
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

    def keep_epoch(self, epoch: dict[str, Any], now_ns: int) -> None:
        """Keep an epoch, in the journal first."""
        self.epochs[epoch["epoch"]] = epoch
        self.sink.append(json_payload(EPOCH, epoch), now_ns)
