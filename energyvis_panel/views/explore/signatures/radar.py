"""A radar of up to four signatures over six axes, each from zero to the largest that is shown."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from bokeh.core.properties import value
from bokeh.core.property.descriptors import UnsetValueError
from bokeh.models import ColumnDataSource, CustomJS, HoverTool, Range1d
from bokeh.plotting import figure as new_figure

from energyvis_panel.state.explore.signatures.signatures import AMOUNTS, MOST
from energyvis_panel.views.explore.signatures.signature_marks import (
    ANGLES,
    DASHES,
    LETTERS,
    POINT_COLUMNS,
    TOOLTIPS,
    Places,
    closed,
    letter_axes,
    place_colours,
    point_columns,
    radar_xy,
    shares,
)
from energyvis_panel.views.theme import GREY, style_figure

HEIGHT: Final = 400
LOW: Final = 300
NARROW_PX: Final = 420
"""A figure that is narrower than this is low: more height would not lengthen its axes."""
POINT_PX: Final = 12.0
"""So near to a point, it is clicked."""
RINGS: Final = (0.25, 0.5, 0.75, 1.0)
HALF: Final = 1.34
"""How far the figure reaches up and down, in lengths of an axis, where it is wide enough."""
BESIDE: Final = 1.1
"""Where titles begin, in lengths of an axis."""
LETTER_PX: Final = 15
STEEP: Final = 0.9
"""Of an axis that goes up more than this, the title stands above."""
EVEN: Final = f"""
const wide = fig.inner_width, high = fig.inner_height;
if (!(wide > 0 && high > 0)) return;
const height = wide < {NARROW_PX} ? {LOW} : {HEIGHT};
if (fig.height !== height) fig.height = height;
const half = Math.max({HALF}, 1.82 * high / wide);
fig.y_range.setv({{start: -half, end: half}});
fig.x_range.setv({{start: -half * wide / high, end: half * wide / high}});
"""
"""The same length in every direction, with room for the titles beside the axes of a narrow figure."""
TITLE: Final = {
    "j_per_datum": "Energy per datum",
    "ms_per_batch": "Time\nper batch",
    "working_set_bytes": "Working set\n(calculated)",
    "energy_j": "Energy of a run",
    "overhead_share": "Overhead\n(estimated)",
    "power_w": "Mean\npower",
}
"""Titles in lines of at most twelve letters at the sides."""


def side_of(along: float, sides: tuple[str, str, str], least: float = 0.1) -> str:
    """The third of ``sides`` beyond ``least``, the first beyond its negative, the second between."""
    return sides[1 + (along > least) - (along < -least)]


class Radar:
    """Rings, spokes, titles with the ends of the axes, and a line with markers for each place."""

    def __init__(self) -> None:
        self.figure: Any = new_figure(
            sizing_mode="stretch_width", height=HEIGHT, tools="",
            x_range=Range1d(start=-2 * HALF, end=2 * HALF), y_range=Range1d(start=-HALF, end=HALF),
        )  # fmt: skip
        style_figure(self.figure)
        for part in (*self.figure.axis, *self.figure.grid):
            part.visible = False
        blank = np.full(len(AMOUNTS) + 1, np.nan)
        self.lines = ColumnDataSource({f"{side}{place}": blank for side in "xy" for place in range(MOST)})
        self.everything = ColumnDataSource({"xs": [blank] * MOST, "ys": [blank] * MOST})
        self.points = ColumnDataSource({name: [] for name in POINT_COLUMNS}, name="signatures")
        self.titles = ColumnDataSource(self._title_columns([""] * len(AMOUNTS)))
        self.letters = ColumnDataSource(
            {
                "x": [np.nan] * MOST,
                "y": [np.nan] * MOST,
                "right": [0.0] * MOST,
                "down": [0.0] * MOST,
                "text": [""] * MOST,
            }
        )
        self._add_frame()
        self._add_signatures()
        even = CustomJS(args={"fig": self.figure}, code=EVEN)
        for changed in ("inner_width", "inner_height"):
            self.figure.js_on_change(changed, even)

    def _add_frame(self) -> None:
        fig = self.figure
        x, y = np.cos(closed(ANGLES)), np.sin(closed(ANGLES))
        for ring in RINGS:
            fig.line(x * ring, y * ring, line_color=GREY, line_width=1, line_alpha=0.6 if ring == 1 else 0.25)
        fig.segment(0, 0, np.cos(ANGLES), np.sin(ANGLES), line_color=GREY, line_alpha=0.35)
        words: Any = {"text_font": value("system-ui, sans-serif"), "text_font_size": "11px"}
        fig.text(
            "x", "y", "text", source=self.titles, text_align="align", text_baseline="baseline",
            text_color=GREY, text_line_height=1.25, **words,
        )  # fmt: skip
        fig.multi_line("xs", "ys", source=self.everything, line_color=GREY, line_width=4, line_alpha=0.3)

    def _add_signatures(self) -> None:
        fig = self.figure
        # No area is filled: its size would depend on the order of the axes.
        self._drawn = [
            fig.line(f"x{place}", f"y{place}", source=self.lines, line_width=2.5, line_dash=DASHES[place])
            for place in range(MOST)
        ]
        fig.scatter("x", "y", source=self.points, size=9, marker="marker", color="colour")
        words: Any = {"text_font": value("system-ui, sans-serif"), "text_font_size": "13px"}
        fig.text(
            "x", "y", "text", source=self.letters, x_offset="right", y_offset="down", text_align="center",
            text_baseline="middle", text_color=GREY, text_font_style="bold", **words,
        )  # fmt: skip
        reach = fig.scatter("x", "y", source=self.points, size=18, fill_alpha=0, line_alpha=0)
        fig.add_tools(HoverTool(renderers=[reach], tooltips=TOOLTIPS))

    @staticmethod
    def _title_columns(ends_said: Sequence[str]) -> dict[str, Any]:
        """Titles of the axes with the value at their ends."""
        across, up = np.cos(ANGLES), np.sin(ANGLES)
        return {
            "x": across * BESIDE,
            "y": up * BESIDE,
            "text": [
                f"{TITLE[amount.name]}\n{said}" for amount, said in zip(AMOUNTS, ends_said, strict=True)
            ],
            "align": [side_of(one, ("right", "center", "left")) for one in across],
            "baseline": [side_of(one, ("top", "middle", "bottom"), STEEP) for one in up],
        }

    def draw(self, shown: Places, ends: Sequence[float], everything: Places) -> None:
        """Patch the figure to the signatures at the four places and, grey, those of all their runs."""
        grid = shares(shown, ends)
        x, y = radar_xy(grid)
        self.lines.data = {
            f"{side}{place}": closed(grid_of[place])
            for side, grid_of in (("x", x), ("y", y))
            for place in range(MOST)
        }
        across, up = radar_xy(shares(everything, ends))
        self.everything.data = {"xs": [closed(line) for line in across], "ys": [closed(line) for line in up]}
        self.points.data = point_columns(shown, grid)
        said = ["" if np.isnan(end) else amount.text(end) for amount, end in zip(AMOUNTS, ends, strict=True)]
        self.titles.data = self._title_columns(said)
        at = letter_axes(grid)
        self.letters.data = {
            "x": [x[place, axis] if axis >= 0 else np.nan for place, axis in enumerate(at)],
            "y": [y[place, axis] if axis >= 0 else np.nan for place, axis in enumerate(at)],
            # Towards the middle, where no title is.
            "right": [-LETTER_PX * float(np.cos(ANGLES[axis])) for axis in at],
            "down": [LETTER_PX * float(np.sin(ANGLES[axis])) for axis in at],
            "text": [LETTERS[place] if axis >= 0 else "" for place, axis in enumerate(at)],
        }
        for renderer, colour in zip(self._drawn, place_colours(shown), strict=True):
            if renderer.glyph.line_color != colour:
                renderer.glyph.line_color = colour

    def place_at(self, x: float, y: float) -> int | None:
        """The place whose point lies there, None where there is none."""
        fig, points = self.figure, self.points.data
        try:
            high = fig.inner_height
        except UnsetValueError:
            high = HEIGHT
        across, up = (np.asarray(points[name], float) for name in "xy")
        away = np.hypot(across - x, up - y) * high / (fig.y_range.end - fig.y_range.start)
        if np.nanmin(away, initial=np.inf) > POINT_PX:
            return None
        return int(np.nanargmin(away)) // len(AMOUNTS)
