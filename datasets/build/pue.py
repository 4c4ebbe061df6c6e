"""Power usage effectiveness of kinds of site and of named operators."""

import csv
from pathlib import Path

from table_file import Column, Row, Table

HAND = Path(__file__).with_name("hand") / "pue.csv"

TABLE = Table(
    file="pue.csv",
    columns=(
        Column("pue_id"),
        Column("label"),
        Column("pue", "number", low=1, high=3),
        # Empty where the figure is a definition or a running average without a year.
        Column("year", "integer", optional=True, low=2007, high=2100),
        Column("source"),
        Column("licence"),
    ),
    key=("pue_id",),
    min_rows=13,
    source="Uptime Institute surveys 2018 to 2024; operators' reports; NREL",
    licence="published facts",
)


def rows(_cache: Path) -> list[Row]:
    """Rows of the table."""
    with HAND.open(encoding="utf-8", newline="") as stream:
        return [
            {
                **entry,
                "pue": float(entry["pue"]),
                "year": int(entry["year"]) if entry["year"] else None,
                "licence": "published facts",
            }
            for entry in csv.DictReader(stream)
        ]
