"""What did it consume, epoch by epoch, and what would it have consumed otherwise?"""

from html import escape
from typing import Any

import holoviews as hv
import numpy as np
import panel as pn
from bokeh.models import ColumnDataSource, CustomJS
from panel.viewable import Viewer

from energyvis_panel.domain.curve import Curve, curve
from energyvis_panel.domain.units import JOULES_PER_KWH
from energyvis_panel.state.study import Study
from energyvis_panel.views import theme
from energyvis_panel.views.document import on_document
from energyvis_panel.views.study.chart_rows import ChartLine, ChartRows, chart_caption, chart_rows
from energyvis_panel.views.study.region_signal import RegionSignal

MARKED_EPOCHS = 80
"""Beyond this many epochs the marks would touch, so the line stands alone."""

NO_PATH: dict[str, Any] = {"epoch": [-1.0] * 3, "amount": [0.0] * 3, "color": theme.BASELINE, "dash": "solid"}
"""Stands, unseen, for no path: HoloViews cannot tell colours from numbers in an element without rows."""
NO_MARK: dict[str, Any] = {
    "epoch": [np.nan], "amount": [np.nan], "label": [""], "color": [theme.BASELINE], "fill": [1.0],
}  # fmt: skip

PREVIEW_JS = """
  const g = signal.data.g_per_kwh[0];
  const kwh = base.data.kwh, x = base.data.x;
  const y = Number.isFinite(g) ? kwh.map((value) => value * g / base.data.grams_per_unit[0]) : [];
  line.data = { x: y.length ? x : [], y };
  const top = y.reduce((most, value) => Math.max(most, value), 0);
  const kept = base.data.top[0];
  range.end = Math.max(top * 1.12, kept);
"""


def consumption_chart(rows: ChartRows | None) -> hv.Overlay:
    """Overlay of bands, recorded lines, forecast lines and marks: four elements for any number of lines."""
    x_label, y_label, unit, top, last = ("epoch", "no profile", "", 1.0, 1.0)
    if rows is not None:
        x_label, y_label, unit, top, last = rows.x_label, rows.y_label, rows.unit, rows.top, rows.last
    lines = rows.lines if rows is not None else ()
    per_unit = rows.per_unit if rows is not None else 1.0
    dims = [hv.Dimension("epoch", label=x_label), hv.Dimension("amount", label=y_label)]
    styled = [(line, *line_style(slot)) for slot, line in enumerate(lines)]
    hover = [("", "@label"), (x_label, "@epoch"), ("amount", f"@amount{{0,0.[000]}} {unit}")]
    filled = [path | {"color": color} for line, color, _ in styled for path in bands(line.curve, per_unit)]
    drawn = [
        {"epoch": line.curve.epoch, "amount": line.curve.value / per_unit, "color": color, "dash": dash}
        for line, color, dash in styled
        if line.curve.value.size
    ]
    ahead = [
        path | {"color": color, "dash": dash}
        for line, color, dash in styled
        for path in forecasts(line.curve, per_unit)
    ]
    return hv.Overlay(
        [
            hv.Polygons(filled or [NO_PATH], dims, ["color"]).opts(color="color", alpha=0.12, line_alpha=0),
            hv.Contours(drawn or [NO_PATH], dims, ["color", "dash"]).opts(
                color="color", line_dash="dash", line_width=2.2
            ),
            hv.Contours(ahead or [NO_PATH], dims, ["color", "dash"]).opts(
                color="color", line_dash="dash", line_width=1, alpha=0.8
            ),
            hv.Points(marks(styled, per_unit), dims, ["label", "color", "fill"]).opts(
                color="color", fill_alpha="fill", size=6, tools=["hover"], hover_tooltips=hover
            ),
        ]
    ).opts(
        hv.opts.Overlay(
            responsive=True,
            height=theme.CHART_HEIGHT,
            show_legend=False,
            xlabel=x_label,
            ylabel=y_label,
            ylim=(0, top),
            xlim=(1 - 0.02 * last, 1.02 * last),
            default_tools=[],
            tools=["xwheel_zoom", "xpan", "reset", "save"],
            active_tools=[],
            hooks=[theme.figure_hook],
        )
    )


def line_style(slot: int) -> tuple[str, str]:
    """Colour and dash of a line: the baseline solid, alternatives orange and told apart by their dash."""
    return (theme.ALTERNATIVE, theme.ALTERNATIVE_DASHES[slot - 1]) if slot else (theme.BASELINE, "solid")


def bands(drawn: Curve, per_unit: float) -> list[dict[str, Any]]:
    """Outline of the prediction interval; none where nothing is forecast."""
    if not drawn.forecast.size:
        return []
    there, back = drawn.forecast_epoch, drawn.forecast_epoch[::-1]
    outline = np.concatenate([drawn.low, drawn.high[::-1]]) / per_unit
    return [{"epoch": np.concatenate([there, back]), "amount": outline}]


def forecasts(drawn: Curve, per_unit: float) -> list[dict[str, Any]]:
    """Forecast from the last recorded point on, so that the line does not break; none without forecast."""
    if not drawn.forecast.size:
        return []
    epoch = np.concatenate([drawn.epoch[-1:], drawn.forecast_epoch])
    return [{"epoch": epoch, "amount": np.concatenate([drawn.value[-1:], drawn.forecast]) / per_unit}]


def marks(styled: list[tuple[ChartLine, str, str]], per_unit: float) -> dict[str, Any]:
    """Columns of the recorded points of all lines that are short enough to be marked; estimates are open."""
    marked = [(line, color) for line, color, _ in styled if line.curve.value.size <= MARKED_EPOCHS]
    columns: dict[str, list[Any]] = {"epoch": [], "amount": [], "label": [], "color": [], "fill": []}
    for line, color in marked:
        count = line.curve.value.size
        columns["epoch"] += line.curve.epoch.tolist()
        columns["amount"] += (line.curve.value / per_unit).tolist()
        columns["label"] += [line.label] * count
        columns["color"] += [color] * count
        columns["fill"] += [0.0 if line.estimated else 1.0] * count
    return columns if columns["epoch"] else NO_MARK


def line_labels(rows: ChartRows | None) -> dict[str, Any]:
    """Names at the right ends of the lines; nothing where a single line needs no name."""
    ends: dict[str, Any] = {"x": [], "y": [], "text": [], "color": []}
    drawn = [line for line in rows.lines if line.curve.value.size] if rows is not None else []
    if rows is None or len(rows.lines) == 1:
        return ends
    for line in drawn:
        x, y = line.curve.end()
        ends["x"].append(x)
        ends["y"].append(y / rows.per_unit)
        ends["text"].append(line.letter or line.label)
        ends["color"].append(theme.ALTERNATIVE if line.letter else theme.BASELINE)
    return ends


class ConsumptionChart(Viewer):
    """The chart of a study, with a line for the region under the pointer that the browser draws alone."""

    def __init__(self, study: Study, signal: RegionSignal | None = None, **params: Any) -> None:
        super().__init__(**params)
        self.study = study
        self.signal = signal
        self._pipe = hv.streams.Pipe(data=self._rows())
        self._base = ColumnDataSource(self._base_data())
        self._line = ColumnDataSource({"x": [], "y": []})
        self._labels = ColumnDataSource(line_labels(self._pipe.data))
        study.param.watch(on_document(self._update), ["comparison", "measure", "cumulative", "pounds"])

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
        )

    def _base_data(self) -> dict[str, Any]:
        """Energy of the series that a previewed region applies to: its carbon is this times an intensity."""
        study, rows = self.study, self._pipe.data
        if rows is None or study.comparison is None or study.measure != "carbon":
            return {"x": [], "kwh": [], "grams_per_unit": [], "top": []}
        choice, series = study.choice, study.comparison.baseline
        if choice is not None and (choice.region_id is not None or choice.pue is not None):
            # The first alternative is the baseline's own profile, edited; later ones are other profiles.
            series = study.comparison.alternatives[0]
        drawn = curve(series.projection, "energy", cumulative=study.cumulative)
        n = drawn.epoch.size
        return {
            "x": drawn.epoch,
            "kwh": drawn.value / JOULES_PER_KWH,
            "grams_per_unit": np.full(n, rows.per_unit),
            "top": np.full(n, rows.top),
        }

    def _update(self, *_events: Any) -> None:
        self._pipe.send(self._rows())
        self._base.data = self._base_data()
        self._line.data = {"x": [], "y": []}
        self._labels.data = line_labels(self._pipe.data)

    def _attach(self, plot: Any, _element: Any) -> None:
        """Set the ranges on each drawing; add the previewed line and the line labels once."""
        figure, rows = plot.state, self._pipe.data
        if rows is not None:
            # The browser stretches the range for a previewed line, so it is set anew on every drawing.
            figure.y_range.update(start=0, end=rows.top)
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
        )  # fmt: skip
        if self.signal is not None:
            source = self.signal.source
            args = {"signal": source, "base": self._base, "line": self._line, "range": figure.y_range}
            source.js_on_change("data", CustomJS(args=args, code=PREVIEW_JS))

    def caption(self, *_events: Any) -> str:
        """Sentence under the chart."""
        rows, comparison = self._pipe.data, self.study.comparison
        if rows is None or comparison is None:
            return (
                "Choose a profile above, import one, or track a run: energyvis-track run -- python train.py"
            )
        return chart_caption(rows, comparison)

    def __panel__(self) -> Any:
        """Return the chart and its caption."""
        chart = hv.DynamicMap(consumption_chart, streams={"rows": self._pipe}).opts(
            hv.opts.Overlay(hooks=[theme.figure_hook, self._attach])
        )
        pane = pn.pane.HoloViews(chart, linked_axes=False, sizing_mode="stretch_width", margin=0)
        study = self.study
        caption = pn.bind(
            self.caption,
            study.param.comparison,
            study.param.measure,
            study.param.cumulative,
            study.param.pounds,
        )
        return pn.Column(
            pane,
            pn.pane.HTML(pn.bind(_small, caption), margin=(4, 0, 0, 0), sizing_mode="stretch_width"),
            sizing_mode="stretch_width",
            margin=0,
        )


def _small(text: str) -> str:
    return f'<p style="margin:0;font-size:12px;color:var(--ev-muted)">{escape(text)}</p>'
