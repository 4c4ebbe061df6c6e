"""When was how much used, and by whom? Stacked bars by group over time; brushing a period shows its runs."""

from datetime import timedelta
from typing import Any, Final

import panel as pn
from bokeh.events import SelectionGeometry
from bokeh.models import BoxSelectTool, ColumnDataSource, HoverTool, Range1d
from bokeh.models.annotations import BoxAnnotation
from bokeh.models.formatters import DatetimeTickFormatter
from bokeh.plotting import figure
from panel.viewable import Viewer

from energyvis_panel.domain.run_totals import MOST_GROUPS, TimeTotals, next_start
from energyvis_panel.state.runs import RunsState
from energyvis_panel.views import theme
from energyvis_panel.views.document import on_document
from energyvis_panel.views.runs.totals_rows import (
    COLOURS,
    HATCHES,
    TITLES,
    bars,
    has_sums,
    legend_of,
    milliseconds,
    scale,
    totals_table,
)

HEIGHT: Final = 280


class TotalsChart(Viewer):
    """The bars bound to the runs. The period on show is marked; a drag or a click on a bar chooses one."""

    def __init__(self, runs: RunsState, **params: Any) -> None:
        super().__init__(**params)
        self.runs = runs
        self.source = ColumnDataSource(dict(bars(runs.totals, 1.0)))
        self.time_range, self.value_range = Range1d(start=0, end=1), Range1d(start=0, end=1)
        self.figure = figure(
            x_axis_type="datetime",
            x_range=self.time_range,
            y_range=self.value_range,
            height=HEIGHT,
            sizing_mode="stretch_width",
            tools="",
            toolbar_location=None,
        )
        self.period = BoxAnnotation(fill_color=theme.GREY, fill_alpha=0.16, visible=False, level="underlay")
        self.figure.add_layout(self.period)
        self.stacks = [self._stack(place) for place in range(MOST_GROUPS + 1)]
        select = BoxSelectTool(dimensions="width", persistent=False, renderers=[])
        self.figure.add_tools(select)
        self.figure.toolbar.active_drag = select
        self.figure.on_event(SelectionGeometry, self._brushed)
        theme.style_figure(self.figure)
        self.figure.xaxis.formatter = DatetimeTickFormatter(
            days="%d %b", months="%b %Y", years="%Y", hours="%H:%M"
        )
        self.figure.xgrid.visible = False
        self._draw()
        runs.param.watch(on_document(self._draw), ["totals", "first_day", "last_day"])

    def _stack(self, place: int) -> Any:
        stack: Any = self.figure.vbar(
            x="x",
            width="width",
            bottom=f"base_{place}",
            top=f"top_{place}",
            source=self.source,
            fill_color=COLOURS[place],
            line_color=None,
            hatch_pattern=HATCHES[place],
            hatch_color="#FFFFFF",
            hatch_alpha=0.45,
        )
        stack.nonselection_glyph = None
        return stack

    def _draw(self, *_events: Any) -> None:
        runs, totals = self.runs, self.runs.totals
        unit, factor = scale(runs.measure, totals)
        columns = bars(totals, factor)
        self.source.data = dict(columns)
        self.figure.yaxis.axis_label = f"{TITLES[runs.measure]} ({unit})"
        self._hover(totals, unit)
        if totals.starts:
            self.time_range.update(
                start=milliseconds(totals.starts[0]),
                end=milliseconds(next_start(totals.starts[-1], totals.period)),
            )
        self.value_range.end = max(columns["sum"], default=0.0) * 1.06 or 1.0
        self.period.update(
            visible=bool(runs.first_day or runs.last_day),
            left=milliseconds(runs.first_day) if runs.first_day else None,
            right=milliseconds(runs.last_day + timedelta(days=1)) if runs.last_day else None,
        )

    def _hover(self, totals: TimeTotals, unit: str) -> None:
        tips = [("", "@name"), ("all", f"@sum{{0,0.[00]}} {unit}")]
        tips += [(group, f"@value_{place}{{0,0.[00]}} {unit}") for place, group in enumerate(totals.groups)]
        old = [tool for tool in self.figure.tools if isinstance(tool, HoverTool)]
        if old and old[0].tooltips == tips:
            return
        kept = [tool for tool in self.figure.tools if not isinstance(tool, HoverTool)]
        hover = HoverTool(tooltips=tips, mode="vline", renderers=self.stacks[:1], point_policy="follow_mouse")
        self.figure.tools = [*kept, hover]

    def _brushed(self, event: Any) -> None:
        geometry = event.geometry
        starts = self.runs.totals.starts
        if not event.final or geometry.get("type") != "rect" or not starts:
            return
        low, high = sorted((float(geometry["x0"]), float(geometry["x1"])))
        ends = [next_start(start, self.runs.totals.period) for start in starts]
        touched = [
            (start, end)
            for start, end in zip(starts, ends, strict=True)
            if milliseconds(start) < high and milliseconds(end) > low
        ]
        if touched:
            self.runs.choose_days(touched[0][0], touched[-1][1] - timedelta(days=1))

    def __panel__(self) -> Any:
        """Return the chart, a sentence where there is nothing to draw, and the table behind it."""
        runs = self.runs
        table = pn.bind(totals_table, runs.param.totals, runs.param.measure)
        is_drawn = pn.bind(has_sums, runs.param.totals)
        chart = pn.Column(
            pn.pane.Bokeh(self.figure, sizing_mode="stretch_width", height=HEIGHT, margin=0),
            visible=is_drawn,
            sizing_mode="stretch_width",
            margin=0,
        )
        legend = pn.bind(legend_of, runs.param.totals)
        return pn.Column(
            pn.pane.HTML(legend, sizing_mode="stretch_width", margin=(4, 0)),
            chart,
            pn.pane.HTML(table, sizing_mode="stretch_width", margin=0),
            sizing_mode="stretch_width",
            margin=0,
        )
