"""The one module that talks to DuckDB."""

import re
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import pyarrow as pa

from energyvis_panel.data.renewed_database import (
    ENDING,
    RenewedDatabase,
    Statement,
    first_line,
    was_ended_before,
)
from energyvis_panel.data.running_questions import RunningQuestions
from energyvis_panel.errors import QueryCancelled, QueryError, QueryOverLimit
from energyvis_panel.resources import resource_path

QUESTION_NAME = re.compile(r"[a-z0-9_]+(/[a-z0-9_]+)+")
SCHEMA_NAME = re.compile(r"[a-z0-9_]+")
TOO_LARGE = "it needs more memory or disk than this server allows a question. Ask about fewer runs."
Narrowing = Callable[[Any], tuple[str, Any]]
"""From the value of a parameter to the schema whose macros suit it, and to what of the value they need."""


class Gateway:
    """Answers the questions in ``sql/``, one fresh cursor each, so that threads may share it.

    An error within DuckDB itself, as some damaged files bring about, ends a database for all questions. Then
    another is opened, and what was made in the first is made in it again.

    Parameters
    ----------
    sql_root
        Folder of the questions; the shipped one by default.
    threads
        How many threads one question may use; DuckDB's own choice by default.
    memory_limit
        The most memory the database may take, in DuckDB's spelling, e.g. ``"4GB"``.
    question_limit_s
        Longest that :meth:`ask` may take; a question that takes longer is stopped. None = any length.
    spill
        Folder for what does not fit the memory, made when it is needed; DuckDB's own choice by default.
    spill_limit
        The most room that folder may take, in DuckDB's spelling.

    """

    def __init__(
        self,
        sql_root: Path | None = None,
        *,
        threads: int | None = None,
        memory_limit: str | None = None,
        question_limit_s: float | None = None,
        spill: Path | None = None,
        spill_limit: str | None = None,
    ) -> None:
        self.sql_root = sql_root or resource_path("sql")
        limits = {
            "threads": threads,
            "memory_limit": memory_limit,
            "temp_directory": None if spill is None else str(spill),
        }
        self._database = RenewedDatabase({k: v for k, v in limits.items() if v is not None}, spill_limit)
        self._texts: dict[str, str] = {}
        self._parameters: dict[str, frozenset[str]] = {}
        self._narrowings: dict[str, Narrowing] = {}
        self._running = RunningQuestions(question_limit_s)
        self._question_limit_s = question_limit_s

    def ask(self, question: str, *, token: object = None, **params: object) -> pa.Table:
        """Answer of a question as an Arrow table.

        Parameters
        ----------
        question
            Path below ``sql/`` without ending, e.g. ``"runs/all_runs"``.
        token
            Any hashable name under which the question can be cancelled with :meth:`cancel`.
        params
            Values for the question's ``$names``; each is bound, none is pasted into the text.

        Raises
        ------
        QueryCancelled
            If :meth:`cancel` withdrew the question.
        QueryOverLimit
            If it takes longer or more memory than it may.
        QueryError
            If there is no such question, or DuckDB refuses it.

        """
        connection = self._database.connection
        try:
            return self._answered(connection, question, token, params)
        except ENDING as error:
            self._database.renew(connection)
            if not was_ended_before(error):
                raise QueryError(question, params, first_line(error)) from error
        # Another question ended the database.
        return self.ask(question, token=token, **params)

    def _answered(
        self,
        connection: duckdb.DuckDBPyConnection,
        question: str,
        token: object,
        params: dict[str, object],
    ) -> pa.Table:
        bound = dict(params)
        with self._running.over(connection.cursor(), token) as running:
            cursor = running.cursor
            try:
                for name in self._narrowings.keys() & bound.keys():
                    schema, bound[name] = self._narrowings[name](bound[name])
                    cursor.execute(f"SET search_path = '{schema},main'")
                return cursor.sql(self._text(question), params=bound).to_arrow_table()
            except ENDING:
                raise
            except duckdb.InterruptException as interrupted:
                if running.is_late:
                    raise QueryOverLimit(question, params, self._too_late()) from interrupted
                raise QueryCancelled(question, params, "it was withdrawn") from interrupted
            except duckdb.OutOfMemoryException as error:
                raise QueryOverLimit(question, params, TOO_LARGE) from error
            except duckdb.Error as error:
                raise QueryError(question, params, first_line(error)) from error

    @property
    def running(self) -> int:
        """How many questions are being answered."""
        return len(self._running)

    def is_answering(self) -> bool:
        """Whether the database answers.

        Raises
        ------
        QueryError
            If it says why it does not.

        """
        try:
            with self._database.connection.cursor() as cursor:
                return cursor.execute("SELECT 1").fetchone() == (1,)
        except duckdb.Error as error:
            raise QueryError("is_answering", {}, first_line(error)) from error

    def parameters(self, question: str) -> frozenset[str]:
        """Names of the values that a question needs, without their ``$``.

        Raises
        ------
        QueryError
            If there is no such question, or DuckDB cannot read it.

        """
        if question not in self._parameters:
            try:
                statements = duckdb.extract_statements(self._text(question))
            except duckdb.Error as error:
                raise QueryError(question, {}, first_line(error)) from error
            self._parameters[question] = frozenset().union(*(s.named_parameters for s in statements))
        return self._parameters[question]

    def run(self, statement: str, **params: object) -> None:
        """Run a statement file that makes something: a table, a macro, a Parquet file.

        Raises
        ------
        QueryError
            As for :meth:`ask`.

        """
        self._make(statement, "main", self._text(statement), params)

    def run_part(self, statement: str, schema: str, keep: Callable[[str], bool]) -> None:
        """Run the lines of a statement file that ``keep`` admits, in a schema of their own.

        Raises
        ------
        QueryError
            As for :meth:`ask`.

        """
        if not SCHEMA_NAME.fullmatch(schema):
            raise QueryError(statement, {}, f"{schema!r} is no name of a schema")
        text = "\n".join(filter(keep, self._text(statement).splitlines()))
        self._make(statement, schema, text, {})

    def _make(self, statement: str, schema: str, text: str, params: dict[str, object]) -> None:
        try:
            self._database.make(Statement(statement, schema, text, params))
        except duckdb.Error as error:
            raise QueryError(statement, params, first_line(error)) from error

    def narrow(self, parameter: str, narrowing: Narrowing) -> None:
        """Let every question with this parameter see the macros of the schema that suits its value first."""
        self._narrowings[parameter] = narrowing

    def write_parquet(self, question: str, target: Path, **params: object) -> None:
        """Write a question's answer to a Parquet file, row group by row group, in the question's order.

        Raises
        ------
        QueryError
            As for :meth:`ask`, or if the file cannot be written.

        """
        connection = self._database.connection
        try:
            with connection.cursor() as cursor:
                cursor.sql(self._text(question), params=params).write_parquet(str(target), compression="zstd")
        except duckdb.Error as error:
            if isinstance(error, ENDING):
                self._database.renew(connection)
            raise QueryError(question, params, first_line(error)) from error

    def cancel(self, token: object) -> None:
        """Withdraw the question that runs under ``token``, if one does."""
        self._running.cancel(token)

    def close(self) -> None:
        """Close the database; later questions fail."""
        self._running.close()
        self._database.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _text(self, question: str) -> str:
        if question not in self._texts:
            path = self.sql_root / f"{question}.sql"
            if not QUESTION_NAME.fullmatch(question) or not path.is_file():
                raise QueryError(question, {}, f"there is no file sql/{question}.sql")
            self._texts[question] = path.read_text(encoding="utf-8")
        return self._texts[question]

    def _too_late(self) -> str:
        return (
            f"it took longer than {self._question_limit_s:g} s, the most that this server allows a question. "
            "Ask about fewer runs."
        )
