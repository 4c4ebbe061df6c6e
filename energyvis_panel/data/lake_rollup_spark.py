"""Spark as the engine that sums readings: the files of ``sql/lake`` that DuckDB runs, in Spark's spelling.

Spark knows no macro that takes files, so that each is a view there, over views of the files. Nothing else of
a text is changed; docs/rollups.md says what the texts must keep to.
"""

import contextlib
import importlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from energyvis_panel.data.data_dictionary import table_schema
from energyvis_panel.errors import QueryError, SettingsError
from energyvis_panel.resources import resource_path

QUESTION: Final = "lake/run_totals_of_month"
MACROS: Final = ("lake/make_counted_samples", "lake/make_run_totals")
MOST_SAMPLES: Final = 2_000_000_000
SPELLING: Final = (
    (
        re.compile(r"CREATE OR REPLACE MACRO (\w+)\([\w, ]*\) AS TABLE"),
        r"CREATE OR REPLACE TEMPORARY VIEW \1 AS",
    ),
    (re.compile(r"read_parquet\(\$?(\w+), union_by_name = TRUE\)"), r"\1"),
    (re.compile(r"\b(FROM|JOIN) (\w+)\([$\w, ]*\)"), r"\1 \2"),
    (re.compile(r"\bepoch_us\("), "unix_micros("),
)
"""DuckDB's spelling and Spark's: what makes a macro, reads files, calls a macro, and one function."""
CONFIGURED: Final = {
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
TYPES: Final = {
    "string": "STRING",
    "int32": "INT",
    "int64": "BIGINT",
    "float": "FLOAT",
    "double": "DOUBLE",
    "timestamp[us, tz=UTC]": "TIMESTAMP",
    "map<string, double>": "MAP<STRING, DOUBLE>",
}


class SparkSums:
    """Sums readings in Spark.

    Parameters
    ----------
    session
        A session of Spark, whose time zone is UTC.
    lake
        Folder of the lake, below which all files lie.
    url
        The same folder as the executors see it, e.g. ``"s3a://lab/lake"``; the path itself by default.

    """

    most_samples: int = MOST_SAMPLES

    def __init__(self, session: Any, lake: Path, url: str | None = None) -> None:
        self._session = session
        self._lake = lake
        self._url = (url or f"file://{lake.absolute()}").rstrip("/")

    def totals(self, samples: Sequence[Path], epochs: Sequence[Path]) -> pa.Table:
        """Rows of ``lake/run_totals_of_month`` for the runs in the files.

        Raises
        ------
        QueryError
            If Spark refuses the question, or cannot read a file.

        """
        failure = importlib.import_module("pyspark.errors").PySparkException
        java_failure = importlib.import_module("py4j.protocol").Py4JError
        try:
            self._view("samples", samples)
            self._view("epochs", epochs)
            for macro in MACROS:
                self._session.sql(spark_text(macro))
            return self._session.sql(spark_text(QUESTION)).toArrow()
        except (failure, java_failure) as error:
            raise QueryError(QUESTION, {}, str(error).strip().partition("\n")[0]) from error

    def _view(self, table: str, paths: Sequence[Path]) -> None:
        """Make a view of the files; a column that one of them lacks is null."""
        columns = ", ".join(f"`{column.name}` {TYPES[str(column.type)]}" for column in table_schema(table))
        urls = [f"{self._url}/{path.relative_to(self._lake).as_posix()}" for path in paths]
        reader = self._session.read.schema(columns)
        rows = reader.parquet(*urls) if urls else self._session.createDataFrame([], columns)
        rows.createOrReplaceTempView(table)


@contextlib.contextmanager
def spark_sums(lake: Path, *, master: str | None = None, url: str | None = None) -> Iterator[SparkSums]:
    """The engine, with a session of its own that ends with the block.

    Parameters
    ----------
    lake, url
        As for :class:`SparkSums`.
    master
        Which cluster; what Spark is configured for by default, and this machine where it is not.

    Raises
    ------
    SettingsError
        If there is no Spark here, or it cannot be started.

    """
    try:
        sql: Any = importlib.import_module("pyspark.sql")
        refused: Any = importlib.import_module("pyspark.errors").PySparkException
        java_refused: Any = importlib.import_module("py4j.protocol").Py4JError
    except ModuleNotFoundError as error:
        raise SettingsError(
            "The engine spark needs the package pyspark. Install it: pip install 'energyvis-panel[spark]'"
        ) from error
    builder = sql.SparkSession.builder.appName("energyvis lake rollup")
    for name, value in CONFIGURED.items():
        builder = builder.config(name, value)
    try:
        session = (builder.master(master) if master else builder).getOrCreate()
    except (refused, java_refused) as error:
        reason = str(getattr(error, "java_exception", error)).strip().partition("\n")[0]
        raise SettingsError(
            f"Spark could not be started ({reason}). Install Java 17, and see that --master names a cluster."
        ) from error
    try:
        session.sparkContext.setLogLevel("ERROR")
        yield SparkSums(session, lake, url)
    finally:
        session.stop()


def spark_text(question: str) -> str:
    """Text of a file below ``sql/`` as Spark takes it."""
    text = resource_path(f"sql/{question}.sql").read_text(encoding="utf-8")
    for duckdb_spelling, spark_spelling in SPELLING:
        text = duckdb_spelling.sub(spark_spelling, text)
    return text.rstrip().rstrip(";")
