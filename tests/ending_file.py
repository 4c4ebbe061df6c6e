"""A Parquet file that brings about an error within DuckDB, which ends the database that reads it."""

from pathlib import Path

import duckdb


def end_database(file: Path) -> None:
    """Damage a Parquet file by one byte of its footer, a length or a place, until DuckDB fails within."""
    whole = file.read_bytes()
    footer = len(whole) - 8 - int.from_bytes(whole[-8:-4], "little")
    # A byte with its highest bit set is part of a number that goes on.
    for place in range(footer, len(whole) - 8):
        if whole[place] < 0x80:
            continue
        file.write_bytes(whole[:place] + b"\xff" + whole[place + 1 :])
        with duckdb.connect() as alone:
            try:
                alone.read_parquet(str(file)).to_arrow_table()
            except (duckdb.InternalException, duckdb.FatalException):
                return
            except duckdb.Error:
                continue
    raise AssertionError("No byte of the footer ends this version of DuckDB.")
