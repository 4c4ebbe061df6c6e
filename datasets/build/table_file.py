"""Checked writing of reference tables: what a table must look like, and how it reaches the disk."""

import csv
import io
import math
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

__all__ = [
    "Cell",
    "Column",
    "Row",
    "Table",
    "TableError",
    "csv_text",
    "replace_file",
    "validate",
    "write_table",
]

Cell = str | int | float | None
Row = Mapping[str, Cell]
SHOWN_PROBLEMS = 10


class TableError(Exception):
    """A table is not fit to be shipped; the message lists what is wrong."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its kind of value, whether it may be empty, and what is plausible in it."""

    name: str
    kind: Literal["text", "integer", "number", "flag"] = "text"
    optional: bool = False
    low: float | None = None
    high: float | None = None
    choices: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One reference table: columns in order, key, smallest plausible size, and where it comes from."""

    file: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    min_rows: int
    source: str
    licence: str
    built_from: tuple[str, ...] = field(default=())


def validate(table: Table, rows: Sequence[Row]) -> None:
    """Return nothing when the rows are fit to be shipped.

    Raises
    ------
    TableError
        If there are too few rows, a key appears twice, or a value is absent, implausible or of another kind.

    """
    problems = []
    if len(rows) < table.min_rows:
        problems.append(f"{len(rows)} rows, at least {table.min_rows} expected")
    seen = Counter(tuple(row.get(name) for name in table.key) for row in rows)
    problems += [f"key {key} appears {n} times" for key, n in seen.items() if n > 1]
    names = [column.name for column in table.columns]
    for number, row in enumerate(rows, start=1):
        if unknown := sorted(set(row) - set(names)):
            problems.append(f"row {number}: unknown columns {unknown}")
        for column in table.columns:
            if problem := cell_problem(column, row.get(column.name)):
                problems.append(f"row {number} ({row.get(table.key[0])}): {column.name} {problem}")
    if problems:
        more = f" ... and {len(problems) - SHOWN_PROBLEMS} more" if len(problems) > SHOWN_PROBLEMS else ""
        raise TableError(f"{table.file}: " + "; ".join(problems[:SHOWN_PROBLEMS]) + more)


def cell_problem(column: Column, value: Cell) -> str | None:
    """What is wrong with a value, or None."""
    if value is None or value == "":
        return None if column.optional else "is empty"
    if not is_of_kind(column, value):
        return f"is {value!r}, {column.kind} expected"
    if column.choices is not None and value not in column.choices:
        return f"is {value!r}, one of {sorted(column.choices)} expected"
    low = -math.inf if column.low is None else column.low
    high = math.inf if column.high is None else column.high
    # "not within" rather than "below or above", so that NaN is refused.
    if column.kind in {"integer", "number"} and not low <= float(value) <= high:
        return f"is {value}, {low:g} to {high:g} expected"
    return None


def is_of_kind(column: Column, value: str | float) -> bool:
    """Whether a value is text, flag, integer or number as its column wants; a flag is no number."""
    kinds: dict[str, tuple[type, ...]] = {
        "text": (str,),
        "flag": (bool,),
        "integer": (int,),
        "number": (int, float),
    }
    return isinstance(value, kinds[column.kind]) and (column.kind == "flag") == isinstance(value, bool)


def csv_text(table: Table, rows: Sequence[Row]) -> str:
    """Comma-separated text of the rows in key order, empty where a value is absent."""
    names = [column.name for column in table.columns]
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(names)
    ordered = sorted(rows, key=lambda row: tuple(str(row[name]) for name in table.key))
    writer.writerows([cell_text(row.get(name)) for name in names] for row in ordered)
    return buffer.getvalue()


def cell_text(value: Cell) -> str:
    """Text of a cell; twelve digits keep a sum of pounds exact."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def write_table(table: Table, rows: Sequence[Row], folder: Path) -> Path:
    """Path of the written table; the previous one stays where the new one is not better.

    Raises
    ------
    TableError
        If the rows do not pass :func:`validate`, or are fewer than those in the present file.

    """
    validate(table, rows)
    path = folder / table.file
    if path.exists():
        with path.open(encoding="utf-8", newline="") as present:
            before = sum(1 for _ in csv.DictReader(present))
        if len(rows) < before:
            raise TableError(
                f"{table.file}: {len(rows)} rows would replace {before}. "
                "Delete the present file first if the source really lost rows."
            )
    replace_file(path, csv_text(table, rows))
    return path


def replace_file(path: Path, text: str) -> None:
    """Put ``text`` in place of a file in one step, so that no reader sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("w", encoding="utf-8", newline="") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
