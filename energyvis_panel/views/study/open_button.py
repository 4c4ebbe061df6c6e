"""A plain button that opens a part of the page, and closes it again."""

from pathlib import Path
from typing import ClassVar

import param
from panel.custom import JSComponent

HERE = Path(__file__).parent


class OpenButton(JSComponent):
    """The button; sends a message when it is pressed. What it opens is the owner's to show."""

    label = param.String(doc="Text of the button.")
    opened = param.Boolean(default=False, doc="Whether the part is open, for screen readers.")

    _esm = HERE / "open_button.js"
    _stylesheets: ClassVar[list[str]] = [(HERE / "open_button.css").read_text(encoding="utf-8")]
