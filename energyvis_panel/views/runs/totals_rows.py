"""Sums over time as the chart draws them, in words, and as a table."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from html import escape
from typing import Any, Final

from energyvis_panel.domain.run_totals import MOST_GROUPS, TimeTotals, next_start
from energyvis_panel.domain.units import (
    GRAMS_PER_KG,
    JOULES_PER_KWH,
    energy_scale,
    energy_text,
    mass_scale,
    mass_text,
    three_digits,
)
from energyvis_panel.state.run_filter import GROUPINGS
from energyvis_panel.views import theme

COLOURS: Final = (
    theme.BLUE, theme.ORANGE, theme.GREEN, theme.PURPLE, theme.SKY, theme.VERMILLION, theme.TIME, theme.GREY,
)  # fmt: skip
"""Of groups, most energy first; the last is that of all others."""
HATCHES: Final = (" ", " ", " ", " ", "/", "/", "/", ".")
"""The set's later hues lie nearer to earlier ones: a hatch tells them apart without colour."""
FILL_OF_PERIOD: Final = 0.86
MS_PER_DAY: Final = 86_400_000.0
MOST_TABLE_ROWS: Final = 60
TABLE_STYLE: Final = """<style>
table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; }
th, td { padding: 3px 10px; text-align: right; border-bottom: 1px solid var(--ev-line); font-weight: 400; }
th[scope=row] { text-align: left; }
summary { cursor: pointer; font-size: 12px; color: var(--ev-muted); min-height: 24px; }
summary:focus-visible { outline: 2px solid var(--ev-baseline); }
div { overflow: auto; max-height: 260px; }
p { font-size: 12px; color: var(--ev-muted); margin: 4px 0; }
</style>"""
LEGEND_STYLE: Final = """<style>
div { display: flex; flex-wrap: wrap; gap: 2px 12px; font-size: 12px; }
span { display: inline-flex; align-items: center; gap: 5px; max-width: 180px; overflow: hidden; }
i { flex: 0 0 auto; width: 11px; height: 11px; }
</style>"""
EMPTY: Final = "No run that matches has a value for this yet."
TITLES: Final[Mapping[str, str]] = {"energy": "Energy before PUE", "carbon": "CO₂e", "cost": "Cost"}


def scale(measure: str, totals: TimeTotals) -> tuple[str, float]:
    """Unit in which the largest period reads best, and by what the values (kWh, kg, USD) are multiplied."""
    largest = float(totals.sums.sum(axis=0).max()) if totals.sums.size else 0.0
    if measure == "energy":
        unit, joules = energy_scale(largest * JOULES_PER_KWH)
        return unit, JOULES_PER_KWH / joules
    if measure == "carbon":
        unit, grams = mass_scale(largest * GRAMS_PER_KG)
        return f"{unit} CO₂e", GRAMS_PER_KG / grams
    return "USD", 1.0


def milliseconds(day: date) -> float:
    """The day's first moment as Bokeh counts time."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000


def period_name(start: date, period: str) -> str:
    """A period for people."""
    if period == "month":
        return f"{start:%Y-%m}"
    return f"week of {start:%Y-%m-%d}" if period == "week" else f"{start:%Y-%m-%d}"


def bars(totals: TimeTotals, factor: float) -> dict[str, list[Any]]:
    """Columns of the chart's source: centre, width, name of each period, its sum, and ``top_0`` ... by group.

    Each group's bar reaches from ``top_<n-1>`` to ``top_<n>``.
    """
    starts = totals.starts
    ends = [next_start(start, totals.period) for start in starts]
    columns: dict[str, list[Any]] = {
        "x": [(milliseconds(a) + milliseconds(b)) / 2 for a, b in zip(starts, ends, strict=True)],
        "width": [(b - a).days * MS_PER_DAY * FILL_OF_PERIOD for a, b in zip(starts, ends, strict=True)],
        "name": [period_name(start, totals.period) for start in starts],
    }
    height = [0.0] * len(starts)
    for place in range(MOST_GROUPS + 1):
        known = place < len(totals.groups)
        value = (totals.sums[place] * factor).tolist() if known else [0.0] * len(starts)
        columns[f"base_{place}"] = height
        height = [low + more for low, more in zip(height, value, strict=True)]
        columns[f"top_{place}"] = height
        columns[f"value_{place}"] = value
    return columns | {"sum": height}


def legend_html(groups: tuple[str, ...]) -> str:
    """Names of the groups with their colours, in lines that wrap."""
    entries = "".join(
        f'<span><i style="background:{swatch(place)}"></i>{escape(group)}</span>'
        for place, group in enumerate(groups)
    )
    return f"{LEGEND_STYLE}<div>{entries}</div>"


def legend_of(totals: TimeTotals) -> str:
    """The legend of sums over time."""
    return legend_html(totals.groups)


def swatch(place: int) -> str:
    """Fill of a group's bars as CSS."""
    colour, light = COLOURS[place], "rgba(255,255,255,.45)"
    if HATCHES[place] == "/":
        return f"repeating-linear-gradient(135deg,{colour} 0 3px,{light} 3px 4px),{colour}"
    return colour


def value_text(measure: str, value: float) -> str:
    """A sum (kWh, kg, USD) for people."""
    if measure == "energy":
        return energy_text(value * JOULES_PER_KWH)
    if measure == "carbon":
        return f"{mass_text(value * GRAMS_PER_KG)} CO₂e"
    return f"${three_digits(value)}"


def has_sums(totals: TimeTotals) -> bool:
    """Whether there is anything to draw."""
    return bool(totals.groups)


def totals_answer(totals: TimeTotals, measure: str, by: str) -> str:
    """Sentence about the sum over time, and the period with most of it."""
    if not totals.sums.size or not totals.sums.sum():
        return EMPTY
    sums = totals.sums.sum(axis=0)
    most = int(sums.argmax())
    when = period_name(totals.starts[most], totals.period)
    kind = GROUPINGS[by if by != "month" else "user"].lower()
    counted = f"By {kind}; a run counts when it started."
    if totals.unknown:
        counted += f" {totals.unknown:,} of the runs are in no sum, since their value is not known."
    return (
        f"{value_text(measure, float(sums.sum()))} in all; most in {when}, "
        f"{value_text(measure, float(sums[most]))}. {counted}"
    )


def totals_table(totals: TimeTotals, measure: str) -> str:
    """HTML table of the periods with any value, the latest first."""
    unit, factor = scale(measure, totals)
    head = "".join(f"<th scope='col'>{escape(group)} ({unit})</th>" for group in totals.groups)
    sums = totals.sums.sum(axis=0)
    places = [place for place in reversed(range(len(totals.starts))) if sums[place]]
    lines = [
        f"<tr><th scope='row'>{period_name(totals.starts[place], totals.period)}</th>"
        + "".join(f"<td>{three_digits(float(value))}</td>" for value in totals.sums[:, place] * factor)
        + "</tr>"
        for place in places[:MOST_TABLE_ROWS]
    ]
    if not lines:
        return ""
    more = f"<p>The {MOST_TABLE_ROWS} latest periods.</p>" if len(places) > MOST_TABLE_ROWS else ""
    table = (
        f"<table><thead><tr><th scope='col'>Period</th>{head}</tr></thead>"
        f"<tbody>{''.join(lines)}</tbody></table>"
    )
    return (
        f"{TABLE_STYLE}<details><summary>The numbers as a table</summary><div>{table}</div>{more}</details>"
    )
