"""Whether a file of the lake can be read: what is checked, and what is remembered of it."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from energyvis_panel.data.data_dictionary import table_schema
from energyvis_panel.data.lake_damage import deep_damage, reason_against
from energyvis_panel.data.regular_file import check_regular, regular_bytes
from energyvis_panel.data.run_facts import MOST_BYTES, RunFacts, read_run_facts
from energyvis_panel.errors import DatasetError

PARQUET_MAGIC = b"PAR1"
FEWEST_BYTES = 12  # the magic twice and the length of the footer

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
