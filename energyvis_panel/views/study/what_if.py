"""Which alternatives are active? One line that names each, with undo, redo and reset."""

from pathlib import Path
from typing import Any, ClassVar

import param
from panel.custom import JSComponent
from panel.viewable import Viewer

from energyvis_panel.domain.study import Choice, Comparison, edit_parts
from energyvis_panel.state.study import Study

HERE = Path(__file__).parent
IDLE = (
    "As recorded. Point at a region to preview it, click to keep it, edit a number or the hardware, "
    "or compare another profile."
)
HINT = "Dashed orange is the alternative; the recorded run stays as it is."
"""Explains what-if mode when it is first entered in a session, and then no more."""


class WhatIfLine(JSComponent):
    """The line; sends what was asked for as a message: action and id."""

    parts = param.List(doc="Active alternatives as dicts: letter, text, action and id that remove it.")
    idle = param.String(default=IDLE, doc="Sentence while nothing is active.")
    hint = param.String(default="", doc="What is meant by an alternative; '' = known already.")
    undoable = param.Boolean(default=False, doc="Whether a step can be taken back.")
    redoable = param.Boolean(default=False, doc="Whether a step can be done again.")

    _esm = HERE / "what_if.js"
    _stylesheets: ClassVar[list[str]] = [(HERE / "what_if.css").read_text(encoding="utf-8")]


def what_if_parts(study: Study, choice: Choice, comparison: Comparison) -> list[dict[str, str]]:
    """Each active edit and each compared profile, with the letter of its line."""
    edits = edit_parts(choice.edits, study.references, study.profile(choice.baseline_id))
    parts = [
        {"letter": "A" if place == 0 else "", "text": text, "action": "release", "id": field}
        for place, (field, text) in enumerate(edits)
    ]
    compared = comparison.alternatives[-len(choice.compared_ids) :] if choice.compared_ids else ()
    parts += [
        {
            "letter": series.letter,
            "text": series.projection.profile.name,
            "action": "compare",
            "id": profile_id,
        }
        for profile_id, series in zip(choice.compared_ids, compared, strict=True)
    ]
    return parts


class WhatIf(Viewer):
    """The line bound to a study. It is tinted while any alternative is active."""

    def __init__(self, study: Study, **params: Any) -> None:
        super().__init__(**params)
        self.study = study
        self.line = WhatIfLine(sizing_mode="stretch_width", margin=0)
        self._explained = False
        self._show()
        study.param.watch(self._show, ["choice", "comparison"])
        self.line.on_msg(self._act)

    def _show(self, *_events: Any) -> None:
        study = self.study
        parts: list[dict[str, str]] = []
        if study.choice is not None and study.comparison is not None:
            parts = what_if_parts(study, study.choice, study.comparison)
        hint = "" if self._explained else HINT
        if not parts and self.line.parts:
            self._explained = True
        self.line.param.update(
            parts=parts,
            idle=IDLE if study.choice else "No profile is selected.",
            hint=hint,
            undoable=study.can_undo(),
            redoable=study.can_redo(),
        )

    def _act(self, event: Any) -> None:
        message = event.data if isinstance(event.data, dict) else {}
        study, action, target = self.study, message.get("action"), str(message.get("id", ""))
        if action == "release":
            study.release(target)
        elif action == "compare":
            study.toggle_compared(target)
        elif action in {"undo", "redo", "reset"}:
            {"undo": study.undo, "redo": study.redo, "reset": study.reset}[action]()

    def __panel__(self) -> Any:
        """Return the line."""
        return self.line
