"""The synthetic runs of every status, as columns."""

import numpy as np
from butter_e_standin_figures import (
    BELOW_OVERHEAD_RUNS,
    CORE_SHAPES,
    DATASETS,
    DEAREST_RUN_J,
    EPOCHS,
    HUNG_RUNS,
    LONGEST_RUN_S,
    NODE_TYPES,
    ONE_SHAPE_DEPTH,
    OPTIMIZER_RUNS,
    OUTLIER_RUNS,
    OVERHEAD_DATASET,
    OVERHEAD_J,
    OVERHEAD_RUNS,
    SIZE_EXPONENTS,
    STANDARDISED_RUNS,
    batches_per_epoch,
)
from butter_e_standin_model import fit_medians, log_j_per_datum
from butter_e_standin_nodes import batch_names, place, standardised_power_w
from butter_e_standin_settings import (
    BATCH_SIZE,
    Columns,
    Shares,
    keep_settings,
    published_rows,
    rows_left,
    settings_grid,
    was_queued,
)

FLOATS = ("run_time_s", "energy_j", "power_w", "std_power_w", "std_energy_j", "energy_overhead_j",
          "non_overhead_energy_j", "j_per_datum", "learning_rate")  # fmt: skip
TEXTS = ("status", "batch", "dataset", "shape", "hardware", "node", "node_type", "optimizer")


def training_data(runs: Columns, batch_size: np.ndarray | int = BATCH_SIZE) -> np.ndarray:
    """Training data of all epochs, whole batches counted."""
    observations = np.array([DATASETS[name][0] for name in runs["dataset"]])
    return batches_per_epoch(observations, batch_size) * batch_size * EPOCHS


def finish(rng: np.random.Generator, hardware: str, status: str, runs: Columns) -> Columns:
    """Whole rows from settings and ``j_per_datum``: place, energy, power and time."""
    count = len(runs["depth"])
    runs.setdefault("batch", batch_names(hardware, runs["queued_shape"], runs["depth"]))
    runs.setdefault("optimizer", np.full(count, "Adam"))
    runs.setdefault("learning_rate", np.full(count, 1e-4))
    runs.setdefault("batch_size", np.full(count, BATCH_SIZE))
    place(rng, hardware, runs)
    runs["energy_overhead_j"] = np.full(count, OVERHEAD_J[hardware])
    if "std_energy_j" not in runs:
        runs["std_energy_j"] = runs["j_per_datum"] * runs["data"] + OVERHEAD_J[hardware]
    std_power = runs.get("std_power_w")
    if std_power is None:
        std_power = standardised_power_w(rng, hardware, runs, runs["std_energy_j"])
    runs["std_power_w"] = std_power
    runs["run_time_s"] = runs["std_energy_j"] / std_power
    offset = np.array([NODE_TYPES[hardware][kind][1] for kind in runs["node_type"]])
    runs["power_w"] = std_power - offset
    runs["energy_j"] = runs["power_w"] * runs["run_time_s"]
    runs["non_overhead_energy_j"] = runs["std_energy_j"] - OVERHEAD_J[hardware]
    runs["shape"] = np.where(runs["depth"] == ONE_SHAPE_DEPTH, "rectangle", runs["queued_shape"])
    runs["status"], runs["hardware"] = np.full(count, status), np.full(count, hardware)
    runs["size"] = 2 ** runs["exponent"]
    return runs


def standardised_runs(rng: np.random.Generator, hardware: str, luck: np.ndarray, rows: Shares) -> Columns:
    """The runs of one hardware class that the published table keeps, without times and places.

    ``luck`` and ``rows`` are those of :func:`keep_settings`.
    """
    grid = settings_grid(tuple(DATASETS))
    log_j = log_j_per_datum(rng, hardware, grid)
    data = training_data(grid)
    usual_power = 335.0 if hardware == "CPU node" else 430.0
    # The published table ends here; a setting expected beyond would not have come back.
    dearest_j = min(DEAREST_RUN_J, LONGEST_RUN_S * usual_power) * 0.8
    possible = was_queued(grid) & (np.exp(log_j) * data + OVERHEAD_J[hardware] < dearest_j)
    kept = keep_settings(rng, STANDARDISED_RUNS[hardware], grid, possible, luck, rows)
    runs = {name: column[kept] for name, column in grid.items()}
    runs["j_per_datum"] = np.exp(fit_medians(hardware, runs, log_j[kept]))
    runs["data"] = data[kept]
    return runs


def overhead_runs(rng: np.random.Generator, hardware: str) -> Columns:
    """Runs of the tiny data set: their 5 % quantile up to 1,024 parameters is the published overhead."""
    grid = settings_grid((OVERHEAD_DATASET,))
    kept = rng.permutation(np.flatnonzero(was_queued(grid)))[: OVERHEAD_RUNS[hardware]]
    runs = {name: column[kept] for name, column in grid.items()}
    work_j = np.exp(log_j_per_datum(rng, hardware, runs)) * BATCH_SIZE * EPOCHS
    start_j = OVERHEAD_J[hardware] * np.exp(rng.normal(0, 0.04, len(kept)))
    energy_j = start_j + 0.4 * work_j
    small = runs["exponent"] <= 10  # noqa: PLR2004 - the published rule: up to 2^10 parameters
    runs["std_energy_j"] = energy_j * OVERHEAD_J[hardware] / np.quantile(energy_j[small], 0.05)
    runs["j_per_datum"] = np.full(len(kept), np.nan)
    runs["std_power_w"] = np.clip(
        rng.normal(272.0 if hardware == "CPU node" else 414.0, 6.0, len(kept)), 231, 550
    )
    return finish(rng, hardware, "overhead_estimate", runs)


def below_overhead_runs(rng: np.random.Generator) -> Columns:
    """A few short GPU runs that took no more than the overhead, so that nothing is left to explain."""
    grid = settings_grid(("splice", "529_pollen"))
    small = grid["exponent"] <= 8  # noqa: PLR2004 - few parameters, little to train
    kept = rng.permutation(np.flatnonzero(small & was_queued(grid)))[:BELOW_OVERHEAD_RUNS]
    runs = {name: column[kept] for name, column in grid.items()}
    runs["std_energy_j"] = OVERHEAD_J["GPU node"] * rng.uniform(0.93, 0.999, len(kept))
    runs["j_per_datum"] = np.full(len(kept), np.nan)
    return finish(rng, "GPU node", "below_overhead", runs)


def rejected_runs(rng: np.random.Generator, status: str, count: int) -> Columns:
    """CPU runs that the filters reject: hung for a day at idle power, or far from their like."""
    grid = settings_grid(tuple(DATASETS))
    no_giant = grid["exponent"] <= 18  # noqa: PLR2004 - none that would run for a day anyhow
    kept = rng.permutation(np.flatnonzero(no_giant & was_queued(grid)))[:count]
    runs = {name: column[kept] for name, column in grid.items()}
    runs["data"] = training_data(runs)
    if status == "rejected_run_time":
        runs["std_power_w"] = rng.normal(235.0, 1.5, count)
        runs["std_energy_j"] = runs["std_power_w"] * rng.uniform(22 * 3600, 32 * 3600, count)
        runs["j_per_datum"] = (runs["std_energy_j"] - OVERHEAD_J["CPU node"]) / runs["data"]
    else:
        runs["j_per_datum"] = np.exp(log_j_per_datum(rng, "CPU node", runs) + rng.uniform(1.9, 2.8, count))
    return finish(rng, "CPU node", status, runs)


def optimizer_runs(rng: np.random.Generator) -> Columns:
    """Runs of the batch in which optimizer, rate and batch size vary: rectangles of 2 to 6 layers, on CPU."""
    names = np.array(list(DATASETS))
    axes = np.meshgrid(names, range(2, 7), SIZE_EXPONENTS, ["Adam", "SGD", "RMSprop"],
                       [1e-2, 1e-3, 1e-4, 1e-5], [32, 64, 128, 256], indexing="ij")  # fmt: skip
    columns = ("dataset", "depth", "exponent", "optimizer", "learning_rate", "batch_size")
    runs = {name: axis.ravel() for name, axis in zip(columns, axes, strict=True)}
    runs["queued_shape"] = np.full(len(runs["depth"]), CORE_SHAPES[0])
    runs["data"] = training_data(runs, runs["batch_size"])
    dearer = 0.55 * np.log(BATCH_SIZE / runs["batch_size"])  # small batches amortise less; invented slope
    optimizer = runs["optimizer"]
    cheaper = np.select([optimizer == "SGD", optimizer == "RMSprop"], [np.log(0.90), np.log(0.97)])
    runs["j_per_datum"] = np.exp(log_j_per_datum(rng, "CPU node", runs) + dearer + cheaper)
    came_back = was_queued(runs) & (runs["j_per_datum"] * runs["data"] < DEAREST_RUN_J * 0.9)
    kept = rng.permutation(np.flatnonzero(came_back))[:OPTIMIZER_RUNS]
    runs = {name: column[kept] for name, column in runs.items()}
    runs["batch"] = np.full(len(kept), "optimizer_energy_1_cpu")
    return finish(rng, "CPU node", "optimizer_batch", runs)


def one_set(rng: np.random.Generator) -> Columns:
    """Columns of all 63,527 runs in the order of their start."""
    luck = rng.random(len(settings_grid(tuple(DATASETS))["depth"]))
    parts: list[Columns] = []
    rows = published_rows()
    for hardware in NODE_TYPES:
        runs = standardised_runs(rng, hardware, luck, rows)
        rows = rows_left(rows, runs)
        parts.append(finish(rng, hardware, "standardised", runs))
    parts += [overhead_runs(rng, hardware) for hardware in NODE_TYPES]
    parts += [
        below_overhead_runs(rng),
        rejected_runs(rng, "rejected_run_time", HUNG_RUNS),
        rejected_runs(rng, "rejected_outlier", OUTLIER_RUNS),
        optimizer_runs(rng),
    ]
    shared = (*FLOATS, *TEXTS, "size", "depth", "batch_size", "slurm_job_id", "started_at")
    runs = {name: np.concatenate([part[name] for part in parts]) for name in shared}
    order = np.argsort(runs["started_at"], kind="stable")
    return {name: column[order] for name, column in runs.items()}
