"""Profiles as files: our own format, EnergyVis JSON, and tables with one row an epoch."""

import csv
import io
import json
import re
from typing import Any, Literal, get_args

import pyarrow as pa
import pyarrow.parquet as pq

from energyvis_panel.data.energyvis_json import energyvis_from_profile
from energyvis_panel.data.importers.places import region_name
from energyvis_panel.data.profile_json import profile_to_json
from energyvis_panel.domain.hardware import DEVICE_KINDS
from energyvis_panel.domain.profile import EnergyByKind, EnergyProfile
from energyvis_panel.domain.spreadsheet import harmless

ExportFormat = Literal["energyvis-profile", "energyvis", "csv", "parquet"]
EXPORT_FORMATS: tuple[ExportFormat, ...] = get_args(ExportFormat)
ENDINGS: dict[ExportFormat, str] = {
    "energyvis-profile": ".energyvis.json",
    "energyvis": ".json",
    "csv": ".csv",
    "parquet": ".parquet",
}
LONGEST_STEM = 100

Row = dict[str, Any]


def export_profile(profile: EnergyProfile, format: str) -> tuple[str, bytes]:  # noqa: A002 - it is called so everywhere, and shadows nothing that is used here
    """File name and content of a profile.

    Parameters
    ----------
    profile
        Any profile.
    format
        ``energyvis-profile`` (ours, exact), ``energyvis`` (what EnergyVis reads), ``csv`` or ``parquet``.

    Raises
    ------
    ValueError
        If there is no such format.

    """
    match format:
        case "energyvis-profile":
            content = profile_to_json(profile).encode()
        case "energyvis":
            value = energyvis_from_profile(profile, region_name(profile.region_id))
            content = (json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()
        case "csv":
            content = csv_table(profile)
        case "parquet":
            content = parquet_table(profile)
        case _:
            raise ValueError(f"There is no format {format!r}; there are {', '.join(EXPORT_FORMATS)}.")
    return f"{stem(profile.name)}{ENDINGS[format]}", content


def stem(name: str) -> str:
    """Name of a file, without its ending, that every system takes."""
    return re.sub(r"[^\w-]+", "-", name)[:LONGEST_STEM].strip("-_") or "profile"


def table_rows(profile: EnergyProfile) -> list[Row]:
    """One row an epoch or interval, and one for what lies outside them; energies in joules before PUE."""
    rows = [
        row_of(profile, profile.division, epoch.index, epoch.duration_s, epoch.energy)
        | {"units": epoch.units, "unit": epoch.unit}
        | {f"metric_{name}": value for name, value in epoch.metrics.items()}
        for epoch in profile.epochs
    ]
    if profile.outside:
        outside = profile.outside
        rows.append(row_of(profile, "outside", None, outside.duration_s, outside.energy))
    return rows


def row_of(
    profile: EnergyProfile, part: str, index: int | None, duration_s: float | None, energy: EnergyByKind
) -> Row:
    """Columns that every part has; a kind that was not measured is empty, not 0."""
    return {
        "profile_id": profile.id,
        "profile_name": profile.name,
        "part": part,
        "index": index,
        "duration_s": duration_s,
        **{f"energy_{kind}_j": energy.of(kind) for kind in DEVICE_KINDS},
        "source": profile.provenance.source,
        "tool": profile.provenance.tool,
        "pue": profile.pue,
        "region_id": profile.region_id,
    }


def columns_of(rows: list[Row]) -> list[str]:
    """Names of all columns in the order in which they come up."""
    return list(dict.fromkeys(column for row in rows for column in row))


def csv_table(profile: EnergyProfile) -> bytes:
    """The rows as CSV, numbers so that they read back the same; no text is a formula to a spreadsheet."""
    rows = table_rows(profile)
    columns = columns_of(rows)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")  # so that a lone \r is quoted too
    writer.writerow([harmless(column) for column in columns])
    for row in rows:
        writer.writerow([cell(row.get(column)) for column in columns])
    return text.getvalue().encode("utf-8", "replace")


def cell(value: object) -> str:
    """A value as a cell."""
    if value is None:
        return ""
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    return harmless(value) if isinstance(value, str) else str(value)


def parquet_table(profile: EnergyProfile) -> bytes:
    """The rows as Parquet, with the profile's own facts in the metadata of the file."""
    rows = table_rows(profile)
    columns = columns_of(rows)
    texts = {"profile_id", "profile_name", "part", "unit", "source", "tool", "region_id"}
    types = {column: pa.string() if column in texts else pa.float64() for column in columns}
    types["index"] = pa.int64()
    arrays = [pa.array([row.get(column) for row in rows], types[column]) for column in columns]
    facts = {
        "hardware": [[item.kind, item.model, item.count, item.chip_id] for item in profile.hardware],
        "assumptions": list(profile.provenance.assumptions),
        "author": profile.author,
        "created_at": profile.created_at,
        "precision": profile.precision,
    }
    schema = pa.schema(
        [(column, types[column]) for column in columns], metadata={"energyvis_profile": json.dumps(facts)}
    )
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema), sink, compression="zstd")
    return sink.getvalue()
