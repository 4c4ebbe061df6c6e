"""What did it consume, epoch by epoch, and what would it have consumed otherwise?"""

from dataclasses import dataclass
from html import escape
from typing import Any

import holoviews as hv
import numpy as np
import panel as pn
from bokeh.models import ColumnDataSource, CustomJS
from panel.viewable import Viewer

from energyvis_panel.domain.curve import Curve, Measure, curve
from energyvis_panel.domain.study import MOST_ALTERNATIVES, NO_PUE, Comparison, Series
from energyvis_panel.domain.units import JOULES_PER_KWH, energy_scale, mass_scale
from energyvis_panel.state.study import Study
from energyvis_panel.views import theme
from energyvis_panel.views.document import on_document
from energyvis_panel.views.study.region_signal import RegionSignal

MARKED_EPOCHS = 80
"""Beyond this many epochs the marks would touch, so the line stands alone."""

HEADROOM = 1.12
"""Room above the highest point for the name at its line's end."""

PREVIEW_JS = """
  const g = signal.data.g_per_kwh[0];
  const kwh = base.data.kwh, x = base.data.x;
  const y = Number.isFinite(g) ? kwh.map((value) => value * g / base.data.grams_per_unit[0]) : [];
  line.data = { x: y.length ? x : [], y };
  const top = y.reduce((most, value) => Math.max(most, value), 0);
  const kept = base.data.top[0];
  range.end = Math.max(top * 1.12, kept);
"""


@dataclass(frozen=True, slots=True)
class ChartLine:
    """One series in chart units: its letter and label, the curve, and whether its energy was estimated."""

    letter: str
    label: str
    curve: Curve
    estimated: bool


@dataclass(frozen=True, slots=True)
class ChartRows:
    """All lines in one unit. ``per_unit`` is joules or grams for one unit of the axis."""

    lines: tuple[ChartLine, ...]
    measure: Measure
    unit: str
    per_unit: float
    x_label: str
    y_label: str
    top: float
    last: float


def chart_rows(
    comparison: Comparison, measure: Measure, *, cumulative: bool, pounds: bool, further: int
) -> ChartRows:
    """Lines of a comparison, all in the unit in which the largest reads best."""
    lines = tuple(
        ChartLine(
            series.letter,
            series.label,
            curve(series.projection, measure, cumulative=cumulative, further=further),
            _estimated(series),
        )
        for series in comparison.all_series()
    )
    highest = max(line.curve.highest() for line in lines)
    if measure == "carbon":
        unit, per_unit = mass_scale(highest, pounds=pounds)
        quantity, unit_text = "emissions", f"{unit} CO₂e"
    else:
        unit, per_unit = energy_scale(highest)
        quantity, unit_text = "energy", unit
    division = comparison.baseline.projection.profile.division
    per = "cumulative" if cumulative else f"per {division}"
    return ChartRows(
        lines,
        measure,
        unit_text,
        per_unit,
        division,
        f"{per} {quantity}, {unit_text}",
        max(highest / per_unit * HEADROOM, 1e-9),
        max(line.curve.last_epoch() for line in lines),
    )


def chart_caption(rows: ChartRows, comparison: Comparison) -> str:
    """What is compared, at which PUE, intensity and year, so that a picture of the chart stands alone."""
    parts = [
        series_caption(
            series,
            rows.measure,
            named=series.projection.profile is not comparison.baseline.projection.profile,
        )
        for series in comparison.all_series()
    ]
    text = f"{rows.y_label[0].upper()}{rows.y_label[1:]}. {'; '.join(parts)}."
    if rows.measure == "carbon" and len(comparison.scopes()) > 1:
        text += (
            " Direct and lifecycle intensities are mixed here: lifecycle adds fuel supply and construction."
        )
    if any(line.estimated for line in rows.lines):
        text += " Open marks: estimated."
    if any(line.curve.forecast.size for line in rows.lines):
        text += " Thin lines and bands: least-squares forecast with its 95 % prediction interval."
    return text


def series_caption(series: Series, measure: Measure, *, named: bool) -> str:
    """One series in words: letter, profile where it differs, region with its intensity, PUE."""
    scenario, profile = series.projection.scenario, series.projection.profile
    parts = [profile.name] if named or not series.letter else []
    if scenario.intensity:
        parts.append(f"{scenario.intensity.name} ({scenario.intensity.caption()})")
    else:
        parts.append("no region recorded, so no carbon" if measure == "carbon" else "no region recorded")
    unrecorded = profile.pue is None and scenario.pue == NO_PUE
    parts.append(f"PUE {scenario.pue:g}" + (" (none recorded)" if unrecorded else ""))
    return (f"{series.letter}: " if series.letter else "") + ", ".join(parts)


def consumption_chart(rows: ChartRows | None) -> hv.Overlay:
    """Overlay of one fixed set of elements per line slot, so that an update never rebuilds the figure."""
    elements = []
    x_label, y_label, unit, top, last = ("epoch", "no profile", "", 1.0, 1.0)
    if rows is not None:
        x_label, y_label, unit, top, last = rows.x_label, rows.y_label, rows.unit, rows.top, rows.last
    lines = rows.lines if rows is not None else ()
    x = hv.Dimension("epoch", label=x_label)
    y = hv.Dimension("amount", label=y_label)
    for slot in range(1 + MOST_ALTERNATIVES):
        line = lines[slot] if slot < len(lines) else None
        elements += _slot_elements(slot, line, rows, (x, y), unit)
    return hv.Overlay(elements).opts(
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


def _slot_elements(
    slot: int, line: ChartLine | None, rows: ChartRows | None, dims: tuple[Any, Any], unit: str
) -> list[Any]:
    x, y = dims
    empty = np.zeros(0)
    recorded = forecast = (empty, empty)
    band = (empty, empty, empty)
    marks = (empty, empty)
    if line is not None and rows is not None:
        drawn, scale = line.curve, rows.per_unit
        recorded = (drawn.epoch, drawn.value / scale)
        if drawn.forecast.size:
            # The forecast starts at the last recorded point, so that the line does not break.
            join_x, join_y = drawn.epoch[-1:], drawn.value[-1:] / scale
            forecast = (
                np.concatenate([join_x, drawn.forecast_epoch]),
                np.concatenate([join_y, drawn.forecast / scale]),
            )
            band = (drawn.forecast_epoch, drawn.low / scale, drawn.high / scale)
        if drawn.epoch.size <= MARKED_EPOCHS:
            marks = recorded
    color = theme.ALTERNATIVE if slot else theme.BASELINE
    dash = theme.ALTERNATIVE_DASHES[slot - 1] if slot else "solid"
    label = line.label if line is not None else ""
    hover = [(x.label, "@epoch"), (label or "amount", f"@amount{{0,0.[000]}} {unit}")]
    return [
        hv.Area(band, x, [y, hv.Dimension("upper")]).opts(color=color, alpha=0.12, line_alpha=0),
        hv.Curve(forecast, x, y).opts(color=color, line_width=1, line_dash=dash, alpha=0.8),
        hv.Curve(recorded, x, y).opts(color=color, line_width=2.2, line_dash=dash),
        hv.Scatter(marks, x, y).opts(
            color=color,
            size=6,
            fill_alpha=0.0 if line is not None and line.estimated else 1.0,
            tools=["hover"],
            hover_tooltips=hover,
        ),
    ]


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


def _estimated(series: Series) -> bool:
    return series.projection.profile.provenance.source == "estimate"


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
        series = (study.comparison.alternatives or (study.comparison.baseline,))[0]
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
