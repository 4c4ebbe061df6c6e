"""What the GPU catalogue says of boards with several GPUs, and which of its figures are not to be used."""

import csv
from pathlib import Path

from table_file import Column, Row, Table

from energyvis_panel.data.chip_names import chip_slug

HAND = Path(__file__).with_name("hand") / "chip_gpu_correction.csv"

TABLE = Table(
    file="chip_gpu_correction.csv",
    columns=(
        Column("chip_id"),
        Column("name"),
        Column("gpus", "integer", optional=True, low=2, high=4),
        Column("drop", optional=True, choices=frozenset({"flops", "power"})),
        Column("reason"),
        Column("source"),
        Column("licence"),
    ),
    key=("chip_id",),
    min_rows=50,
    source="Vendors' product pages (number of GPUs on a board); comparison of the catalogue with itself",
    licence="published facts",
)


def rows(_cache: Path) -> list[Row]:
    """Rows of the table."""
    with HAND.open(encoding="utf-8", newline="") as stream:
        return [
            {
                "chip_id": chip_slug(entry["name"]),
                "name": entry["name"],
                "gpus": int(entry["gpus"]) if entry["gpus"] else None,
                "drop": entry["drop"] or None,
                "reason": entry["reason"],
                "source": "vendor's product page" if entry["gpus"] else "comparison within the catalogue",
                "licence": "published facts",
            }
            for entry in csv.DictReader(stream)
        ]
