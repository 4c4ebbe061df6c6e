"""The published table of standardised runs: its header is checked first, then DuckDB reads it by name."""

import csv
from pathlib import Path
from typing import Final

from energyvis_panel.data.butter_e_published import STANDARD_TABLE
from energyvis_panel.data.butter_e_table_faults import first_fault
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.errors import DatasetError, QueryError
from energyvis_panel.resources import resource_path

COLUMNS: Final = (
    "run_id", "slurm_job_id", "start_time", "node", "size", "depth", "shape", "dataset", "learning_rate",
    "batch_size", "optimizer", "is_gpu", "batch", "energy", "run_time", "power", "std_power", "std_energy",
    "energy_overhead", "non_overhead_energy", "runtime_overhead",
)  # fmt: skip
"""Columns that are read; the published table has more, and may have others."""
LONGEST_HEADER_BYTES: Final = 65_536
SEPARATORS: Final = {";": "semicolons", "\t": "tabs", "|": "bars"}


def write_standard_table(gateway: Gateway, table: Path, named: Path, target: Path) -> dict[str, float]:
    """Write the published table as a Parquet file of runs; its overheads by name.

    Parameters
    ----------
    gateway
        What reads and writes.
    table
        The unpacked CSV file.
    named
        The file that the user named, for sentences.
    target
        Parquet file to write, with the columns of ``datasets/butter_e/README.md``.

    Raises
    ------
    DatasetError
        If it is another file, or is damaged.

    """
    check_table(table, named)
    data_sets = str(resource_path("datasets/butter_e/data_sets.csv"))
    try:
        gateway.write_parquet("butter_e/standard_table", target, file=str(table), data_sets=data_sets)
        overheads = gateway.ask("butter_e/standard_table_overheads", file=str(table)).to_pylist()
    except QueryError as error:
        raise DatasetError(unreadable(table, named, error)) from error
    return {f"{row['hardware'][:3].lower()}_overhead_s": row["overhead_s"] for row in overheads}


def check_table(table: Path, named: Path) -> None:
    """Raise DatasetError where the beginning or the end of the file is not that of the published table."""
    with table.open("rb") as file:
        start = file.read(LONGEST_HEADER_BYTES)
        file.seek(max(0, table.stat().st_size - 1))
        last = file.read(1)
    if not start.strip():
        raise DatasetError(f"{named} is empty. Fetch it again.")
    if start.lstrip().startswith(b"<"):
        raise DatasetError(f"{named} is a web page, not {STANDARD_TABLE}. Fetch it again.")
    try:
        header = start.split(b"\n", 1)[0].decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        header = "\0"
    if "\0" in header:
        raise DatasetError(f"{named} is not text in UTF-8, so it is not {STANDARD_TABLE}.")
    check_header(header, named)
    if last != b"\n":
        raise DatasetError(f"{named} ends within a line: it was cut off. Fetch it again.")


def check_header(header: str, named: Path) -> None:
    """Raise DatasetError where columns are missing."""
    for separator, word in SEPARATORS.items():
        if header.count(separator) > header.count(","):
            raise DatasetError(
                f"The columns of {named} are separated by {word}. Save it with commas, as published."
            )
    try:
        columns = {name.strip() for name in next(csv.reader([header]))}
    except csv.Error as error:
        raise DatasetError(f"The columns of {named} cannot be told: {error}. Fetch it again.") from None
    if "host_name" in columns:
        raise DatasetError(
            f"{named} is a table of the raw set. Name the folder of the raw set with --from-folder."
        )
    missing = [name for name in COLUMNS if name not in columns]
    if len(missing) == len(COLUMNS):
        raise DatasetError(f"{named} is not {STANDARD_TABLE}: none of its columns is there. Check the path.")
    if missing:
        word = "column" if len(missing) == 1 else "columns"
        raise DatasetError(f"{named} lacks the {word} {', '.join(missing)}. Fetch it again as published.")


def unreadable(table: Path, named: Path, error: QueryError) -> str:
    """Sentence about what cannot be read: the line, or else what DuckDB says."""
    fault = first_fault(table)
    if fault:
        return f"{named}, {fault}. Fetch it again."
    reason = str(error.__cause__ or error).strip().splitlines()[0].rstrip(".")
    return f"{named} cannot be read as {STANDARD_TABLE}: {reason.replace(str(table), str(named))}."
