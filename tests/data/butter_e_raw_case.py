"""One run in raw BUTTER-E files, and what the pipeline makes of it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from energyvis_panel.data.butter_e_raw import RawCounts, standardise_raw
from energyvis_panel.data.gateway import Gateway
from tests.butter_e_raw_fixture import RawSet, Sample, raw_run

NODE = "r1i0n0"
BEGIN = datetime(2022, 10, 3, 12, 0, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    """Time so many seconds after the first reading."""
    return BEGIN + timedelta(seconds=seconds)


MINUTES: list[Sample] = [(at(60 * n), NODE, 100 * (n + 1)) for n in range(5)]
"""100 W at 0 s, 200 W at 60 s, and so on up to 500 W."""


def small_set(
    samples: list[Sample] | None, start_s: float = 30, end_s: float = 150, **changes: Any
) -> RawSet:
    """One run on one node, and a short run of the smallest data set to tell the overhead by."""
    overhead = raw_run(0, at(0.5), at(60.5), dataset="505_tecator", slurm_job_id=1, batch="energy_2_cpu")
    raw = RawSet(runs=[overhead, raw_run(1, at(start_s), at(end_s), **changes) | {"slurm_job_id": 2}])
    raw.runs[0]["size"] = 64
    raw.jobs = {1: [(at(0), NODE, 1), (at(60), NODE, 1)]}
    if samples is not None:
        raw.jobs[2] = samples
    raw.node_kinds = {NODE: "cpu1", "r7i2n32": "cpu2", "r1i0n1": "cpu1"}
    raw.p2_w = {NODE: 220.0, "r7i2n32": 230.0}
    return raw


def standardised(gateway: Gateway, raw: RawSet, folder: Path) -> tuple[dict[str, Any], RawCounts]:
    """Row of the run with number 1, and the counts."""
    out = folder / "butter_e.parquet"
    counts = standardise_raw(gateway, raw.write(folder / "raw"), out)
    rows = {row["run_id"][-1]: row for row in pq.read_table(out).to_pylist()}
    return rows["1"], counts
