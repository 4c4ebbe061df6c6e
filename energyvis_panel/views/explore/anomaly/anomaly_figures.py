"""Figures of the anomaly timeline: residual, fence and forest over one time axis, and the batches below."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pyarrow as pa
from bokeh.models import ColumnDataSource, DatetimeTickFormatter, FixedTicker, HoverTool, Range1d
from bokeh.plotting import figure as new_figure

from energyvis_panel.domain.anomaly_scales import FENCE, FOREST, RESIDUAL, Scale
from energyvis_panel.state.explore.anomaly.anomaly_questions import Thresholds
from energyvis_panel.state.explore.axis import Axis, Counts
from energyvis_panel.views.explore.anomaly.anomaly_marks import MS_PER_S
from energyvis_panel.views.explore.raster import equalised, ramp
from energyvis_panel.views.text_colours import PAPER
from energyvis_panel.views.theme import BLUE, GREY, VERMILLION, style_figure

LEFT: Final = 62
"""Room for the labels of the vertical axes, the same in all figures so that their times line up."""
RESIDUAL_TICKS: Final = (-16, -8, -4, -2, 0, 2, 4, 8, 16, 32, 64)
FENCE_TICKS: Final = (0, 3, 20)
FOREST_TICKS: Final = (0.4, 0.6, 0.8)
HALF_LABEL_PX: Final = 6
"""Room for the lower half of the label at the foot of a scale."""
LANE_PX: Final = 20
AROUND_LANES_PX: Final = 54
ON_MARKS: Final = {
    "background_fill_color": PAPER,
    "background_fill_alpha": 0.85,
    "padding": 1,
    "level": "annotation",
}
"""How a text lies over the marks and keeps clear of them."""
EARLY: Final = 0.4
"""Bands that begin in this share of the time have their name at their left end, others at their right."""


def time_figure(axis: Axis, shared: Any = None, **params: Any) -> Any:
    """An empty figure over the time that ``axis`` spans; with ``shared`` it keeps to that figure's time."""
    across = (
        Range1d(start=axis.low * MS_PER_S, end=axis.high * MS_PER_S) if shared is None else shared.x_range
    )
    fig: Any = new_figure(
        sizing_mode="stretch_width", tools="", x_axis_type="datetime", x_range=across, **params
    )
    style_figure(fig)
    fig.min_border_left = LEFT
    fig.min_border_top = fig.min_border_bottom = 2
    fig.xaxis.formatter = DatetimeTickFormatter(days="%d %b", months="%b %Y", hours="%d %b %H:%M")
    return fig


def scale_figure(
    axis: Axis, scale: Scale, ticks: Sequence[float], label: str, shared: Any = None, **params: Any
) -> Any:
    """A figure whose vertical axis is a scale of strangeness."""
    fig = time_figure(axis, shared, y_range=(0, 1), **params)
    places = {scale.position(tick): f"{tick:g}" for tick in ticks}
    fig.yaxis.ticker = FixedTicker(ticks=list(places))
    fig.yaxis.major_label_overrides = places
    fig.yaxis.axis_label = label
    fig.yaxis.axis_label_standoff = 4
    fig.xaxis.visible = False
    if shared is not None:
        fig.min_border_bottom = HALF_LABEL_PX
    return fig


class ScaleChart:
    """Density, thresholds and marks of one measure."""

    def __init__(self, fig: Any, axis: Axis, context: Counts, name: str) -> None:
        self.fig = fig
        self._ends = axis.low * MS_PER_S, axis.high * MS_PER_S
        left, right = self._ends
        place = {"x": left, "y": 0, "dw": right - left, "dh": 1}
        image = equalised(context)
        fig.image([image], **place, color_mapper=ramp(GREY, 0.12, 0.45))
        self.image = ColumnDataSource({"image": [image * 0]}, name=f"anomaly-{name}")
        fig.image("image", **place, source=self.image, color_mapper=ramp(BLUE, 0.2, 0.9))
        self.lines = ColumnDataSource(
            {"x0": [], "x1": [], "y": [], "said": [], "down": []}, name=f"anomaly-{name}-threshold"
        )
        fig.segment("x0", "y", "x1", "y", source=self.lines, color=VERMILLION, line_dash="dashed")
        fig.text(
            "x1", "y", "said", source=self.lines, text_align="right", text_baseline="bottom",
            text_font_size="11px", text_color=VERMILLION, x_offset=-4, y_offset="down", **ON_MARKS,
        )  # fmt: skip

    def draw_lines(self, lines: Mapping[float, str]) -> None:
        """Draw thresholds at these heights, 0 to 1, with what they say."""
        left, right = self._ends
        self.lines.data = {
            "x0": [left] * len(lines),
            "x1": [right] * len(lines),
            "y": list(lines),
            "said": list(lines.values()),
            # Beyond the line, not on the runs: above it, and below the one of runs that took less.
            "down": [-1 if at == max(lines) else 14 for at in lines],
        }

    def draw_counts(self, counts: Counts) -> None:
        """Draw the density of the selection."""
        self.image.data = {"image": [equalised(counts)]}


def threshold_lines(thresholds: Thresholds) -> tuple[dict[float, str], ...]:
    """Heights and labels of the thresholds of residual, fence and forest."""
    return (
        {RESIDUAL.position(side * thresholds.z): f"z = {side * thresholds.z:+g} sd" for side in (1, -1)},
        {FENCE.position(thresholds.fence): f"fence at {thresholds.fence:g} IQR"},
        {FOREST.position(thresholds.forest): f"score {thresholds.forest:g}"},
    )


def batch_figure(axis: Axis, rows: pa.Table, shared: Any) -> Any:
    """Bands that say when runs of each batch started, the earliest on top."""
    batches = rows.to_pylist()
    fig = time_figure(
        axis, shared, y_range=(len(batches), 0), height=AROUND_LANES_PX + LANE_PX * max(len(batches), 1)
    )
    early_until = axis.low + EARLY * (axis.high - axis.low)
    are_early = [batch["first_s"] < early_until for batch in batches]
    source = ColumnDataSource(
        {
            "first": [batch["first_s"] * MS_PER_S for batch in batches],
            "last": [batch["last_s"] * MS_PER_S for batch in batches],
            "top": [lane + 0.08 for lane in range(len(batches))],
            "bottom": [lane + 0.92 for lane in range(len(batches))],
            "bar": [lane + 0.74 for lane in range(len(batches))],
            "lane": [lane + 0.38 for lane in range(len(batches))],
            "batch": [batch["batch"] for batch in batches],
            "runs": [batch["run_count"] for batch in batches],
            # Names stand over their bars, and in the figure even where a phone leaves a bar too short.
            "name_at": [
                (batch["first_s"] if early else batch["last_s"]) * MS_PER_S
                for batch, early in zip(batches, are_early, strict=True)
            ],
            "align": ["left" if early else "right" for early in are_early],
        },
        name="anomaly-batches",
    )
    bands = fig.quad(
        "first", "last", "top", "bottom", source=source, fill_color=GREY, fill_alpha=0, line_color=None
    )
    fig.quad(
        "first", "last", "bar", "bottom", source=source, fill_color=GREY, fill_alpha=0.55, line_color=None
    )
    fig.text(
        "name_at", "lane", "batch", source=source, text_align="align",
        text_baseline="middle", text_font_size="11px", text_color=GREY,
    )  # fmt: skip
    tooltips = [("Batch", "@batch"), ("Runs", "@runs{0,0}"), ("Started", "@first{%F} to @last{%F} UTC")]
    formatters: dict[str, Any] = {"@first": "datetime", "@last": "datetime"}
    fig.add_tools(HoverTool(renderers=[bands], tooltips=tooltips, formatters=formatters))
    fig.yaxis.visible = False
    fig.ygrid.visible = False
    fig.xaxis.axis_label = "Start of the run (UTC)"
    return fig
