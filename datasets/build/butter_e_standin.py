"""Make the synthetic stand-in for BUTTER-E: `python datasets/build/butter_e_standin.py`.

It stands where the real files are not; every row says ``synthetic``. What it is calibrated on, and how
closely, is in `datasets/butter_e/README.md`; the numbers are in `butter_e_standin_figures.py`.
"""

import argparse
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from butter_e_standin_figures import (
    ALL_RUNS,
    BELOW_OVERHEAD_RUNS,
    CORE_SHAPES,
    DATASETS,
    DEAREST_RUN_J,
    EPOCHS,
    HUNG_RUNS,
    NODE_TYPES,
    ONE_SHAPE_DEPTH,
    OPTIMIZER_RUNS,
    OUTLIER_RUNS,
    OVERHEAD_DATASET,
    OVERHEAD_J,
    OVERHEAD_RUNS,
    SIZE_EXPONENTS,
    batches_per_epoch,
)
from butter_e_standin_model import (
    BATCH_SIZE,
    Columns,
    batch_names,
    log_j_per_datum,
    place,
    settings_grid,
    standardised_power_w,
    standardised_runs,
)

OUT = Path(__file__).resolve().parents[1] / "butter_e" / "standin.parquet"
SEED = 5991
REPEATS_PER_ROW_GROUP = 2
"""127,054 rows, about what DuckDB reads at once."""
FLOATS = ("run_time_s", "energy_j", "power_w", "std_power_w", "std_energy_j", "energy_overhead_j",
          "non_overhead_energy_j", "j_per_datum", "learning_rate")  # fmt: skip
TEXTS = ("status", "batch", "dataset", "shape", "hardware", "node", "node_type", "optimizer")


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


def overhead_runs(rng: np.random.Generator, hardware: str) -> Columns:
    """Runs of the tiny data set: their 5 % quantile up to 1,024 parameters is the published overhead."""
    grid = settings_grid((OVERHEAD_DATASET,))
    kept = rng.permutation(len(grid["depth"]))[: OVERHEAD_RUNS[hardware]]
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
    kept = rng.permutation(np.flatnonzero(grid["exponent"] <= 8))[:BELOW_OVERHEAD_RUNS]  # noqa: PLR2004 - small
    runs = {name: column[kept] for name, column in grid.items()}
    runs["std_energy_j"] = OVERHEAD_J["GPU node"] * rng.uniform(0.93, 0.999, len(kept))
    runs["j_per_datum"] = np.full(len(kept), np.nan)
    return finish(rng, "GPU node", "below_overhead", runs)


def rejected_runs(rng: np.random.Generator, status: str, count: int) -> Columns:
    """CPU runs that the filters reject: hung for a day at idle power, or far from their like."""
    grid = settings_grid(tuple(DATASETS))
    kept = rng.permutation(np.flatnonzero(grid["exponent"] <= 18))[:count]  # noqa: PLR2004 - none of the giants
    runs = {name: column[kept] for name, column in grid.items()}
    observations = np.array([DATASETS[name][0] for name in runs["dataset"]])
    runs["data"] = batches_per_epoch(observations, BATCH_SIZE) * BATCH_SIZE * EPOCHS
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
    observations = np.array([DATASETS[name][0] for name in runs["dataset"]])
    runs["data"] = batches_per_epoch(observations, runs["batch_size"]) * runs["batch_size"] * EPOCHS
    dearer = 0.55 * np.log(BATCH_SIZE / runs["batch_size"])  # small batches amortise less; invented slope
    optimizer = runs["optimizer"]
    cheaper = np.select([optimizer == "SGD", optimizer == "RMSprop"], [np.log(0.90), np.log(0.97)])
    runs["j_per_datum"] = np.exp(log_j_per_datum(rng, "CPU node", runs) + dearer + cheaper)
    came_back = np.flatnonzero(runs["j_per_datum"] * runs["data"] < DEAREST_RUN_J * 0.9)
    kept = rng.permutation(came_back)[:OPTIMIZER_RUNS]
    runs = {name: column[kept] for name, column in runs.items()}
    runs["queued_shape"] = np.full(len(kept), CORE_SHAPES[0])
    runs["batch"] = np.full(len(kept), "optimizer_energy_1_cpu")
    return finish(rng, "CPU node", "optimizer_batch", runs)


def one_set(rng: np.random.Generator) -> Columns:
    """Columns of all 63,527 runs in the order of their start."""
    parts = [
        finish(rng, hardware, "standardised", standardised_runs(rng, hardware)) for hardware in NODE_TYPES
    ]
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


def arrow_table(runs: Columns, first: int, rows: int) -> pa.Table:
    """The runs as an Arrow table that says in its metadata and in a column that it is synthetic.

    ``first`` is the number of its first run, ``rows`` how many the whole file will hold.
    """
    count = len(runs["depth"])
    columns: dict[str, pa.Array] = {
        "run_id": pa.array([f"standin-{number:07d}" for number in range(first, first + count)]),
        "synthetic": pa.array(np.ones(count, bool)),
    }
    columns |= {name: pa.array(runs[name]).dictionary_encode() for name in TEXTS}
    columns["size"] = pa.array(runs["size"], pa.int32())
    columns["depth"] = pa.array(runs["depth"], pa.int8())
    columns["batch_size"] = pa.array(runs["batch_size"], pa.int16())
    columns["slurm_job_id"] = pa.array(runs["slurm_job_id"], pa.int64())
    columns["started_at"] = pa.array(runs["started_at"] // 1_000_000 * 1_000_000, pa.timestamp("us", "UTC"))
    columns |= {name: pa.array(runs[name].astype(np.float32), from_pandas=True) for name in FLOATS}
    about = {"title": "Synthetic stand-in for BUTTER-E", "synthetic": True, "seed": SEED, "rows": rows,
             "calibrated_on": "doi 10.25984/2329316, arXiv 2403.08151 (published figures)"}  # fmt: skip
    return pa.table(columns).replace_schema_metadata({"energyvis": json.dumps(about)})


def tables(rows: int) -> Iterator[pa.Table]:
    """The recipe, repeated with fresh noise until there are ``rows`` runs; one table a repetition."""
    for repeat in range(-(-rows // ALL_RUNS)):
        done = repeat * ALL_RUNS
        runs = one_set(np.random.default_rng([SEED, repeat]))
        yield arrow_table({name: column[: rows - done] for name, column in runs.items()}, done + 1, rows)


def write(rows: int, out: Path) -> None:
    """Write ``rows`` runs, two repetitions a row group, so that memory does not grow with the file."""
    out.parent.mkdir(parents=True, exist_ok=True)
    parts = tables(rows)
    first = next(parts)
    with pq.ParquetWriter(
        out, first.schema, compression="zstd", compression_level=12,
        use_dictionary=list(TEXTS), use_byte_stream_split=list(FLOATS),
    ) as writer:  # fmt: skip
        writer.write_table(pa.concat_tables([first, *islice(parts, 1)]))
        while group := list(islice(parts, REPEATS_PER_ROW_GROUP)):
            writer.write_table(pa.concat_tables(group))


def main() -> None:
    """Write the file and say what it holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--rows", type=int, default=ALL_RUNS, help="how many runs; above 63,527 the recipe repeats"
    )
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    write(arguments.rows, arguments.out)
    print(f"{arguments.out}: {arguments.rows:,} synthetic runs, {arguments.out.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
