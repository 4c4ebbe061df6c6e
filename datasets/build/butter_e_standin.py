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
from butter_e_standin_figures import ALL_RUNS
from butter_e_standin_runs import FLOATS, TEXTS, one_set
from butter_e_standin_settings import Columns

OUT = Path(__file__).resolve().parents[1] / "butter_e" / "standin.parquet"
SEED = 5991
REPEATS_PER_ROW_GROUP = 2
"""127,054 rows, about what DuckDB reads at once."""


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
