"""Synthetic runs shaped like BUTTER-E: which settings were run, what each took, on which node and when."""

import numpy as np
from butter_e_standin_figures import (
    CORE_DEPTHS_END,
    CORE_SHAPES,
    CPU_DEPTH_6_DIP,
    CPU_DEPTHS,
    CPU_J_PER_DATUM,
    DATASETS,
    DEAREST_RUN_J,
    DEPTHS,
    DIP_DEPTH,
    EPOCHS,
    J_PER_DATUM_BY_DEPTH,
    J_PER_DATUM_BY_SIZE,
    LEAST_POWER_W,
    LONGEST_RUN_S,
    NODE_TYPES,
    ONE_SHAPE_DEPTH,
    OVERHEAD_J,
    SHAPE_RUNS,
    SHAPES,
    SIZE_EXPONENTS,
    STANDARDISED_RUNS,
    batches_per_epoch,
    log_interpolated,
)

Columns = dict[str, np.ndarray]
BATCH_SIZE = 256
RUNS_PER_JOB = 12
WELL_COVERED = 12
"""Exponent from which nearly every size was run: a small one that a shape misses by 20 % was not."""
HOT_W = {22: 38.0, 23: 60.0, 24: 88.0}
"""What GPU nodes draw above their usual band, by exponent of the network size."""

# First and last start by batch; of the outer bounds, 2022-09-23 01:03:23 and 2022-11-04 19:24 are published.
WINDOWS = {
    "energy_1": ("2022-09-23T01:03:24", "2022-10-06T00:00:00"),
    "energy_2_cpu": ("2022-09-24T00:00:00", "2022-10-12T00:00:00"),
    "energy_3_cpu_extra_depths": ("2022-10-10T00:00:00", "2022-10-22T00:00:00"),
    "energy_4_cpu_extra_shapes": ("2022-10-18T00:00:00", "2022-11-02T00:00:00"),
    "energy_5_gpu_extra_depths": ("2022-10-12T00:00:00", "2022-10-26T00:00:00"),
    "energy_5_gpu_extra_shapes": ("2022-10-22T00:00:00", "2022-11-04T19:24:00"),
    "optimizer_energy_1_cpu": ("2022-11-08T00:00:00", "2022-11-24T00:00:00"),
}


def settings_grid(datasets: tuple[str, ...]) -> Columns:
    """Every conceivable setting: data set x queued shape x depth x size."""
    axes = np.meshgrid(np.array(datasets), np.array(SHAPES), DEPTHS, SIZE_EXPONENTS, indexing="ij")
    dataset, shape, depth, exponent = (axis.ravel() for axis in axes)
    return {"dataset": dataset, "queued_shape": shape, "depth": depth, "exponent": exponent}


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
    return trend + np.log(CPU_DEPTH_6_DIP) * (depth == DIP_DEPTH) + rng.normal(0, 0.2, len(depth))


def keep_settings(rng: np.random.Generator, hardware: str, grid: Columns, possible: np.ndarray) -> np.ndarray:
    """Positions of the settings that came through, drawn so that the published row counts are met."""
    count = STANDARDISED_RUNS[hardware]
    chance = np.full(len(possible), count / len(possible)) * possible
    targets = margin_targets(grid)
    for _ in range(60):  # proportional fitting; the cap keeps each chance a chance
        for column, share in targets:
            for value, part in share.items():
                at = (grid[column] == value) & possible
                chance[at] *= part * count / chance[at].sum()
        chance = np.minimum(chance, 0.99)
    kept = np.flatnonzero(rng.random(len(chance)) < chance)
    if len(kept) > count:
        return rng.permutation(kept)[:count]
    spare = np.setdiff1d(np.flatnonzero(possible), kept)
    return np.concatenate([kept, rng.permutation(spare)[: count - len(kept)]])


def margin_targets(grid: Columns) -> list[tuple[str, dict[object, float]]]:
    """Share of rows by data set, size, depth and (from depth 3) shape; adds column ``shape`` to the grid."""
    grid["shape"] = np.where(grid["depth"] == ONE_SHAPE_DEPTH, "rectangle at depth 2", grid["queued_shape"])
    sizes = {e: 0.6 if e < WELL_COVERED else 0.95 for e in SIZE_EXPONENTS}
    depths = {d: 1.0 if d <= CORE_DEPTHS_END else 0.8 for d in DEPTHS}
    folded = sum(STANDARDISED_RUNS.values()) - sum(SHAPE_RUNS.values())
    shapes = SHAPE_RUNS | {"rectangle at depth 2": folded}
    rows = {name: float(row[1]) for name, row in DATASETS.items()}
    targets = (("depth", depths), ("shape", shapes), ("exponent", sizes), ("dataset", rows))
    return [
        (column, {value: part / sum(parts.values()) for value, part in parts.items()})
        for column, parts in targets
    ]


def fit_medians(hardware: str, runs: Columns, log_j: np.ndarray) -> np.ndarray:
    """``log_j`` shifted by data set, depth and size in turn until the published medians hold."""
    per_epoch = {name: row[2 if hardware == "GPU node" else 3] for name, row in DATASETS.items()}
    data = {n: batches_per_epoch(np.array([DATASETS[n][0]]), BATCH_SIZE)[0] * BATCH_SIZE for n in DATASETS}
    by_depth, by_size = J_PER_DATUM_BY_DEPTH[hardware], J_PER_DATUM_BY_SIZE[hardware]
    targets = [
        ("dataset", {name: np.log(per_epoch[name] / data[name]) for name in DATASETS}, 0.2),
        ("depth", {d: log_interpolated(by_depth, np.array([d]))[0] for d in DEPTHS}, 1.0),
        ("exponent", {e: log_interpolated(by_size, np.array([e]))[0] for e in SIZE_EXPONENTS}, 1.0),
    ]
    fitted = log_j.copy()
    for _ in range(80):
        for column, medians, weight in targets:
            for value, target in medians.items():
                at = runs[column] == value
                fitted[at] += weight * (target - np.median(fitted[at]))
    return fitted


def place(rng: np.random.Generator, hardware: str, runs: Columns) -> None:
    """Add start, job, node and node type: a job holds a dozen runs one after another on one node."""
    count = len(runs["batch"])
    bounds = np.array([WINDOWS[name] for name in runs["batch"]], dtype="datetime64[us]").astype(np.int64)
    started = bounds[:, 0] + (rng.random(count) * (bounds[:, 1] - bounds[:, 0])).astype(np.int64)
    job = np.empty(count, np.int64)
    job[np.argsort(started)] = np.arange(count) // RUNS_PER_JOB
    types = list(NODE_TYPES[hardware])
    shares = np.array([row[0] for row in NODE_TYPES[hardware].values()])
    jobs = int(job.max(initial=0)) + 1
    kind = rng.choice(types, jobs, p=shares / shares.sum())
    nodes = np.array([node_name(rng, name) for name in kind])
    runs["started_at"], runs["slurm_job_id"] = started, 10_296_440 + 2 * job + (hardware == "GPU node")
    runs["node"], runs["node_type"] = nodes[job], kind[job]


def node_name(rng: np.random.Generator, kind: str) -> str:
    """Host name drawn from the racks that hold this node type."""
    rack, unit = rng.choice([1, 2, 3, 4, 5, 6]), rng.choice(np.arange(36))
    match kind:
        case "cpu1":
            return f"r{rack}i{rng.integers(8)}n{unit}"
        case "cpu2":
            return f"r{rng.choice([7, 9])}i{rng.integers(8)}n{unit}"
        case "cpu3":
            return f"r102u{1 + unit % 35:02d}"
        case "cpu4":
            return f"r103u{25 + unit % 10:02d}"
        case "gpu1":
            return f"r{rng.choice([104, 105])}u{1 + 2 * rng.integers(19):02d}"
        case _:
            return f"r103u{1 + 2 * rng.integers(10):02d}"


def standardised_power_w(
    rng: np.random.Generator, hardware: str, runs: Columns, std_energy_j: np.ndarray
) -> np.ndarray:
    """Standardised power in W: CPU rising with length, GPU in a narrow band until 2^22 parameters."""
    count = len(std_energy_j)
    centre = np.array([NODE_TYPES[hardware][kind][2] for kind in runs["node_type"]])
    if hardware == "CPU node":
        length = np.log(std_energy_j)
        rank = (length - np.median(length)) / max(length.std(), 1e-9)
        # The shortest published run drew 252 W: below about 100 kJ waiting weighs more than work.
        waiting = 60.0 * np.clip((11.5 - length) / 1.2, 0, 1)
        power = centre + 11.0 * rank - waiting + rng.normal(0, 19.0, count)
        return np.clip(power, LEAST_POWER_W, 400.0)
    hot = np.select([runs["exponent"] == exponent for exponent in HOT_W], list(HOT_W.values()))
    return np.clip(centre + hot + rng.normal(0, 9.5, count) * (1 + 0.8 * (hot > 0)), 390.0, 550.0)


def batch_names(hardware: str, shape: np.ndarray, depth: np.ndarray) -> np.ndarray:
    """Name of the batch in which a setting was queued."""
    extra_shape = ~np.isin(shape, CORE_SHAPES)
    first, depths, shapes = {
        "CPU node": ("energy_2_cpu", "energy_3_cpu_extra_depths", "energy_4_cpu_extra_shapes"),
        "GPU node": ("energy_1", "energy_5_gpu_extra_depths", "energy_5_gpu_extra_shapes"),
    }[hardware]
    return np.select([extra_shape, depth > CORE_DEPTHS_END], [shapes, depths], first)


def standardised_runs(rng: np.random.Generator, hardware: str) -> Columns:
    """The runs of one hardware class that the published table keeps, without times and places."""
    grid = settings_grid(tuple(DATASETS))
    log_j = log_j_per_datum(rng, hardware, grid)
    observations = np.array([DATASETS[name][0] for name in grid["dataset"]])
    data = batches_per_epoch(observations, BATCH_SIZE) * BATCH_SIZE * EPOCHS
    usual_power = 335.0 if hardware == "CPU node" else 430.0
    # The published table ends here; a setting expected beyond would not have come back.
    dearest_j = min(DEAREST_RUN_J, LONGEST_RUN_S * usual_power) * 0.8
    kept = keep_settings(rng, hardware, grid, np.exp(log_j) * data + OVERHEAD_J[hardware] < dearest_j)
    runs = {name: column[kept] for name, column in grid.items()}
    runs["j_per_datum"] = np.exp(fit_medians(hardware, runs, log_j[kept]))
    runs["data"] = data[kept]
    return runs
