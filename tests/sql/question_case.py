"""A case of a question: parameters, small input tables, and the rows that must come out.

A case is a folder ``tests/sql/cases/<folder>/<question>/<case>/`` with

- ``params.json``: values by parameter name; ``setup`` lists statements to run before, each as
  ``["lake/make_counted_samples", {parameters}]``;
- ``<parameter>.csv`` or ``.json`` for a parameter that is a file: bound as the path itself, or, where the
  header says ``VARCHAR[]``, as a list with one Parquet file after the data dictionary; ``runs.json`` holds
  objects whose texts are bound;
- ``expect.csv``: the rows in order. An empty cell is NULL, lists and maps are JSON, times ISO 8601.
"""

import csv
import json
import math
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from energyvis_panel.data.data_dictionary import empty_table, table_schema

CASES = Path(__file__).parent / "cases"
TABLES = {
    "samples": "samples",
    "live": "samples",
    "epochs": "epochs",
    "spans": "spans",
    "totals": "run_totals",
}
MACROS = ("lake/make_counted_samples", "lake/make_counted_spans", "lake/make_run_totals")
SETUPS = {"lake": MACROS, "runs": MACROS}
"""Statements that every case of a folder needs."""


def cases_of(question: str) -> list[Path]:
    """Folders of the question's cases."""
    return sorted(path for path in (CASES / question).glob("*") if path.is_dir())


def read_params(case: Path) -> tuple[list[tuple[str, dict[str, Any]]], dict[str, Any]]:
    """Statements to run first, and the values that ``params.json`` gives."""
    values = json.loads((case / "params.json").read_text(encoding="utf-8"))
    return values.pop("setup", []), values


def bind(case: Path, parameters: dict[str, str], values: dict[str, Any], workplace: Path) -> dict[str, Any]:
    """Values of all parameters."""
    bound: dict[str, Any] = {}
    for name, kind in parameters.items():
        if name in values:
            bound[name] = timed(values[name], kind)
        elif name == "runs":
            bound[name] = run_texts(case)
        elif kind.startswith("VARCHAR["):
            bound[name] = table_paths(case, name, workplace)
        else:
            bound[name] = str(given_file(case, name))
    return bound


def timed(value: Any, kind: str) -> Any:
    """A value of ``params.json``, a time where the header says so."""
    return datetime.fromisoformat(value) if kind.startswith("TIMESTAMP") and value is not None else value


def run_texts(case: Path) -> list[str]:
    """Texts of ``run.json`` files."""
    path = case / "runs.json"
    return [json.dumps(run) for run in json.loads(path.read_text(encoding="utf-8"))] if path.exists() else []


def table_paths(case: Path, name: str, workplace: Path) -> list[str]:
    """The empty table, and the case's own rows as Parquet where it has any."""
    table = TABLES[name]
    schema = table_schema(table)
    paths = [str(empty_table(table))]
    for given in sorted(case.glob(f"{name}.*")):
        target = workplace / f"{name}.parquet"
        pq.write_table(
            read_csv(given, schema) if given.suffix == ".csv" else read_json(given, schema), target
        )
        paths.append(str(target))
    return paths


def read_csv(path: Path, schema: pa.Schema) -> pa.Table:
    """Rows of a CSV file; a column that it leaves out is null."""
    options = pa_csv.ConvertOptions(
        column_types=schema,
        include_columns=schema.names,
        include_missing_columns=True,
        strings_can_be_null=True,
    )
    return pa_csv.read_csv(path, convert_options=options)


def read_json(path: Path, schema: pa.Schema) -> pa.Table:
    """Rows of a JSON list; times are ISO 8601, maps are objects."""
    rows = json.loads(path.read_text(encoding="utf-8"))
    for row in rows:
        for field in schema:
            if field.name in row and pa.types.is_timestamp(field.type):
                row[field.name] = datetime.fromisoformat(row[field.name])
            elif pa.types.is_map(field.type):
                row[field.name] = list(row.get(field.name, {}).items())
    return pa.Table.from_pylist(rows, schema=schema)


def given_file(case: Path, name: str) -> Path:
    """The file that a parameter names."""
    found = list(case.glob(f"{name}.*"))
    assert len(found) == 1, f"{case} needs one file {name}.*"
    return found[0]


def read_expected(case: Path) -> tuple[list[str], list[list[str]]]:
    """Columns and rows that must come out."""
    with (case / "expect.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return header, rows


def differences(expected: list[list[str]], found: Sequence[dict[str, Any]]) -> list[str]:
    """Cells that differ, as sentences."""
    if len(expected) != len(found):
        return [f"{len(found)} rows instead of {len(expected)}: {found}"]
    wrong = []
    for number, (texts, row) in enumerate(zip(expected, found, strict=True)):
        for text, (name, value) in zip(texts, row.items(), strict=True):
            if not equal(text, value):
                wrong.append(f"row {number}, {name}: {value!r} instead of {text!r}")
    return wrong


def equal(text: str, value: Any) -> bool:
    """Whether a value is what a cell says."""
    if text == "" or value is None:
        return text == "" and (value is None or value == "")
    if isinstance(value, bool):
        return text == str(value).lower()
    if isinstance(value, int | float):
        return math.isclose(float(text), value, rel_tol=1e-9, abs_tol=1e-12)
    if isinstance(value, datetime):
        return datetime.fromisoformat(text) == value
    if isinstance(value, list):
        parsed = json.loads(text)
        return value == (list(map(tuple, parsed.items())) if isinstance(parsed, dict) else parsed)
    return text == str(value)
