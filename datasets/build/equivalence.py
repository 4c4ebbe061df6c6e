"""Amounts of carbon that people can feel, in kilograms and as printed by their source."""

import csv
from pathlib import Path

from table_file import Column, Row, Table

HAND = Path(__file__).with_name("hand") / "equivalence.csv"
KG_PER = {"lb": 0.45359237, "kg": 1.0}  # the pound is exact, by definition
LICENCES = {
    "Strubell et al.": "CC BY 4.0",
    "US EPA": "public domain (US government)",
    "European": "CC BY 4.0",
}

TABLE = Table(
    file="equivalence.csv",
    columns=(
        Column("eq_id"),
        Column("label"),
        Column("kg_co2e", "number", low=0.01, high=1e6),
        Column("per"),
        Column("printed"),
        Column("year", "integer", low=2000, high=2100),
        Column("source"),
        Column("licence"),
    ),
    key=("eq_id",),
    min_rows=11,
    source="Strubell, Ganesh, McCallum 2019 (arXiv 1906.02243), Table 1; US EPA; European Environment Agency",
    licence="CC BY 4.0 (Strubell et al., EEA); public domain (US EPA)",
)


def rows(_cache: Path) -> list[Row]:
    """Rows of the table."""
    with HAND.open(encoding="utf-8", newline="") as stream:
        return [
            {
                "eq_id": entry["eq_id"],
                "label": entry["label"],
                "kg_co2e": float(entry["amount"]) * KG_PER[entry["unit"]],
                "per": entry["per"],
                "printed": entry["printed"],
                "year": int(entry["year"]),
                "source": entry["source"],
                "licence": next(
                    text for start, text in LICENCES.items() if entry["source"].startswith(start)
                ),
            }
            for entry in csv.DictReader(stream)
        ]
