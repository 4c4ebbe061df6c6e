"""Tells whether the view beside it is in the window."""

from pathlib import Path
from typing import Any

import param
from panel.custom import JSComponent

from energyvis_panel.views.plain_styles import UNSEEN

HERE = Path(__file__).parent


class Sight(JSComponent):
    """Takes no room; sends ``{seen: true | false}`` when the column around it enters or leaves the window."""

    margin_px = param.Integer(default=120, doc="A view this near to the window counts as in it, in pixels.")

    _esm = HERE / "sight.js"

    def __init__(self, **params: Any) -> None:
        super().__init__(**({"styles": UNSEEN, "margin": 0} | params))
