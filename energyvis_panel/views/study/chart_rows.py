"""What the consumption chart draws: all lines in one unit, and the sentence that goes with them."""

from dataclasses import dataclass

from energyvis_panel.domain.curve import Curve, Measure, curve
from energyvis_panel.domain.study import NO_PUE, Comparison, Series
from energyvis_panel.domain.units import energy_scale, mass_scale

HEADROOM = 1.12
"""Room above the highest point for the name at its line's end."""


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
    summed = f"cumulative {quantity}" if cumulative else f"{quantity} per {division}"
    return ChartRows(
        lines,
        measure,
        unit_text,
        per_unit,
        division,
        f"{summed}, {unit_text}",
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


def _estimated(series: Series) -> bool:
    return series.projection.profile.provenance.source == "estimate"
