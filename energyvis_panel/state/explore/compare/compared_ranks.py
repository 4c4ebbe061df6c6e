"""Ranks and spreads of the runs that are compared: DuckDB's windows take three times as long."""

from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Keys = NDArray[np.int64]
Flags = NDArray[np.bool_]

COLUMNS: Final = pa.schema([
    ("dataset_code", pa.int32()),
    ("a_runs", pa.int64()),
    ("b_runs", pa.int64()),
    ("a_mean_log", pa.float64()),
    ("b_mean_log", pa.float64()),
    ("a_variance_log", pa.float64()),
    ("b_variance_log", pa.float64()),
    ("b_rank_sum", pa.float64()),
    ("run_ties", pa.float64()),
    ("median_log_ratio", pa.float64()),
    ("ranked_pairs", pa.int64()),
    ("positive_rank_sum", pa.float64()),
    ("pair_ties", pa.float64()),
])  # fmt: skip


def compared_ranks(rows: pa.Table) -> pa.Table:
    """How the values of A, those of B and the ratios of their pairs are ranked and spread, by data set.

    Parameters
    ----------
    rows
        Answer of ``sql/explore/compared_runs.sql``.

    Returns
    -------
    pyarrow.Table
        One row per data set, by its place among the names of all data sets from 1, and at last one for all,
        of which only runs, means, variances and the median are filled in; no row without a run. Pairs are
        those of ``explore/compare_pairs``, ranked by the size of their ratio where it is not 1. Equal values
        share the mean of their ranks; ties are sums of t³ - t over groups of t equal values.

    """
    keys = rows["pair_key"].to_numpy()
    of_b = rows["is_b"].to_numpy()
    logs = rows["log_value"].to_numpy()
    found: list[dict[str, Any]] = []
    ratios: list[Numbers] = []
    for code, mine in by_data_set(keys):
        ratios.append(log_ratios(keys[mine], of_b[mine], logs[mine]))
        found.append(
            {"dataset_code": code}
            | spreads(of_b[mine], logs[mine])
            | ranks_of_runs(of_b[mine], logs[mine])
            | {"median_log_ratio": median(ratios[-1])}
            | ranks_of_pairs(ratios[-1])
        )
    if found:
        found.append(spreads(of_b, logs) | {"median_log_ratio": median(np.concatenate(ratios))})
    return pa.Table.from_pylist(found, COLUMNS)


def by_data_set(keys: Keys) -> Iterator[tuple[int, Keys]]:
    """Code of each data set, in order, with the places of its runs."""
    codes = ((keys >> 1) & 255).astype(np.uint8)
    order = np.argsort(codes, kind="stable")
    present, starts = np.unique(codes[order], return_index=True)
    # Without a run, there is one part, empty, and no code.
    yield from zip(present.tolist(), np.split(order, starts[1:]), strict=False)


def spreads(of_b: Flags, logs: Numbers) -> dict[str, Any]:
    """Runs, mean and variance of each side; None where there are too few."""
    found: dict[str, Any] = {}
    for side, mine in (("a", logs[~of_b]), ("b", logs[of_b])):
        found[f"{side}_runs"] = len(mine)
        found[f"{side}_mean_log"] = float(mine.mean()) if len(mine) else None
        found[f"{side}_variance_log"] = float(mine.var(ddof=1)) if len(mine) > 1 else None
    return found


def ranks_of_runs(of_b: Flags, logs: Numbers) -> dict[str, Any]:
    """Sum of the ranks of B among all runs, and the ties."""
    rank_sum, ties = ranked(logs, of_b)
    return {"b_rank_sum": rank_sum, "run_ties": ties}


def ranks_of_pairs(ratios: Numbers) -> dict[str, Any]:
    """Sum of the ranks of the ratios above 1, and the ties; nothing where no ratio is other than 1."""
    different = ratios[ratios != 0]
    if not len(different):
        return {}
    rank_sum, ties = ranked(np.abs(different), different > 0)
    return {"ranked_pairs": len(different), "positive_rank_sum": rank_sum, "pair_ties": ties}


def ranked(values: Numbers, counted: Flags) -> tuple[float, float]:
    """Sum of the ranks, from 1, of what is ``counted`` among ``values``, and the sum of t³ - t over ties."""
    order = np.argsort(values)
    starts = group_starts(values[order])
    alike = np.diff(starts, append=len(values)).astype(np.float64)
    ranks = starts + (alike + 1) / 2
    of_them = np.add.reduceat(counted[order].astype(np.int64), starts)
    return float((ranks * of_them).sum()), float((alike**3 - alike).sum())


def log_ratios(keys: Keys, of_b: Flags, logs: Numbers) -> Numbers:
    """Mean of B less mean of A of each key that has runs of both."""
    order = np.argsort(keys)
    starts = group_starts(keys[order])
    of_b, logs = of_b[order], logs[order]
    add: Callable[[NDArray[Any], Keys], NDArray[Any]] = np.add.reduceat
    b_runs, a_runs = add(of_b.astype(np.int64), starts), add((~of_b).astype(np.int64), starts)
    both = (b_runs > 0) & (a_runs > 0)
    b_sums, a_sums = add(np.where(of_b, logs, 0.0), starts), add(np.where(of_b, 0.0, logs), starts)
    return np.asarray(b_sums[both] / b_runs[both] - a_sums[both] / a_runs[both], np.float64)


def group_starts(ordered: NDArray[Any]) -> Keys:
    """Where each group of equal values begins, at least one value."""
    return np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))


def median(ratios: Numbers) -> float | None:
    """The median, if there is a ratio."""
    return float(np.median(ratios)) if len(ratios) else None
