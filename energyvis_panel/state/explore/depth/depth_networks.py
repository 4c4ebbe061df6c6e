"""Networks compared with themselves: what each takes at each depth, gaps filled in."""

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from energyvis_panel.state.explore.depth.depth_curves import (
    COLUMNS,
    DATASET_MASK,
    DATASET_SHIFT,
    DEPTH,
    MJ_PER_J,
    Counts,
    by_data_set,
    fitted,
    unpacked,
)

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]


def network_curves(rows: pa.Table) -> pa.Table:
    """Curves of networks that were run at more than half of the depths, each counted once at every depth.

    Parameters
    ----------
    rows
        Answer of ``sql/explore/depth_networks.sql``.

    Returns
    -------
    pyarrow.Table
        ``COLUMNS``; one row per hardware and data set with a network that counts, and one for all of them.

    """
    settings, logs, counts = (rows[name].to_numpy() for name in ("setting", "mean_log", "run_count"))
    depths, codes, is_gpu = unpacked(settings)
    found: list[dict[str, Any]] = []
    for gpu in (False, True):
        mine = (is_gpu == gpu) & (codes > 0) & (depths > 0)
        if not mine.any():
            continue
        columns, at_depth = np.unique(depths[mine], return_inverse=True)
        networks, at_network = np.unique(settings[mine] & ~DEPTH.mask, return_inverse=True)
        grid = np.full((len(networks), len(columns)), np.nan)
        grid[at_network, at_depth] = logs[mine]
        runs = np.zeros(grid.shape, np.int64)
        runs[at_network, at_depth] = counts[mine]
        kept = often_run(~np.isnan(grid))
        of = (networks[kept] & DATASET_MASK) >> DATASET_SHIFT
        for code, chosen in by_data_set(of):
            curve = same_networks(columns, grid[kept][chosen], runs[kept][chosen])
            found.append({"dataset_code": code, "is_gpu": gpu} | curve | fitted(curve, is_gpu=gpu))
    return pa.Table.from_pylist(found, COLUMNS)


def same_networks(depths: Counts, logs: Numbers, runs: Counts) -> dict[str, Any]:
    """Median over networks at each depth at which one was run, from logarithms of networks x depths."""
    there = ~np.isnan(logs).all(axis=0)
    logs = logs[:, there]
    return {
        "depths": depths[there].tolist(),
        "energies_mj": (MJ_PER_J * np.exp(np.median(filled_in(logs), axis=0))).tolist(),
        "runs": runs[:, there].sum(axis=0).tolist(),
        "filled": np.isnan(logs).sum(axis=0).tolist(),
        "networks": len(logs),
    }


def often_run(known: Flags) -> Flags:
    """Which networks were run at more than half of the depths: any two of them share one.

    Parameters
    ----------
    known
        Whether a network was run at a depth: networks x depths.

    """
    return np.asarray(2 * known.sum(axis=1) > known.any(axis=0).sum())


def filled_in(logs: Numbers) -> Numbers:
    """Logarithms of networks x depths with what is missing (NaN) estimated from what is there.

    What is known is the sum of a level of the network and an effect of the depth, by least squares, each
    known value counted once. What is missing is that sum. Each network must have a known value, and each
    depth; any two networks must share a depth, or be joined by others that do.
    """
    known = ~np.isnan(logs)
    if known.all():
        return logs
    weights = known.astype(np.float64)
    values = np.where(known, logs, 0.0)
    per_network = weights.sum(axis=1)
    means = values.sum(axis=1) / per_network
    # The levels are eliminated: what is left is one equation per depth, which fixes the effects but for a
    # constant, and the levels take that up.
    equations = np.diag(weights.sum(axis=0)) - weights.T @ (weights / per_network[:, None])
    effects = np.linalg.lstsq(equations, values.sum(axis=0) - weights.T @ means, rcond=None)[0]
    levels = means - weights @ effects / per_network
    return np.where(known, logs, levels[:, None] + effects)
