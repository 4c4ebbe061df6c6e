"""Which configurations are shown: a chip for each, a list of those that can be added."""

from pathlib import Path
from typing import Any, ClassVar

import param
from panel.custom import JSComponent

from energyvis_panel.views.explore.controls import stylesheets

HERE = Path(__file__).parent


class SignaturePicker(JSComponent):
    """Chips with letter, colour, dash and number of runs; a list that adds, and a way back.

    It sends messages ``{action: open | remove | add, name}`` and ``{action: reset}``.
    """

    shown = param.List(doc="Configurations that are shown: name, letter, colour, dash, runs.")
    others = param.List(doc="Configurations that can be added, as pairs of name and text.")
    is_full = param.Boolean(default=False, doc="Whether no more can be added.")
    is_picked = param.Boolean(default=False, doc="Whether they were picked; else those with the most runs.")

    _esm = HERE / "signature_picker.js"
    _stylesheets: ClassVar[list[str]] = stylesheets(HERE / "signature_picker.css")

    def fill(self, **properties: Any) -> None:
        """Show these, sending only what differs."""
        changed = {name: new for name, new in properties.items() if getattr(self, name) != new}
        if changed:
            self.param.update(**changed)
