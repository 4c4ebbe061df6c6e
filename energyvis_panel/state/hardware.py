"""The machine of a study's baseline, as recorded and otherwise, and what a user does to it."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from energyvis_panel.domain.edits import NO_EDITS, Edits, PieceChoice
from energyvis_panel.domain.hardware import (
    Chip,
    DeviceKind,
    HardwareChange,
    HardwareError,
    Piece,
    Precision,
    worker_kind,
)
from energyvis_panel.domain.hardware_effect import Effect, PieceEdit, effect_of, piece_edits, remarks
from energyvis_panel.domain.profile import EnergyProfile
from energyvis_panel.errors import EnergyVisError
from energyvis_panel.state.study import Study

MOST_HITS = 30
STOCK: dict[DeviceKind, tuple[str, int]] = {"cpu": ("amd-epyc-9654", 2), "gpu": ("nvidia-h100-sxm5-80-gb", 1)}
"""What a move to the other kind begins with where the record names none: a server of 2023 of each kind."""


class SearchChips(Protocol):
    """Where chips are looked up; the data layer's chip search fits it."""

    def __call__(self, text: str, kind: str | None, most: int) -> Sequence[Chip]:
        """At most ``most`` chips that ``text`` may mean, the likeliest first."""


@dataclass(frozen=True, slots=True)
class RecordedPiece:
    """Equal chips that the record names; without ``piece`` the catalogue does not know them, and says why."""

    choice: PieceChoice
    name: str
    piece: Piece | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class MachineRow:
    """One line of the list: what stood there, what stands there now and where, and what that alone does.

    ``place`` is the place in the present machine (None = taken away), ``recorded`` that in the record (None =
    added). ``effect`` is None where nothing changed, or where the edit makes no machine by itself.
    """

    edit: PieceEdit
    place: int | None
    recorded: int | None
    effect: Effect | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The whole change: its effect, and the sentences that belong to it."""

    effect: Effect
    remarks: tuple[str, ...]


class Machine:
    """Recorded and present machine of a study's baseline; an act is one step of the study, to be undone.

    Acts return one sentence about what could not be done, or ''.

    Parameters
    ----------
    study
        The study whose edits are made here.
    search_chips
        Looks chips up by what is typed.

    """

    def __init__(self, study: Study, search_chips: SearchChips) -> None:
        self.study = study
        self._search = search_chips

    # -- what there is ---------------------------------------------------------------------------------

    @property
    def profile(self) -> EnergyProfile | None:
        """The baseline's profile."""
        return self.study.profile(self.study.choice.baseline_id) if self.study.choice else None

    @property
    def edits(self) -> Edits:
        """What is edited now."""
        return self.study.choice.edits if self.study.choice else NO_EDITS

    @property
    def precision(self) -> Precision:
        """Format in which chips are compared."""
        profile = self.profile
        return self.edits.precision or (profile.precision if profile else None) or "fp32"

    def recorded(self) -> tuple[RecordedPiece, ...]:
        """GPUs and CPUs of the record, or what was entered in their place."""
        return tuple(self._looked_up(choice) for choice in self._recorded_choices())

    def unknown(self) -> tuple[RecordedPiece, ...]:
        """Recorded pieces that the catalogue does not know; while there are any, nothing can be exchanged."""
        return tuple(item for item in self.recorded() if item.piece is None)

    def pieces(self) -> tuple[PieceChoice, ...]:
        """The present machine: the edited one, else the recorded one."""
        return self.edits.pieces if self.edits.pieces is not None else self._known_choices()

    def rows(self) -> tuple[MachineRow, ...]:
        """The recorded pieces in their order, each with what became of it, then those added."""
        before = [item.piece for item in self.recorded() if item.piece]
        after = [choice.piece(self.study.references.chip) for choice in self.pieces()]
        edits = piece_edits(before, after)
        return tuple(
            MachineRow(
                edit=edit,
                place=next((place for place, piece in enumerate(after) if piece is edit.after), None),
                recorded=index if index < len(before) else None,
                effect=self._effect(edit.alone(edits)) if edit.is_change() else None,
            )
            for index, edit in enumerate(edits)
        )

    def outcome(self) -> Outcome | None:
        """The whole change, None while the machine is as recorded."""
        profile = self.profile
        if profile is None or self.edits.pieces is None or self.unknown():
            return None
        after = tuple(choice.piece(self.study.references.chip) for choice in self.edits.pieces)
        change = self._change(after)
        return Outcome(effect_of(profile, change), remarks(profile, change))

    def moves(self) -> tuple[DeviceKind, ...]:
        """Kinds that the work could be moved to in one step."""
        pieces = tuple(choice.piece(self.study.references.chip) for choice in self.pieces())
        if not pieces or self.unknown():
            return ()
        return ("cpu",) if worker_kind(pieces) == "gpu" else ("gpu",)

    def hits(self, text: str, kind: str | None) -> Sequence[Chip]:
        """Chips that ``text`` may mean."""
        return self._search(text, kind, MOST_HITS)

    # -- what the user does ----------------------------------------------------------------------------

    def set_count(self, place: int, count: int) -> str:
        """Set how many chips stand at a place."""
        return self._change_piece(place, lambda piece: replace(piece, count=count))

    def exchange(self, place: int, choice: PieceChoice) -> str:
        """Put other chips at a place."""
        return self._change_piece(place, lambda _piece: choice)

    def remove(self, place: int) -> str:
        """Take the chips at a place away."""
        pieces = self.pieces()
        return self._use((*pieces[:place], *pieces[place + 1 :]))

    def add(self, choice: PieceChoice) -> str:
        """Add chips."""
        return self._use((*self.pieces(), choice))

    def restore(self, row: int) -> str:
        """Take one edit back: the line stands again as it was recorded, or goes where it was added."""
        rows = self.rows()
        if not 0 <= row < len(rows):
            return ""
        line, pieces = rows[row], self.pieces()
        if line.recorded is None:
            return self.remove(line.place) if line.place is not None else ""
        recorded = self._known_choices()[line.recorded]
        if line.place is not None:
            return self.exchange(line.place, recorded)
        return self._use((*pieces[: line.recorded], recorded, *pieces[line.recorded :]))

    def move_to(self, kind: DeviceKind) -> str:
        """Let chips of one kind do the work: the recorded ones where they can, else a stock server's.

        CPUs that worked stay beside GPUs as their hosts.
        """
        known = [item.piece for item in self.recorded() if item.piece]
        if worker_kind(known) == kind:
            return self._edit(pieces=None)
        chip_id, count = STOCK[kind]
        workers: tuple[PieceChoice, ...] = tuple(
            choice
            for choice, piece in zip(self._known_choices(), known, strict=True)
            if choice.kind == kind and not piece.chip.has_no_rate()
        )
        hosts = tuple(choice for choice in self.pieces() if choice.kind == "cpu" and kind == "gpu")
        return self._use((*(workers or (PieceChoice(kind, chip_id, count),)), *hosts))

    def correct(self, index: int, choice: PieceChoice) -> str:
        """Say what a recorded piece really was."""
        choices = list(self._recorded_choices())
        if not 0 <= index <= len(choices):
            return ""
        choices[index : index + 1] = [choice]
        return self._edit(original=tuple(choices))

    def leave_out(self, index: int) -> str:
        """Leave a recorded piece out of the machine: its energy then follows the duration."""
        choices = self._recorded_choices()
        kept = (*choices[:index], *choices[index + 1 :])
        return self._edit(original=kept)

    def forget_corrections(self) -> str:
        """Take the machine again that the record names."""
        return self._edit(original=None)

    def set_precision(self, precision: Precision) -> str:
        """Compare chips in another format; the run's own is no edit."""
        profile = self.profile
        own = (profile.precision if profile else None) or "fp32"
        return self._edit(precision=None if precision == own else precision)

    def set_efficiency(self, efficiency: float) -> str:
        """Set the part of the speed that is kept with each doubling of the number of workers."""
        return self._edit(efficiency=efficiency)

    def reset(self) -> str:
        """Return to the machine, the format and the efficiency of the record; what was corrected stays."""
        return self._edit(pieces=None, precision=None, efficiency=NO_EDITS.efficiency)

    # -- how -------------------------------------------------------------------------------------------

    def _recorded_choices(self) -> tuple[PieceChoice, ...]:
        if self.edits.original is not None:
            return self.edits.original
        profile = self.profile
        return tuple(
            PieceChoice(item.kind, item.chip_id or item.model or "unnamed", max(item.count, 1))
            for item in (profile.hardware if profile else ())
            if item.kind in {"gpu", "cpu"}
        )

    def _known_choices(self) -> tuple[PieceChoice, ...]:
        """The recorded machine with the catalogue's identifiers in place of the record's words."""
        return tuple(
            replace(item.choice, chip_id=item.piece.chip.chip_id, kind=item.piece.chip.device_kind)
            for item in self.recorded()
            if item.piece
        )

    def _looked_up(self, choice: PieceChoice) -> RecordedPiece:
        try:
            piece = choice.piece(self.study.references.chip)
        except EnergyVisError as error:
            return RecordedPiece(choice, choice.chip_id, None, str(error))
        return RecordedPiece(choice, piece.chip.name, piece)

    def _change(self, after: tuple[Piece, ...]) -> HardwareChange:
        before = tuple(item.piece for item in self.recorded() if item.piece)
        return HardwareChange(before, after, self.precision, self.edits.efficiency)

    def _effect(self, after: tuple[Piece, ...]) -> Effect | None:
        profile = self.profile
        try:
            return effect_of(profile, self._change(after)) if profile else None
        except HardwareError:
            # An edit may need another to make a machine, such as CPUs added before the GPUs are taken away.
            return None

    def _change_piece(self, place: int, change: Callable[[PieceChoice], PieceChoice]) -> str:
        pieces = list(self.pieces())
        if not 0 <= place < len(pieces):
            return ""
        try:
            pieces[place] = change(pieces[place])
        except EnergyVisError as error:
            return str(error)
        return self._use(tuple(pieces))

    def _use(self, pieces: tuple[PieceChoice, ...]) -> str:
        """Let ``pieces`` be the machine; the recorded one is no edit."""
        same = Counter(pieces) == Counter(self._known_choices())
        return self._edit(pieces=None if same else pieces)

    def _edit(self, **changes: object) -> str:
        """Edit the study; what was refused is told where the edit was made, not on the page."""
        self.study.notice = ""
        self.study.edit(**changes)
        refused = str(self.study.notice)
        self.study.notice = ""
        return refused
