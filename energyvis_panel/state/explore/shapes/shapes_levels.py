"""Rows of levels by shape and depth, with intervals and quartiles, from the fit to the selected settings."""

from typing import Final

import numpy as np
import pyarrow as pa

from energyvis_panel.state.explore.axis import column
from energyvis_panel.state.explore.shapes.shapes_fit import (
    BYTE,
    DEPTH_SHIFT,
    SHALLOWEST,
    SHAPE_SHIFT,
    Codes,
    Fit,
    Floats,
    comparable,
    dense,
    settings_fit,
    strata_of,
)

Z95: Final = 1.96
"""Standard errors to either side that hold 95 % of a normal distribution."""
QUARTILES: Final = (0.25, 0.75)


def shape_levels(rows: pa.Table, rectangle: int) -> pa.Table:
    """What each shape takes per datum at each depth, from rows of ``explore/shapes_settings``.

    Columns: shape (its code in ``setting_key``; 0 at two layers), depth (0: all depths at which every shape
    ran, equally), log_level, lower and upper (quartiles of the settings, at the common mix), log_ratio to the
    shape of code ``rectangle`` with low and high (95 % interval), log_behind the cheapest shape of the depth
    and its standard error behind_se, setting_count, run_count. Logarithms are natural, of J.
    """
    if not rows.num_rows:
        return levels_table([])
    key, runs = column(rows, "setting_key"), column(rows, "run_count")
    log_value = np.asarray(rows["log_j_per_datum"].to_numpy(), np.float64)
    shape, depth = (key >> SHAPE_SHIFT) & BYTE, (key >> DEPTH_SHIFT) & BYTE
    shape = np.where(depth > SHALLOWEST, shape, 0)
    stratum, code = strata_of(key), depth * (BYTE + 1) + shape
    kept = comparable(stratum, shape, depth, code)
    (_strata, row), (cells, place) = dense(stratum[kept]), dense(code[kept])
    fit = settings_fit(row, place, log_value[kept])
    counts = np.bincount(place), np.bincount(place, runs[kept]).astype(np.int64)
    return levels_table(cell_rows(fit, cells, place, counts, rectangle))


def cell_rows(
    fit: Fit, cells: Codes, place: Codes, counts: tuple[Codes, Codes], rectangle: int
) -> list[dict[str, float]]:
    """Rows of :func:`shape_levels`, depth by depth, the mean over depths first."""
    depth, shape = cells // (BYTE + 1), cells % (BYTE + 1)
    spread = quartiles_by_cell(fit, place)
    found = []
    identity = np.eye(len(cells))
    every = np.unique(shape[depth > SHALLOWEST])
    full = [one for one in np.unique(depth[depth > SHALLOWEST]) if (depth == one).sum() == len(every)]
    if full:
        weights = [np.isin(depth, full) & (shape == one) for one in every]
        of_all = np.array([weight / weight.sum() for weight in weights])
        found += depth_rows(fit, of_all, every, rectangle, 0)
    for one in np.unique(depth):
        at = depth == one
        found += depth_rows(fit, identity[at], shape[at], rectangle, int(one))
    settings, runs = counts
    for row in found:
        within = (shape == row["shape"]) & ((depth == row["depth"]) | (row["depth"] == 0))
        row["setting_count"], row["run_count"] = int(settings[within].sum()), int(runs[within].sum())
        for side, name in enumerate(("lower", "upper")):
            row[name] = spread[within, side][0] if row["depth"] else np.nan
    return found


def depth_rows(
    fit: Fit, weights: Floats, shapes: Codes, rectangle: int, depth: int
) -> list[dict[str, float]]:
    """Rows of the shapes at one depth; ``weights`` (shape x cell) says of which cells each is the mean."""
    level = weights @ fit.log_level
    covariance = weights @ fit.covariance @ weights.T
    own = covariance.diagonal()
    errors = np.sqrt(np.maximum(own[:, None] + own[None, :] - 2 * covariance, 0.0))
    least = int(level.argmin())
    base = np.flatnonzero(shapes == (rectangle if depth != SHALLOWEST else 0))
    found = []
    for at, shape in enumerate(shapes):
        ratio, error = (level[at] - level[base[0]], errors[at, base[0]]) if len(base) else (np.nan, np.nan)
        found.append(
            {
                "shape": int(shape),
                "depth": depth,
                "log_level": level[at],
                "log_ratio": ratio,
                "low": ratio - Z95 * error,
                "high": ratio + Z95 * error,
                "log_behind": level[at] - level[least],
                "behind_se": errors[at, least],
            }
        )
    return found


def quartiles_by_cell(fit: Fit, place: Codes) -> Floats:
    """Quartiles of the settings of each cell at the common mix: cell x (lower, upper)."""
    order = np.argsort(fit.residual)
    # Sorted by digits, for there are few cells.
    order = order[np.argsort(place[order].astype(np.uint16), kind="stable")]
    ordered, counts = fit.residual[order], np.bincount(place)
    first = np.cumsum(counts) - counts
    sides = []
    for share in QUARTILES:
        at = share * (counts - 1)
        below = first + np.floor(at).astype(np.int64)
        above = first + np.ceil(at).astype(np.int64)
        sides.append(ordered[below] + (at % 1) * (ordered[above] - ordered[below]) + fit.log_level)
    return np.column_stack(sides)


COLUMNS: Final = {
    "shape": pa.int64(), "depth": pa.int64(), "log_level": pa.float64(), "lower": pa.float64(),
    "upper": pa.float64(), "log_ratio": pa.float64(), "low": pa.float64(), "high": pa.float64(),
    "log_behind": pa.float64(), "behind_se": pa.float64(), "setting_count": pa.int64(),
    "run_count": pa.int64(),
}  # fmt: skip


def levels_table(rows: list[dict[str, float]]) -> pa.Table:
    """The rows as a table, with all columns also where there is none."""
    return pa.Table.from_pylist(rows, schema=pa.schema(list(COLUMNS.items())))
