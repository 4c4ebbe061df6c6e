"""What a forest plot draws: its rows, the ends and ticks of its axis, and what the hover says."""

from collections.abc import Mapping, Sequence
from math import ceil, exp, floor, log, log10, nan
from typing import Any, Final

from energyvis_panel.domain.units import three_digits
from energyvis_panel.state.explore.compare.comparison import Comparison, amount_text
from energyvis_panel.state.explore.compare.comparison_effects import (
    ALL_DATA_SETS,
    Effect,
    FurtherTests,
    overall,
)

MOST_ROWS: Final = 24
"""Data sets that are drawn, those with the most pairs; the table behind the chart has all."""
STEPS_PER_DECADE: Final = 20
"""Ends of the axis lie on steps of a twentieth of a decade, so that it stands still while a brush moves."""
MANTISSAS: Final = (
    (1.0,),
    (1.0, 2.0, 5.0),
    (1.0, 1.5, 2.0, 3.0, 5.0, 7.0),
    (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0),
    tuple(1 + step / 20 for step in range(20)) + tuple(2 + step / 5 for step in range(40)),
)
FEWEST_TICKS: Final = 3
SMALLEST_P: Final = 1e-4


def shown_names(everything: Sequence[Effect]) -> list[str]:
    """Data sets from the lowest row to the highest: the factor over all runs rises from bottom to top."""
    most = sorted(everything, key=lambda effect: -effect.pairs)[:MOST_ROWS]
    return [effect.name for effect in sorted(most, key=lambda effect: effect.log_ratio)]


def axis_ends(found: Sequence[Effect]) -> tuple[float, float]:
    """From which to which factor the data reach, 1 included, on steps."""
    logs = [0.0]
    for effect in found:
        logs += [effect.log_ratio, *(effect.interval or ())]
    low = floor((min(logs) / log(10) - 0.02) * STEPS_PER_DECADE)
    high = ceil((max(logs) / log(10) + 0.02) * STEPS_PER_DECADE)
    return 10 ** (low / STEPS_PER_DECADE), 10 ** (high / STEPS_PER_DECADE)


def axis_ticks(low: float, high: float) -> list[float]:
    """A few round factors within the axis."""
    found: list[float] = []
    decades = range(floor(log10(low)), ceil(log10(high)) + 1)
    for mantissas in MANTISSAS:
        found = [
            float(f"{mantissa * 10.0**decade:.6g}")
            for decade in decades
            for mantissa in mantissas
            if low <= mantissa * 10.0**decade <= high
        ]
        if len(found) >= FEWEST_TICKS:
            break
    return found


def forest_rows(
    found: Sequence[Effect],
    names: Sequence[str],
    comparison: Comparison,
    further: Mapping[str, FurtherTests],
    colours: tuple[str, str],
) -> dict[str, Any]:
    """Columns of the rows: the data sets that have a place, and all together at the top."""
    places = {name: place for place, name in enumerate(names)} | {ALL_DATA_SETS: len(names)}
    whole = overall(found)
    drawn = [effect for effect in found if effect.name in places] + ([whole] if whole else [])
    rows = [
        {
            "y": places[effect.name],
            "ratio": exp(effect.log_ratio),
            "low": exp(effect.interval[0]) if effect.interval else nan,
            "high": exp(effect.interval[1]) if effect.interval else nan,
            # The colour of the side that takes less; filled where that is more than chance.
            "colour": colours[0] if effect.log_ratio > 0 else colours[1],
            "fill": 1.0 if effect.is_clear else 0.0,
            "size": 13 if effect is whole else 8,
            "label": f"{effect.ratio_text} · {effect.pairs:,}{' pairs' * (effect is whole)}",
            **hover_texts(effect, comparison, further.get(effect.name)),
        }
        for effect in drawn
    ]
    return {name: [row[name] for row in rows] for name in ROW_COLUMNS}


HOVER: Final = {
    "name": "Data set",
    "ratio_said": "B to A",
    "interval_said": "95 % interval",
    "pairs_said": "Matched settings",
    "amounts_said": "A and B",
    "t_said": "Paired t",
    "median_said": "Median factor",
    "wilcoxon_said": "Wilcoxon",
    "welch_said": "Welch",
    "mann_whitney_said": "Mann-Whitney",
}
ROW_COLUMNS: Final = ("y", "ratio", "low", "high", "colour", "fill", "size", "label", *HOVER)


def hover_texts(effect: Effect, comparison: Comparison, further: FurtherTests | None) -> dict[str, str]:
    """What the hover says of a row."""
    a, b = (amount_text(comparison.measure, amount) for amount in (effect.log_a, effect.log_b))
    said = {
        "name": effect.name,
        "ratio_said": f"{effect.ratio_text} times",
        "interval_said": effect.interval_text,
        "pairs_said": f"{effect.pairs:,}, {effect.repeated_pairs:,} run more than once",
        "amounts_said": f"{a} and {b} (geometric means)",
        "t_said": p_text(effect.p_value),
        "median_said": "",
        "wilcoxon_said": "",
        "welch_said": "",
        "mann_whitney_said": "",
    }
    if further is None:
        return said
    runs = f"{further.a_runs:,} of A, {further.b_runs:,} of B"
    return said | {
        "median_said": number_text(further.median_ratio),
        "wilcoxon_said": f"{p_text(further.wilcoxon_p)}; rank-biserial {number_text(further.rank_biserial)}",
        "welch_said": f"{p_text(further.welch_p)} ({runs})",
        "mann_whitney_said": (
            f"{p_text(further.mann_whitney_p)}; Cliff's delta {number_text(further.cliffs_delta)}"
        ),
    }


def p_text(p_value: float | None) -> str:
    """A p value for people."""
    if p_value is None:
        return "no test"
    return "p < 0.0001" if p_value < SMALLEST_P else f"p = {three_digits(p_value)}"


def number_text(value: float | None) -> str:
    """Three digits with a true minus; a dash where there is none."""
    return "–" if value is None else three_digits(value).replace("-", "\N{MINUS SIGN}")
