"""Rules R1 to R6 in plain Python, run by run, as the notebooks published with BUTTER-E take them.

A second way to the same numbers, for tests: nothing here is shared with the SQL.
"""

import csv
import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from energyvis_panel.data.butter_e_raw import RawFiles
from tests.butter_e_raw_fixture import DENVER, NODE_KINDS

Row = dict[str, Any]
EPOCHS = 3_000


def expected_runs(files: RawFiles) -> dict[str, Row]:
    """Every run by run_id: what the pipeline has to make of it."""
    with files.metadata.open(encoding="utf-8", newline="") as file:
        runs: list[Row] = list(csv.DictReader(file))
    idle_w = idle_power(files)
    types = node_types(files.node_sinfo)
    for run in runs:
        add_energy(run, files.energy)
        add_standard(run, types.get(run["host_name"]), idle_w)
    joined = [run for run in runs if run["status"] == "ok"]
    reject(joined)
    kept = [run for run in joined if run["status"] == "ok"]
    fold_depth_two(kept)
    overhead = overheads(kept)
    sizes = observations(files.data_sets)
    for run in runs:
        add_net(run, overhead, sizes)
    return {run["run_id"]: run for run in runs}


def add_energy(run: Row, folder: Path) -> None:
    """R1 and R2: status, energy and mean power of a run."""
    started, updated = (datetime.fromisoformat(run[name]) for name in ("start_time", "update_time"))
    run["started_at"] = started
    run["run_time_s"] = seconds = (updated - started).total_seconds()
    status, energy_j = energy(run, started, updated, folder / f"{run['slurm_job_id']}.csv")
    run["energy_j"] = energy_j
    run["power_w"] = energy_j / seconds if energy_j is not None else None
    run["status"] = "optimizer_batch" if run["batch"] == "optimizer_energy_1_cpu" else status
    run["experiment_id"] = int(run["old_experiment_id"])


def energy(run: Row, started: datetime, updated: datetime, path: Path) -> tuple[str, float | None]:
    """R2: status of the join, and J."""
    if not path.exists():
        return "no_file", None
    times, nodes, watts = samples(path)
    inside = [
        place
        for place, (moment, node) in enumerate(zip(times, nodes, strict=True))
        if node == run["host_name"] and started <= moment <= updated
    ]
    if not inside:
        return "missing_all", None
    if len(inside) < (updated - started).total_seconds() / 60 - 1:
        return "missing_some", None
    first, last = inside[0], inside[-1]
    if 0 in watts[first : last + 1]:
        return "zero_watts", None
    head_j = watts[first - 1] * (times[first] - started).total_seconds()  # -1 is the last, as in pandas' iloc
    tail_j = watts[last] * (updated - times[last]).total_seconds()
    return "ok", head_j + 60 * sum(watts[first:last]) + tail_j


def samples(path: Path) -> tuple[list[datetime], list[str], list[int]]:
    """True time, node and W of each reading of a job, in the file's order."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    # Where the clock shows a time twice, the second is meant.
    moments = [
        datetime.fromisoformat(row["timestamp"].rstrip("Z")).replace(tzinfo=DENVER, fold=1) for row in rows
    ]
    return (
        [moment.astimezone(UTC) for moment in moments],
        [row["node"] for row in rows],
        [int(row["watts"]) for row in rows],
    )


def node_types(path: Path) -> dict[str, str]:
    """Type of each listed node."""
    with path.open(encoding="utf-8") as file:
        rows = [[cell.strip() for cell in line.split(",")] for line in file][1:]
    kind_of = {cells: kind for kind, cells in NODE_KINDS.items()}
    return {row[0]: kind_of[row[2], row[3], row[4]] for row in rows}


def idle_power(files: RawFiles) -> dict[str, float]:
    """R5: median over the nodes of each type of their 2 % quantile, W."""
    with files.node_power_dist.open(encoding="utf-8", newline="") as file:
        p2_w = {row["node"]: float(row["p2"]) for row in csv.DictReader(file)}
    by_type = defaultdict(list)
    for node, kind in node_types(files.node_sinfo).items():
        if node in p2_w:
            by_type[kind].append(p2_w[node])
    return {kind: statistics.median(watts) for kind, watts in by_type.items()}


def add_standard(run: Row, node_type: str | None, idle_w: dict[str, float]) -> None:
    """R5: type of the run's node, and its power and energy on a node of the standard type."""
    assert node_type is not None
    hardware = node_type[:3]
    run["node_type"], run["hardware"] = node_type, f"{hardware.upper()} node"
    run["std_power_w"] = run["std_energy_j"] = None
    if run["power_w"] is not None:
        run["std_power_w"] = run["power_w"] + idle_w[f"{hardware}1"] - idle_w[node_type]
        run["std_energy_j"] = run["std_power_w"] * run["run_time_s"]


def reject(runs: list[Row]) -> None:
    """R3: statuses of the runs that a filter rejects, and which filters."""
    alike = defaultdict(list)
    for run in runs:
        alike[run["is_gpu"], run["dataset"], run["size"]].append(math.log(run["run_time_s"]))
    for run in runs:
        logs = alike[run["is_gpu"], run["dataset"], run["size"]]
        spread = statistics.pstdev(logs)
        distance = abs(math.log(run["run_time_s"]) - statistics.fmean(logs))
        run["filters"] = [
            run["run_time_s"] > 75_000,
            run["energy_j"] == 0,
            spread > 0 and distance / spread > 4,
        ]
        names = ("rejected_run_time", "rejected_energy", "rejected_outlier")
        run["status"] = next((n for n, fails in zip(names, run["filters"], strict=True) if fails), "ok")


def fold_depth_two(kept: list[Row]) -> None:
    """R4: one experiment for all shapes of a setting with two layers."""
    ids: defaultdict[tuple[str, ...], dict[bool, list[int]]] = defaultdict(lambda: {True: [], False: []})
    flat = [run for run in kept if run["depth"] == "2"]

    def setting(run: Row) -> tuple[str, ...]:
        return tuple(run[n] for n in ("dataset", "size", "optimizer", "batch_size", "learning_rate"))

    for run in flat:
        ids[setting(run)][run["shape"] == "rectangle"].append(run["experiment_id"])
    for run in flat:
        found = ids[setting(run)]
        run["experiment_id"] = min(found[True] or found[False])


def overheads(kept: list[Row]) -> dict[str, tuple[float, float]]:
    """R6: overhead in J and s by hardware."""
    found = {}
    for hardware in ("CPU node", "GPU node"):
        small = [
            run
            for run in kept
            if run["dataset"] == "505_tecator" and int(run["size"]) <= 1024 and run["hardware"] == hardware
        ]
        if small:
            energies = quantile(0.05, (run["std_energy_j"] for run in small))
            found[hardware] = (energies, quantile(0.05, (run["run_time_s"] for run in small)))
    return found


def quantile(share: float, values: Iterable[float]) -> float:
    """Quantile with linear interpolation."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


def observations(path: Path | None) -> dict[str, int]:
    """Observations by data set."""
    assert path is not None
    with path.open(encoding="utf-8", newline="") as file:
        return {row["Dataset"]: int(row["n_observations"]) for row in csv.DictReader(file)}


def add_net(run: Row, overhead: dict[str, tuple[float, float]], sizes: dict[str, int]) -> None:
    """R6: what is left of a run without its overhead, and what that is per datum."""
    run["energy_overhead_j"] = run["non_overhead_energy_j"] = run["j_per_datum"] = None
    run["shape"] = "rectangle" if run["depth"] == "2" else run["shape"]
    if run["std_energy_j"] is None:
        return
    overhead_j, overhead_s = overhead[run["hardware"]]
    run["energy_overhead_j"] = overhead_j
    run["non_overhead_energy_j"] = net_j = run["std_energy_j"] - overhead_j
    if run["status"] == "ok":
        is_below = net_j <= 0 or run["run_time_s"] <= overhead_s
        run["status"] = "below_overhead" if is_below else "standardised"
        if run["dataset"] == "505_tecator":
            run["status"] = "overhead_estimate"
    if run["status"] not in ("overhead_estimate", "below_overhead") and net_j > 0:
        batch = int(run["batch_size"])
        run["j_per_datum"] = net_j / (math.ceil(0.8 * sizes[run["dataset"]] / batch) * batch * EPOCHS)


def expected_counts(runs: Iterable[Row]) -> dict[str, int]:
    """Runs left after each step."""
    rows = list(runs)
    by_status = Counter(run["status"] for run in rows)
    joined = [run for run in rows if "filters" in run]
    rejected = sum(any(run["filters"]) for run in joined)
    statuses = (
        *("optimizer_batch", "no_file", "missing_all", "missing_some", "zero_watts"),
        *("overhead_estimate", "below_overhead", "standardised"),
    )
    return {name: by_status[name] for name in statuses} | {
        "metadata": len(rows),
        "ok": len(joined),
        **{f"filter_{place + 1}": sum(run["filters"][place] for run in joined) for place in range(3)},
        "rejected": rejected,
        "kept": len(joined) - rejected,
    }
