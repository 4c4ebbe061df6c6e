"""Spares the page what Bokeh's figures do beyond drawing: restyling, and Tab stops without a name."""

from pathlib import Path
from typing import Any

from panel.custom import JSComponent

UNSEEN: dict[str, Any] = {"position": "absolute", "width": "0", "height": "0", "overflow": "hidden"}


class TunedFigures(JSComponent):
    """Takes no room; once it is rendered, it holds for all figures of the page."""

    _esm = Path(__file__).parent / "tuned_figures.js"

    def __init__(self, **params: Any) -> None:
        super().__init__(**({"styles": UNSEEN, "margin": 0} | params))
