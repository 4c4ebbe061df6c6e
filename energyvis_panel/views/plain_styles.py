"""Spares the browser the work that Bokeh's figures give it at each repaint for styles that do not change."""

from pathlib import Path
from typing import Any

from panel.custom import JSComponent

UNSEEN: dict[str, Any] = {"position": "absolute", "width": "0", "height": "0", "overflow": "hidden"}


class PlainStyles(JSComponent):
    """Takes no room; once it is rendered, repaints of figures leave the page's styles alone."""

    _esm = Path(__file__).parent / "plain_styles.js"

    def __init__(self, **params: Any) -> None:
        super().__init__(**({"styles": UNSEEN, "margin": 0} | params))
