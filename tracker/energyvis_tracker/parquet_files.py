"""Parquet files of the lake: their schemas and how one is written whole.

pyarrow costs 110 ms and 40 MB, so it is imported only when the first file is due.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from energyvis_tracker.journal import JournalContent, Sample
from energyvis_tracker.lake import sync_folder, temporary_path

KINDS = ("gpu", "cpu", "dram", "other")


def samples_schema() -> Any:
    """Return the Arrow schema of `samples` (datasets/schemas/samples.json)."""
    import pyarrow as pa  # noqa: PLC0415 - see the module

    must = {"nullable": False}
    return pa.schema(
        [
            pa.field("run_id", pa.string(), **must),
            pa.field("writer", pa.string(), **must),
            pa.field("seq", pa.int64(), **must),
            pa.field("ts", pa.timestamp("us", tz="UTC"), **must),
            pa.field("mono_ns", pa.int64(), **must),
            pa.field("host", pa.string(), **must),
            pa.field("device_kind", pa.string(), **must),
            pa.field("device_id", pa.string(), **must),
            pa.field("device_model", pa.string(), **must),
            pa.field("power_w", pa.float32()),
            pa.field("energy_j", pa.float64(), **must),
            pa.field("raw_counter", pa.int64()),
            pa.field("raw_unit", pa.string()),
            pa.field("attributed_energy_j", pa.float64()),
            pa.field("util_pct", pa.float32()),
            pa.field("mem_used_bytes", pa.int64()),
            pa.field("temp_c", pa.float32()),
            pa.field("epoch", pa.int32()),
            pa.field("source", pa.string(), **must),
            pa.field("quality", pa.string(), **must),
            pa.field("reported_power_w", pa.float32()),
            pa.field("residual_j", pa.float64()),
        ]
    )


def epochs_schema() -> Any:
    """Return the Arrow schema of `epochs` (datasets/schemas/epochs.json)."""
    import pyarrow as pa  # noqa: PLC0415 - see the module

    must = {"nullable": False}
    first = [pa.field("run_id", pa.string(), **must), pa.field("writer", pa.string(), **must)]
    return pa.schema([*first, pa.field("epoch", pa.int32(), **must), *work_fields()])


def spans_schema() -> Any:
    """Return the Arrow schema of `spans` (datasets/schemas/spans.json)."""
    import pyarrow as pa  # noqa: PLC0415 - see the module

    must = {"nullable": False}
    return pa.schema(
        [
            pa.field("run_id", pa.string(), **must),
            pa.field("writer", pa.string(), **must),
            pa.field("span_id", pa.int64(), **must),
            pa.field("parent_id", pa.int64()),
            pa.field("name", pa.string(), **must),
            pa.field("epoch", pa.int32()),
            *work_fields(),
        ]
    )


def work_fields() -> list[Any]:
    """Return the fields that epochs and spans have alike: when, how long, what it took, what was done."""
    import pyarrow as pa  # noqa: PLC0415 - see the module

    must = {"nullable": False}
    return [
        pa.field("started_at", pa.timestamp("us", tz="UTC"), **must),
        pa.field("ended_at", pa.timestamp("us", tz="UTC"), **must),
        pa.field("duration_s", pa.float64(), **must),
        *(pa.field(f"energy_{kind}_j", pa.float64()) for kind in KINDS),
        pa.field("units", pa.float64()),
        pa.field("unit", pa.string()),
        pa.field("metrics", pa.map_(pa.string(), pa.float64()), **must),
    ]


def write_samples(target: Path, header: Mapping[str, Any], samples: Sequence[Sample]) -> None:
    """Write a segment; `header` is that of the journal the samples come from."""
    own = dict(zip(Sample._fields, map(list, zip(*samples, strict=True)), strict=True))
    devices = [header["devices"][place] for place in own.pop("device")]
    own["ts"] = own.pop("ts_us")
    same = {name: [header[name]] * len(samples) for name in ("run_id", "writer", "host")}
    of_device = {
        column: [device[fact] for device in devices]
        for column, fact in (
            ("device_kind", "kind"),
            ("device_id", "id"),
            ("device_model", "model"),
            ("raw_unit", "raw_unit"),
        )
    }
    write_table(target, samples_schema(), own | same | of_device)


def write_spans(target: Path, header: Mapping[str, Any], spans: Sequence[Mapping[str, Any]]) -> None:
    """Write the spans of a journal; `header` is the journal's."""
    columns: dict[str, list[Any]] = {
        name: [span[name] for span in spans]
        for name in ("span_id", "parent_id", "name", "epoch", "duration_s", "units", "unit")
    }
    write_table(target, spans_schema(), columns | work_columns(header["run_id"], header["writer"], spans))


def work_columns(run_id: str, writer: str, rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Return the columns that epochs and spans have alike."""
    columns: dict[str, list[Any]] = {
        "run_id": [run_id] * len(rows),
        "writer": [writer] * len(rows),
        "started_at": [row["started_us"] for row in rows],
        "ended_at": [row["ended_us"] for row in rows],
        "metrics": [list(row["metrics"].items()) for row in rows],
    }
    return columns | {f"energy_{kind}_j": [row["energy_j"].get(kind) for row in rows] for kind in KINDS}


def write_epochs(target: Path, run_id: str, writer: str, epochs: Iterable[Mapping[str, Any]]) -> None:
    """Write the whole epochs file of a writer."""
    rows = sorted(epochs, key=lambda epoch: int(epoch["epoch"]))
    columns = {name: [row[name] for row in rows] for name in ("epoch", "duration_s", "units", "unit")}
    write_table(target, epochs_schema(), columns | work_columns(run_id, writer, rows))


def write_table(target: Path, schema: Any, columns: Mapping[str, list[Any]]) -> None:
    """Write a Parquet file beside `target`, make it durable, then rename it into place."""
    import pyarrow as pa  # noqa: PLC0415 - see the module
    import pyarrow.parquet as pq  # noqa: PLC0415

    table = pa.Table.from_pydict(columns, schema=schema)
    temporary = temporary_path(target)
    try:
        pq.write_table(table, temporary, compression="zstd")
        descriptor = os.open(temporary, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(target.parent)


def read_epochs(path: Path) -> dict[int, dict[str, Any]]:
    """Return the epochs in a writer's file, by number, in the form of journal records."""
    import pyarrow.parquet as pq  # noqa: PLC0415 - see the module

    table = pq.read_table(path, partitioning=None)
    epochs = {}
    # Times as numbers: turning them into datetimes needs a time zone package on some systems.
    starts_us, ends_us = (table.column(name).cast("int64").to_pylist() for name in ("started_at", "ended_at"))
    rows = table.drop_columns(["started_at", "ended_at"]).to_pylist()
    for row, started_us, ended_us in zip(rows, starts_us, ends_us, strict=True):
        kinds = {kind: row[f"energy_{kind}_j"] for kind in KINDS if row[f"energy_{kind}_j"] is not None}
        epochs[row["epoch"]] = {
            "epoch": row["epoch"],
            "started_us": started_us,
            "ended_us": ended_us,
            "duration_s": row["duration_s"],
            "energy_j": kinds,
            "units": row["units"],
            "unit": row["unit"],
            "metrics": dict(row["metrics"]),
        }
    return epochs


def recorded_seqs(path: Path) -> set[int]:
    """Return the sequence numbers in a segment."""
    import pyarrow.parquet as pq  # noqa: PLC0415 - see the module

    return set(pq.read_table(path, columns=["seq"], partitioning=None).column("seq").to_pylist())


def labelled_rows(path: Path) -> list[tuple[int, int, str, float]]:
    """Return epoch, time (Unix us), kind of device and joules of a segment's samples within epochs."""
    import pyarrow.parquet as pq  # noqa: PLC0415 - see the module

    table = pq.read_table(path, columns=["epoch", "ts", "device_kind", "energy_j"], partitioning=None)
    columns = [table.column("epoch"), table.column("ts").cast("int64")]
    columns += [table.column("device_kind"), table.column("energy_j")]
    rows = zip(*(column.to_pylist() for column in columns), strict=True)
    return [row for row in rows if row[0] is not None]


def rows_not_in(content: JournalContent, segments: Iterable[Path]) -> list[Sample]:
    """Return the journal's samples that stand in none of the segments."""
    written: set[int] = set()
    for segment in segments:
        written |= recorded_seqs(segment)
    return [sample for sample in content.samples if sample.seq not in written]
