"""A bar of small controls: groups of buttons of which one is pressed, and steppers."""

from pathlib import Path
from typing import Any, ClassVar

import param
from panel.custom import JSComponent

HERE = Path(__file__).parent

Spec = dict[str, Any]


class ControlBar(JSComponent):
    """Groups of exclusive buttons and steppers; sends what was chosen as a message: name and value."""

    groups = param.List(doc="Each: name, label, value, options as value, text, title, disabled.")
    steppers = param.List(doc="Each: name, label, title, unit, value, min, max, step.")

    _esm = HERE / "control_bar.js"
    _stylesheets: ClassVar[list[str]] = [(HERE / "control_bar.css").read_text(encoding="utf-8")]


def control_group(name: str, label: str, value: object, texts: dict[Any, str]) -> Spec:
    """A group of exclusive buttons: what is chosen, and the text of each value."""
    return {
        "name": name,
        "label": label,
        "value": value,
        "options": [{"value": key, "text": text} for key, text in texts.items()],
    }
