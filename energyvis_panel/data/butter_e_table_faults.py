"""Finds the first line of the published table that cannot be read, once DuckDB has refused the whole."""

import csv
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final


def whole_number(bits: int) -> Callable[[str], None]:
    """A check for whole numbers of so many bits."""

    def check(text: str) -> None:
        if not -(1 << bits - 1) <= int(text) < 1 << bits - 1:
            raise ValueError(text)

    return check


def truth(text: str) -> None:
    """A check for yes or no."""
    if text.lower() not in {"0", "1", "true", "false"}:
        raise ValueError(text)


NUMBERS: Final = (
    "learning_rate", "energy", "run_time", "power", "std_power", "std_energy", "energy_overhead",
    "non_overhead_energy", "runtime_overhead",
)  # fmt: skip
CHECKS: Final[Mapping[str, tuple[Callable[[str], object], str]]] = {
    "slurm_job_id": (whole_number(64), "a whole number"),
    "start_time": (datetime.fromisoformat, "a time"),
    "size": (whole_number(32), "a whole number that fits"),
    "depth": (whole_number(8), "a whole number that fits"),
    "batch_size": (whole_number(16), "a whole number that fits"),
    "is_gpu": (truth, "0 or 1"),
    **dict.fromkeys(NUMBERS, (float, "a number")),
}
"""How each column is read, and what its cells have to be."""


def first_fault(table: Path) -> str | None:
    """What is wrong, and in which line; None where every line is as it should be.

    An empty cell is a missing value, which is for others to judge.
    """
    with table.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        reader = csv.reader(file)
        try:
            header = next(reader, [])
            columns = {place: CHECKS[name] for place, name in enumerate(header) if name in CHECKS}
            for cells in reader:
                fault = fault_of(cells, header, columns) if cells else None
                if fault:
                    return f"line {reader.line_num:,}: {fault}"
        except csv.Error as error:
            return f"line {reader.line_num:,}: {error}"
    return None


def fault_of(
    cells: list[str], header: list[str], columns: Mapping[int, tuple[Callable[[str], object], str]]
) -> str | None:
    """What is wrong with one line."""
    if len(cells) != len(header):
        return f"{len(cells)} columns where {len(header)} should be; the file is damaged or cut off"
    for place, (check, words) in columns.items():
        if cells[place] and not passes(check, cells[place]):
            return f"the column {header[place]} holds {cells[place][:60]!r}, which is not {words}"
    return None


def passes(check: Callable[[str], object], text: str) -> bool:
    """Whether a cell is what its check wants."""
    try:
        check(text)
    except ValueError:
        return False
    return True
