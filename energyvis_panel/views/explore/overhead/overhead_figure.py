"""The figure of overhead: a bar a group, and below them the share of overhead by run time."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from bokeh.models import ColumnDataSource, CustomJSHover, HoverTool, Range1d
from bokeh.plotting import figure as new_figure

from energyvis_panel.domain.units import duration_text
from energyvis_panel.state.explore.axis import BINS
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.overhead.overhead import Group, Spent
from energyvis_panel.state.explore.overhead.overhead_answer import half_spent_s
from energyvis_panel.state.explore.sentences import HARDWARE
from energyvis_panel.views.explore.frontier.brush_box import BrushBox, Side, add_box_select
from energyvis_panel.views.explore.overhead.overhead_columns import (
    EDGES,
    FIXED_COLUMNS,
    MOST_ROWS,
    NUMBERS,
    TEXTS,
    fixed_columns,
    row_columns,
    span_text,
    step_columns,
    step_spans,
)
from energyvis_panel.views.explore.overhead.overhead_layout import (
    CURVES_TOP,
    HEAD_PX,
    ROWS_FOOT,
    STAIRS_X,
    STEP_BINS,
    STEPS,
    TICKS_PX,
    height_px,
    share_height,
    stairs,
    time_ticks,
)
from energyvis_panel.views.explore.steady_rows import steady
from energyvis_panel.views.explore.view import HARDWARE_COLOURS
from energyvis_panel.views.theme import GREY, style_figure

KEY: Final = "Full: overhead. Pale: training. Grey: all runs."
CURVES_TITLE: Final = "Overhead, in percent of the energy, by run time"
TEXT: Final[dict[str, Any]] = {
    "text_font_size": "11px",
    "text_baseline": "middle",
    "text_color": GREY,
    "text_font": {"value": "system-ui, sans-serif"},
}
PARTS: Final = tuple(
    zip(("zero", *EDGES), EDGES, HARDWARE_COLOURS * 2, (0.95, 0.95, 0.36, 0.36), strict=False)
)
"""Left and right ends of the parts of a bar, with their colours and how full these are."""
ROW_HOVER: Final = [
    ("Group", "@name"),
    ("Overhead", "@both_said"),
    ("On CPU nodes", "@cpu_said"),
    ("On GPU nodes", "@gpu_said"),
    ("All runs", "@all_said"),
    ("Of the selected", "@rest_said"),
]
STEP_HOVER: Final = [
    ("Run time", "@span"),
    ("On CPU nodes", "@cpu_share{custom}, @cpu_runs{0,0} runs"),
    ("On GPU nodes", "@gpu_share{custom}, @gpu_runs{0,0} runs"),
]
PERCENT: Final = "return value >= 0 ? `${Number(value.toPrecision(3))} %` : 'no energy'"
"""A share as JavaScript writes it; there is none of no run."""


class OverheadFigure:
    """The figure with its sources; everything in it is patched, nothing made anew."""

    def __init__(self, state: Exploration) -> None:
        self._axis = state.axes["run_time_s"]
        self.figure: Any = new_figure(
            sizing_mode="stretch_width",
            tools="",
            height=height_px(1),
            x_axis_type=None,
            y_axis_type=None,
            x_range=Range1d(start=0.0, end=1.0),
            y_range=Range1d(start=0.0, end=float(height_px(1))),
        )
        style_figure(self.figure)
        self.figure.update(min_border=0, min_border_right=0)
        columns = (*FIXED_COLUMNS, *NUMBERS, *TEXTS)
        self.rows = ColumnDataSource(steady({name: [] for name in columns}, MOST_ROWS), name="overhead")
        flat = dict.fromkeys(HARDWARE, np.full(2 * STEPS, np.nan))
        self.curves = ColumnDataSource({"x": STAIRS_X, **flat}, name="overhead-curves")
        self.context = ColumnDataSource({"x": STAIRS_X, **flat})
        spans = step_spans(self._axis)
        self.steps = ColumnDataSource(
            {
                "left": np.arange(STEPS) / STEPS,
                "right": np.arange(1, STEPS + 1) / STEPS,
                "span": [span_text(*span) for span in spans],
                **dict.fromkeys(("cpu_share", "cpu_runs", "gpu_share", "gpu_runs"), np.zeros(STEPS)),
            }
        )
        levels = share_height(np.array([74.0, 88.0]))
        self.halves = ColumnDataSource(
            {
                "x": [np.nan] * 2,
                "y": [float(share_height(np.array(50.0)))] * 2,
                "colour": list(HARDWARE_COLOURS),
                "right": [1.0] * 2,
                "text_y": levels,
                "half_said": [""] * 2,
            }
        )
        self._key = ColumnDataSource({"x": [0.0], "y": [0.0], "text": [KEY]})
        self._add_fixed()
        self._add_rows()
        self._add_curves()
        self._add_brush(state)

    def _add_fixed(self) -> None:
        """Grid, ticks and titles."""
        fig, ticks = self.figure, time_ticks(self._axis)
        shares = np.array([0.0, 50.0, 100.0])
        grid = {"line_color": GREY, "line_alpha": 0.25}
        fig.segment([0.0] * 3, share_height(shares), [1.0] * 3, share_height(shares), **grid)
        fig.segment(list(ticks), TICKS_PX, list(ticks), CURVES_TOP, **grid)
        fig.text(list(ticks), TICKS_PX - 9, list(ticks.values()), text_align="center", **TEXT)
        fig.text([1.0, 1.0], share_height(shares[1:]) + 8, ["50 %", "100 %"], text_align="right", **TEXT)
        fig.text([0.0], [CURVES_TOP + 14], [CURVES_TITLE], text_align="left", **TEXT)
        fig.text("x", "y", "text", source=self._key, text_align="left", **TEXT)

    def _add_rows(self) -> None:
        fig, rows = self.figure, self.rows
        strip = {"left": "zero", "right": "track", "bottom": "track_foot", "top": "track_top"}
        fig.quad(fill_color=GREY, fill_alpha=0.45, line_color=None, source=rows, **strip)
        bar = {"bottom": "bar_foot", "top": "bar_top", "line_color": None, "source": rows}
        for left, right, colour, alpha in PARTS:
            fig.quad(left=left, right=right, fill_color=colour, fill_alpha=alpha, **bar)
        fig.segment("mark", "mark_foot", "mark", "mark_top", line_color=GREY, line_width=2.5, source=rows)
        fig.text("zero", "text_y", "name", text_align="left", source=rows, **TEXT)
        fig.text(1.0, "text_y", "label", text_align="right", source=rows, **TEXT)
        # Unseen and as large as the row, so that the pointer need not hit a bar of a pixel.
        reach = fig.quad(
            left=0.0, right=1.0, bottom="foot", top="top", fill_color=GREY, fill_alpha=0, line_color=None,
            source=rows,
        )  # fmt: skip
        reach.hover_glyph = reach.glyph.clone(fill_alpha=0.1)
        fig.add_tools(HoverTool(renderers=[reach], tooltips=ROW_HOVER, point_policy="follow_mouse"))

    def _add_curves(self) -> None:
        fig = self.figure
        for hardware in HARDWARE:
            fig.line("x", hardware, source=self.context, line_color=GREY, line_width=1.5, line_alpha=0.7)
        for hardware, colour in zip(HARDWARE, HARDWARE_COLOURS, strict=True):
            fig.line("x", hardware, source=self.curves, line_color=colour, line_width=2.5)
        fig.scatter(
            "x", "y", size=8, fill_color="white", line_color="colour", line_width=2, source=self.halves
        )
        fig.text(
            "right", "text_y", "half_said", text_align="right", source=self.halves,
            **TEXT | {"text_color": "colour", "text_font_style": "bold"},
        )  # fmt: skip
        reach = fig.quad(
            left="left", right="right", bottom=TICKS_PX, top=CURVES_TOP, fill_color=GREY, fill_alpha=0,
            line_color=None, source=self.steps,
        )  # fmt: skip
        reach.hover_glyph = reach.glyph.clone(fill_alpha=0.12)
        percent = CustomJSHover(code=PERCENT)
        hover = HoverTool(renderers=[reach], tooltips=STEP_HOVER, point_policy="follow_mouse")
        hover.formatters = {"@cpu_share": percent, "@gpu_share": percent}
        fig.add_tools(hover)

    def _add_brush(self, state: Exploration) -> None:
        """Let a drag over the curves brush the run time."""
        axis = self._axis
        side = Side(
            "run_time_s",
            "left",
            "right",
            to_plot=lambda value: axis.position(value) / BINS,
            from_plot=lambda across: axis.value(across * BINS),
        )
        looks: dict[str, Any] = {"movable": "x", "resizable": "x", "bottom": TICKS_PX, "top": CURVES_TOP}
        brush = BrushBox(state, [side], **looks)
        brush.annotation.name = "overhead-brush"
        self.figure.add_layout(brush.annotation)

        def drawn(box: dict[str, float]) -> None:
            if min(box["y0"], box["y1"]) < ROWS_FOOT:
                brush.draw({"run_time_s": (box["x0"], box["x1"])})

        add_box_select(self.figure, "both", drawn)

    def place(self, groups: Sequence[Group], everything: Spent, curves: Spent) -> None:
        """Give each group its row, and draw what is grey.

        Parameters
        ----------
        groups
            The groups, the first uppermost.
        everything, curves
            Sums of all runs: group x hardware, and hardware x bin.

        """
        height = height_px(len(groups))
        if self.figure.height != height:
            self.figure.height = height
            self.figure.y_range.end = float(height)
        self._key.data = {"x": [0.0], "y": [height - HEAD_PX / 2], "text": [KEY]}
        patch(self.rows, fixed_columns(groups, everything))
        patch(self.context, curve_columns(curves.steps(STEP_BINS)))

    def draw_rows(self, spent: Spent, everything: Spent, *, as_share: bool) -> None:
        """Patch the bars to these sums: group x hardware."""
        patch(self.rows, row_columns(spent, everything, as_share=as_share))

    def draw_curves(self, spent: Spent) -> None:
        """Patch the curves to these sums: hardware x bin."""
        steps = spent.steps(STEP_BINS)
        patch(self.curves, curve_columns(steps))
        patch(self.steps, step_columns(steps))
        halves = [half_spent_s(spent[at], self._axis) for at in range(len(HARDWARE))]
        patch(self.halves, {
            "x": [np.nan if half is None else self._axis.position(half) / BINS for half in halves],
            "half_said": [half_text(name, spent[at], halves[at]) for at, name in enumerate(HARDWARE)],
        })  # fmt: skip


def patch(source: ColumnDataSource, columns: Mapping[str, Any]) -> None:
    """Change these columns of a source; only they are sent to the browser."""
    data: Any = source.data
    data.update(**columns)


def curve_columns(steps: Spent) -> dict[str, Any]:
    """Heights of the stairs by hardware, from sums: hardware x step."""
    return {
        name: stairs(share_height(steps.share[at])).astype(np.float32) for at, name in enumerate(HARDWARE)
    }


def half_text(hardware: str, spent: Spent, half_s: float | None) -> str:
    """Label of a curve: up to which run time half and more of the energy is overhead."""
    if not spent.known.sum():
        return ""
    if half_s is None:
        return f"{hardware}s: less than half"
    return f"{hardware}s: half up to {duration_text(half_s)}"
