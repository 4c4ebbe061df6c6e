"""The figure of one measure: CPU nodes above the line, GPU nodes below it, all runs grey behind both."""

from itertools import pairwise
from typing import Any, Final

import numpy as np
from bokeh.models import ColumnDataSource, CustomJSTickFormatter, CustomJSTransform, HoverTool, Range1d
from bokeh.plotting import figure as new_figure
from bokeh.transform import factor_cmap, transform

from energyvis_panel.state.explore.axis import BINS, Axis, Counts
from energyvis_panel.state.explore.energy_distribution import (
    BARS,
    BINS_PER_BAR,
    WATTS,
    Heights,
    Measure,
    Quartiles,
    bar_counts,
    density,
    scaled_to,
    shares,
)
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.sentences import HARDWARE
from energyvis_panel.views.explore.distribution.distribution_marks import DistributionMarks
from energyvis_panel.views.explore.frontier.brush_box import BrushBox, add_box_select, display_side
from energyvis_panel.views.explore.view import HARDWARE_COLOURS, PLAIN_TICKS, plain_ticks
from energyvis_panel.views.text_colours import HUE
from energyvis_panel.views.theme import GREY, style_figure

SIGNS: Final = np.array([[1.0], [-1.0]])
"""CPU nodes upwards, GPU nodes downwards."""
HEIGHT: Final = 300
LEAST_HALF: Final = 0.3
"""A half is at least this share of the other, so that its labels have room."""
ROOM: Final = 0.24
"""Room beyond each half for the quartiles and their labels, as a share of both halves."""
UNSIGNED_TICKS: Final = f"tick = Math.abs(tick); {PLAIN_TICKS}"
BARS_ALONE: Final = "return Float64Array.from(xs, (height) => height === 0 ? NaN : height);"
"""The edge of a bar; there is none where there is no bar."""


def bar_columns(measure: Measure, axis: Axis) -> dict[str, Any]:
    """What stays the same whatever is selected: edges, hardware, hue and text of each bar."""
    edges = axis.edges()[::BINS_PER_BAR]
    text, per_unit = measure.quantity.text, measure.quantity.per_unit
    spans = [f"{text(low)} to {text(high)}" for low, high in pairwise(edges)]
    return {
        "left": np.tile(edges[:-1] / per_unit, len(HARDWARE)),
        "right": np.tile(edges[1:] / per_unit, len(HARDWARE)),
        "hardware": np.repeat(HARDWARE, BARS).tolist(),
        HUE: np.repeat(HARDWARE_COLOURS, BARS).tolist(),
        "span": spans * len(HARDWARE),
    }


class DistributionChart:
    """Histogram or density of one measure, as a figure whose sources are patched."""

    def __init__(self, state: Exploration, measure: Measure) -> None:
        self.measure = measure
        self.axis = axis = state.axes[measure.axis]
        self.figure = self._empty_figure()
        zeros = np.zeros(len(HARDWARE) * BARS)
        numbers = dict.fromkeys(("runs", "of", "share", "of_share", "height", "context", "reach"), zeros)
        self.bars = ColumnDataSource(bar_columns(measure, axis) | numbers)
        per_unit = measure.quantity.per_unit
        self._centres = np.array([axis.value(at + 0.5) for at in range(BINS)]) / per_unit
        self.curves = ColumnDataSource(
            {"x": self._centres, **dict.fromkeys(self._curve_names(), self._centres)}
        )
        self._add_glyphs()
        self.marks = DistributionMarks(self.figure, measure, axis)
        self._brush: Any = None
        if measure.can_be_brushed:
            side = display_side(state, measure.name)
            brush = BrushBox(state, [side], movable="x", resizable="x")
            self._brush = brush.annotation
            self.figure.add_layout(brush.annotation)
            add_box_select(
                self.figure, "width", lambda box: brush.draw({measure.name: (box["x0"], box["x1"])})
            )

    def name_models(self, name: str) -> None:
        """Let figure, bars and brush be found by ``name``; a figure that is put away gives its names up."""
        self.figure.name = f"figure-{name}" if name else None
        self.bars.name = name or None
        if self._brush is not None:
            self._brush.name = f"{name}-brush" if name else None

    @staticmethod
    def _curve_names() -> tuple[str, ...]:
        return ("CPU node", "GPU node", "CPU node context", "GPU node context")

    def _empty_figure(self) -> Any:
        axis, per_unit = self.axis, self.measure.quantity.per_unit
        fig: Any = new_figure(
            sizing_mode="stretch_width",
            tools="",
            height=HEIGHT,
            x_axis_type="log" if axis.is_log else "linear",
            x_range=Range1d(start=axis.low / per_unit, end=axis.high / per_unit),
            y_range=Range1d(start=-1.0, end=1.0),
        )
        style_figure(fig)
        fig.xaxis.axis_label = self.measure.label
        fig.xaxis.formatter = plain_ticks()
        fig.yaxis.formatter = CustomJSTickFormatter(code=UNSIGNED_TICKS)
        fig.yaxis.major_tick_out = 0
        fig.xgrid.visible = False
        # What the heights count is said above the axis: a label beside it would take a phone's width.
        fig.title.update(
            text_font="system-ui, sans-serif",
            text_font_size="12px",
            text_font_style="normal",
            standoff=4,
        )
        return fig

    def _add_glyphs(self) -> None:
        fig, bars = self.figure, self.bars
        colour = factor_cmap("hardware", HARDWARE_COLOURS, HARDWARE)
        quiet = {"line_color": None, "source": bars}
        edge = transform("height", CustomJSTransform(v_func=BARS_ALONE))
        self._of_bars = [
            fig.quad("left", "right", "context", 0, fill_color=GREY, fill_alpha=0.3, **quiet),
            fig.quad("left", "right", "height", 0, fill_color=colour, fill_alpha=0.65, **quiet),
            # A line that has its contrast on either ground, where the fill has not.
            fig.segment("left", edge, "right", edge, line_color=HUE, line_width=1.5, source=bars),
        ]
        self._of_curves = [
            fig.varea("x", 0, f"{name} context", source=self.curves, fill_color=GREY, fill_alpha=0.3)
            for name in HARDWARE
        ]
        for name, hue in zip(HARDWARE, HARDWARE_COLOURS, strict=True):
            self._of_curves += [
                fig.varea("x", 0, name, source=self.curves, fill_color=hue, fill_alpha=0.4),
                fig.line("x", name, source=self.curves, line_color=hue, line_width=2),
            ]
        # Unseen and as high as the figure, so that the pointer need not hit a bar of a pixel.
        reach = fig.quad("left", "right", "reach", 0, fill_color=GREY, fill_alpha=0, **quiet)
        reach.hover_glyph = reach.glyph.clone(fill_alpha=0.12)
        fig.line([self._centres[0], self._centres[-1]], 0, line_color=GREY, line_width=1)
        tooltips = [
            (self.measure.title, "@span"),
            ("Hardware", "@hardware"),
            ("Selected", "@runs{0,0} of @of{0,0} runs"),
            ("Of its hardware", "@share{0.0} % of the selected, @of_share{0.0} % of all"),
        ]
        fig.add_tools(HoverTool(renderers=[reach], tooltips=tooltips))

    def draw(
        self,
        selected: Counts,
        everything: Counts,
        quartiles: tuple[Quartiles | None, Quartiles | None],
        *,
        smooth: bool,
        as_share: bool,
    ) -> None:
        """Patch the figure to these counts, hardware x bin, and quartiles."""
        heights, context = self.heights(selected, everything, smooth=smooth, as_share=as_share)
        tops = np.maximum(heights.max(axis=1), context.max(axis=1))
        tops = np.maximum(tops, max(LEAST_HALF * tops.max(), 1e-9))
        frame = tops + ROOM * tops.sum()
        if smooth:
            drawn = np.vstack([heights * SIGNS, context * SIGNS])
            self.curves.data = {"x": self._centres, **dict(zip(self._curve_names(), drawn, strict=True))}
            heights = context = np.zeros((len(HARDWARE), BARS))
        mine, of = bar_counts(selected), bar_counts(everything)
        # Edges and texts stay as they are in the browser: only the columns that are named here are sent.
        columns: Any = self.bars.data
        columns.update(
            runs=mine.ravel(),
            of=of.ravel(),
            share=shares(mine, selected).ravel(),
            of_share=shares(of, everything).ravel(),
            height=(heights * SIGNS).ravel(),
            context=(context * SIGNS).ravel(),
            reach=np.repeat(frame * SIGNS[:, 0], BARS),
        )
        self._frame(frame, smooth=smooth, as_share=as_share)
        self.marks.draw(quartiles, tops, frame)

    def heights(
        self, selected: Counts, everything: Counts, *, smooth: bool, as_share: bool
    ) -> tuple[Heights, Heights]:
        """Heights of the selection and of all runs: hardware x bar, or x bin where smooth.

        All runs have the area of the selection, class by class.
        """
        one, all_runs = (
            density(grid, self.axis) if smooth else bar_counts(grid).astype(float)
            for grid in (selected, everything)
        )
        if as_share:
            return shares(one, selected), shares(all_runs, everything)
        return one, all_runs * scaled_to(everything, selected)

    def _frame(self, frame: Heights, *, smooth: bool, as_share: bool) -> None:
        fig = self.figure
        fig.y_range.update(start=-float(frame[1]), end=float(frame[0]))
        what = "Percent of its runs" if as_share else "Runs"
        if smooth:
            what += " per decade" if self.axis.is_log else f" per {WATTS:g} W"
        if fig.title.text != what:
            fig.title.text = what
        for renderers, seen in ((self._of_bars, not smooth), (self._of_curves, smooth)):
            for renderer in renderers:
                renderer.visible = seen
