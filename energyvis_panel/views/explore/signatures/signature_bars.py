"""The same signatures as bars: a group an axis, a bar a configuration, from zero to the largest."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from bokeh.core.properties import value
from bokeh.models import ColumnDataSource, CustomJS, HoverTool, Range1d
from bokeh.plotting import figure as new_figure

from energyvis_panel.state.explore.shapes.shapes_fit import Floats
from energyvis_panel.state.explore.signatures.signatures import AMOUNTS, MOST
from energyvis_panel.views.explore.signatures.signature_marks import (
    HOVER,
    LETTERS,
    TOOLTIPS,
    Places,
    place_colours,
    point_texts,
    shares,
)
from energyvis_panel.views.theme import GREY, style_figure

HEIGHT: Final = 440
TITLE_LINE: Final = 1.15
"""Height of a title, in lines of a bar."""
GROUP: Final = MOST + TITLE_LINE + 0.5
STRETCH: Final = """
const data = Math.max(fig.inner_width - 16 - 84, 60);
fig.x_range.setv({start: -16 / data, end: 1 + 84 / data});
"""
"""Room in pixels for the letters before the bars and for the values behind them."""
COLUMNS: Final = ("y", "right", "colour", "letter", *HOVER)


class SignatureBars:
    """Six groups of bars, one below the other."""

    def __init__(self) -> None:
        self.figure: Any = new_figure(
            sizing_mode="stretch_width", height=HEIGHT, tools="", x_range=Range1d(start=-0.03, end=1.2),
            y_range=Range1d(start=len(AMOUNTS) * GROUP - 0.4, end=-0.1),
        )  # fmt: skip
        style_figure(self.figure)
        for part in (*self.figure.axis, *self.figure.grid):
            part.visible = False
        self.bars = ColumnDataSource({name: [] for name in COLUMNS})
        tops = np.arange(len(AMOUNTS), dtype=np.float64) * GROUP
        self.marks = ColumnDataSource({"x": [], "top": [], "bottom": []})
        self._add_glyphs(tops)
        stretch = CustomJS(args={"fig": self.figure}, code=STRETCH)
        self.figure.js_on_change("inner_width", stretch)

    def _add_glyphs(self, tops: Floats) -> None:
        fig, bars = self.figure, self.bars
        words: Any = {
            "text_font": value("system-ui, sans-serif"),
            "text_font_size": "11px",
            "text_baseline": "middle",
            "text_color": GREY,
        }
        titles = [amount.column.rpartition(" (")[0] for amount in AMOUNTS]
        fig.text(np.zeros(len(AMOUNTS)), tops + TITLE_LINE / 2, titles, text_font_style="bold", **words)
        fig.hbar("y", 0.84, left=0, right="right", source=bars, color="colour", fill_alpha=0.85)
        fig.segment(
            "x", "top", "x", "bottom", source=self.marks, line_color=GREY, line_width=3, line_alpha=0.8
        )
        fig.text(0, "y", "letter", source=bars, x_offset=-4, text_align="right", **words)
        fig.text("right", "y", "value_said", source=bars, x_offset=5, **words)
        reach = fig.hbar("y", 1, left=0, right=1, source=bars, fill_alpha=0, line_color=None)
        fig.add_tools(HoverTool(renderers=[reach], tooltips=TOOLTIPS))

    def draw(self, shown: Places, ends: Sequence[float], everything: Places) -> None:
        """Patch the bars to the signatures at the four places; a grey line is the mean of all their runs."""
        grid = shares(shown, ends)
        places, axes = np.indices(grid.shape)
        said = point_texts(shown, grid)
        is_there = np.isfinite(grid).ravel()
        y = (axes * GROUP + TITLE_LINE + places + 0.5).ravel()
        self.bars.data = {
            "y": y,
            "right": grid.ravel(),
            "colour": np.repeat(place_colours(shown), len(AMOUNTS)).tolist(),
            "letter": [
                letter if there else ""
                for letter, there in zip(np.repeat(LETTERS, len(AMOUNTS)).tolist(), is_there, strict=True)
            ],
            **said,
        }
        self.marks.data = {"x": shares(everything, ends).ravel(), "top": y - 0.45, "bottom": y + 0.45}

    def place_at(self, _x: float, y: float) -> int | None:
        """The place whose bar lies in that row, None where there is none."""
        place = int((y % GROUP - TITLE_LINE) // 1)
        rows = np.isfinite(self.bars.data["right"]).reshape(MOST, len(AMOUNTS))
        axis = int(y // GROUP)
        if not (0 <= place < MOST and 0 <= axis < len(AMOUNTS)) or not rows[place, axis]:
            return None
        return place
