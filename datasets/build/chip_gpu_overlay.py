"""Accelerators typed from the vendors' data sheets; they stand before the same chips of the GPU catalogue.

Rates are dense; where a sheet prints the sparse rate only, it is halved. Matrix rates of GeForce cards are
those with FP32 accumulation, half of the advertised ones, because training needs them.
"""

import csv
from pathlib import Path

from table_file import Column, Row, Table

from energyvis_panel.data.chip_names import chip_slug

HAND = Path(__file__).with_name("hand") / "chip_gpu_overlay.csv"

TABLE = Table(
    file="chip_gpu_overlay.csv",
    columns=(
        Column("chip_id"),
        Column("kind", choices=frozenset({"gpu", "accelerator"})),
        Column("vendor", choices=frozenset({"AMD", "Google", "Intel", "NVIDIA"})),
        Column("name"),
        Column("aliases", optional=True),
        Column("replaces", optional=True),
        Column("tdp_w", "number", low=50, high=1500),
        Column("fp32_gflops", "number", optional=True, low=1000, high=200_000),
        Column("tf32_tflops", "number", optional=True, low=5, high=1500),
        Column("fp16_tflops", "number", optional=True, low=10, high=3000),
        Column("fp8_tflops", "number", optional=True, low=100, high=6000),
        Column("flops_method", choices=frozenset({"vendor"})),
        Column("tensor_source", optional=True, choices=frozenset({"vendor"})),
        Column("memory_gb", "number", low=8, high=300),
        Column("release_year", "integer", low=2010, high=2100),
        Column("source"),
        Column("source_year", "integer", low=2010, high=2100),
        Column("licence"),
    ),
    key=("chip_id",),
    min_rows=40,
    source="Data sheets and architecture white papers of the vendors, named in each row",
    licence="published facts",
)
RATES = ("tf32_tflops", "fp16_tflops", "fp8_tflops")


def rows(_cache: Path) -> list[Row]:
    """Rows of the table."""
    with HAND.open(encoding="utf-8", newline="") as stream:
        return [overlay_row(entry) for entry in csv.DictReader(stream)]


def overlay_row(entry: dict[str, str]) -> Row:
    """Row of one accelerator."""
    rates = {name: float(entry[name]) if entry[name] else None for name in RATES}
    fp32 = float(entry["fp32_tflops"]) * 1000 if entry["fp32_tflops"] else None
    return {
        "chip_id": chip_slug(entry["name"]),
        "kind": entry["kind"],
        "vendor": entry["name"].split()[0],
        "name": entry["name"],
        "aliases": entry["aliases"] or None,
        "replaces": entry["replaces"] or None,
        "tdp_w": float(entry["tdp_w"]),
        "fp32_gflops": fp32,
        **rates,
        "flops_method": "vendor",
        "tensor_source": "vendor" if any(rates.values()) else None,
        "memory_gb": float(entry["memory_gb"]),
        "release_year": int(entry["release_year"]),
        "source": entry["source"],
        "source_year": int(entry["source_year"]),
        "licence": "published facts",
    }
