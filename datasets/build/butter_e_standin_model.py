"""What the synthetic runs took: energy per datum with the published trends, fitted to published medians."""

import numpy as np
from butter_e_standin_figures import (
    CPU_DEPTH_6_DIP,
    CPU_DEPTHS,
    CPU_J_PER_DATUM,
    DATASETS,
    DEPTHS,
    DIP_DEPTH,
    J_PER_DATUM_BY_DEPTH,
    J_PER_DATUM_BY_SIZE,
    ONE_SHAPE_DEPTH,
    SIZE_EXPONENTS,
    batches_per_epoch,
    log_interpolated,
)
from butter_e_standin_settings import BATCH_SIZE, Columns, hidden_units

ACTIVATION_J = 1.95e-7
"""J per datum and unit that the activations of one wide hidden layer take on CPU; 0.82 J in the dearest."""
CPU_SCATTER = {5: 0.11, 10: 0.14, 20: 0.14, 24: 0.10}
"""Scatter of the logarithm by exponent; repeated runs have 0.074."""


def log_j_per_datum(rng: np.random.Generator, hardware: str, runs: Columns) -> np.ndarray:
    """Natural logarithm of J per datum: published trends in size and depth, with scatter."""
    exponent, depth = runs["exponent"], runs["depth"]
    if hardware == "GPU node":
        by_depth = J_PER_DATUM_BY_DEPTH[hardware]
        trend = log_interpolated(J_PER_DATUM_BY_SIZE[hardware], exponent)
        trend = trend + log_interpolated(by_depth, depth) - np.log(by_depth[8])
        return trend + rng.normal(0, 0.085, len(depth))
    ladder = np.array([
        log_interpolated({size: row[k] for size, row in CPU_J_PER_DATUM.items()}, exponent)
        for k in range(len(CPU_DEPTHS))
    ])  # fmt: skip
    last = len(CPU_DEPTHS) - 2
    below = np.clip(np.searchsorted(CPU_DEPTHS, depth, side="right") - 1, 0, last)
    knots = np.array(CPU_DEPTHS)
    share = (depth - knots[below]) / (knots[below + 1] - knots[below])
    at = np.arange(len(depth))
    trend = (1 - share) * ladder[below, at] + share * ladder[below + 1, at]
    activations_j = ACTIVATION_J * hidden_units(runs)
    trend = np.where(depth == ONE_SHAPE_DEPTH, np.log(np.exp(ladder[1]) + activations_j), trend)
    scatter = np.interp(exponent, list(CPU_SCATTER), list(CPU_SCATTER.values()))
    return trend + np.log(CPU_DEPTH_6_DIP) * (depth == DIP_DEPTH) + scatter * rng.normal(0, 1, len(depth))


def fit_medians(hardware: str, runs: Columns, log_j: np.ndarray) -> np.ndarray:
    """``log_j`` shifted by data set, size and depth in turn until the published medians hold."""
    fitted = log_j.copy()
    targets = median_targets(hardware, runs)
    for _ in range(80):
        for at, target, weight in targets:
            fitted[at] += weight * (target - np.median(fitted[at]))
    return fitted


def median_targets(hardware: str, runs: Columns) -> list[tuple[np.ndarray, float, float]]:
    """Positions of runs, the logarithm of their median J per datum, and how firmly it is held."""
    per_epoch = {name: row[2 if hardware == "GPU node" else 3] for name, row in DATASETS.items()}
    targets: list[tuple[np.ndarray, float, float]] = []

    def hold(is_meant: np.ndarray, target: float, weight: float) -> None:
        if len(at := np.flatnonzero(is_meant)):
            targets.append((at, target, weight))

    for name, (observations, *_) in DATASETS.items():
        data = batches_per_epoch(np.array([observations]), BATCH_SIZE)[0] * BATCH_SIZE
        hold(runs["dataset"] == name, float(np.log(per_epoch[name] / data)), 0.2)
    if hardware == "CPU node":
        for exponent in SIZE_EXPONENTS:
            for at, depth in enumerate(CPU_DEPTHS):
                by_size = {size: row[at] for size, row in CPU_J_PER_DATUM.items()}
                target = log_interpolated(by_size, np.array([exponent]))[0]
                hold((runs["exponent"] == exponent) & (runs["depth"] == depth), target, 0.3)
    for depth in DEPTHS:
        hold(
            runs["depth"] == depth,
            log_interpolated(J_PER_DATUM_BY_DEPTH[hardware], np.array([depth]))[0],
            1.0,
        )
    for exponent in SIZE_EXPONENTS:
        target = log_interpolated(J_PER_DATUM_BY_SIZE[hardware], np.array([exponent]))[0]
        hold(runs["exponent"] == exponent, target, 1.0)
    return targets
