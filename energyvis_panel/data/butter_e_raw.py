"""From the raw BUTTER-E files to the table of runs: the published pipeline, in SQL (``sql/butter_e/raw``).

The rules R1 to R6 are those of the notebooks published with the data (NREL, BUTTER-E supplementary code);
each statement names the one it follows. No run disappears: one that the published table leaves out keeps a
status that says at which step.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from energyvis_panel.data.butter_e_raw_damage import check_headers, check_standards, damage
from energyvis_panel.data.butter_e_raw_files import RawFiles
from energyvis_panel.data.durable_file import appearing_file
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.errors import DatasetError, QueryError

__all__ = ["POWER_TRACES", "Overhead", "RawCounts", "RawFiles", "standardise_raw"]

POWER_TRACES: Final = "power_traces.parquet"
"""File beside the table of runs: slurm_job_id, node, ts (UTC), watts; a row per reading, by job and time."""

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Overhead:
    """What a run takes that is not training, on one kind of node."""

    energy_j: float
    run_time_s: float


@dataclass(frozen=True, slots=True)
class RawCounts:
    """Runs left after each step, and the constants found on the way.

    ``metadata`` less ``optimizer_batch`` less the four errors of the join is ``ok``; less ``rejected`` (by
    any of the three filters, whose own counts overlap) ``kept``; less ``overhead_estimate`` and
    ``below_overhead`` ``standardised``.
    """

    metadata: int
    optimizer_batch: int
    no_file: int
    missing_all: int
    missing_some: int
    zero_watts: int
    ok: int
    filter_1: int
    filter_2: int
    filter_3: int
    rejected: int
    kept: int
    overhead_estimate: int
    below_overhead: int
    standardised: int
    overhead: Mapping[str, Overhead]
    """By hardware: ``CPU node``, ``GPU node``."""
    idle_w: Mapping[str, float]
    """Idle power in W by node type."""
    power_offset_w: Mapping[str, float]
    """W that standardising adds to a run's power, by node type."""

    @classmethod
    def found(cls, gateway: Gateway) -> Self:
        """Counts from the tables that the pipeline made."""
        (counts,) = gateway.ask("butter_e/raw/counts").to_pylist()
        idle = gateway.ask("butter_e/raw/idle_power").to_pylist()
        overhead = gateway.ask("butter_e/raw/overhead").to_pylist()
        return cls(
            **counts,
            overhead={
                row["hardware"]: Overhead(row["energy_overhead_j"], row["overhead_time_s"])
                for row in overhead
            },
            idle_w={row["node_type"]: row["idle_w"] for row in idle},
            power_offset_w={row["node_type"]: row["power_offset_w"] for row in idle},
        )


def standardise_raw(
    gateway: Gateway, raw: RawFiles, out: Path, *, progress: Progress | None = None
) -> RawCounts:
    """Write the table of all runs to ``out`` and the power traces beside it, and return what was counted.

    Parameters
    ----------
    gateway
        Where the tables are made; they are dropped again at the end. One pipeline at a time.
    raw
        The raw files.
    out
        Parquet file to write: one row per run of the metadata, with the columns that
        ``datasets/butter_e/README.md`` lists and ``experiment_id``. :data:`POWER_TRACES` appears before it:
        where the table is, the traces are too.
    progress
        Called with a few words for each step before it is taken.

    Raises
    ------
    DatasetError
        If a raw file is missing, is not what its name says, or cannot standardise the runs.
    QueryError, OSError
        If a file cannot be written.

    In each case the files that were there before stay as they were.

    """
    tell = progress or (lambda _step: None)
    tell("Checking the raw files")
    energy = check_headers(raw)
    try:
        make_tables(gateway, raw, energy, tell)
        check_standards(gateway)
        counts = RawCounts.found(gateway)
        if not counts.metadata:
            raise DatasetError(f"{raw.metadata} holds no run. Fetch it again.")
        with appearing_file(out) as table, appearing_file(out.with_name(POWER_TRACES)) as traces:
            tell("Writing the power traces")
            gateway.write_parquet("butter_e/raw/power_traces", traces)
            tell("Writing the runs")
            gateway.write_parquet("butter_e/raw/all_runs", table)
    finally:
        gateway.run("butter_e/raw/make_room_free")
    return counts


def make_tables(gateway: Gateway, raw: RawFiles, energy: list[Path], tell: Progress) -> None:
    """Take every step of the pipeline, each of which makes one table of the schema ``butter_e_raw``."""
    energy_paths = [str(path) for path in energy]
    steps: dict[str, dict[str, dict[str, object]]] = {
        "Reading the runs": {"make_room": {}, "make_runs": {"metadata": str(raw.metadata)}},
        "Reading the power of each job": {"make_samples": {"energy": energy_paths}},
        "Finding each run's readings": {
            "make_jobs": {"energy": energy_paths},
            "make_power_sums": {},
            "make_readings": {},
            "make_samples_free": {},
            "make_windows": {},
        },
        "Adding up each run's energy": {"make_energy": {}, "make_power_sums_free": {}},
        "Filtering": {"make_filters": {}, "make_depth_two": {}},
        "Standardising": {
            "make_nodes": {"node_sinfo": str(raw.node_sinfo), "node_power_dist": str(raw.node_power_dist)},
            "make_idle_power": {},
            "make_standard_power": {},
            "make_overhead": {},
            "make_data_sets": {"data_sets": str(raw.data_sets_path())},
            "make_outcome": {},
        },
    }
    for step, statements in steps.items():
        tell(step)
        for statement, params in statements.items():
            try:
                gateway.run(f"butter_e/raw/{statement}", **params)
            except QueryError as error:
                raise DatasetError(damage(raw, energy, error)) from error
