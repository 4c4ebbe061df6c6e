"""Lakes for the tests, written with pyarrow after the data dictionary, as the tracker writes them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from energyvis_panel.data.data_dictionary import table_schema

START = datetime(2026, 11, 3, 10, 0, 0, tzinfo=UTC)
RUN = "01JBQ0000000000000000000AA"
Row = dict[str, Any]


def at(seconds: float) -> datetime:
    """Time so many seconds after the start of the test's runs."""
    return START + timedelta(seconds=seconds)


def sample(run_id: str, seconds: float, energy_j: float, **changes: Any) -> Row:
    """One reading of a GPU; ``changes`` replace its columns."""
    row: Row = {
        "run_id": run_id,
        "writer": "node1-10",
        "seq": 0,
        "ts": at(seconds),
        "mono_ns": int(seconds * 1e9) + 5_000_000_000,
        "host": "node1",
        "device_kind": "gpu",
        "device_id": "GPU-0",
        "device_model": "NVIDIA A100-SXM4-80GB",
        "power_w": None,
        "energy_j": energy_j,
        "source": "counter",
        "quality": "ok",
    }
    return row | changes


def readings(run_id: str, energies_j: Iterable[float], *, every_s: float = 1.0, **changes: Any) -> list[Row]:
    """Readings of one device at a fixed cadence; ``first_s`` and ``first_seq`` may be among the changes."""
    first_s = changes.pop("first_s", 0.0)
    first_seq = changes.pop("first_seq", 0)
    return [
        sample(run_id, first_s + place * every_s, energy_j, seq=first_seq + place, **changes)
        for place, energy_j in enumerate(energies_j)
    ]


def epoch(run_id: str, index: int, first_s: float, last_s: float, **changes: Any) -> Row:
    """One finished epoch."""
    row: Row = {
        "run_id": run_id,
        "writer": "node1-10",
        "epoch": index,
        "started_at": at(first_s),
        "ended_at": at(last_s),
        "duration_s": last_s - first_s,
        "metrics": {},
    }
    return row | changes


def span(run_id: str, span_id: int, name: str, first_s: float, last_s: float, **changes: Any) -> Row:
    """One finished span."""
    row: Row = {
        "run_id": run_id,
        "writer": "node1-10",
        "span_id": span_id,
        "name": name,
        "started_at": at(first_s),
        "ended_at": at(last_s),
        "duration_s": last_s - first_s,
        "metrics": {},
    }
    return row | changes


def run_facts(run_id: str, **changes: Any) -> Row:
    """What ``run.json`` says of a finished run of a minute."""
    facts: Row = {
        "run_id": run_id,
        "schema_version": 1,
        "name": "resnet",
        "project": "vision",
        "user": "ada",
        "hosts": ["node1"],
        "state": "finished",
        "started_at": "2026-11-03T10:00:00.000000Z",
        "ended_at": "2026-11-03T10:01:00.000000Z",
        "heartbeat_at": "2026-11-03T10:01:00.000000Z",
        "epochs_planned": 3,
        "region_id": "US-GA",
        "pue": 1.2,
        "hardware": [{"kind": "gpu", "model": "NVIDIA A100-SXM4-80GB", "count": 1, "chip_id": None}],
        "devices": [
            {
                "kind": "gpu",
                "id": "GPU-0",
                "model": "NVIDIA A100-SXM4-80GB",
                "source": "counter",
                "note": None,
            }
        ],
        "scheduler": None,
        "command": ["python", "train.py"],
        "exit_code": 0,
        "versions": {"python": "3.11", "energyvis": "0.1.0"},
        "overhead": {"cpu_s": 0.1, "reads": 60},
        "attribution": "exclusive",
        "ranks": None,
        "paused_s": None,
        "budget": None,
        "notes": None,
        "tags": [],
    }
    return facts | changes


def write_table(path: Path, table: str, rows: list[Row]) -> Path:
    """Write rows as Parquet after the data dictionary."""
    path.parent.mkdir(parents=True, exist_ok=True)
    plain = [{k: list(v.items()) if isinstance(v, dict) else v for k, v in row.items()} for row in rows]
    pq.write_table(pa.Table.from_pylist(plain, schema=table_schema(table)), path)
    return path


@dataclass(frozen=True, slots=True)
class LakeWriter:
    """Writes runs into the live part of a lake."""

    path: Path

    def marker(self) -> None:
        """Write ``lake.json``."""
        self.path.mkdir(parents=True, exist_ok=True)
        (self.path / "lake.json").write_text('{"format": "energyvis-lake", "version": 1}')

    def facts(self, run_id: str, **changes: Any) -> Path:
        """Write a ``run.json``."""
        path = self.path / "live" / run_id / "run.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(run_facts(run_id, **changes)))
        return path

    def segment(self, run_id: str, number: int, rows: list[Row], writer: str = "node1-10") -> Path:
        """Write a closed segment."""
        rows = [row | {"writer": writer} for row in rows]
        return write_table(
            self.path / "live" / run_id / writer / f"samples-{number:06d}.parquet", "samples", rows
        )

    def epochs(self, run_id: str, rows: list[Row], writer: str = "node1-10") -> Path:
        """Write the epochs of one writer."""
        rows = [row | {"writer": writer} for row in rows]
        return write_table(self.path / "live" / run_id / writer / "epochs.parquet", "epochs", rows)

    def spans(self, run_id: str, number: int, rows: list[Row], writer: str = "node1-10") -> Path:
        """Write a closed segment of spans."""
        rows = [row | {"writer": writer} for row in rows]
        return write_table(
            self.path / "live" / run_id / writer / f"spans-{number:06d}.parquet", "spans", rows
        )

    def plain_run(self, run_id: str = RUN, **changes: Any) -> None:
        """A run of three epochs of 20 s on a GPU (100 J/s) and a CPU (40 J/s), in two segments."""
        self.marker()
        self.facts(run_id, **changes)
        label = [None, *[place // 20 for place in range(60)]]
        gpu = readings(run_id, [0.0] + [100.0] * 60)
        cpu = readings(run_id, [0.0] + [40.0] * 60, device_kind="cpu", device_id="package-0", first_seq=61)
        rows = [row | {"epoch": label[place]} for part in (gpu, cpu) for place, row in enumerate(part)]
        self.segment(run_id, 0, rows[:70])
        self.segment(run_id, 1, rows[70:])
        self.epochs(
            run_id,
            [
                epoch(
                    run_id,
                    index,
                    20.0 * index,
                    20.0 * (index + 1),
                    energy_gpu_j=2000.0,
                    energy_cpu_j=800.0,
                    units=1000.0,
                    unit="samples",
                    metrics={"accuracy": 0.5 + index / 10},
                )
                for index in range(3)
            ],
        )
