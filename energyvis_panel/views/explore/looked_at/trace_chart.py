"""The power trace of one run."""

from typing import Any, Final

from bokeh.models import ColumnDataSource, DatetimeTickFormatter, HoverTool, Range1d
from bokeh.models.annotations import BoxAnnotation
from bokeh.plotting import figure as new_figure

from energyvis_panel.state.explore.detail import Trace
from energyvis_panel.views.theme import GREY, QUANTITY_COLOURS, style_figure

MS_PER_S: Final = 1000
TRACE_HEIGHT: Final = 170
POWER: Final = QUANTITY_COLOURS["power"][0]


class TraceChart:
    """Figure of one power trace."""

    def __init__(self) -> None:
        fig: Any = new_figure(
            height=TRACE_HEIGHT,
            sizing_mode="stretch_width",
            tools="",
            x_axis_type="datetime",
            x_range=Range1d(start=0, end=1),
            y_range=Range1d(start=0, end=1),
        )
        style_figure(fig)
        fig.yaxis.axis_label = "Power (W)"
        fig.xaxis.formatter = DatetimeTickFormatter(hours="%d %b %H:%M", minutes="%H:%M", days="%d %b")
        fig.xaxis.axis_label = "UTC"
        self.source = ColumnDataSource({"at": [], "watts": []}, name="power-trace")
        line = fig.step("at", "watts", source=self.source, mode="after", color=POWER, line_width=1.5)
        self.span = BoxAnnotation(left=0, right=0, fill_color=GREY, fill_alpha=0.25, line_color=None)
        fig.add_layout(self.span)
        tooltips = [("Time", "@at{%F %H:%M} UTC"), ("Power", "@watts{0} W")]
        fig.add_tools(
            HoverTool(renderers=[line], tooltips=tooltips, formatters={"@at": "datetime"}, mode="vline")
        )
        self.fig = fig

    def draw(self, trace: Trace) -> None:
        """Show a trace, its run shaded."""
        self.source.data = {"at": trace.at_s * MS_PER_S, "watts": trace.watts}
        self.span.update(left=trace.began_s * MS_PER_S, right=trace.ended_s * MS_PER_S)
        self.fig.x_range.update(start=trace.at_s[0] * MS_PER_S, end=trace.at_s[-1] * MS_PER_S)
        self.fig.y_range.update(start=0, end=1.1 * max(float(trace.watts.max()), 1.0))
