"""How did the power of the run change over time?"""

from collections.abc import Sequence
from typing import Any, Final

import panel as pn
from bokeh.models import ColumnDataSource, HoverTool, Range1d
from bokeh.models.annotations import Legend, LegendItem
from bokeh.plotting import figure
from panel.viewable import Viewer

from energyvis_panel.domain.units import SECONDS_PER_HOUR
from energyvis_panel.state.runs import PowerPoint, RunsState
from energyvis_panel.views import theme
from energyvis_panel.views.document import on_document

KIND_LABELS: Final = {"gpu": "GPU", "cpu": "CPU", "dram": "memory", "other": "other"}
KIND_COLOURS: Final = {"gpu": theme.GPU, "cpu": theme.CPU, "dram": theme.PURPLE, "other": theme.GREY}
KIND_DASHES: Final = {"gpu": "solid", "cpu": "solid", "dram": "dashed", "other": "dotted"}
TIME_SCALES: Final = (("h", SECONDS_PER_HOUR), ("min", 60.0), ("s", 1.0))
LONG: Final = 2.0
HEADROOM: Final = 1.08

Lines = dict[str, dict[str, Sequence[float]]]


def time_scale(longest_s: float) -> tuple[str, float]:
    """Unit name and seconds per unit in which a duration reads best on an axis."""
    return next(((u, s) for u, s in TIME_SCALES if longest_s >= LONG * s), TIME_SCALES[-1])


def trace_lines(points: list[PowerPoint]) -> tuple[str, Lines]:
    """Unit of time, and for each kind of device the columns ``elapsed`` (in that unit) and ``power_w``."""
    unit, per_unit = time_scale(max((point.elapsed_s for point in points), default=0.0))
    lines: Lines = {}
    for kind in KIND_LABELS:
        of_kind = [point for point in points if point.device_kind == kind]
        lines[kind] = {
            "elapsed": [point.elapsed_s / per_unit for point in of_kind],
            "power_w": [point.power_w for point in of_kind],
        }
    return unit, lines


class PowerTrace(Viewer):
    """One line per kind of device of the run that is open: power in W over time since the first reading."""

    def __init__(self, runs: RunsState, **params: Any) -> None:
        super().__init__(**params)
        self.runs = runs
        self.sources = {kind: ColumnDataSource({"elapsed": [], "power_w": []}) for kind in KIND_LABELS}
        # Ranges that follow the data would have none to follow while no run is open, and complain.
        self.time_range, self.power_range = Range1d(start=0, end=1), Range1d(start=0, end=1)
        self.figure = figure(
            x_range=self.time_range,
            y_range=self.power_range,
            height=theme.PHONE_CHART_HEIGHT,
            sizing_mode="stretch_width",
            tools="",
            toolbar_location=None,
            y_axis_label="Power (W)",
            x_axis_label="Time since the first reading",
        )
        self.legend = Legend(
            orientation="horizontal",
            background_fill_alpha=0,
            border_line_alpha=0,
            label_text_font_size="12px",
            margin=0,
        )
        self.figure.add_layout(self.legend, "above")
        self.items = {kind: self._line(kind) for kind in KIND_LABELS}
        theme.style_figure(self.figure)
        self._draw()
        runs.param.watch(on_document(self._draw), "trace")

    def _line(self, kind: str) -> LegendItem:
        line: Any = self.figure.line(
            "elapsed",
            "power_w",
            source=self.sources[kind],
            color=KIND_COLOURS[kind],
            line_dash=KIND_DASHES[kind],
            line_width=1.6,
        )
        tips = [(KIND_LABELS[kind], "@power_w{0.0} W"), ("after", "@elapsed{0.00}")]
        self.figure.add_tools(HoverTool(renderers=[line], tooltips=tips, mode="vline"))
        return LegendItem(label=KIND_LABELS[kind], renderers=[line])

    def _draw(self, *_events: Any) -> None:
        unit, lines = trace_lines(self.runs.trace)
        for kind, columns in lines.items():
            self.sources[kind].data = dict(columns)
        self.legend.items = [item for kind, item in self.items.items() if lines[kind]["elapsed"]]
        self.figure.xaxis.axis_label = f"Time since the first reading ({unit})"
        self.time_range.end = max((x for line in lines.values() for x in line["elapsed"]), default=1.0)
        highest = max((point.power_w for point in self.runs.trace), default=1.0)
        self.power_range.end = highest * HEADROOM or 1.0

    def __panel__(self) -> Any:
        """Return the figure; it is hidden while there is nothing to draw."""
        # The pane hands its own visibility on to the figure, which a thread may not change: hide the column.
        pane = pn.pane.Bokeh(
            self.figure, sizing_mode="stretch_width", height=theme.PHONE_CHART_HEIGHT, margin=0
        )
        return pn.Column(
            pane, visible=pn.bind(bool, self.runs.param.trace), sizing_mode="stretch_width", margin=0
        )
