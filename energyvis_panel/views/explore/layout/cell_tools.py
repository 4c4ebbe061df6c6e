"""What arranges one card of the workbench: a handle to drag, places earlier and later, its width."""

from pathlib import Path
from typing import Any, ClassVar

import param
from panel.custom import JSComponent

from energyvis_panel.views.explore.controls import stylesheets

HERE = Path(__file__).parent


class CellTools(JSComponent):
    """The tools of one card.

    It sends messages ``{action: move, by}``, ``{action: place, at}``, ``{action: resize, is_full}`` and
    ``{action: remove}``.
    """

    subject = param.String(doc="Title of the card.")
    at = param.Integer(default=0, doc="Place of the card, counted from 0.")
    of = param.Integer(default=0, doc="How many cards there are.")
    is_full = param.Boolean(default=False, doc="Whether the card takes the whole width.")

    _esm = HERE / "cell_tools.js"
    _stylesheets: ClassVar[list[str]] = stylesheets(HERE / "cell_tools.css")

    def __init__(self, **params: Any) -> None:
        super().__init__(
            **({"css_classes": ["cell-tools"], "sizing_mode": "stretch_width", "margin": 0} | params)
        )
