"""Which keys do what? A sheet that opens with the key ``?``."""

from pathlib import Path
from typing import ClassVar

import param
from panel.custom import JSComponent

HERE = Path(__file__).parent
KEYS = [
    ["?", "this sheet"],
    ["Tab", "to the next control; Shift+Tab back"],
    ["Enter", "select the profile under the focus; commit a number"],
    ["c", "compare the profile under the focus, or stop comparing it"],
    ["Escape", "take a number back that was not committed; release a region; close a list"],
    ["Ctrl+Z", "take the last step of the study, or the last brush, back"],
    ["Ctrl+Shift+Z", "do it again"],
    ["← →", "between the choices of a group"],
    ["↑ ↓", "through a list of regions or chips; step a number"],
]


class KeyboardSheet(JSComponent):
    """The button and its sheet."""

    keys = param.List(default=KEYS, constant=True, doc="Pairs of keys and what they do.")

    _esm = HERE / "keyboard_sheet.js"
    _stylesheets: ClassVar[list[str]] = [(HERE / "keyboard_sheet.css").read_text(encoding="utf-8")]
