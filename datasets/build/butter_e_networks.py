"""Make the table of all networks of BUTTER-E: `python datasets/build/butter_e_networks.py`.

Nothing here was measured: widths follow from shape, size and depth, all else from the widths. Columns and the
convention for 201_pol are in `datasets/butter_e/README.md`.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from butter_e_data_sets import ABOUT, OVERHEAD_TASK

from energyvis_panel.domain.dense_network import (
    ONE_SHAPE_DEPTH,
    SHAPES,
    nearest_widths,
    output_width,
    parameter_count,
    size_missed,
)
from energyvis_panel.domain.network import BATCH_SIZE, TASKS, Task
from energyvis_panel.domain.training_operations import (
    batches_per_epoch,
    operations_per_datum,
    operations_per_epoch,
)
from energyvis_panel.domain.working_set import MEMORY_LEVELS, data_set_bytes, working_sets

OUT = Path(__file__).resolve().parents[1] / "butter_e" / "networks.parquet"
SIZES = 2 ** np.arange(5, 25)
DEPTHS = (*range(2, 11), *range(12, 21, 2))
OPTIMIZER_BATCH_SIZES = (32, 64, 128)
"""Batch sizes beside 256; they occur in the optimizer batch only, whose networks are these:"""
OPTIMIZER_DEPTHS = range(2, 7)
RAN_WITH = {"201_pol": (26, 11)}
"""Inputs and outputs of networks that ran otherwise than pmlb.csv says (supplementary notebook 6)."""
SETS = ("layer", "forward", "backward", "epoch")
PREFIX = {"CPU node": "cpu", "GPU node": "gpu"}
SHORT_INTEGERS = ("depth", *(f"{prefix}_{name}_level" for prefix in PREFIX.values() for name in SETS))
INTEGERS = ("size", "parameters", "batch_size", "train_batches", "test_batches")

Network = dict[str, object]


def networks() -> Iterator[Network]:
    """Every network by data set, depth, shape, size and batch size."""
    for task in (*TASKS, OVERHEAD_TASK):
        for depth in DEPTHS:
            for shape in SHAPES[:1] if depth == ONE_SHAPE_DEPTH else SHAPES:
                yield from networks_of(task, depth, shape)


def networks_of(task: Task, depth: int, shape: str) -> Iterator[Network]:
    """The networks of one data set, depth and shape."""
    features, outputs = RAN_WITH.get(task.name, (task.features, output_width(task.classes)))
    widths = nearest_widths(shape, SIZES, depth, features, outputs)
    parameters = parameter_count(features, widths)
    missed = size_missed(parameters, SIZES)
    varied = OPTIMIZER_BATCH_SIZES if shape == SHAPES[0] and depth in OPTIMIZER_DEPTHS else ()
    for at, size in enumerate(SIZES):
        for batch_size in (BATCH_SIZE, *varied):
            yield {
                "dataset": task.name,
                "shape": shape,
                "size": int(size),
                "depth": depth,
                "batch_size": batch_size,
                "widths": widths[at].tolist(),
                "parameters": int(parameters[at]),
                "missed": float(missed[at]),
                **work(task, widths[at].tolist(), int(parameters[at]), batch_size),
            }


def work(task: Task, units: list[int], parameters: int, batch_size: int) -> Network:
    """Batches, operations and working sets of a network, by the features and outputs that pmlb.csv names."""
    widths = (task.features, *units)
    batches = batches_per_epoch(task.rows, batch_size)
    whole_bytes = data_set_bytes(task.rows, task.features, output_width(task.classes))
    row: Network = {
        "train_batches": batches.train,
        "test_batches": batches.test,
        "flops_per_datum": operations_per_datum(widths, parameters, batches),
        "flops_per_epoch": operations_per_epoch(widths, parameters, batches),
        "data_set_bytes": whole_bytes,
    }
    for hardware, prefix in PREFIX.items():
        sets = working_sets(MEMORY_LEVELS[hardware], widths, parameters, whole_bytes, batch_size)
        for name in SETS:
            held = getattr(sets, name)
            row[f"{prefix}_{name}_bytes"] = held.occupied
            row[f"{prefix}_{name}_level"] = held.level
    return row


def arrow_table(rows: list[Network]) -> pa.Table:
    """The networks as an Arrow table; source, year and licence are in its metadata."""
    table = pa.Table.from_pylist(rows)
    about = {"title": "Networks of BUTTER-E, calculated", "measured": False, "rows": len(rows), **ABOUT}
    types = dict.fromkeys(SHORT_INTEGERS, pa.int8()) | dict.fromkeys(INTEGERS, pa.int32())
    types["widths"] = pa.list_(pa.int32())
    schema = pa.schema([pa.field(f.name, types.get(f.name, f.type)) for f in table.schema])
    return table.cast(schema).replace_schema_metadata({"energyvis": json.dumps(about)})


def main() -> None:
    """Write the file and say what it holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=OUT)
    out = parser.parse_args().out
    rows = list(networks())
    pq.write_table(
        arrow_table(rows), out, compression="zstd", compression_level=19, use_dictionary=["dataset", "shape"]
    )
    print(f"{out}: {len(rows):,} networks, {out.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
