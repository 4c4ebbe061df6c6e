"""On which machine did it run, and what would another have taken? A list to edit, and a search for chips."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import param
from panel.custom import JSComponent
from panel.viewable import Viewer

from energyvis_panel.domain.edits import EditError, PieceChoice
from energyvis_panel.domain.hardware import PRECISIONS, DeviceKind
from energyvis_panel.errors import EnergyVisError
from energyvis_panel.state.hardware import Machine, SearchChips
from energyvis_panel.state.study import Study
from energyvis_panel.views.study.hardware.hardware_rows import (
    KIND_TEXT,
    Said,
    hit_row,
    machine_rows,
    precision_options,
    unknown_row,
)

HERE = Path(__file__).parent
ASSUMPTION = (
    "Energy follows rated watts over rates (FLOPS), time the rates alone. Work, software and memory are "
    "taken to suit both machines alike; hosts keep their part of their rated power, memory the power it drew."
)


class MachineList(JSComponent):
    """The list with its search; each act comes as a message with ``action`` and what it needs."""

    machine = param.Dict(default={}, doc="What the list shows, see HardwarePicker.shown.")
    hits = param.Dict(default={}, doc="Answer to a search: its serial, and rows of chips.")

    _esm = HERE / "hardware_picker.js"
    _stylesheets: ClassVar[list[str]] = [(HERE / "hardware_picker.css").read_text(encoding="utf-8")]

    def __init__(self, act: Any, **params: Any) -> None:
        self._act = act
        super().__init__(**params)

    def _handle_msg(self, data: Any) -> None:
        self._act(data)


class HardwarePicker(Viewer):
    """The list bound to a study.

    Parameters
    ----------
    study
        The study whose machine is edited.
    search_chips
        Looks chips up by what is typed.

    """

    def __init__(self, study: Study, search_chips: SearchChips, **params: Any) -> None:
        super().__init__(**params)
        self.study = study
        self.machine = Machine(study, search_chips)
        self._refused: Said = {}
        self.list = MachineList(self._act, machine=self.shown(), sizing_mode="stretch_width", margin=0)
        study.param.watch(self._follow, ["choice", "comparison"])

    def __panel__(self) -> Any:
        """Return the list."""
        return self.list

    def shown(self) -> Said:
        """All that the list shows, as text."""
        machine = self.machine
        if machine.profile is None:
            return {"empty": "No profile is selected.", "rows": [], "unknown": []}
        precision, unknown = machine.precision, machine.unknown()
        recorded = machine.recorded()
        outcome = machine.outcome()
        return {
            "empty": "" if recorded else "This profile names no hardware. Enter the machine that it ran on.",
            "unknown": [unknown_row(recorded.index(item), item) for item in unknown],
            "rows": [] if unknown else machine_rows(machine.rows(), precision),
            "corrected": machine.edits.original is not None,
            "recorded_count": len(recorded),
            "whole": outcome.effect.text() if outcome else "",
            "warnings": [text for text in (outcome.effect.band_text(), *outcome.remarks) if text]
            if outcome
            else [],
            "assumption": ASSUMPTION if outcome else "",
            "moves": [{"kind": kind, "text": f"Move to {KIND_TEXT[kind]}s"} for kind in machine.moves()],
            "precision": precision,
            "precisions": precision_options(machine.profile.precision),
            "efficiency": f"{machine.edits.efficiency:.2f}",
            "edited": machine.edits.pieces is not None
            or machine.edits.precision is not None
            or machine.edits.efficiency != 1,
            "refused": self._refused,
        }

    def _follow(self, *_events: Any) -> None:
        self._show({})

    def _show(self, refused: Said) -> None:
        self._refused = refused
        self.list.machine = self.shown()

    def _act(self, message: Any) -> None:
        """Carry out what a message asks for; a refused value is told where it was entered."""
        if not isinstance(message, dict):
            return
        if message.get("action") == "search":
            self._search(message)
            return
        try:
            refused = self._done(message)
        except (EnergyVisError, KeyError, StopIteration, TypeError, ValueError) as error:
            refused = str(error) if isinstance(error, EnergyVisError) else "That is no number. Enter one."
        self._show({"at": str(message.get("at", "")), "text": refused} if refused else {})

    def _done(self, said: Said) -> str:
        """The sentence of what was refused, or ''."""
        acts = self._acts(said)
        return acts[said["action"]]() if said.get("action") in acts else ""

    def _acts(self, said: Said) -> dict[str, Callable[[], str]]:
        """What each action does."""
        machine = self.machine
        return {
            "count": lambda: machine.set_count(int(said["place"]), whole_count(said["count"])),
            "add": lambda: machine.add(piece_choice(said)),
            "exchange": lambda: machine.exchange(int(said["place"]), piece_choice(said)),
            "remove": lambda: machine.remove(int(said["place"])),
            "restore": lambda: machine.restore(int(said["row"])),
            "correct": lambda: machine.correct(int(said["place"]), piece_choice(said)),
            "leave_out": lambda: machine.leave_out(int(said["place"])),
            "forget": machine.forget_corrections,
            "move": lambda: machine.move_to("cpu" if said["kind"] == "cpu" else "gpu"),
            "precision": lambda: machine.set_precision(next(p for p in PRECISIONS if p == said["precision"])),
            "efficiency": lambda: machine.set_efficiency(float(said["efficiency"])),
            "reset": machine.reset,
        }

    def _search(self, message: Said) -> None:
        kind = message.get("kind")
        try:
            chips = self.machine.hits(str(message.get("text", "")), kind if kind in KIND_TEXT else None)
            answer: Said = {"rows": [hit_row(chip, self.machine.precision) for chip in chips]}
        except EnergyVisError as error:
            answer = {"rows": [], "failed": str(error)}
        self.list.hits = answer | {"serial": message.get("serial", 0)}


def whole_count(text: object) -> int:
    """A number of chips.

    Raises
    ------
    EditError
        If it is no whole number.

    """
    try:
        return int(str(text))
    except ValueError:
        raise EditError(f"The count of chips is {str(text)[:20]!r}, but must be a whole number.") from None


def piece_choice(message: Said) -> PieceChoice:
    """The chips that a message names: of the catalogue, or described by hand.

    Raises
    ------
    EditError
        If a value is out of its range.

    """
    kind: DeviceKind = "cpu" if message.get("kind") == "cpu" else "gpu"
    count = whole_count(message.get("count", 1))
    if message.get("chip_id"):
        return PieceChoice(kind, str(message["chip_id"]), count)
    name = " ".join(str(message.get("name", "")).split())[:80]
    return PieceChoice(kind, "", count, name, float(message["tdp_w"]), float(message["tflops"]))
