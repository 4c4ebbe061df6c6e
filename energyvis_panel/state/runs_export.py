"""The runs on show as a file: CSV for spreadsheets, Parquet for programs. Columns carry their units."""

from collections.abc import Sequence
from io import BytesIO

import pandas as pd

from energyvis_panel.domain.spreadsheet import harmless


def shown(frame: pd.DataFrame, columns: Sequence[str], sort: str) -> pd.DataFrame:
    """The table's columns and the run's id, in the table's order."""
    column, _, direction = sort.partition(":")
    found = frame
    if column in frame.columns:
        found = frame.sort_values(column, ascending=direction != "desc", kind="stable")
    return found[["run_id", *columns]].reset_index(drop=True)


def csv_file(frame: pd.DataFrame) -> BytesIO:
    """The frame as CSV in UTF-8; text that a spreadsheet would run is led by an apostrophe."""
    safe = frame.copy()
    for column in safe.select_dtypes(include=["str"]).columns:
        safe[column] = safe[column].map(harmless, na_action="ignore")
    # So that a lone carriage return is quoted too: it would begin a line.
    return BytesIO(safe.to_csv(index=False, lineterminator="\r\n").encode("utf-8", "replace"))


def parquet_file(frame: pd.DataFrame) -> BytesIO:
    """The frame as Parquet, texts as they are."""
    content = BytesIO()
    frame.to_parquet(content, index=False, compression="zstd")
    content.seek(0)
    return content
