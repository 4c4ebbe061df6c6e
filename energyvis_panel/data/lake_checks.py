"""Whether a file of the lake can be read: what is checked, and what is remembered of it."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from energyvis_panel.data.data_dictionary import table_schema
from energyvis_panel.data.regular_file import check_regular, regular_bytes
from energyvis_panel.data.renewed_database import trouble_reading
from energyvis_panel.data.run_facts import MOST_BYTES, RunFacts, read_run_facts
from energyvis_panel.errors import DatasetError

PARQUET_MAGIC = b"PAR1"
FEWEST_BYTES = 12  # the magic twice and the length of the footer

CALENDAR = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
"""First and last time that is a date in every time zone."""
UNITS_PER_S = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}

Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class DamagedFile:
    """A file that is left out of all answers, and why; a foreign one belongs to no lake."""

    path: Path
    reason: str
    is_foreign: bool = False


class FileChecks:
    """Verdicts on files, remembered until a file changes. A reason, or None where the file is fine."""

    def __init__(self) -> None:
        self._verdicts: dict[str, tuple[Stamp, str | None]] = {}
        self.deep: dict[str, tuple[Stamp, str]] = {}
        """Damage that only reading through has shown; the parts of a lake share it with the whole."""
        self._facts: dict[str, tuple[Stamp, RunFacts | str]] = {}

    def table(self, path: Path, table: str, run_id: str | None = None) -> str | None:
        """Why the Parquet file cannot serve as ``table`` (of ``run_id`` alone), or None.

        Raises
        ------
        FileNotFoundError
            If the file is gone, which is no damage.

        """
        try:
            stamp = stamp_of(path)
        except DatasetError as error:
            return str(error)
        deep = self.deep.get(str(path))
        if deep is not None and deep[0] == stamp:
            return deep[1]
        known = self._verdicts.get(str(path))
        if known is None or known[0] != stamp:
            known = (stamp, reason_against(lambda: check_footer(path, table, run_id)))
            self._verdicts[str(path)] = known
        return known[1]

    def facts(self, path: Path, run_id: str) -> RunFacts | str:
        """Facts in a ``run.json``, or why there are none.

        Raises
        ------
        FileNotFoundError
            If the file is gone.

        """
        try:
            stamp = stamp_of(path)
        except DatasetError as error:
            return str(error)
        known = self._facts.get(str(path))
        if known is None or known[0] != stamp:
            known = (stamp, read_facts(path, run_id))
            self._facts[str(path)] = known
        return known[1]

    def read_through(self, path: Path) -> bool:
        """Whether the Parquet file can be decoded, by Arrow and by DuckDB; remembers the reason if not.

        Raises
        ------
        FileNotFoundError
            If the file is gone.

        """
        try:
            stamp = stamp_of(path)
        except DatasetError:
            return False
        reason = deep_damage(path)
        if reason is not None:
            self.deep[str(path)] = (stamp, reason)
        return reason is None

    def is_current(self, path: Path) -> bool:
        """Whether the file is still the one that was looked at, and not gone or replaced since."""
        known = self._verdicts.get(str(path))
        try:
            return known is None or known[0] == stamp_of(path)
        except (FileNotFoundError, DatasetError):
            return False

    def forget_all_but(self, paths: set[str]) -> None:
        """Drop what is known of files that are no longer in the lake."""
        for known in (self._verdicts, self._facts):
            for path in known.keys() - paths:
                known.pop(path, None)


def stamp_of(path: Path) -> Stamp:
    """What changes when a file is replaced: inode, size, time of change.

    Raises
    ------
    FileNotFoundError
        If the file is gone.
    DatasetError
        If it cannot be looked at; the message is the reason alone.

    """
    try:
        status = path.stat()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise DatasetError(f"it cannot be read ({error.strerror})") from error
    return status.st_ino, status.st_size, status.st_mtime_ns


def reason_against(check: Callable[[], None]) -> str | None:
    """The reason that ``check`` raises, or None."""
    try:
        check()
    except FileNotFoundError:
        raise
    except DatasetError as error:
        return str(error)
    except UnicodeDecodeError:
        return "it cannot be read (a name in it is not UTF-8)"
    except (OSError, OverflowError, pa.ArrowException) as error:
        return f"it cannot be read ({str(error).splitlines()[0]})"
    return None


def deep_damage(path: Path) -> str | None:
    """Why a Parquet file cannot be read through, by Arrow or by DuckDB; None where it can.

    Raises
    ------
    FileNotFoundError
        If the file is gone.

    """
    return reason_against(lambda: check_pages(path)) or trouble_reading(path)


def check_footer(path: Path, table: str, run_id: str | None) -> None:
    """Raise DatasetError if the file is torn, or is no such table."""
    check_regular(path)
    with path.open("rb") as file:
        head = file.read(len(PARQUET_MAGIC))
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - len(PARQUET_MAGIC)))
        tail = file.read()
    if size < FEWEST_BYTES or head != PARQUET_MAGIC or tail != PARQUET_MAGIC:
        raise DatasetError("it is not a whole Parquet file")
    with pq.ParquetFile(path) as parquet:
        check_columns(parquet.schema_arrow, table_schema(table))
        if run_id is not None:
            check_run(parquet.metadata, run_id)


def check_columns(found: pa.Schema, expected: pa.Schema) -> None:
    """Raise DatasetError if a column is missing or of another type; further columns are passed over.

    A nullable column may be missing: files that were written before it existed lack it, and it reads as null.
    """
    for column in expected:
        place = found.get_field_index(column.name)
        if place < 0:
            if column.nullable:
                continue
            raise DatasetError(f"it has no column {column.name!r}")
        if plain_type(found.field(place).type) != plain_type(column.type):
            raise DatasetError(
                f"its column {column.name!r} is {found.field(place).type}, but must be {column.type}"
            )


def plain_type(kind: pa.DataType) -> str:
    """Spelling of a type that is equal for types which Parquet stores alike."""
    if pa.types.is_dictionary(kind):
        return plain_type(kind.value_type)
    if pa.types.is_map(kind):
        return f"map<{plain_type(kind.key_type)}, {plain_type(kind.item_type)}>"
    return str(kind).removeprefix("large_")


def row_count(files: Iterable[Path]) -> int:
    """Rows in Parquet files, from their footers."""
    return sum(pq.read_metadata(file).num_rows for file in files)


def check_run(metadata: Any, run_id: str) -> None:
    """Raise DatasetError if the column statistics show rows of another run."""
    names = [metadata.schema.column(place).path for place in range(metadata.num_columns)]
    place = names.index("run_id")
    for group in range(metadata.num_row_groups):
        statistics = metadata.row_group(group).column(place).statistics
        if statistics is None or not statistics.has_min_max:
            continue
        for found in (statistics.min, statistics.max):
            if found != run_id:
                raise DatasetError(f"it holds rows of the run {found!r}, not {run_id!r}")


def check_pages(path: Path) -> None:
    """Raise what Arrow raises if a page cannot be decoded; one row group is in memory at a time."""
    with pq.ParquetFile(path) as parquet:
        for group in range(parquet.metadata.num_row_groups):
            for name in beyond_calendar(parquet.read_row_group(group)):
                raise DatasetError(f"its column {name!r} holds a time outside of the calendar")


def beyond_calendar(rows: pa.Table) -> list[str]:
    """Names of columns with a time that is before the year 1 or after the year 9999."""
    found = []
    for name, column in zip(rows.column_names, rows.columns, strict=True):
        if not pa.types.is_timestamp(column.type):
            continue
        ends, per_s = pc.min_max(column.cast("int64")), UNITS_PER_S[column.type.unit]
        first, last = (int(end.timestamp()) * per_s for end in CALENDAR)
        if ends["min"].is_valid and not first <= ends["min"].as_py() <= ends["max"].as_py() <= last:
            found.append(name)
    return found


def read_facts(path: Path, run_id: str) -> RunFacts | str:
    """Facts in the file, or the reason why there are none."""
    try:
        return read_run_facts(regular_bytes(path, MOST_BYTES), run_id)
    except FileNotFoundError:
        raise
    except DatasetError as error:
        return str(error)
    except OSError as error:
        return f"it cannot be read ({error.strerror})"
