"""What is wrong with a raw BUTTER-E file, in one sentence that says which file, where, and how to mend it."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from energyvis_panel.data.butter_e_raw_files import (
    ENERGY,
    METADATA,
    NODE_POWER_DIST,
    NODE_SINFO,
    OBSERVATIONS,
    Casts,
    RawFiles,
    cells_of,
    header_of,
)
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.errors import DatasetError, QueryError

AGAIN: Final = "Fetch the file again."


def check_headers(raw: RawFiles) -> list[Path]:
    """Files of the jobs, once every file is there and has its columns.

    Raises
    ------
    DatasetError
        If one is missing or lacks a column.

    """
    for path, casts in named_files(raw):
        check_columns(path, header_of(path), casts)
    data_sets = raw.data_sets_path()
    names = [name.lower() for name in header_of(data_sets)]
    if "dataset" not in names or not set(OBSERVATIONS).intersection(names):
        raise DatasetError(f"{data_sets} needs the columns dataset and {' or '.join(OBSERVATIONS)}. {AGAIN}")
    jobs = raw.jobs()
    for path in jobs:
        names = header_of(path)
        # They are read by place: finding out the columns of thousands of files would take longer.
        if names != list(ENERGY):
            begin = ",".join(names)[:60]
            raise DatasetError(f"{path} begins with {begin!r} instead of {','.join(ENERGY)!r}. {AGAIN}")
    names = header_of(raw.node_sinfo)
    if names != list(NODE_SINFO):
        raise DatasetError(
            f"{raw.node_sinfo} needs its columns in the order {', '.join(NODE_SINFO)}. {AGAIN}"
        )
    return jobs


def named_files(raw: RawFiles) -> list[tuple[Path, Casts]]:
    """Files that are one each, with their columns."""
    return [
        (raw.metadata, METADATA),
        (raw.node_sinfo, NODE_SINFO),
        (raw.node_power_dist, NODE_POWER_DIST),
    ]


def check_columns(path: Path, names: list[str], columns: Iterable[str]) -> None:
    """Raise DatasetError if a file lacks one of its columns."""
    missing = [column for column in columns if column not in names]
    if missing:
        raise DatasetError(f"{path} lacks the column {', '.join(missing)}. {AGAIN}")


def damage(raw: RawFiles, jobs: list[Path], error: QueryError) -> str:
    """Sentence about the first cell that made DuckDB refuse a statement of the pipeline."""
    statement = error.question.rpartition("/")[2]
    reason = str(error.__cause__ or error).strip().partition("\n")[0].rstrip(".")
    suspects_of: dict[str, list[tuple[Path, Casts]]] = {
        "make_runs": [(raw.metadata, METADATA)],
        "make_samples": [(path, ENERGY) for path in jobs],
        "make_nodes": [(raw.node_sinfo, NODE_SINFO), (raw.node_power_dist, NODE_POWER_DIST)],
        "make_data_sets": [(raw.data_sets_path(), dict.fromkeys(OBSERVATIONS, float))],
    }
    suspects = suspects_of.get(statement, [])
    # DuckDB names the file that it stopped at, which spares reading thousands of them.
    suspects.sort(key=lambda suspect: str(suspect[0]) not in str(error))
    for path, casts in suspects:
        fault = first_fault(path, casts)
        if fault:
            return f"{path}, {fault}. {AGAIN}"
    names = f"{suspects[0][0]} cannot be read" if suspects else "The raw files cannot be standardised"
    return f"{names}: {reason}. {AGAIN}"


def first_fault(path: Path, casts: Casts) -> str | None:
    """Where and why a file is no table of such columns, None if all cells can be read."""
    rows = cells_of(path)
    names = next(rows, [])
    checked = [
        (place, name, cast)
        for place, name in enumerate(names)
        if (cast := casts.get(name) or casts.get(name.lower()))
    ]
    for number, row in enumerate(rows, start=1):
        if row and len(row) != len(names):
            return f"row {number} has {len(row)} cells instead of {len(names)}"
        for place, name, cast in checked:
            if row and row[place]:
                try:
                    cast(row[place])
                except (ValueError, KeyError):
                    return (
                        f"row {number}, column {name}: {row[place][:40]!r} is not what stands there elsewhere"
                    )
    return None


def check_standards(gateway: Gateway) -> None:
    """Raise DatasetError if runs cannot be standardised, because idle power or overhead is unknown."""
    for row in gateway.ask("butter_e/raw/runs_without_standard").to_pylist():
        if not row["has_offset"]:
            raise DatasetError(
                f"The idle power of node {row['node']} is unknown (runs on it: {row['runs']:,}): "
                "node_sinfo.csv or node_power_dist.csv lacks the node or nodes of its type. "
                "Take the two files that were published with the runs."
            )
        raise DatasetError(
            f"The overhead of a run on a {row['hardware']} is unknown: no run of 505_tecator with at most "
            "1,024 parameters is left there to tell it by. Take the whole metadata and all files of jobs."
        )
