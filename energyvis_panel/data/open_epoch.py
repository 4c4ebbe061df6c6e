"""The epoch that a followed run is in: what it has used so far, told from the totals around it."""

from typing import Any

from energyvis_panel.data.live_events import EpochEvent, Joules, SampleEvent
from energyvis_panel.domain.hardware import DEVICE_KINDS
from energyvis_panel.domain.live_reading import OpenEpoch
from energyvis_panel.domain.profile import EnergyByKind


class OpenEpochWatch:
    """Follows the samples of a run and tells which epoch is open, since when, and what it has used.

    Samples come half a second apart at best, so what was used between the two around the epoch's beginning is
    divided as if the power had been the same. Where nobody watched when the epoch began, what the run used
    outside of its finished epochs is shared out by time.
    """

    def __init__(self) -> None:
        self._sample: SampleEvent | None = None
        self._ended_us: int | None = None
        self._finished = -1
        self._begin_us = 0
        self._before_j: Joules | None = None

    def finished(self, epoch: EpochEvent) -> None:
        """Take in a finished epoch."""
        self._ended_us = max(epoch.ended_us, self._ended_us or 0)
        self._finished = max(epoch.epoch, self._finished)

    def sampled(self, sample: SampleEvent) -> None:
        """Take in a sample."""
        before, self._sample = self._sample, sample
        if sample.epoch is None or (before is not None and before.epoch == sample.epoch):
            return
        if before is None:
            self._begin_us, self._before_j = self._ended_us or 0, None
            return
        ended_us = self._ended_us or before.at_us
        self._begin_us = min(max(ended_us, before.at_us), sample.at_us)
        gap_us = sample.at_us - before.at_us
        part = (self._begin_us - before.at_us) / gap_us if gap_us > 0 else 0.0
        first, last = totals(before), totals(sample)
        self._before_j = {
            kind: (first.get(kind) or 0.0) + part * ((joules or 0.0) - (first.get(kind) or 0.0))
            for kind, joules in last.items()
        }

    def so_far(self, outside: dict[str, Any] | None) -> OpenEpoch | None:
        """The open epoch; None between epochs and before the first sample.

        ``outside`` is what the run used outside of its finished epochs, with the columns of
        ``runs/outside_of_run``.
        """
        sample = self._sample
        if sample is None or sample.epoch is None or sample.epoch <= self._finished or outside is None:
            return None
        outside_s: float = outside["duration_s"]
        duration_s = (sample.at_us - self._begin_us) / 1e6 if self._begin_us else outside_s
        duration_s = min(max(duration_s, 0.0), outside_s)
        if self._before_j is not None:
            now, before = totals(sample), self._before_j
            used = {
                kind: None
                if now.get(kind) is None
                else max(0.0, (now[kind] or 0.0) - (before.get(kind) or 0.0))
                for kind in DEVICE_KINDS
            }
            return OpenEpoch(sample.epoch, duration_s, EnergyByKind(**used), estimated=False)
        share = duration_s / outside_s if outside_s else 0.0
        shared = {
            kind: None if (joules := outside[f"energy_{kind}_j"]) is None else joules * share
            for kind in DEVICE_KINDS
        }
        return OpenEpoch(sample.epoch, duration_s, EnergyByKind(**shared), estimated=True)


def totals(sample: SampleEvent) -> Joules:
    """Joules of the job where its share is known, else of whole devices."""
    return sample.attributed_j or sample.energy_j
