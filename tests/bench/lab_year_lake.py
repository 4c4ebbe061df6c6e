"""A lab of 100 GPUs as a lake of compacted runs: a part of lab_year.py."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from energyvis_panel.data.data_dictionary import table_schema
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.lake import table_files
from tests.lake_fixture import run_facts

DAY_S = 86_400
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
PEOPLE = [f"user{place:02}" for place in range(40)]
PROJECTS = ["vision", "speech", "proteins", "climate", "robots", ""]
HOURS = (0.5, 1, 2, 4, 8, 24)


@dataclass(frozen=True, slots=True)
class Job:
    """One run: its number, start in seconds of the lake's time, length, and GPUs."""

    number: int
    start_s: int
    length_s: int
    gpus: tuple[int, ...]

    @property
    def run_id(self) -> str:
        """A name that sorts by start, as a ULID does."""
        return f"01KD{self.start_s:09d}{self.number:013d}"

    @property
    def started_at(self) -> datetime:
        """Its start."""
        return FIRST + timedelta(seconds=self.start_s)


def made_jobs(days: int) -> Iterator[Job]:
    """Jobs one after the other on each group of GPUs, which are never idle; none runs past the last day."""
    rng = np.random.default_rng(10)
    sizes = [1] * 20 + [2] * 12 + [4] * 6 + [8] * 4  # 100 GPUs
    number = first = 0
    for size in sizes:
        gpus = tuple(range(first, first + size))
        first += size
        start_s = 0
        while start_s < days * DAY_S:
            length_s = min(int(rng.choice(HOURS) * 3600), days * DAY_S - start_s)
            yield Job(number, start_s, length_s, gpus)
            start_s += length_s
            number += 1


def samples_of(job: Job, every_s: int, rng: np.random.Generator) -> pa.Table:
    """The readings of a job, one of each of its GPUs every ``every_s`` seconds."""
    ticks, gpus = job.length_s // every_s, len(job.gpus)
    rows = ticks * gpus
    second = np.repeat(np.arange(ticks, dtype=np.int64) * every_s, gpus)
    power_w = rng.normal(300, 40, rows).clip(50, 400)
    energy_j = power_w * every_s
    ids = pa.array([f"GPU-{gpu:08x}-0000-4000-8000-00000000{gpu:04x}" for gpu in job.gpus])
    start_us = int(job.started_at.timestamp() * 1e6)

    def same(text: str) -> Any:
        return pa.repeat(pa.scalar(text), rows)

    columns = {
        "run_id": same(job.run_id),
        "writer": same(f"node{job.gpus[0] // 8}-4711"),
        "seq": np.arange(rows),
        "ts": pa.array(start_us + second * 1_000_000, pa.int64()).cast(pa.timestamp("us", tz="UTC")),
        "mono_ns": second * 1_000_000_000 + rng.integers(0, 1_000_000, rows),
        "host": same(f"node{job.gpus[0] // 8}"),
        "device_kind": same("gpu"),
        "device_id": ids.take(pa.array(np.tile(np.arange(gpus), ticks))),
        "device_model": same("NVIDIA A100-SXM4-80GB"),
        "power_w": power_w.astype(np.float32),
        "energy_j": energy_j,
        "raw_counter": (energy_j * 1000).cumsum().astype(np.int64),
        "raw_unit": same("mJ"),
        "util_pct": rng.integers(60, 101, rows).astype(np.float32),
        "mem_used_bytes": rng.integers(1 << 30, 80 << 30, rows),
        "temp_c": rng.integers(40, 75, rows).astype(np.float32),
        "epoch": (second // 3600).astype(np.int32),
        "source": same("counter"),
        "quality": same("ok"),
        "reported_power_w": power_w.astype(np.float32),
        "residual_j": rng.normal(0, 1, rows),
    }
    schema = table_schema("samples")
    arrays = [
        pa.array(columns[c.name], c.type) if c.name in columns else pa.nulls(rows, c.type) for c in schema
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def epochs_of(job: Job) -> pa.Table:
    """One epoch an hour."""
    starts = range(0, job.length_s, 3600)
    rows = [
        {
            "run_id": job.run_id,
            "writer": f"node{job.gpus[0] // 8}-4711",
            "epoch": index,
            "started_at": job.started_at + timedelta(seconds=start_s),
            "ended_at": job.started_at + timedelta(seconds=min(start_s + 3600, job.length_s)),
            "duration_s": float(min(3600, job.length_s - start_s)),
            "metrics": [],
        }
        for index, start_s in enumerate(starts)
    ]
    return pa.Table.from_pylist(rows, schema=table_schema("epochs"))


def facts_of(job: Job, rng: np.random.Generator) -> dict[str, Any]:
    """What ``run.json`` says of a job; a few people run most."""
    start, end = (
        f"{moment:%Y-%m-%dT%H:%M:%S.%fZ}"
        for moment in (job.started_at, job.started_at + timedelta(seconds=job.length_s))
    )
    return run_facts(
        job.run_id,
        name=f"train-{job.number % 97}",
        user=PEOPLE[int(len(PEOPLE) * rng.power(3))],
        project=PROJECTS[job.number % len(PROJECTS)] or None,
        hosts=[f"node{job.gpus[0] // 8}"],
        started_at=start,
        ended_at=end,
        heartbeat_at=end,
    )


def write_lake(path: Path, days: int, every_s: int) -> None:
    """Write the compacted runs of so many days, with epochs where every second has its reading."""
    rng = np.random.default_rng(11)
    path.mkdir(parents=True)
    scratch = path.parent / "scratch.parquet"
    with Gateway(threads=2) as gateway:
        for job in made_jobs(days):
            month = path / "runs" / f"month={job.started_at:%Y-%m}"
            month.mkdir(parents=True, exist_ok=True)
            (month / f"{job.run_id}.run.json").write_text(json.dumps(facts_of(job, rng)))
            table, target = samples_of(job, every_s, rng), month / f"{job.run_id}.samples.parquet"
            if every_s == 1:
                pq.write_table(table, scratch)
                segments = table_files("samples", [scratch])
                gateway.write_parquet("lake/compacted_samples", target, samples=segments)
                pq.write_table(epochs_of(job), month / f"{job.run_id}.epochs.parquet", compression="zstd")
            else:
                pq.write_table(table, target, compression="zstd")
    scratch.unlink(missing_ok=True)
    # Last, so that a lake that was not written to its end is no lake.
    (path / "lake.json").write_text('{"format": "energyvis-lake", "version": 1}')
