"""Buttons of all profiles: a click selects, a right click compares."""

from pathlib import Path
from typing import Any, ClassVar

import panel as pn
import param
from panel.custom import JSComponent
from panel.viewable import Viewer

from energyvis_panel.domain.study import Choice
from energyvis_panel.state.profile_shelf import Entry
from energyvis_panel.state.study import Study

HERE = Path(__file__).parent
ORIGIN_TEXT = {
    "example": "published example",
    "run": "run in the lake",
    "imported": "imported",
    "estimate": "estimate",
    "live": "followed live",
}


class ProfileButtons(JSComponent):
    """Row of profile buttons; sends what was asked for as a message: action and id."""

    entries = param.List(doc="Profiles as dicts: id, name, origin_text, detail, live.")
    selected = param.String(doc="Id of the baseline.")
    compared = param.Dict(default={}, doc="Letter of each compared profile by id.")

    _esm = HERE / "profile_strip.js"
    _stylesheets: ClassVar[list[str]] = [(HERE / "profile_strip.css").read_text(encoding="utf-8")]


def button_rows(entries: list[Entry]) -> list[dict[str, object]]:
    """Profiles as the buttons show them."""
    return [
        {
            "id": entry.profile_id,
            "name": entry.name,
            "origin_text": ORIGIN_TEXT[entry.origin],
            "detail": entry.detail,
            "live": entry.live,
        }
        for entry in entries
    ]


def _baseline_id(choice: Choice | None) -> str:
    return choice.baseline_id if choice else ""


class ProfileStrip(Viewer):
    """The strip bound to a study."""

    def __init__(self, study: Study, **params: Any) -> None:
        super().__init__(**params)
        self.study = study
        self.buttons = ProfileButtons(
            entries=pn.bind(button_rows, study.param.entries),
            selected=pn.bind(_baseline_id, study.param.choice),
            compared=pn.bind(self._letters, study.param.comparison),
            sizing_mode="stretch_width",
            margin=0,
        )
        self.buttons.on_msg(self._act)

    def _letters(self, comparison: Any) -> dict[str, str]:
        choice = self.study.choice
        if comparison is None or choice is None:
            return {}
        compared = comparison.alternatives[-len(choice.compared_ids) :] if choice.compared_ids else ()
        return dict(zip(choice.compared_ids, (series.letter for series in compared), strict=True))

    def _act(self, event: Any) -> None:
        message = event.data if isinstance(event.data, dict) else {}
        action, profile_id = message.get("action"), str(message.get("id", ""))
        if action == "compare":
            self.study.toggle_compared(profile_id)
        elif action == "select":
            self.study.select(profile_id)
        elif action == "drop":
            self.study.drop(profile_id)

    def __panel__(self) -> Any:
        """Return the buttons."""
        return self.buttons
