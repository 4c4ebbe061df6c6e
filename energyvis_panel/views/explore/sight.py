"""Tells whether the view beside it is in the window, or near it."""

from pathlib import Path
from typing import Any

import param
from panel.custom import JSComponent

from energyvis_panel.views.tuned_figures import UNSEEN

HERE = Path(__file__).parent


class Sight(JSComponent):
    """Takes no room; says where the column around it stands.

    It sends ``{seen: true | false}`` when the column enters or leaves the window, and ``{near: true}`` while
    it is near the window and ``filled`` is not set.
    """

    margin_px = param.Integer(default=120, doc="A view this near to the window counts as in it, in pixels.")
    near_px = param.Integer(default=700, doc="A view this near to the window is to be built, in pixels.")
    filled = param.Boolean(default=True, doc="Whether the view is there.")

    _esm = HERE / "sight.js"

    def __init__(self, **params: Any) -> None:
        super().__init__(**({"styles": UNSEEN, "margin": 0} | params))
