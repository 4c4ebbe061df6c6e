"""Writer of raw BUTTER-E files as they are published: OpenEI submission 5991, doi 10.25984/2329316.

``butter_e_metadata.csv``, ``{slurm_job_id}.csv``, ``node_sinfo.csv``, ``node_power_dist.csv`` and
``pmlb.csv``, with their quirks: local times that end in ``Z``, a space after every comma of the node list,
JSON in a cell.
"""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from energyvis_panel.data.butter_e_raw import RawFiles

DENVER = ZoneInfo("America/Denver")
METADATA_COLUMNS = [
    *(
        "run_id",
        "experiment_id",
        "old_experiment_id",
        "slurm_job_id",
        "start_time",
        "update_time",
        "host_name",
    ),
    *("size", "depth", "shape", "dataset", "learning_rate", "batch_size", "optimizer", "is_gpu", "run_data"),
    "batch",
]
NODE_KINDS = {
    "cpu1": ("85248", "900000", "(null)"),
    "cpu2": ("180224", "900000", "(null)"),
    "cpu3": ("751616", "1500000", "(null)"),
    "cpu4": ("751616", "2400000", "(null)"),
    "gpu1": ("751616", "1500000", "gpu:v100:2"),
    "gpu2": ("751616", "2400000", "gpu:v100:2"),
}
"""Memory in MB, disk in MB and generic resources of each node type."""
POWER_COLUMNS = [
    *("node", "count", "min", "p000001", "p00001", "p0001", "p001"),
    *(f"p{percent}" for percent in range(1, 100)),
    *("p999", "p9999", "p99999", "p999999", "max"),
]
OBSERVATIONS = {"505_tecator": 240, "splice": 3_188, "banana": 5_300, "connect_4": 67_557, "mnist": 70_000}

Sample = tuple[datetime | str, str, int | None]
"""Time of a reading (or its text in the file), node, W; None where the cell is empty."""


@dataclass(slots=True)
class RawSet:
    """What stands in the raw files: runs, readings by job, node types, 2 % quantiles of power by node."""

    runs: list[dict[str, Any]] = field(default_factory=list)
    jobs: dict[int, list[Sample]] = field(default_factory=dict)
    node_kinds: dict[str, str] = field(default_factory=dict)
    p2_w: dict[str, float] = field(default_factory=dict)
    observations: Mapping[str, int] = field(default_factory=lambda: OBSERVATIONS)

    def write(self, folder: Path, *, metadata_columns: Sequence[str] = METADATA_COLUMNS) -> RawFiles:
        """Write all files into ``folder`` and return their paths."""
        files = RawFiles(
            metadata=folder / "butter_e_metadata.csv",
            energy=folder / "butter_e_energy",
            node_sinfo=folder / "node_sinfo.csv",
            node_power_dist=folder / "node_power_dist.csv",
            data_sets=folder / "pmlb.csv",
        )
        files.energy.mkdir(parents=True)
        write_metadata(files.metadata, self.runs, metadata_columns)
        for job, samples in self.jobs.items():
            write_job(files.energy / f"{job}.csv", samples)
        write_nodes(files.node_sinfo, self.node_kinds)
        write_power(files.node_power_dist, self.p2_w)
        write_data_sets(folder / "pmlb.csv", self.observations)
        return files


def raw_run(number: int, started: datetime, ended: datetime, **changes: Any) -> dict[str, Any]:
    """One row of the metadata: a CPU run on node ``r1i0n0`` in job 10300000; ``changes`` replace columns."""
    row = {
        "run_id": f"00000000-0000-4000-8000-{number:012d}",
        "experiment_id": f"10000000-0000-4000-8000-{number:012d}",
        "old_experiment_id": 1_900_000 + number,
        "slurm_job_id": 10_300_000,
        "start_time": utc_text(started),
        "update_time": utc_text(ended),
        "host_name": "r1i0n0",
        "size": 8_192,
        "depth": 10,
        "shape": "rectangle",
        "dataset": "connect_4",
        "learning_rate": "0.0001",
        "batch_size": 256,
        "optimizer": "Adam",
        "is_gpu": 0,
        "run_data": json.dumps({"host": 'a "quoted" name', "lines": "one\ntwo, three"}),
        "batch": "energy_2_cpu",
    }
    return row | changes


def utc_text(moment: datetime) -> str:
    """A time as pandas writes it, the fraction left out where it is zero."""
    return moment.astimezone(UTC).isoformat(sep=" ")


def local_text(moment: datetime) -> str:
    """A time as the meters wrote it: Denver's clock, and a ``Z`` that is wrong."""
    return f"{moment.astimezone(DENVER):%Y-%m-%dT%H:%M:%S}Z"


def write_rows(path: Path, rows: Iterable[Sequence[object]]) -> None:
    """Write rows as CSV; a quote in a cell is doubled."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def write_metadata(
    path: Path, runs: Iterable[Mapping[str, Any]], columns: Sequence[str] = METADATA_COLUMNS
) -> None:
    """Write ``butter_e_metadata.csv``."""
    write_rows(path, [columns, *([run[column] for column in columns] for run in runs)])


def write_job(path: Path, samples: Iterable[Sample]) -> None:
    """Write one job's minute watts."""
    texts = (
        (moment if isinstance(moment, str) else local_text(moment), node, watts)
        for moment, node, watts in samples
    )
    write_rows(path, [("timestamp", "node", "watts"), *texts])


def write_nodes(path: Path, kinds: Mapping[str, str]) -> None:
    """Write ``node_sinfo.csv``, in which a space follows every comma."""
    lines = ["HOSTNAMES, CPUS, MEMORY, TMP_DISK, GRES"]
    lines += [", ".join((host, "36", *NODE_KINDS[kind])) for host, kind in kinds.items()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_power(path: Path, p2_w: Mapping[str, float]) -> None:
    """Write ``node_power_dist.csv``; only the 2 % quantile says something here."""
    place = POWER_COLUMNS.index("p2")
    blank: list[object] = [100_000, 0, *[f"{watts}.0" for watts in range(len(POWER_COLUMNS) - 4)], 999]
    rows = []
    for node, watts in p2_w.items():
        row = [node, *blank]
        row[place] = float(watts)
        rows.append(row)
    write_rows(path, [POWER_COLUMNS, *rows])


def write_data_sets(path: Path, observations: Mapping[str, int]) -> None:
    """Write ``pmlb.csv``, every cell quoted."""
    names = ["Dataset", "n_observations", "n_features", "n_classes", "Endpoint", "Imbalance", "Task"]
    rows = [[name, count, 4, "", "continuous", 0.0, "regression"] for name, count in observations.items()]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows([names, *rows])
