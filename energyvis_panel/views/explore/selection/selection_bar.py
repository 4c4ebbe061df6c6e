"""The selection: how many runs, what brushes leave them, and ways back."""

from pathlib import Path
from typing import Any, ClassVar

import param
from panel.custom import JSComponent

HERE = Path(__file__).parent


class SelectionBar(JSComponent):
    """Count, chips and steps in one model: a brush changes a few of its properties and builds no widget.

    It sends messages: ``{action: remove | invert, name}``, ``{action: undo | redo | clear}`` and
    ``{action: restore, link}`` for a selection saved in the browser.
    """

    selected = param.Integer(default=0, doc="How many runs are selected.")
    total = param.Integer(default=0, doc="How many runs there are.")
    brushes = param.List(doc="Active brushes, each a dict of name, text and inverted.")
    steps = param.Dict(default={}, doc="Whether there is something to undo, redo.")
    saved_as = param.String(default="", doc="The brushes as text, under which a selection is saved.")
    refusal = param.String(default="", doc="Why the last brush was refused; empty when all is well.")
    revision = param.Integer(default=0, doc="How many times the views have been redrawn.")

    _esm = HERE / "selection_bar.js"
    _stylesheets: ClassVar[list[str]] = [(HERE / "selection_bar.css").read_text(encoding="utf-8")]


def message_of(event: Any) -> dict[str, Any]:
    """What the browser sent, a dictionary whatever it was."""
    return event.data if isinstance(event.data, dict) else {}
