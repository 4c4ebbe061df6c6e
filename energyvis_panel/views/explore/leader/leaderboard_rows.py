"""How the rows of the leaderboard are written: columns with units, cells, and a bar."""

from collections.abc import Mapping, Sequence
from math import floor, log10
from typing import Any, Final

from energyvis_panel.domain.units import JOULES_PER_WH

DIGITS: Final = 5
"""Significant digits in a cell: runs at the top of the list often agree in three."""
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
        {"name": name, "title": COLUMNS[name][0], "numeric": COLUMNS[name][1] > 0}
        for name in ordered(measure)
    ]


def ordered(measure: str) -> list[str]:
    """Names of the columns from left to right."""
    return [measure, *(name for name in COLUMNS if name != measure)]


def table_lines(
    rows: Sequence[Mapping[str, Any]], skipped: int, measure: str, median: float | None
) -> list[dict[str, Any]]:
    """Lines of the page: place, run, cells, and the length of the bar as a share of the median's."""
    names = ordered(measure)
    return [
        {
            "place": skipped + number,
            "run": row["run_id"],
            "cells": [cell_text(name, row[name]) for name in names],
            "hints": [hint(name, row[name]) for name in names],
            "bar": share(row[measure], median),
        }
        for number, row in enumerate(rows, 1)
    ]


def share(amount: float | None, median: float | None) -> float:
    """``amount`` as a share of the median, 1 at most."""
    if not amount or not median or median <= 0:
        return 0.0
    return round(min(1.0, max(0.0, amount / median)), 4)


def cell_text(name: str, value: Any) -> str:
    """What a cell says; a dash where there is no value."""
    if value is None:
        return "–"
    per_unit = COLUMNS[name][1]
    if not per_unit:
        return str(value)
    return f"{value:,}" if isinstance(value, int) else five_digits(value / per_unit)


def five_digits(value: float) -> str:
    """``value`` with five significant digits, thousands apart, never in exponent form."""
    if value == 0:
        return "0"
    return f"{value:,.{max(0, DIGITS - 1 - floor(log10(abs(value))))}f}"


def hint(name: str, value: Any) -> str:
    """The value in its stored unit, as exact as it was read."""
    return f"{value:,.9g} {EXACT_UNITS[name]}" if name in EXACT_UNITS and value is not None else ""
