"""Which settings of the synthetic runs came through: a network of each data set, shape, depth and size."""

from functools import cache
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from butter_e_standin_figures import (
    CORE_DEPTHS_END,
    DATASETS,
    DEPTHS,
    ONE_SHAPE_DEPTH,
    OVERHEAD_DATASET,
    SHAPE_RUNS,
    SHAPES,
    SIZE_EXPONENTS,
    STANDARDISED_RUNS,
)

Columns = dict[str, np.ndarray]
Shares = dict[str, dict[object, float]]
BATCH_SIZE = 256
NETWORKS = Path(__file__).resolve().parents[1] / "butter_e" / "networks.parquet"
TOLERATED_MISS = 0.2
"""A size that a shape misses by more was not run."""
SHARED_LUCK = 0.65
"""Part of the settings that came through on both nodes or on neither; 13,121 were measured on both."""
SMALL_EXPONENT, SMALL_COVERAGE = 12, 0.78
"""Below this exponent somewhat fewer settings came through, so that the median size is the published one."""
DEEP_COVERAGE = 0.77
"""The same for the deep networks, queued in batches of their own."""
FOLDED = "rectangle at depth 2"
POSITIONS: dict[str, dict[object, int]] = {
    "dataset": {name: at for at, name in enumerate([*DATASETS, OVERHEAD_DATASET])},
    "shape": {name: at for at, name in enumerate(SHAPES)},
    "depth": {depth: at for at, depth in enumerate(DEPTHS)},
    "size": {2**exponent: at for at, exponent in enumerate(SIZE_EXPONENTS)},
}


def settings_grid(datasets: tuple[str, ...]) -> Columns:
    """Every conceivable setting: data set x queued shape x depth x size."""
    axes = np.meshgrid(np.array(datasets), np.array(SHAPES), DEPTHS, SIZE_EXPONENTS, indexing="ij")
    dataset, shape, depth, exponent = (axis.ravel() for axis in axes)
    return {"dataset": dataset, "queued_shape": shape, "depth": depth, "exponent": exponent}


@cache
def network_table(column: str) -> np.ndarray:
    """A column of the calculated networks by data set, shape, depth and size, as in `POSITIONS`."""
    rows = pq.read_table(NETWORKS, filters=[("batch_size", "=", BATCH_SIZE)]).select([*POSITIONS, column])
    values = np.full([len(position) for position in POSITIONS.values()], np.nan)
    for *keys, value in zip(*(rows[name].to_pylist() for name in rows.column_names), strict=True):
        at = tuple(position[key] for position, key in zip(POSITIONS.values(), keys, strict=True))
        values[at] = value[0] if column == "widths" else value
    one_shape = POSITIONS["depth"][ONE_SHAPE_DEPTH]
    values[:, :, one_shape] = values[:, :1, one_shape]
    return values


def of_network(column: str, runs: Columns) -> np.ndarray:
    """A column of the calculated networks, of `widths` the first, for each setting by its shape as queued."""
    keys = (runs["dataset"], runs["queued_shape"], runs["depth"], 2 ** runs["exponent"])
    at = tuple(
        np.array([position[value] for value in key.tolist()])
        for position, key in zip(POSITIONS.values(), keys, strict=True)
    )
    return network_table(column)[at]


def was_queued(runs: Columns) -> np.ndarray:
    """Whether there is a network of about the wanted size."""
    return of_network("missed", runs) <= TOLERATED_MISS


def hidden_units(runs: Columns) -> np.ndarray:
    """Units of the first layer."""
    return of_network("widths", runs)


def published_rows() -> Shares:
    """Standardised runs by data set and by shape, both kinds of node together."""
    folded = sum(STANDARDISED_RUNS.values()) - sum(SHAPE_RUNS.values())
    return {
        "dataset": {name: float(row[1]) for name, row in DATASETS.items()},
        "shape": {**SHAPE_RUNS, FOLDED: float(folded)},
    }


def shape_labels(grid: Columns) -> np.ndarray:
    """Shape of each setting, all of depth 2 under one label."""
    return np.where(grid["depth"] == ONE_SHAPE_DEPTH, FOLDED, grid["queued_shape"])


def rows_left(rows: Shares, runs: Columns) -> Shares:
    """What is left of ``rows`` for the other kind of node when ``runs`` are taken away."""
    taken = {"dataset": runs["dataset"], "shape": shape_labels(runs)}
    return {
        column: {value: count - float(np.sum(taken[column] == value)) for value, count in counts.items()}
        for column, counts in rows.items()
    }


def coverage(grid: Columns, possible: np.ndarray) -> Shares:
    """How the possible settings that came through spread over sizes and depths."""
    sizes = {
        exponent: float(np.sum(possible & (grid["exponent"] == exponent))) for exponent in SIZE_EXPONENTS
    }
    return {
        "depth": {depth: 1.0 if depth <= CORE_DEPTHS_END else DEEP_COVERAGE for depth in DEPTHS},
        "exponent": {e: n * (SMALL_COVERAGE if e < SMALL_EXPONENT else 1.0) for e, n in sizes.items()},
    }


def keep_settings(
    rng: np.random.Generator, count: int, grid: Columns, possible: np.ndarray, luck: np.ndarray, rows: Shares
) -> np.ndarray:
    """Positions of ``count`` settings that came through, spread over data sets and shapes as ``rows`` are.

    ``luck`` from 0 to 1 by setting is shared by both kinds of node; a part of the settings draws anew.
    """
    chance = np.full(len(possible), count / len(possible)) * possible
    columns = {**grid, "shape": shape_labels(grid)}
    targets = [
        (np.flatnonzero((columns[column] == value) & possible), count * part / sum(parts.values()))
        for column, parts in (*coverage(grid, possible).items(), *rows.items())
        for value, part in parts.items()
    ]
    for _ in range(60):  # proportional fitting; the cap keeps each chance a chance
        for at, wanted in targets:
            chance[at] *= wanted / max(chance[at].sum(), 1e-9)
        chance = np.minimum(chance, 0.99)
    drawn = np.where(rng.random(len(luck)) < SHARED_LUCK, luck, rng.random(len(luck)))
    kept = np.flatnonzero(drawn < chance)
    if len(kept) > count:
        return rng.permutation(kept)[:count]
    spare = np.setdiff1d(np.flatnonzero(possible), kept)
    return np.concatenate([kept, rng.permutation(spare)[: count - len(kept)]])
