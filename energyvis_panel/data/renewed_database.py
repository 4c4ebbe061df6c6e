"""A database that is opened anew when an error within DuckDB has ended it."""

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

log = logging.getLogger(__name__)

ENDING: Final = (duckdb.InternalException, duckdb.FatalException)
"""Errors after which a database answers nobody any more."""
ENDED: Final = "database has been invalidated"
"""DuckDB's words to whoever asks it then."""
LONGEST_LINE: Final = 300
"""DuckDB may quote what it has read."""
Config = dict[str, str | bool | int | float | list[str]]


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement that makes something: a table, a macro, a file.

    Parameters
    ----------
    name
        For the log.
    schema
        Where what it makes has its name.
    text
        In SQL.
    params
        Values for its ``$names``.

    """

    name: str
    schema: str
    text: str
    params: Mapping[str, object]

    def run(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Run it, with a cursor of its own."""
        with connection.cursor() as cursor:
            if self.schema != "main":
                cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {self.schema}")
                cursor.execute(f"SET schema = '{self.schema}'")
            cursor.execute(self.text, dict(self.params) or None).fetchall()


class RenewedDatabase:
    """A database in memory. Some damaged files bring about an error within DuckDB, which ends it for all.

    Then another is put in its place, and what was made in the first is made in it again.

    Parameters
    ----------
    limits
        DuckDB's settings by name.
    spill_limit
        The most room on disk for what does not fit the memory, in DuckDB's spelling.

    """

    def __init__(self, limits: Mapping[str, str | int], spill_limit: str | None) -> None:
        self._limits = limits
        self._spill_limit = spill_limit
        self._made: dict[tuple[str, str], Statement] = {}
        self._lock = threading.Lock()
        self.connection = self._opened()
        """The present one; a question takes a cursor of it."""

    def make(self, statement: Statement) -> None:
        """Run a statement, and remember it.

        Raises
        ------
        duckdb.Error
            As DuckDB does.

        """
        connection = self.connection
        try:
            statement.run(connection)
        except ENDING:
            self.renew(connection)
            raise
        self._made[statement.name, statement.schema] = statement
        if connection is not self.connection:
            # It was made where nobody looks any more.
            statement.run(self.connection)

    def renew(self, ended: duckdb.DuckDBPyConnection) -> None:
        """Put another database in the place of one that has ended, unless somebody has done so."""
        with self._lock:
            if self.connection is not ended:
                return
            connection = self._opened()
            for statement in list(self._made.values()):
                try:
                    statement.run(connection)
                except duckdb.Error as error:
                    log.error("%s could not be run again: %s", statement.name, first_line(error))  # noqa: TRY400
            self.connection = connection
        log.warning("An error within DuckDB ended the database; another was opened in its place")

    def _opened(self) -> duckdb.DuckDBPyConnection:
        # The questions read local files only; an extension would be fetched from the network.
        config: Config = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
        config.update(self._limits)
        connection = duckdb.connect(":memory:", config=config)
        # ICU is linked into the client, yet its time zones exist only once it is loaded.
        connection.execute("LOAD icu; SET GLOBAL TimeZone = 'UTC'")
        if self._spill_limit is not None:
            # Given as DuckDB is opened, it is shown but not kept to.
            connection.execute("SET GLOBAL max_temp_directory_size = $limit", {"limit": self._spill_limit})
        return connection


def was_ended_before(error: duckdb.Error) -> bool:
    """Whether the database had been ended by another question."""
    return ENDED in str(error)


def trouble_reading(file: Path) -> str | None:
    """Why DuckDB cannot read a Parquet file, asked of a database of its own; None where it can."""
    with duckdb.connect(":memory:") as alone:
        try:
            alone.read_parquet(str(file)).to_arrow_table()
        except duckdb.Error as error:
            return first_line(error)
    return None


def first_line(error: duckdb.Error) -> str:
    """What DuckDB says, without the place in a text, or in its own program; so much that people read it."""
    said = str(error).strip().partition("\n")[0]
    return said if len(said) <= LONGEST_LINE else f"{said[:LONGEST_LINE]}…"
