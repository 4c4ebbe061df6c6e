"""How the rows of the leaderboard are written: columns with units, cells, and a bar."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from energyvis_panel.domain.units import JOULES_PER_WH, three_digits

MOST_DIGITS: Final = 6
"""Significant digits in a cell where it takes so many to part neighbours that agree in three."""
LEAST_BAR: Final = 0.1
"""A bar that is a smaller share than this would be a dot: it is left out."""
ALWAYS: Final = ("dataset", "shape", "hardware", "size", "depth", "run_time_s")
"""Columns that a narrow card has too, beside what runs are ranked and ordered by."""
COLUMNS: Final[Mapping[str, tuple[str, float]]] = {
    "dataset": ("Data set", 0),
    "shape": ("Shape", 0),
    "hardware": ("Hardware", 0),
    "size": ("Parameters", 1),
    "depth": ("Layers", 1),
    "energy_j": ("Energy (Wh)", JOULES_PER_WH),
    "j_per_datum": ("Energy per datum (mJ)", 1e-3),
    "std_energy_j": ("Standardised energy (Wh)", JOULES_PER_WH),
    "run_time_s": ("Run time (s)", 1),
    "power_w": ("Mean power (W)", 1),
}
"""Title with unit, and how much of the stored unit that unit holds; 0 for a text."""
UNITS: Final = {
    "size": "parameters",
    "depth": "layers",
    "energy_j": "Wh",
    "j_per_datum": "mJ per datum",
    "std_energy_j": "Wh standardised",
    "run_time_s": "s",
    "power_w": "W",
}
"""What follows a number where no heading says it."""
EXACT_UNITS: Final = {
    "energy_j": "J",
    "j_per_datum": "J per datum",
    "std_energy_j": "J, as on a node of the first type",
    "run_time_s": "s",
    "power_w": "W",
}
SAVED: Final = {
    "rank": "Place",
    "run_id": "Run",
    "dataset": "Data set",
    "shape": "Shape",
    "hardware": "Hardware",
    "size": "Parameters",
    "depth": "Layers",
    "energy_j": "Energy (J)",
    "j_per_datum": "Energy per datum (J)",
    "std_energy_j": "Standardised energy (J)",
    "run_time_s": "Run time (s)",
    "power_w": "Mean power (W)",
    "node": "Node",
    "status": "Status",
    "started_at": "Start (UTC)",
}


def columns(measure: str) -> list[dict[str, Any]]:
    """Columns as the table shows them, what runs are ranked by first."""
    return [
        {
            "name": name,
            "title": COLUMNS[name][0],
            "numeric": COLUMNS[name][1] > 0,
            "unit": UNITS.get(name, ""),
            "is_spare": name not in ALWAYS,
        }
        for name in ordered(measure)
    ]


def ordered(measure: str) -> list[str]:
    """Names of the columns from left to right."""
    return [measure, *(name for name in COLUMNS if name != measure)]


def table_lines(
    rows: Sequence[Mapping[str, Any]], skipped: int, measure: str, order_by: str, median: float | None
) -> list[dict[str, Any]]:
    """Lines of the page: place, run, cells, and the length of the bar as a share of the median's.

    The column that the rows are ordered by has the digits that part neighbours, the others have three.
    """
    names = ordered(measure)
    digits = {order_by: parting_digits([drawn(order_by, row[order_by]) for row in rows])}
    return [
        {
            "place": skipped + number,
            "run": row["run_id"],
            "cells": [cell_text(name, row[name], digits.get(name, 3)) for name in names],
            "hints": [hint(name, row[name]) for name in names],
            "bar": bar_share(row[measure], median),
        }
        for number, row in enumerate(rows, 1)
    ]


def bar_share(amount: float | None, median: float | None) -> float:
    """``amount`` as a share of the median, 1 at most; 0, which is no bar, where that is too short to see."""
    if not amount or not median or median <= 0:
        return 0.0
    share = min(1.0, amount / median)
    return round(share, 4) if share >= LEAST_BAR else 0.0


def drawn(name: str, value: Any) -> float | None:
    """A quantity in the unit of its column; None for a whole number, a text and no value."""
    return value / COLUMNS[name][1] if isinstance(value, float) and COLUMNS[name][1] else None


def parting_digits(values: Sequence[float | None]) -> int:
    """With how many significant digits, from three to six, no two different neighbours read the same."""
    neighbours = [(one, other) for one, other in pairwise(values) if one and other and one != other]
    for digits in range(3, MOST_DIGITS):
        if all(digits_text(one, digits) != digits_text(other, digits) for one, other in neighbours):
            return digits
    return MOST_DIGITS


def cell_text(name: str, value: Any, digits: int = 3) -> str:
    """What a cell says; a dash where there is no value."""
    if value is None:
        return "–"
    amount = drawn(name, value)
    if amount is not None:
        return digits_text(amount, digits)
    return f"{value:,}" if isinstance(value, int) else str(value)


def digits_text(value: float, digits: int) -> str:
    """``value`` with so many significant digits, thousands apart."""
    if digits == 3:  # noqa: PLR2004 - as everywhere else
        return three_digits(value)
    # The exponent of the rounded value: 9.9999 with four digits is 10.00.
    exponent = int(f"{value:.{digits - 1}e}".partition("e")[2])
    return f"{round(value, digits - 1 - exponent):,.{max(0, digits - 1 - exponent)}f}"


def hint(name: str, value: Any) -> str:
    """The value in its stored unit, as exact as it was read."""
    return f"{value:,.9g} {EXACT_UNITS[name]}" if name in EXACT_UNITS and value is not None else ""
