"""The table behind the lines of shapes."""

from typing import Any, Final

import numpy as np

from energyvis_panel.state.explore.shapes.shapes import ShapeCurves
from energyvis_panel.views.explore.shapes.shape_marks import MILLI, percent

HEADER: Final = (
    "Shape", "Layers", "Energy per datum (mJ)", "Lower quartile (mJ)", "Upper quartile (mJ)",
    "Against rectangle (%)", "95 % low (%)", "95 % high (%)", "Place", "Settings", "Runs",
)  # fmt: skip


def table_rows(curves: ShapeCurves) -> list[list[object]]:
    """A row a shape and depth; those of a shape over all depths come first."""
    rows: list[list[object]] = [
        [name, "all", *amounts(curves.overall, (at,)), None, *counts(curves.overall, (at,))]
        for at, name in enumerate(curves.names)
        if np.isfinite(curves.overall["log_level"][at])
    ]
    ranks = curves.ranks
    for column, depth in enumerate(curves.depths):
        for at, name in enumerate(curves.names):
            cell = (at, column)
            if np.isfinite(curves.by_depth["log_level"][cell]):
                place = None if np.isnan(ranks[cell]) else int(ranks[cell])
                of = curves.by_depth
                rows.append([name, depth, *amounts(of, cell), place, *counts(of, cell)])
    return rows


def amounts(of: dict[str, Any], cell: tuple[int, ...]) -> list[float | None]:
    """Level with quartiles in mJ, and ratio with its interval in percent, of one cell."""
    levels = [np.exp(of[name][cell]) / MILLI for name in ("log_level", "lower", "upper")]
    ratios = [percent(of[name][cell]) for name in ("log_ratio", "low", "high")]
    return [float(one) if np.isfinite(one) else None for one in (*levels, *ratios)]


def counts(of: dict[str, Any], cell: tuple[int, ...]) -> list[int]:
    """Settings and runs of one cell."""
    return [int(of[name][cell]) for name in ("setting_count", "run_count")]
