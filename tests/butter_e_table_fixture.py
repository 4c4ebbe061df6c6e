"""The loaded table of runs, open to any question: the stand-in, or real runs where a file is named."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from energyvis_panel.data.butter_e import load_butter_e, standin_path
from energyvis_panel.data.gateway import Gateway

REAL = "ENERGYVIS_BUTTER_E_REAL"
"""Variable of the environment with the path of a Parquet file of real runs."""
TABLES = ("stand-in", "real")

Ask = Callable[[str], list[tuple[Any, ...]]]


@contextmanager
def loaded_table(table: str) -> Iterator[Ask]:
    """Answer SELECTs over ``butter_e_runs`` and over ``published``, its standardised runs."""
    if table == "real" and REAL not in os.environ:
        pytest.skip(f"{REAL} names no file of real runs")
    path = Path(os.environ[REAL]) if table == "real" else standin_path()
    with Gateway(threads=2) as gateway:
        load_butter_e(gateway, path)
        cursor = gateway._database.connection.cursor()
        cursor.execute(
            "CREATE VIEW published AS SELECT *, log2(size)::int AS exponent FROM butter_e_runs "
            "WHERE status = 'standardised'"
        )
        yield lambda sql: cursor.sql(sql).fetchall()
