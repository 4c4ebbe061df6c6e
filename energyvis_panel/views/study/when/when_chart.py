"""Chart of the window with its sliders: intensities as steps, the run's bars below, drawn in the browser."""

from pathlib import Path
from typing import ClassVar

import param
from panel.custom import JSComponent

HERE = Path(__file__).parent


class WhenChart(JSComponent):
    """The chart; sends what was moved as a message: action (window or start) and its steps."""

    grid = param.Dict(default={}, doc="Intensities of the window and of the whole series.")
    lanes = param.Dict(default={}, doc="Chosen start, and the run's bars.")
    picture = param.Integer(default=0, doc="Raised by one to save the chart as PNG.")

    _esm = HERE / "when_chart.js"
    _stylesheets: ClassVar[list[str]] = [(HERE / "when_chart.css").read_text(encoding="utf-8")]
