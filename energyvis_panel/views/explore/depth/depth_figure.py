"""The figure of depth: a panel a data set, points and lines, the grey of all runs, bends with intervals."""

from typing import Any, Final

import numpy as np
from bokeh.core.properties import value
from bokeh.models import ColumnDataSource, CustomJSHover, HoverTool

from energyvis_panel.state.explore.depth.depth_answer import Curves
from energyvis_panel.state.explore.sentences import HARDWARE
from energyvis_panel.views.explore.depth.depth_columns import (
    ALL_SAID,
    MOST_STEPS,
    Panels,
    Scale,
    bend_columns,
    context_columns,
    fixed_columns,
    line_columns,
    point_columns,
    scale_of,
)
from energyvis_panel.views.explore.depth.panel_grid import LEFT_PX, PanelGrid, in_panel
from energyvis_panel.views.explore.steady_rows import steady
from energyvis_panel.views.explore.view import HARDWARE_COLOURS
from energyvis_panel.views.theme import GREY

WORDS: Final = {"text_font": value("system-ui, sans-serif"), "text_font_size": "11px"}
TICKS_ACROSS: Final = 3
"""Depths with a number: the least, one in the middle, the greatest."""
HEAD_PX: Final = (-9, -27)
"""Of both lines above the panels: what is drawn, and the axes."""
AXES_SAID: Final = "Up: mJ per datum. Across: layers. One scale for all."
LEGEND: Final = (
    (HARDWARE_COLOURS[0], f"{HARDWARE[0]}s", 6),
    (HARDWARE_COLOURS[1], f"{HARDWARE[1]}s", 92),
    (GREY, "left out", 180),
    (GREY, "all runs", 248),
)
"""Colour, text and pixel across of what is drawn: filled dots, an open one, and at last a line."""
FILL: Final = 0.85
THREE_DIGITS: Final = "return Number(value.toPrecision(3)).toString();"


class DepthFigure:
    """Figure whose sources are patched to curves."""

    def __init__(self, panels: Panels, name: str) -> None:
        self.panels = panels
        self.grid = PanelGrid(len(panels.datasets))
        self.figure = self.grid.figure
        self.scale = Scale(0.0, 0.0)
        unknown = np.full(len(panels.datasets) * 2 * len(panels.depths), np.nan, np.float32)
        self.points = ColumnDataSource(
            fixed_columns(panels) | dict.fromkeys(("y", "energy_mj", "runs", "filled"), unknown), name=name
        )
        self.context = ColumnDataSource({"x": unknown, "y": unknown})
        self.lines = ColumnDataSource(line_columns(panels, {}, Scale(1, 1)))
        self.bends = ColumnDataSource(bend_columns(panels, {}, Scale(1, 1)))
        self.numbers = ColumnDataSource(
            steady({"y": [], "text": []}, self._most_numbers), name=f"{name}-numbers"
        )
        self.rules = ColumnDataSource({"x0": [], "x1": [], "y": []})
        self._add_frame()
        self._add_curves()
        self._add_head()

    @property
    def _most_numbers(self) -> int:
        return (MOST_STEPS + 1) * self.grid.most_rows

    def _add_frame(self) -> None:
        """Lines and numbers of all boxes, and their titles."""
        fig, grid, panels = self.figure, self.grid, self.panels
        fig.segment(
            grid.x("x0"), grid.y("y"), grid.x("x1"), grid.y("y"), source=self.rules,
            line_color=GREY, line_alpha=0.25,
        )  # fmt: skip
        fig.text(
            LEFT_PX - 5, grid.y_by_row("y"), "text", source=self.numbers, text_color=GREY, text_align="right",
            text_baseline="middle", **WORDS,
        )  # fmt: skip
        at = np.arange(len(panels.datasets))
        middle = panels.depth_at(0.5)
        shown = list(dict.fromkeys((panels.depths[0], middle, panels.depths[-1])))
        across = ColumnDataSource({
            "x": np.concatenate([in_panel(at, np.array(panels.across(depth))) for depth in shown]),
            "y": np.tile(in_panel(at, np.array(0.0)), len(shown)),
            "text": [str(depth) for depth in shown for _panel in at],
        })  # fmt: skip
        fig.text(
            grid.x("x"), grid.y("y"), "text", source=across, text_color=GREY, text_align="center",
            text_baseline="top", y_offset=4, **WORDS,
        )  # fmt: skip
        titles = ColumnDataSource({
            "x": in_panel(at, np.array(0.0)),
            "y": in_panel(at, np.array(1.0)),
            "text": [dataset or ALL_SAID for dataset in panels.datasets],
        })  # fmt: skip
        fig.text(
            grid.x("x"), grid.y("y"), "text", source=titles, text_color=GREY, text_font_style="bold",
            text_baseline="bottom", y_offset=-3, **WORDS | {"text_font_size": "12px"},
        )  # fmt: skip

    def _add_curves(self) -> None:
        """Grey of all runs, lines, points, and bends."""
        fig, grid = self.figure, self.grid
        fig.line(grid.x("x"), grid.y("y"), source=self.context, line_color=GREY, line_width=2, line_alpha=0.5)
        fig.segment(
            grid.x("x0"), grid.y("y0"), grid.x("x1"), grid.y("y1"), source=self.lines, line_color="colour",
            line_width=2, line_cap="round",
        )  # fmt: skip
        self.points.data["fill"] = [0.0 if out else FILL for out in self.panels.is_left_out]
        points = fig.scatter(
            grid.x("x"), grid.y("y"), source=self.points, size=6, fill_color="colour", fill_alpha="fill",
            line_color="colour",
        )  # fmt: skip
        fig.segment(
            grid.x("low"), grid.y("y"), grid.x("high"), grid.y("y"), source=self.bends, line_color="colour",
            line_width=7, line_alpha=0.35, line_cap="round",
        )  # fmt: skip
        fig.scatter(
            grid.x("x"), grid.y("y"), source=self.bends, marker="diamond", size=13, fill_color="white",
            line_color="colour", line_width=2,
        )  # fmt: skip
        fig.text(
            grid.x("x"), grid.y("y"), "text", source=self.bends, text_color="colour", text_align="align",
            text_baseline="baseline", y_offset="down", text_font_style="bold", **WORDS,
        )  # fmt: skip
        tooltips = [
            ("Data set", "@dataset"),
            ("Hardware", "@hardware"),
            ("Depth", "@depth layers"),
            ("Energy per datum", "@energy_mj{custom} mJ (median)"),
            ("From", "@runs{0,0} runs, @filled{0,0} networks filled in"),
        ]
        in_words: Any = {"@energy_mj": CustomJSHover(code=THREE_DIGITS)}
        fig.add_tools(HoverTool(renderers=[points], tooltips=tooltips, formatters=in_words))

    def _add_head(self) -> None:
        """What the colours mean, and the axes, above the panels."""
        fig, y = self.figure, HEAD_PX[0]
        *dots, (hue, _said, end) = LEGEND
        source: dict[str, Any] = {
            "x": [across for _hue, _said, across in dots],
            "y": [y] * len(dots),
            "colour": [hue for hue, _said, _across in dots],
            "fill": [FILL, FILL, 0.0],
        }
        marks = {"size": 6, "fill_color": "colour", "fill_alpha": "fill", "line_color": "colour"}
        fig.scatter("x", "y", source=ColumnDataSource(source), **marks)
        fig.segment(end - 6, y, end + 6, y, line_color=hue, line_width=2, line_alpha=0.7)
        words: dict[str, Any] = {
            "x": [*(across + 9 for _hue, _said, across in LEGEND), 0],
            "y": [*[y] * len(LEGEND), HEAD_PX[1]],
            "text": [*(said for _hue, said, _x in LEGEND), AXES_SAID],
            "colour": [*(hue for hue, _said, _x in LEGEND), GREY],
        }
        said = {"source": ColumnDataSource(words), "text_color": "colour", "text_baseline": "middle"}
        fig.text("x", "y", "text", **said, **WORDS)

    def draw(self, selected: Curves, everything: Curves) -> None:
        """Patch the figure to these curves."""
        panels, scale = self.panels, scale_of(selected, everything)
        # Columns that are not named stay as they are in the browser.
        columns: Any = self.points.data
        columns.update(point_columns(panels, selected, scale))
        self.lines.data = line_columns(panels, selected, scale)
        self.bends.data = bend_columns(panels, selected, scale)
        if scale != self.scale:
            self.scale = scale
            self.context.data = context_columns(panels, everything, scale)
            self._draw_scale(scale)

    def _draw_scale(self, scale: Scale) -> None:
        panels, lines_mj = np.arange(len(self.panels.datasets)), scale.lines_mj
        places = np.array([scale.up(line_mj) for line_mj in lines_mj])
        y = (in_panel(panels, np.array(0.0))[:, None] + places).ravel()
        left = np.repeat(in_panel(panels, np.array(0.0)), len(places))
        self.rules.data = {"x0": left, "x1": left + 1, "y": y}
        rows = range(self.grid.most_rows)
        numbers = {
            "y": np.concatenate([in_panel(row, places) for row in rows]).tolist(),
            "text": [f"{line_mj:,g}" for _row in rows for line_mj in lines_mj],
        }
        self.numbers.data = steady(numbers, self._most_numbers)
