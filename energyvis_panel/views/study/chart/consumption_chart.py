"""What did it consume, epoch by epoch, and what would it have consumed otherwise?"""

from html import escape
from typing import Any

import holoviews as hv
import numpy as np
import panel as pn
from bokeh.core.properties import field
from bokeh.models import ColumnDataSource, CustomJS, HoverTool
from panel.viewable import Viewer

from energyvis_panel.domain.curve import curve
from energyvis_panel.domain.units import JOULES_PER_KWH
from energyvis_panel.state.study import Study
from energyvis_panel.views import theme
from energyvis_panel.views.chart_export import chart_export, csv_text
from energyvis_panel.views.document import on_document
from energyvis_panel.views.study.chart.chart_rows import ChartRows, chart_caption, chart_rows, chart_table
from energyvis_panel.views.study.chart.consumption_lines import (
    chart_frame,
    consumption_chart,
    line_labels,
    source_columns,
)
from energyvis_panel.views.study.patched_figure import FollowedRange, put_columns
from energyvis_panel.views.study.regions.region_signal import RegionSignal
from energyvis_panel.views.study.weak_hook import weak_hook
from energyvis_panel.views.text_colours import PAPER, legible

FIGURE = "consumption-chart"
DRAWN_BY = ["comparison", "measure", "cumulative", "pounds", "axis", "open_parts"]

STYLED_BY = (
    {"fill_color": "color"},
    {"line_color": "color", "line_dash": "line_dash"},
    {"line_color": "color", "line_dash": "line_dash"},
    {"fill_color": "color", "line_color": "color", "fill_alpha": "fill", "marker": "mark", "size": "size"},
)
"""Columns that style the glyph of each element."""

PREVIEW_JS = """
  const g = signal.data.g_per_kwh[0];
  const kwh = base.data.kwh, x = base.data.x;
  const y = Number.isFinite(g) ? kwh.map((value) => value * g / base.data.grams_per_unit[0]) : [];
  line.data = { x: y.length ? x : [], y };
  const top = y.reduce((most, value) => Math.max(most, value), 0);
  const kept = base.data.top[0];
  range.end = Math.max(top * 1.12, kept);
"""


class ConsumptionChart(Viewer):
    """The chart of a study, with a line for the region under the pointer that the browser draws alone."""

    def __init__(self, study: Study, signal: RegionSignal | None = None, **params: Any) -> None:
        super().__init__(**params)
        self.study = study
        self.signal = signal
        self._shown = self._rows()
        self._caption = pn.pane.HTML(_small(self.caption()), margin=(4, 0, 0, 0), sizing_mode="stretch_width")
        self._plot: Any = None
        self._x = FollowedRange()
        self._choice = study.choice
        self._base = ColumnDataSource(self._base_data())
        self._line = ColumnDataSource({"x": [], "y": []})
        self._labels = ColumnDataSource(line_labels(self._shown))
        study.param.watch(on_document(self._update), DRAWN_BY)

    def _rows(self) -> ChartRows | None:
        study = self.study
        if study.comparison is None or study.choice is None:
            return None
        return chart_rows(
            study.comparison,
            study.measure,
            cumulative=study.cumulative,
            pounds=study.pounds,
            further=study.choice.further,
            axis=study.axis,
            open_parts=study.open_parts,
        )

    def _base_data(self) -> dict[str, Any]:
        """Energy of the series that a previewed region applies to: its carbon is this times an intensity."""
        study, rows = self.study, self._shown
        if rows is None or study.comparison is None or study.measure != "carbon":
            return {"x": [], "kwh": [], "grams_per_unit": [], "top": []}
        choice, series = study.choice, study.comparison.baseline
        if choice is not None and choice.edits.is_active():
            # The first alternative is the baseline's own profile, edited; later ones are other profiles.
            series = study.comparison.alternatives[0]
        drawn = curve(series.projection, "energy", cumulative=study.cumulative, axis=study.axis)
        n = drawn.epoch.size
        return {
            "x": drawn.epoch,
            "kwh": drawn.value / JOULES_PER_KWH,
            "grams_per_unit": np.full(n, rows.per_unit),
            "top": np.full(n, rows.top),
        }

    def _update(self, *_events: Any) -> None:
        self._shown = self._rows()
        self._caption.object = _small(self.caption())
        put_columns(self._labels, line_labels(self._shown))
        if self._plot is not None:
            self._patch(self._plot)
        if self.study.choice is not self._choice:
            # While a run grows the previewed line stays; the browser draws it anew from the new base.
            self._choice = self.study.choice
            self._line.data = {"x": [], "y": []}
        put_columns(self._base, self._base_data())

    def _patch(self, plot: Any) -> None:
        """Bring a drawn chart up to date by its sources, which is far cheaper than drawing it again."""
        frame = chart_frame(self._shown, log_scale=self.study.log_scale)
        parts = list(plot.subplots.values())
        for part, columns in zip(parts, source_columns(self._shown), strict=True):
            put_columns(part.handles["source"], columns)
        figure, choice = plot.state, self.study.choice
        subject = (self.study.axis, choice.baseline_id, choice.further) if choice else None
        self._x.show(figure.x_range, frame.x_range, subject)
        # The browser stretches this range for a previewed line, so it is set anew each time.
        start, end = frame.y_range
        figure.y_range.update(start=start, end=end, reset_start=start, reset_end=end)
        figure.xaxis[0].axis_label, figure.yaxis[0].axis_label = frame.x_label, frame.y_label
        for tool in figure.tools:
            if isinstance(tool, HoverTool):
                tool.tooltips = frame.hover

    def _attach(self, plot: Any, _element: Any) -> None:
        """Keep the drawn chart, to be patched later, and add the previewed line and the line labels."""
        figure, self._plot = plot.state, plot
        figure.name = FIGURE
        for part, styles in zip(plot.subplots.values(), STYLED_BY, strict=True):
            # HoloViews writes a style that all paths share into the glyph; as columns they can be patched.
            part.handles["glyph"].update(**{style: field(column) for style, column in styles.items()})
        self._patch(plot)
        if any(renderer.data_source is self._line for renderer in figure.renderers):
            return
        figure.line(
            "x",
            "y",
            source=self._line,
            color=theme.ALTERNATIVE,
            line_width=2.2,
            line_dash="dashed",
            alpha=0.55,
        )
        figure.text(
            "x", "y", "text", source=self._labels, text_color="color", text_align="right",
            text_font_size="12px", text_font_style="bold", y_offset=-6,
            background_fill_color=PAPER, background_fill_alpha=0.85, padding=1,
        )  # fmt: skip
        legible(figure)
        if self.signal is not None:
            source = self.signal.source
            args = {"signal": source, "base": self._base, "line": self._line, "range": figure.y_range}
            preview = CustomJS(args=args, code=PREVIEW_JS)
            source.js_on_change("data", preview)
            self._base.js_on_change("data", preview)

    def _chart(self) -> hv.Overlay:
        """The chart as it stands, on the scale that is chosen."""
        chart = consumption_chart(self._shown, log_scale=self.study.log_scale)
        return chart.opts(hv.opts.Overlay(hooks=[theme.figure_hook, weak_hook(self._attach)]))

    def export(self) -> Any:
        """Buttons that save the chart as PNG, SVG and CSV."""
        return chart_export("consumption", self.csv, figure=FIGURE, margin=0)

    def csv(self) -> str:
        """What the chart shows as CSV, its caption above."""
        rows = self._shown
        if rows is None:
            return ""
        header = [
            "series",
            rows.x_label.replace(" ", "_"),
            rows.y_label.replace(", ", "_in_").replace(" ", "_"),
            "kind",
        ]
        return csv_text(header, chart_table(rows), note=self.caption())

    def caption(self) -> str:
        """Sentence under the chart."""
        rows, comparison = self._shown, self.study.comparison
        if rows is None or comparison is None:
            return (
                "Choose a profile above, import one, or track a run: energyvis-track run -- python train.py"
            )
        return chart_caption(rows, comparison)

    def __panel__(self) -> Any:
        """Return the chart and its caption."""
        study = self.study
        pane = pn.pane.HoloViews(self._chart(), linked_axes=False, sizing_mode="stretch_width", margin=0)

        def redrawn(_event: Any) -> None:
            # The scale of an axis is fixed when a figure is made.
            self._plot = None
            self._x.forget()
            pane.object = self._chart()

        study.param.watch(redrawn, "log_scale")
        return pn.Column(
            pane,
            self._caption,
            sizing_mode="stretch_width",
            margin=0,
        )


def _small(text: str) -> str:
    return f'<p style="margin:0;font-size:12px;color:var(--ev-muted)">{escape(text)}</p>'
