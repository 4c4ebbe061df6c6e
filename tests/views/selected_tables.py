"""What the table behind each explore view must add up to for a selection, asked straight of the runs."""

import re
from collections.abc import Callable
from typing import Any, Final

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.state.explore.anomaly.anomaly_questions import Thresholds
from energyvis_panel.views.explore.view import ChartTable, ExploreView

Rows = list[dict[str, Any]]

WITHOUT_UNIT: Final = re.compile(
    r"runs|networks|settings|repeated|^(place|ring|parameters|layers)$|of the predicted|times the|"
    r"factor|\d{2} % (low|high)$|^p, |rank-biserial|cliff|score|with energy per datum|without a recorded",
    re.IGNORECASE,
)
"""Columns of counts, places, ratios and probabilities."""
WITH_UNIT: Final = re.compile(r"\((%|k?Wh|m?J|m?J per datum|s|ms|W|KiB|sd|IQR|UTC|layers|kg CO₂e|USD)\)$")
MOST_LOOKED_AT: Final = 200
"""Rows in which numbers are looked for: those of the leaderboard are asked for as they are read."""
DATUM: Final = "j_per_datum IS NOT NULL"
BOTH_KINDS: Final = f"(count(DISTINCT hardware) FILTER ({DATUM}) = 2)::integer"
"""1 where both sides of the comparison of CPU and GPU have runs, else 0."""
PAIRS_OF_AXES: Final = 7
"""Parallel coordinates begin with eight axes."""
FLAGGED: Final = (
    f"abs(residual_sd) > {Thresholds().z} OR fence_iqr > {Thresholds().fence} "
    f"OR forest_score > {Thresholds().forest}"
)


def rows_of(table: ChartTable) -> Rows:
    """Rows of a table by the titles of its columns."""
    assert len(set(table.header)) == len(table.header)
    return [dict(zip(table.header, row, strict=True)) for row in table.rows]


def columns_without_unit(table: ChartTable) -> list[str]:
    """Columns of numbers whose title says neither a unit nor that there is none."""
    some = table.rows[:MOST_LOOKED_AT]
    return [
        title
        for at, title in enumerate(table.header)
        if any(isinstance(row[at], int | float) and not isinstance(row[at], bool) for row in some)
        and not (WITH_UNIT.search(title) or WITHOUT_UNIT.search(title))
    ]


def added(rows: Rows, title: str) -> float:
    """The sum of a column."""
    return sum(row[title] or 0 for row in rows)


def metered_kwh(rows: Rows) -> float:
    """What the nodes took: the parts of the flow but what the building adds and the whole."""
    return added(
        [row for row in rows if row["Part"] in {"Training", "Overhead", "Not split"}], "Energy (kWh)"
    )


def compared(rows: Rows, title: str) -> float:
    """A sum over the row of all data sets."""
    return added([row for row in rows if row["Data set"] == "All data sets"], title)


def matched_runs(rows: Rows) -> float:
    """Runs of both sides of a comparison; only settings with both make it one."""
    return compared(rows, "Runs of A") + compared(rows, "Runs of B")


TOTALS: Final[dict[str, tuple[Callable[[Rows], float], str]]] = {
    "energy-histogram": (lambda rows: added(rows, "Runs within the other brushes"), "count(energy_j)"),
    "composition": (lambda rows: added(rows, "Runs within the other brushes"), "3 * count(*)"),
    "runtime-energy": (
        lambda rows: sum(row["Beaten by none"] for row in rows),
        "count(*) FILTER (energy_j < coalesce(least_before_j, 'inf'))",
    ),
    "parallel-coordinates": (lambda rows: added(rows, "Runs"), f"{PAIRS_OF_AXES} * count(*)"),
    "overhead": (
        lambda rows: added(rows, "Runs") + added(rows, "Runs without a standardised energy"),
        "count(*) + count(run_time_px)",
    ),
    "cache-spill": (
        lambda rows: added([row for row in rows if row["Drawn as"] == "level"], "Selected runs"),
        f"count(*) FILTER ({DATUM} AND working_set_bytes IS NOT NULL)",
    ),
    "anomalies": (len, f"count(*) FILTER ({FLAGGED})"),
    "carbon-cost": (metered_kwh, "coalesce(sum(energy_j), 0) / 3.6e6"),
    "signatures": (lambda rows: added(rows, "Runs"), "count(*)"),
    "leaderboard": (len, "count(energy_j)"),
    "comparison": (matched_runs, f"{BOTH_KINDS} * count(j_per_datum)"),
}
"""A sum over the rows of each view's table, and the same over the selected runs in SQL."""
SAID_TOO: Final[dict[str, Callable[[Rows], float]]] = {
    "depth": lambda rows: compared(rows, "Runs"),
    "shapes": lambda rows: (
        added([row for row in rows if row["Layers"] not in {"all", 2}], "Runs")
        + max((row["Runs"] for row in rows if row["Layers"] == 2), default=0)
    ),
}
"""Of views that leave out what cannot be compared: the runs of their table, which their sentence says too."""


def expected_total(gateway: Gateway, name: str, where: str) -> float:
    """What the table of a view must add up to over the runs ``where`` something holds."""
    statement = f"""
        SELECT {TOTALS[name][1]} FROM (
            SELECT *, min(energy_j) OVER (
                ORDER BY run_time_s, energy_j ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ) AS least_before_j
            FROM butter_e_runs WHERE {where}
        )
    """  # noqa: S608 - written here
    ((total,),) = gateway._database.connection.cursor().sql(statement).fetchall()
    return float(total)


def check_table(view: ExploreView, gateway: Gateway, where: str) -> None:
    """The table has units, whole rows, and the sums of the runs ``where`` something holds."""
    table = view.table()
    assert columns_without_unit(table) == []
    rows = rows_of(table)
    if view.address in TOTALS:
        total = TOTALS[view.address][0](rows)
        assert abs(total - expected_total(gateway, view.address, where)) <= 1e-9 * total
        return
    total = SAID_TOO[view.address](rows)
    datum = f"SELECT count(*) FROM butter_e_runs WHERE {where} AND {DATUM}"  # noqa: S608 - written here
    ((most,),) = gateway._database.connection.cursor().sql(datum).fetchall()
    assert total <= most
    assert total in {0, 1} or f"{total:,} of " in view.answer
