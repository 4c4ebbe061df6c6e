"""How long from raw BUTTER-E files to standardised runs? `python -m tests.bench.butter_e_pipeline`.

A made-up raw set of the published size is written first: 3,200 jobs of up to 48 h of minute watts, about
200 MB, and 64,988 runs, 41,129 of them outside the optimizer batch. Then the pipeline runs as the app runs
it, on two threads, and each step is timed. Target F9: at most 5 s on 2 cores, the notebook's join alone
having taken 24 s on 12 processes.
"""

import argparse
import json
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from energyvis_panel.data.butter_e_raw import RawFiles, standardise_raw
from energyvis_panel.data.gateway import Gateway
from tests.butter_e_raw_fixture import (
    raw_run,
    write_data_sets,
    write_metadata,
    write_nodes,
    write_power,
)

JOBS = 3_200
RUNS = 64_988
OPTIMIZER_RUNS = 23_859
LONGEST_JOB_MIN = 2_880
FIRST = datetime(2022, 9, 23, 1, 3, tzinfo=UTC)
HOURS_SPREAD = 900
DATA_SETS = {"505_tecator": 240, "splice": 3_188, "banana": 5_300, "adult": 48_842, "mnist": 70_000}
NODE_COUNTS = {"cpu1": 1_800, "cpu2": 720, "cpu3": 37, "cpu4": 10, "gpu1": 40, "gpu2": 10}
IDLE_W = {"cpu1": 220, "cpu2": 230, "cpu3": 309, "cpu4": 388, "gpu1": 374, "gpu2": 403}
CSV = pa_csv.WriteOptions(include_header=False, quoting_style="none")
THREADS = 2
TRACES_STEP = "Writing the power traces"


@dataclass(frozen=True, slots=True)
class Job:
    """One job: its id, node, first reading and length."""

    number: int
    node: str
    is_gpu: bool
    started: datetime
    minutes: int


def made_jobs(rng: np.random.Generator, nodes: dict[str, str]) -> list[Job]:
    """Jobs over six weeks; most on CPU nodes of the first type."""
    hosts = {kind: [host for host, of in nodes.items() if of == kind] for kind in NODE_COUNTS}
    kinds = rng.choice(list(NODE_COUNTS), JOBS, p=[0.56, 0.06, 0.005, 0.005, 0.28, 0.09])
    minutes = rng.integers(1_000, LONGEST_JOB_MIN + 1, JOBS)
    return [
        Job(
            10_296_440 + 40 * place,
            hosts[kind][int(rng.integers(len(hosts[kind])))],
            str(kind).startswith("gpu"),
            FIRST + timedelta(hours=int(rng.integers(HOURS_SPREAD)), seconds=int(rng.integers(3600))),
            int(minutes[place]),
        )
        for place, kind in enumerate(kinds)
    ]


def write_jobs(folder: Path, jobs: list[Job], rng: np.random.Generator) -> int:
    """Write each job's readings; return how many there are."""
    folder.mkdir()
    rows = 0
    for job in jobs:
        # The clock on the wall in Denver, which is six hours behind in these weeks.
        local = np.datetime64((job.started - timedelta(hours=6)).replace(tzinfo=None), "s")
        moments = local + np.arange(job.minutes) * np.timedelta64(60, "s")
        stamps = pc.binary_join_element_wise(np.datetime_as_string(moments), "Z", "")
        watts = rng.integers(300, 430, job.minutes)
        nodes = pa.repeat(job.node, job.minutes)
        table = pa.table({"timestamp": stamps, "node": nodes, "watts": watts})
        with (folder / f"{job.number}.csv").open("wb") as file:
            file.write(b"timestamp,node,watts\n")
            pa_csv.write_csv(table, file, CSV)
        rows += job.minutes
    return rows


def made_runs(jobs: list[Job], rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    """Runs one after the other in each job, with its node's power in the JSON that nobody reads."""
    text = json.dumps({"command": "x " * 200, "log": ['said "yes"'] * 20})
    per_job = np.full(JOBS, RUNS // JOBS)
    per_job[: RUNS - per_job.sum()] += 1
    is_optimizer = np.zeros(RUNS, dtype=bool)
    is_optimizer[rng.permutation(RUNS)[:OPTIMIZER_RUNS]] = True
    number = 0
    for job, count in zip(jobs, per_job, strict=True):
        share_s = job.minutes * 60 / count
        for place in range(count):
            started = job.started + timedelta(seconds=share_s * place + 61.0 + 0.123456)
            ended = started + timedelta(seconds=float(rng.uniform(0.3, 0.93)) * share_s)
            yield raw_run(
                number,
                started,
                ended,
                slurm_job_id=job.number,
                host_name=job.node,
                size=2 ** int(rng.integers(5, 25)),
                depth=int(rng.integers(2, 21)),
                dataset=list(DATA_SETS)[int(rng.integers(len(DATA_SETS)))],
                is_gpu=int(job.is_gpu),
                batch="optimizer_energy_1_cpu" if is_optimizer[number] else "energy_2_cpu",
                run_data=text,
            )
            number += 1


def write_raw_set(folder: Path) -> tuple[RawFiles, int]:
    """Write the whole set; return its files and the number of readings."""
    rng = np.random.default_rng(5)
    nodes = {f"{kind[0]}{kind[3]}n{n}": kind for kind, count in NODE_COUNTS.items() for n in range(count)}
    jobs = made_jobs(rng, nodes)
    files = RawFiles(
        metadata=folder / "butter_e_metadata.csv",
        energy=folder / "butter_e_energy",
        node_sinfo=folder / "node_sinfo.csv",
        node_power_dist=folder / "node_power_dist.csv",
        data_sets=folder / "pmlb.csv",
    )
    write_metadata(files.metadata, made_runs(jobs, rng))
    write_nodes(files.node_sinfo, nodes)
    write_power(files.node_power_dist, {host: IDLE_W[kind] for host, kind in nodes.items()})
    write_data_sets(folder / "pmlb.csv", DATA_SETS)
    return files, write_jobs(files.energy, jobs, rng)


def measured(files: RawFiles, folder: Path) -> list[tuple[str, float]]:
    """Seconds of each step, as the pipeline tells them."""
    marks: list[tuple[str, float]] = []
    with Gateway(threads=THREADS) as gateway:
        standardise_raw(
            gateway,
            files,
            folder / "butter_e.parquet",
            progress=lambda step: marks.append((step, time.perf_counter())),
        )
    ends = [*(moment for _, moment in marks[1:]), time.perf_counter()]
    return [(step, end - begin) for (step, begin), end in zip(marks, ends, strict=True)]


def processor_s() -> float:
    """Processor seconds of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files, readings = write_raw_set(folder)
        size_mb = sum(path.stat().st_size for path in files.energy.iterdir()) / 1e6
        print(f"{JOBS:,} jobs, {readings:,} readings, {size_mb:.0f} MB; {RUNS:,} runs; {THREADS} threads")
        steps: dict[str, list[float]] = {}
        processor: list[float] = []
        for _ in range(rounds):
            before = processor_s()
            for step, seconds in measured(files, folder):
                steps.setdefault(step, []).append(seconds)
            processor.append(processor_s() - before)
        report(steps, processor)


def report(steps: dict[str, list[float]], processor: list[float]) -> None:
    """Print medians and the worst round."""
    print(f"\n{'step':40} {'median s':>9} {'worst s':>9}   load {os.getloadavg()[0]:.1f}")
    for step, taken in steps.items():
        print(f"{step:40} {statistics.median(taken):9.2f} {max(taken):9.2f}")
    whole = [sum(taken) for taken in zip(*steps.values(), strict=True)]
    runs_only = [s - t for s, t in zip(whole, steps[TRACES_STEP], strict=True)]
    for what, taken in (("to the standardised runs (F9)", runs_only), ("with the power traces", whole)):
        print(f"{what:40} {statistics.median(taken):9.2f} {max(taken):9.2f}")
    print(f"{'processor time':40} {statistics.median(processor):9.2f} {max(processor):9.2f}")


if __name__ == "__main__":
    main()
