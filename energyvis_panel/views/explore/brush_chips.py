"""The active brushes as removable chips, and how many runs they leave."""

from pathlib import Path
from typing import ClassVar

import param
from panel.custom import JSComponent

HERE = Path(__file__).parent


class BrushChips(JSComponent):
    """Count and chips in one model: a brush changes two of its properties and builds no widget."""

    counted = param.String(doc="How many runs are selected, for people.")
    brushed = param.List(doc="Active brushes as pairs of dimension and what it admits.")
    removed = param.Dict(default={}, doc="Last chip clicked: name, serial.")

    _esm = HERE / "brush_chips.js"
    _stylesheets: ClassVar[list[str]] = [(HERE / "brush_chips.css").read_text(encoding="utf-8")]
