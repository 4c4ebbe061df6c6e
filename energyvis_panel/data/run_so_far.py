"""A run as the events of its live URL tell it: facts, finished epochs, newest sample, and its profile."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from energyvis_panel.data.live_address import LiveRefusal
from energyvis_panel.data.live_events import (
    EpochEvent,
    SampleEvent,
    energy_of,
    read_event,
    read_facts,
)
from energyvis_panel.data.open_epoch import OpenEpochWatch
from energyvis_panel.data.run_facts import RunFacts
from energyvis_panel.data.run_profile import run_profile
from energyvis_panel.domain.hardware import DEVICE_KINDS
from energyvis_panel.domain.live_reading import PowerNow, RunNow
from energyvis_panel.domain.profile import EnergyByKind, EnergyProfile

MOST_EPOCHS = 100_000
MOST_KEPT_BYTES = 50_000_000
COURSE_S = 60.0
MOST_COURSE = 130
LONGEST_UNIT = 50
WHOLE_DEVICES = "The energy is that of whole devices, not the job's share by the rule {!r}."

Row = dict[str, Any]


class RunSoFar:
    """Takes events and tells what follows from them.

    Parameters
    ----------
    clock
        The process's monotonic clock in seconds.

    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.facts: RunFacts | None = None
        self.sample: SampleEvent | None = None
        self.last_event_id = ""
        self.sampled_s: float | None = None
        self.divided: EnergyProfile | None = None
        """Profile of a run without finished epochs, in intervals of time, as the tracker divides it."""
        self._clock = clock
        self._epochs: dict[int, tuple[EpochEvent, int]] = {}
        self._kept_bytes = 0
        self._open = OpenEpochWatch()
        self._course: deque[tuple[float, float]] = deque(maxlen=MOST_COURSE)
        self._profile: EnergyProfile | None = None

    @property
    def run_id(self) -> str:
        """Id of the run; "" before it is known."""
        return self.facts.run_id if self.facts else ""

    @property
    def is_over(self) -> bool:
        """Whether the run has said that it has ended."""
        return bool(self.facts and self.facts.is_final)

    @property
    def has_epochs(self) -> bool:
        """Whether an epoch has been finished."""
        return bool(self._epochs)

    def take(self, name: str, data: bytes, event_id: str) -> None:
        """Take in one event; those of later versions are passed over.

        Raises
        ------
        LiveRefusal
            If no tracker could have sent it, or there is more than can be kept.

        """
        if name in {"run", "state"}:
            self.facts = read_facts(data, self.run_id) or self.facts
        elif name == "epoch":
            self._take_epoch(read_event(EpochEvent, data, "an epoch"), len(data))
            self.last_event_id = event_id if event_id.isascii() and event_id.isprintable() else ""
        elif name == "sample":
            self._take_sample(read_event(SampleEvent, data, "a sample"))
        else:
            return
        self._profile = None

    def _take_epoch(self, epoch: EpochEvent, size: int) -> None:
        replaced = self._epochs.get(epoch.epoch)
        self._kept_bytes += size - (replaced[1] if replaced else 0)
        self._epochs[epoch.epoch] = epoch, size
        if len(self._epochs) > MOST_EPOCHS or self._kept_bytes > MOST_KEPT_BYTES:
            raise LiveRefusal(
                f"The run has more epochs than can be followed ({MOST_EPOCHS:,}, "
                f"{MOST_KEPT_BYTES / 1e6:.0f} MB). Open it from the lake."
            )
        self._open.finished(epoch)

    def _take_sample(self, sample: SampleEvent) -> None:
        self.sample, self.sampled_s = sample, self._clock()
        self._open.sampled(sample)
        known_w = [watts for watts in sample.power_w.values() if watts is not None]
        if known_w:
            self._course.append((self.sampled_s, sum(known_w)))

    def now(self) -> RunNow | None:
        """The run as it is; None before its facts are known."""
        facts, sample = self.facts, self.sample
        if facts is None:
            return None
        begin_s = self._clock() - COURSE_S
        return RunNow(
            run_id=facts.run_id,
            name=facts.name,
            state=facts.state,
            epoch=sample.epoch if sample else None,
            epochs_done=len(self._epochs),
            epochs_planned=facts.epochs_planned,
            samples=sample.samples if sample else 0,
            power=self._power(),
            course_w=tuple(round(watts, 1) for at_s, watts in self._course if at_s >= begin_s),
            open_epoch=None if self.is_over else self._open.so_far(self._outside(share=self._has_share())),
            profile=self.profile(),
        )

    def _power(self) -> tuple[PowerNow, ...]:
        """Watts by kind with how they are obtained."""
        if self.sample is None:
            return ()
        return tuple(
            PowerNow(
                kind,
                self.sample.power_w[kind],
                tuple(sorted({d.source for d in self.sample.devices if d.kind == kind} - {"none"})),
            )
            for kind in DEVICE_KINDS
            if kind in self.sample.power_w
        )

    def profile(self) -> EnergyProfile | None:
        """The profile so far: the same object until something changes; None while nothing is measured."""
        if not self._epochs:
            return self.divided
        if self._profile is None and self.facts is not None:
            self._profile = self._made(self.facts)
        return self._profile

    def _made(self, facts: RunFacts) -> EnergyProfile:
        share = self._has_share()
        rule = facts.attribution
        if not share:
            facts = facts.model_copy(update={"attribution": "exclusive"})
        rows = [epoch_row(self._epochs[index][0], share=share) for index in sorted(self._epochs)]
        profile = run_profile(
            facts, epochs=rows, intervals=(), outside=self._outside(share=share), sources=self._sources(facts)
        )
        if share or rule == "exclusive":
            return profile
        sentences = (*profile.provenance.assumptions, WHOLE_DEVICES.format(rule[:LONGEST_UNIT]))
        return replace(profile, provenance=replace(profile.provenance, assumptions=sentences))

    def _has_share(self) -> bool:
        """Whether the job's share is known everywhere; shares and wholes are never mixed."""
        return (
            self.sample is not None
            and self.sample.attributed_j is not None
            and all(epoch.attributed_j for epoch, _ in self._epochs.values())
        )

    def _outside(self, *, share: bool) -> Row | None:
        """Seconds and joules of the run that lie in no finished epoch, never below 0."""
        sample, facts = self.sample, self.facts
        if sample is None or facts is None:
            return None
        totals = energy_of((sample.attributed_j if share else None) or sample.energy_j)
        inside: dict[str, float] = dict.fromkeys(DEVICE_KINDS, 0.0)
        seconds = (sample.at_us / 1e6) - facts.started_at.timestamp()
        for epoch, _ in self._epochs.values():
            seconds -= epoch.duration_s
            energy = energy_of((epoch.attributed_j if share else None) or epoch.energy_j)
            for kind in energy.measured():
                inside[kind] += energy.of(kind) or 0.0
        left = {
            f"energy_{kind}_j": None if (total := totals.of(kind)) is None else max(0.0, total - inside[kind])
            for kind in DEVICE_KINDS
        }
        return {"duration_s": max(0.0, seconds), **left}

    def _sources(self, facts: RunFacts) -> list[Row]:
        """How the joules of each kind are obtained, with the flaws of all readings on the first row."""
        read = self.sample.devices if self.sample and self.sample.devices else facts.devices
        pairs = sorted({(d.kind, d.source) for d in read if d.source != "none"})
        qualities = self.sample.qualities if self.sample else {}
        samples = self.sample.samples if self.sample else 0
        return [
            {
                "device_kind": kind[:LONGEST_UNIT],
                "source": source,
                "samples": 0 if place else samples,
                "gap_samples": 0 if place else qualities.get("gap", 0),
                "clamped_samples": 0 if place else qualities.get("clamped", 0),
            }
            for place, (kind, source) in enumerate(pairs)
        ]


def epoch_row(epoch: EpochEvent, *, share: bool) -> Row:
    """An epoch as a row of ``runs/epochs_of_run``; a metric that is no number has no place in a profile."""
    energy: EnergyByKind = energy_of((epoch.attributed_j if share else None) or epoch.energy_j)
    return {
        "epoch": epoch.epoch,
        "duration_s": epoch.duration_s,
        "units": epoch.units,
        "unit": epoch.unit and epoch.unit[:LONGEST_UNIT],
        "metrics": {name: value for name, value in epoch.metrics.items() if value is not None},
        **{f"energy_{kind}_j": energy.of(kind) for kind in DEVICE_KINDS},
    }
