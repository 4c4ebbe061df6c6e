"""The data dictionary in ``datasets/schemas/`` as Arrow schemas, and the empty tables that follow it."""

import json
import re
from functools import cache
from pathlib import Path

import pyarrow as pa

from energyvis_panel.errors import DatasetError
from energyvis_panel.resources import resource_path

SCALARS: dict[str, pa.DataType] = {
    "string": pa.string(),
    "int32": pa.int32(),
    "int64": pa.int64(),
    "float": pa.float32(),
    "double": pa.float64(),
    "timestamp[us, tz=UTC]": pa.timestamp("us", tz="UTC"),
}
MAP = re.compile(r"map<(\w+), (\w+)>")


@cache
def table_schema(table: str) -> pa.Schema:
    """Arrow schema of a table of the dictionary: samples, epochs, spans, run_totals or run_facts.

    Raises
    ------
    DatasetError
        If the dictionary names a type that no Parquet table of the lake may have.

    """
    entry = json.loads(resource_path(f"datasets/schemas/{table}.json").read_text(encoding="utf-8"))
    return pa.schema(
        pa.field(column["name"], arrow_type(column["type"]), nullable=column["nullable"])
        for column in entry["columns"]
    )


def arrow_type(name: str) -> pa.DataType:
    """Arrow type for a type as the dictionary spells it, e.g. ``"map<string, double>"``.

    Raises
    ------
    DatasetError
        If the spelling is not known.

    """
    if name in SCALARS:
        return SCALARS[name]
    if found := MAP.fullmatch(name):
        return pa.map_(SCALARS[found[1]], SCALARS[found[2]])
    raise DatasetError(f"The data dictionary names the type {name!r}, which no column of the lake has.")


def empty_table(table: str) -> Path:
    """Path of a shipped Parquet file without rows: DuckDB needs at least one file to know the columns."""
    return resource_path(f"datasets/schemas/empty/{table}.parquet")
