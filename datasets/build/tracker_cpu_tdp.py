"""The tracker's own table of thermal design power, made from the reference table of CPUs.

Usage: ``python datasets/build/tracker_cpu_tdp.py`` with the project installed, after ``chip_cpu`` was
built. The tracker ships without ``datasets/``, so it carries what its estimate needs: one line for each way
in which a processor may call itself. A name that stands for two powers is left out.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from table_file import Column, Row, Table, csv_text, replace_file, validate

from energyvis_tracker.meters.cpu_tdp import TABLE as TARGET
from energyvis_tracker.meters.cpu_tdp import model_key

SOURCE = Path(__file__).resolve().parent.parent / "reference" / "chip_cpu.csv"
FLOPS = Path(__file__).with_name("hand") / "chip_cpu_flops.csv"
# Makers whose cores run one thread each.
SINGLE_THREADED = ("Ampere", "Apple")

TABLE = Table(
    file=TARGET.name,
    columns=(
        Column("model_key"),
        Column("tdp_w", "number", low=0.5, high=800),
        Column("threads", "integer", optional=True, low=1, high=1024),
        Column("source"),
        Column("year", "integer", optional=True, low=1990, high=2100),
        Column("licence"),
    ),
    key=("model_key",),
    min_rows=4000,
    source="chip_cpu.csv",
    licence="MIT (codecarbon); published facts (overlay)",
    built_from=(SOURCE.name,),
)


def rows(chips: Iterable[dict[str, str]], efficient_cores: dict[str, int]) -> list[Row]:
    """Rows of the table; `efficient_cores` gives the cores without a second thread, by the chip's name."""
    by_key: dict[str, list[Row]] = defaultdict(list)
    for chip in chips:
        if key := model_key(chip["name"]):
            by_key[key].append(row_of(key, chip, efficient_cores.get(chip["name"], 0)))
    return [found[0] for found in by_key.values() if len({row["tdp_w"] for row in found}) == 1]


def row_of(key: str, chip: dict[str, str], efficient_cores: int) -> Row:
    """Row of one chip. Two threads a core, as the vendors say of all chips whose cores the table knows."""
    threads = None
    if chip["cores"]:
        cores = int(chip["cores"])
        threads = cores if chip["vendor"] in SINGLE_THREADED else 2 * cores - efficient_cores
    is_listed = chip["overlay"] == "false"
    return {
        "model_key": key,
        "tdp_w": float(chip["tdp_w"]),
        "threads": threads,
        "source": chip["source"] if is_listed else f"{chip['vendor']} product specifications",
        "year": int(chip["release_year"]) if chip["release_year"] else None,
        "licence": chip["licence"],
    }


def table_text() -> str:
    """Text of the table as the reference table gives it now."""
    with SOURCE.open(encoding="utf-8", newline="") as stream:
        chips = list(csv.DictReader(stream))
    with FLOPS.open(encoding="utf-8", newline="") as stream:
        efficient = {entry["name"]: int(entry["e_cores"] or 0) for entry in csv.DictReader(stream)}
    made = rows(chips, efficient)
    validate(TABLE, made)
    return csv_text(TABLE, made)


def write() -> None:
    """Write the table into the tracker's package."""
    replace_file(TARGET, table_text())


if __name__ == "__main__":
    write()
