"""Spares the figures of a page the look-ups of style variables that it does not set."""

from pathlib import Path
from typing import Any

from panel.custom import JSComponent

UNSEEN: dict[str, Any] = {"position": "absolute", "width": "0", "height": "0", "overflow": "hidden"}


class PlainStyles(JSComponent):
    """Takes no room; from its first rendering on, Bokeh's figures take their styles from their models alone."""

    _esm = Path(__file__).parent / "plain_styles.js"

    def __init__(self, **params: Any) -> None:
        super().__init__(**({"styles": UNSEEN, "margin": 0} | params))
