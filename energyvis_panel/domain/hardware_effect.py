"""What exchanging a machine does to one run: which pieces differ, and what each edit and the whole change."""

from collections.abc import Sequence
from dataclasses import dataclass

from energyvis_panel.domain.hardware import (
    PRECISION_LABELS,
    HardwareChange,
    Piece,
    worker_kind,
)
from energyvis_panel.domain.profile import EnergyProfile
from energyvis_panel.domain.units import duration_text, three_digits

MINUS = "\u2212"
MANY_TIMES = 2.0
"""From this factor on a change reads better as a multiple than in percent."""


@dataclass(frozen=True, slots=True)
class PieceEdit:
    """One difference between two machines: the piece before (None = added) and after (None = taken away)."""

    before: Piece | None
    after: Piece | None

    def is_change(self) -> bool:
        """Whether the two differ."""
        return self.before != self.after

    def alone(self, edits: Sequence["PieceEdit"]) -> tuple[Piece, ...]:
        """The machine on which nothing but this one of ``edits`` is carried out."""
        pieces = (edit.after if edit is self else edit.before for edit in edits)
        return tuple(piece for piece in pieces if piece is not None)


@dataclass(frozen=True, slots=True)
class Effect:
    """Energy and duration of a run after a change of its machine, over those before.

    ``energy_factor`` is None where the run's energy is not known to be more than 0, ``duration_before_s``
    where the record has no times. Both factors may be off by ``uncertainty``, either way.
    """

    energy_factor: float | None
    duration_factor: float
    duration_before_s: float | None
    uncertainty: float = 1.0

    def text(self) -> str:
        """The effect in words, e.g. ``"energy +41 %, time 6 h 10 min → 1 h 50 min"``."""
        energy = (
            "energy not known" if self.energy_factor is None else f"energy {change_text(self.energy_factor)}"
        )
        if self.duration_before_s is None:
            return f"{energy}, time {change_text(self.duration_factor)}"
        after_s = self.duration_before_s * self.duration_factor
        return f"{energy}, time {duration_text(self.duration_before_s)} → {duration_text(after_s)}"

    def band_text(self) -> str:
        """How far the effect may be off, in words; '' where no rate is an estimate."""
        if self.uncertainty == 1.0:
            return ""
        band = f"A CPU's rate is an estimate, within a factor of {self.uncertainty:g}: "
        off = self.uncertainty
        parts = [
            f"{what} from {change_text(factor / off)} to {change_text(factor * off)}"
            for what, factor in (("energy", self.energy_factor), ("time", self.duration_factor))
            if factor is not None
        ]
        return f"{band}{', '.join(parts)}."


def piece_edits(before: Sequence[Piece], after: Sequence[Piece]) -> tuple[PieceEdit, ...]:
    """The pieces of two machines side by side: equal chips first, then others of one kind in their order.

    The pieces of ``before`` come in their order, those that were added after them.
    """
    partners: dict[int, int] = {}
    for alike in (_same_chip, _same_kind):
        for old, piece in enumerate(before):
            if old in partners:
                continue
            free = (new for new in range(len(after)) if new not in partners.values())
            if (new := next((new for new in free if alike(piece, after[new])), None)) is not None:
                partners[old] = new
    kept = [
        PieceEdit(piece, after[partners[old]] if old in partners else None)
        for old, piece in enumerate(before)
    ]
    added = [PieceEdit(None, piece) for new, piece in enumerate(after) if new not in partners.values()]
    return (*kept, *added)


def effect_of(profile: EnergyProfile, change: HardwareChange) -> Effect:
    """What ``change`` does to the whole run of ``profile``.

    Raises
    ------
    HardwareError
        If the watts or FLOPS of a chip are not known where they are needed.

    """
    energy = profile.energy()
    before_j = energy.total_j()
    after_j = sum((energy.of(move.source) or 0.0) * move.factor for move in change.transfers())
    return Effect(
        energy_factor=after_j / before_j if before_j > 0 else None,
        duration_factor=change.duration_factor(),
        duration_before_s=profile.duration_s(),
        uncertainty=change.uncertainty(),
    )


def remarks(profile: EnergyProfile, change: HardwareChange) -> tuple[str, ...]:
    """Sentences about what the effect of ``change`` takes for granted.

    Raises
    ------
    HardwareError
        If a side has no workers.

    """
    sides = worker_kind(change.original), worker_kind(change.alternative)
    found = []
    if change.is_equal_time():
        lacking = next(piece.chip.name for piece in change.workers() if piece.chip.has_no_rate())
        found.append(
            f"Equal time, not equal work: the rate of {lacking} is not known, so only the power is exchanged."
        )
    if sides == ("gpu", "cpu"):
        found.append(
            "The CPUs do the work of the GPUs, as busy as those were. "
            "What the recorded hosts drew is left out."
        )
    elif sides == ("cpu", "gpu"):
        found.append(
            "The GPUs do the work of the CPUs, as busy as those were. "
            "CPUs that stay keep the power that they drew."
        )
        if profile.energy().gpu:
            found.append("The record holds GPU energy but names no GPU: that energy is left out.")
    elif sides == ("gpu", "gpu") and not _has_cpu(change.original) and _has_cpu(change.alternative):
        found.append("The record names no CPU, so the CPUs added here change nothing.")
    return (*found, *_stand_ins(change))


def _has_cpu(pieces: Sequence[Piece]) -> bool:
    return any(piece.chip.device_kind == "cpu" for piece in pieces)


def _stand_ins(change: HardwareChange) -> list[str]:
    """Which chips work in a wider format than the one asked for."""
    if change.is_equal_time():
        return []
    asked = PRECISION_LABELS[change.precision]
    found: dict[str, None] = {}
    for chip in (piece.chip for piece in change.workers()):
        working = chip.working_precision(change.precision)
        if working and working != change.precision:
            found[
                f"{chip.name} counts with its {PRECISION_LABELS[working]} rate: none at {asked} is known."
            ] = None
    return list(found)


def change_text(factor: float) -> str:
    """A factor as a change: ``"+41 %"``, ``"±0 %"``, ``"× 12.5"``."""
    if factor >= MANY_TIMES:
        return f"× {three_digits(factor)}"
    percent = round(100 * (factor - 1), 1)
    if abs(percent) >= 10:  # noqa: PLR2004 - two digits say enough of a change
        percent = round(percent)
    if percent == 0:
        return "±0 %"
    sign = "+" if percent > 0 else MINUS
    return f"{sign}{abs(percent):g} %"


def _same_chip(one: Piece, other: Piece) -> bool:
    return one.chip == other.chip


def _same_kind(one: Piece, other: Piece) -> bool:
    return one.chip.device_kind == other.chip.device_kind
