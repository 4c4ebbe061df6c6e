"""Turns readings into samples: numbers them, says which epoch they belong to, and adds them up."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from energyvis_tracker.attribution import Shares, whole
from energyvis_tracker.journal import EPOCH, SPAN, Sample, json_payload
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
    attributed_j: dict[str, float] = field(default_factory=lambda: defaultdict(float))


class Recorder:
    """Feeds one writer's sink.

    Parameters
    ----------
    devices
        The devices measured, in the order of the journal's header.
    sink
        Takes the records.
    """

    def __init__(self, devices: Iterable[Device], sink: JournalSink) -> None:
        self.devices: list[Device] = []
        self.places: dict[str, int] = {}
        self.read_as: dict[str, list[Device]] = defaultdict(list)
        self.sink = sink
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
        self.held_j: dict[str, float] = {}
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

        While the sink is full nothing is recorded: the energy is held back, and the device's next sample
        carries it, so that totals stay right and only the shape of that stretch is lost.
        """
        self.sink.save_if_removed()
        for reading in readings:
            for device in self.read_as.get(reading.device.id, ()):
                self.reads += 1
                share = share_of(device)
                self.job_j[device.kind] += reading.energy_j * (1.0 if share is None else share)
                self.device_j[device.id] += reading.energy_j
                if self.sink.is_full and not self.sink.flush(mono_ns):
                    self.held_j[device.id] = self.held_j.get(device.id, 0.0) + reading.energy_j
                    self.merged += 1
                    continue
                ts_us = wall_us + (reading.mono_ns - mono_ns) // 1000
                sample = self.sample_of(device, reading, ts_us, share)
                self.sink.append(sample.packed(), mono_ns)

    def sample_of(self, device: Device, reading: Reading, ts_us: int, share: float | None) -> Sample:
        """Return the next sample, and count it."""
        energy_j, power_w = reading.energy_j, reading.power_w
        if (held_j := self.held_j.pop(device.id, None)) is not None:
            energy_j += held_j
            power_w = mean_power_w(
                energy_j, reading.mono_ns - self.recorded_ns.get(device.id, reading.mono_ns)
            )
        self.recorded_ns[device.id] = reading.mono_ns
        self.energy_j[device.kind] += energy_j
        if self.epoch is not None:
            self.epoch.energy_j[device.kind] += energy_j
            self.epoch.attributed_j[device.kind] += energy_j * (1.0 if share is None else share)
            self.has_shares |= share is not None
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
            attributed_energy_j=None if share is None else energy_j * share,
            util_pct=reading.util_pct,
            mem_used_bytes=reading.mem_used_bytes,
            temp_c=reading.temp_c,
            reported_power_w=reading.reported_power_w,
            residual_j=reading.residual_j,
        )
        self.seq += 1
        self.latest[device.id] = sample
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
        """Keep an epoch, in the journal first."""
        self.epochs[epoch["epoch"]] = epoch
        self.sink.append(json_payload(EPOCH, epoch), now_ns)

    def keep_spans(self, spans: Iterable[Mapping[str, Any]], now_ns: int) -> None:
        """Keep finished spans."""
        for span in spans:
            self.sink.append(json_payload(SPAN, span), now_ns)
