"""Where the levels of memory of one hardware class are full: a line each, named, with what changes there."""

from typing import Any, Final

from bokeh.core.properties import value
from bokeh.models import ColumnDataSource

from energyvis_panel.state.explore.cache_spill.cache_spill import Step
from energyvis_panel.state.explore.cache_spill.cache_spill_answer import bytes_text, ratio_text
from energyvis_panel.state.explore.cache_spill.cache_spill_levels import ACROSS, LEVELS
from energyvis_panel.state.explore.dimensions import QUANTITIES
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.sentences import HARDWARE
from energyvis_panel.views.explore.view import HARDWARE_COLOURS, drawn_range

KIB: Final = QUANTITIES[ACROSS].per_unit
LINE_PX: Final = 13
"""From one line of text to the next."""
FONT: Final = {
    "text_font": value("system-ui, sans-serif"),
    "text_font_size": "11px",
    "text_baseline": "middle",
}


class LevelLines:
    """Lines and names of one hardware class: CPU nodes are named above the plane, GPU nodes below it."""

    def __init__(self, state: Exploration, figure: Any, is_gpu: int) -> None:
        left, right = drawn_range(state, ACROSS)
        levels, hue = LEVELS[is_gpu], HARDWARE_COLOURS[is_gpu]
        full = levels[:-1]
        # On a narrow figure the last name has its room on the right, so that it leaves the others theirs.
        align = ["center"] * (len(full) - 1) + ["left"]
        lines: dict[str, Any] = {
            "x": [level.most_bytes / KIB for level in full],
            "low": [1.0] * len(full),
            "high": [1.0] * len(full),
            "y": [1.0] * len(full),
            "name": [level.name for level in full],
            "size": [bytes_text(level.most_bytes) for level in full],
            "ratio": [""] * len(full),
            "align": align,
            "right": [0] * (len(full) - 1) + [4],
        }
        self.lines = ColumnDataSource(lines)
        self.ends = ColumnDataSource(
            {
                "x": [left, right],
                "y": [1.0, 1.0],
                "text": [f"{HARDWARE[is_gpu]}s", levels[-1].name],
                "align": ["left", "right"],
                "right": [4, -4],
                "style": ["bold", "bold"],
            }
        )
        words = {"text_color": hue, "x_offset": "right", "text_align": "align"} | FONT
        of_lines = {"source": self.lines} | words
        self._renderers = [
            figure.segment(
                "x", "low", "x", "high", source=self.lines, line_color=hue, line_width=1.5,
                line_dash="dashed",
            ),
            figure.text("x", "y", "name", y_offset=-LINE_PX, text_font_style="bold", **of_lines),
            figure.text("x", "y", "size", **of_lines),
            figure.text("x", "y", "ratio", y_offset=LINE_PX, text_font_style="bold", **of_lines),
            figure.text(
                "x", "y", "text", source=self.ends, y_offset=-LINE_PX, text_font_style="style", **words
            ),
        ]  # fmt: skip

    def show(self, *, seen: bool) -> None:
        """Draw the lines, or leave them out."""
        for renderer in self._renderers:
            renderer.visible = seen

    def place(self, low: float, high: float, middle: float) -> None:
        """Draw the lines between two heights, and the names around a third, all in mJ."""
        heights = {"low": low, "high": high, "y": middle}
        lines: Any = self.lines.data
        lines.update({name: [height] * len(lines["x"]) for name, height in heights.items()})
        ends: Any = self.ends.data
        ends.update(y=[middle] * 2)

    def draw(self, steps: list[Step]) -> None:
        """Say at each line what changes there."""
        columns: Any = self.lines.data
        columns.update(ratio=[ratio_text(step) for step in steps])
