"""What the consumption chart draws: all lines in one unit, and the sentence that goes with them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from energyvis_panel.domain.curve import Array, Axis, Curve, Measure, curve
from energyvis_panel.domain.live_reading import OpenEpoch
from energyvis_panel.domain.profile import Source
from energyvis_panel.domain.study import NO_PUE, Comparison, Series
from energyvis_panel.domain.units import energy_scale, mass_scale, money_scale, three_digits
from energyvis_panel.views.study.chart.open_point import OpenPoint, open_caption, open_point

HEADROOM = 1.12
"""Room above the highest point for the name at its line's end."""
NONE_OPEN: Mapping[str, OpenEpoch] = {}
MOST_POINTS = 4000
"""More points than a screen has columns tell nothing more, and cost the browser much."""
SOURCE_MARKS: dict[Source, tuple[str, str]] = {
    "counter": ("circle", "discs: measured by energy counters"),
    "integrated": ("square", "squares: integrated from measured power"),
    "imported": ("diamond", "diamonds: published or imported figures"),
    "estimate": ("circle", "open marks: estimated"),
}
"""Mark of each source of energy, and how the caption names it."""


@dataclass(frozen=True, slots=True)
class ChartLine:
    """One series: its letter and label, the curve, where its energy comes from, and its open epoch."""

    letter: str
    label: str
    curve: Curve
    source: Source
    open: OpenPoint | None = None

    @property
    def estimated(self) -> bool:
        """Whether its energy was estimated, so that its marks are open."""
        return self.source == "estimate"

    def highest(self) -> float:
        """Largest value to be drawn; 0 where nothing is."""
        return max(self.curve.highest(), self.open.amount if self.open else 0.0)

    def last(self) -> float:
        """Last place to be drawn; 1 where nothing is."""
        return max(self.curve.last_epoch(), self.open.place if self.open else 0.0)

    def end(self) -> tuple[float, float]:
        """Last recorded, forecast or open point: where the line's name stands."""
        last = self.curve.end()
        return (self.open.place, self.open.amount) if self.open and self.open.place > last[0] else last


@dataclass(frozen=True, slots=True)
class ChartRows:
    """All lines in one unit. ``per_unit`` is joules, grams or USD for one unit of the axis."""

    lines: tuple[ChartLine, ...]
    measure: Measure
    unit: str
    per_unit: float
    x_label: str
    y_label: str
    top: float
    bottom: float
    last: float
    axis: Axis


def chart_rows(
    comparison: Comparison,
    measure: Measure,
    *,
    cumulative: bool,
    pounds: bool,
    further: int,
    axis: Axis = "epoch",
    open_parts: Mapping[str, OpenEpoch] = NONE_OPEN,
) -> ChartRows:
    """Lines of a comparison, all in the unit in which the largest reads best.

    ``open_parts`` are the epochs in progress by the id of their profile.
    """

    def line_of(series: Series) -> ChartLine:
        profile, projection = series.projection.profile, series.projection
        drawn = curve(projection, measure, cumulative=cumulative, further=further, axis=axis)
        part = open_parts.get(profile.id)
        ring = open_point(projection, part, drawn, measure, cumulative=cumulative, axis=axis)
        return ChartLine(series.letter, series.label, thinned(drawn), profile.provenance.source, ring)

    lines = tuple(line_of(series) for series in comparison.all_series())
    highest = max(line.highest() for line in lines)
    if measure == "carbon":
        unit, per_unit = mass_scale(highest, pounds=pounds)
        quantity, unit_text = "emissions", f"{unit} CO₂e"
    elif measure == "energy":
        unit, per_unit = energy_scale(highest)
        quantity, unit_text = "energy", unit
    else:
        unit_text, per_unit = money_scale(highest)
        quantity = "cost of electricity"
    division = comparison.baseline.projection.profile.division
    summed = f"cumulative {quantity}" if cumulative else f"{quantity} per {division}"
    return ChartRows(
        lines,
        measure,
        unit_text,
        per_unit,
        division if axis == "epoch" else "hours of training",
        f"{summed}, {unit_text}",
        max(highest / per_unit * HEADROOM, 1e-9),
        min((low for line in lines if (low := line.curve.lowest())), default=per_unit) / per_unit / HEADROOM,
        max(line.last() for line in lines),
        axis,
    )


def thinned(drawn: Curve) -> Curve:
    """The curve in no more points than can be seen; of each stretch its lowest and highest value stay."""
    if drawn.value.size <= MOST_POINTS:
        return drawn
    keep = extremes(drawn.value, MOST_POINTS // 2)
    return replace(drawn, epoch=drawn.epoch[keep], value=drawn.value[keep])


def extremes(value: Array, stretches: int) -> np.ndarray:
    """Places of the lowest and the highest value in each of even stretches, and of both ends, in order."""
    edges = np.linspace(0, value.size, stretches + 1).astype(np.int64)
    places = [0, value.size - 1]
    for start, stop in pairwise(edges):
        part = value[start:stop]
        places += [start + int(part.argmin()), start + int(part.argmax())]
    return np.unique(places)


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
    if rows.axis == "time" and any(not line.curve.value.size for line in rows.lines):
        text += " A profile without recorded times is not drawn over time; enter the hours of an epoch below."
    marks = {line.source for line in rows.lines}
    if marks != {"counter"}:
        named = [text for source, (_, text) in SOURCE_MARKS.items() if source in marks]
        text += f" {'; '.join(named).capitalize()}."
    if any(line.curve.forecast.size for line in rows.lines):
        text += " Thin lines and bands: least-squares forecast with its 95 % prediction interval."
    return text + open_caption([line.open for line in rows.lines if line.open])


def series_caption(series: Series, measure: Measure, *, named: bool) -> str:
    """One series in words: letter, profile where it differs, region with intensity or price, machine, PUE."""
    scenario, profile = series.projection.scenario, series.projection.profile
    parts = [profile.name] if named or not series.letter else []
    if measure == "cost":
        price = scenario.price
        parts.append(f"{three_digits(price.per_kwh)} USD/kWh ({price.source})" if price else "no price known")
    elif scenario.intensity:
        parts.append(f"{scenario.intensity.name} ({scenario.intensity.caption()})")
    else:
        parts.append("no region recorded, so no carbon" if measure == "carbon" else "no region recorded")
    if scenario.hardware:
        machine = " + ".join(f"{piece.count} × {piece.chip.name}" for piece in scenario.hardware.alternative)
        parts.append(f"on {machine} by {scenario.hardware.precision.upper()} rates")
    unrecorded = profile.pue is None and scenario.pue == NO_PUE
    parts.append(f"PUE {scenario.pue:g}" + (" (none recorded)" if unrecorded else ""))
    return (f"{series.letter}: " if series.letter else "") + ", ".join(parts)


def chart_table(rows: ChartRows) -> list[tuple[str, float, float, str]]:
    """Every point drawn: series, place, amount in the axis unit, recorded, forecast or in progress."""
    found = []
    for line in rows.lines:
        name = f"{line.letter}: {line.label}" if line.letter else line.label
        drawn = line.curve
        for places, values, kind in (
            (drawn.epoch, drawn.value, "recorded"),
            (drawn.forecast_epoch, drawn.forecast, "forecast"),
        ):
            found += [
                (name, float(place), float(value) / rows.per_unit, kind)
                for place, value in zip(places, values, strict=True)
            ]
        if line.open:
            found.append((name, line.open.place, line.open.amount / rows.per_unit, "in progress"))
    return found
