"""Windows of time that may lie in each other: which of them are epochs, and what counts once."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from energyvis_panel.data.importers.epoch_names import is_epoch_name
from energyvis_panel.data.importers.findings import Findings, counted
from energyvis_panel.domain.hardware import DEVICE_KINDS, DeviceKind
from energyvis_panel.domain.profile import Division, EnergyByKind, Epoch, Outside

TOUCHING_S = 1e-3
"""Windows that share less than this follow each other: their ends are read one after the other."""


@dataclass(frozen=True, slots=True)
class Window:
    """A named span of time in Unix seconds and seconds, with its joules."""

    name: str
    start_s: float
    elapsed_s: float
    energy: EnergyByKind

    @property
    def end_s(self) -> float:
        """When it ended, in Unix seconds."""
        return self.start_s + self.elapsed_s


def outermost(windows: Sequence[Window]) -> list[Window]:
    """Windows that lie in no other, by their start."""
    found: list[Window] = []
    for window in sorted(windows, key=lambda w: (w.start_s, -w.elapsed_s)):
        if not found or window.end_s > found[-1].end_s + TOUCHING_S:
            found.append(window)
    return found


def note_windows(windows: Sequence[Window], outer: Sequence[Window], findings: Findings) -> None:
    """Say how windows within each other were counted, and where two overlap only in part."""
    if len(outer) < len(windows):
        findings.assume(
            f"{len(windows) - len(outer):,} of {len(windows):,} windows lie in another. Towards the run's "
            "energy "
            f"counts only what is outermost ({counted(len(outer), 'window')}), so that nothing counts twice."
        )
    overlaps = sum(1 for before, after in pairwise(outer) if after.start_s < before.end_s - TOUCHING_S)
    if overlaps:
        findings.defect(
            f"{counted(overlaps, 'window')} begin before the last one ends without lying in it: the energy "
            "of "
            "that time counts twice."
        )


def parts_of_run(
    windows: Sequence[Window], findings: Findings
) -> tuple[Division, tuple[Epoch, ...], Outside | None]:
    """Epochs or intervals of a run, and what lies outside its epochs."""
    outer = outermost(windows)
    note_windows(windows, outer, findings)
    named = outermost([window for window in windows if is_epoch_name(window.name)])
    if not named:
        if len(outer) > 1:
            findings.assume("No window is named as an epoch, so each outermost window is an interval.")
        return "interval", epochs_of(outer), None
    outside = EnergyByKind(
        **{
            kind: max(0.0, total_j(outer, kind) - total_j(named, kind))
            for kind in DEVICE_KINDS
            if any(window.energy.of(kind) is not None for window in outer)
        }
    )
    outside_s = max(0.0, sum(w.elapsed_s for w in outer) - sum(w.elapsed_s for w in named))
    findings.assume(f"The epochs are what is named so ({counted(len(named), 'window')}), in order of time.")
    if not outside_s and not outside.total_j():
        return "epoch", epochs_of(named), None
    findings.assume("What the outermost windows hold beyond the epochs lies outside them.")
    return "epoch", epochs_of(named), Outside(outside_s, outside)


def total_j(windows: Sequence[Window], kind: DeviceKind) -> float:
    """Joules of one kind over windows."""
    return sum(window.energy.of(kind) or 0.0 for window in windows)


def epochs_of(windows: Sequence[Window]) -> tuple[Epoch, ...]:
    """Windows as epochs, counted from 0."""
    return tuple(Epoch(index, window.elapsed_s, window.energy) for index, window in enumerate(windows))
