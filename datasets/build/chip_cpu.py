"""CPUs: power from codecarbon's table, FLOPS by hand for the common servers and desktops.

FLOPS are cores x base clock x FP32 operations a core and cycle (a fused multiply-add counts two), summed
over the two kinds of core of a hybrid chip. No vendor publishes them: they are right within a factor of two.
"""

import csv
import io
import re
from collections import defaultdict
from pathlib import Path

from registry_packages import CODECARBON, read_member
from table_file import Column, Row, Table

from energyvis_panel.data.chip_names import chip_slug

HAND = Path(__file__).with_name("hand") / "chip_cpu_flops.csv"
MEMBER = "codecarbon/data/hardware/cpu_power.csv"

TABLE = Table(
    file="chip_cpu.csv",
    columns=(
        Column("chip_id"),
        Column("kind", choices=frozenset({"cpu"})),
        Column("vendor", choices=frozenset({"AMD", "Ampere", "Apple", "Intel"})),
        Column("name"),
        Column("aliases", optional=True),
        Column("arch", optional=True),
        Column("tdp_w", "number", low=0.5, high=800),
        Column("cores", "integer", optional=True, low=1, high=512),
        Column("base_mhz", "integer", optional=True, low=500, high=6000),
        Column("simd_fp32_per_cycle", "integer", optional=True, low=8, high=64),
        Column("fp32_gflops", "number", optional=True, low=10, high=40_000),
        Column("flops_method", choices=frozenset({"cores_clock_simd", "none"})),
        Column("release_year", "integer", optional=True, low=1990, high=2100),
        Column("source"),
        Column("licence"),
        Column("overlay", "flag"),
    ),
    key=("chip_id",),
    min_rows=4700,
    source="codecarbon cpu_power.csv (power); vendors' product pages (cores and clock of the overlay rows)",
    licence="MIT (codecarbon); published facts (overlay)",
    built_from=(CODECARBON.label,),
)


def rows(cache: Path) -> list[Row]:
    """Rows of the table; what was dropped is printed."""
    listed, dropped = power_rows(read_member(CODECARBON, MEMBER, cache).decode("utf-8-sig"))
    for name, reason in dropped:
        print(f"  dropped {name}: {reason}")
    by_id = {str(row["chip_id"]): row for row in listed}
    for row in hand_rows():
        before = by_id.get(str(row["chip_id"]))
        if before is not None and before["tdp_w"] != row["tdp_w"]:
            print(f"  {row['name']}: {row['tdp_w']} W by hand, {before['tdp_w']} W in codecarbon")
        by_id[str(row["chip_id"])] = row
    return list(by_id.values())


def power_rows(text: str) -> tuple[list[Row], list[tuple[str, str]]]:
    """Rows of codecarbon's table, one a chip, and (name, reason) of what is left out."""
    spellings: dict[str, list[tuple[str, float]]] = defaultdict(list)
    dropped = []
    for entry in csv.DictReader(io.StringIO(text)):
        try:
            watts = float(entry["TDP"])
        except ValueError:
            dropped.append((entry["Name"], f"malformed power {entry['TDP']!r}"))
            continue
        if watts <= 0:
            dropped.append((entry["Name"], f"power of {watts:g} W"))
            continue
        name = full_name(entry["Name"])
        spellings[name.lower()].append((name, watts))
    table: list[Row] = []
    for group in spellings.values():
        name = group[0][0]
        if len({watts for _, watts in group}) > 1:
            dropped.append((name, f"spellings contradict each other: {sorted(w for _, w in group)} W"))
            continue
        table.append(
            {
                "chip_id": chip_slug(name),
                "kind": "cpu",
                "vendor": name.split()[0],
                "name": name,
                "tdp_w": group[0][1],
                "flops_method": "none",
                "source": f"codecarbon {CODECARBON.version}",
                "licence": "MIT",
                "overlay": False,
            }
        )
    return table, dropped


def full_name(name: str) -> str:
    """The name with its vendor in front, plain single spaces, and without the word processor.

    The list writes Intel and Apple before their chips always, AMD only sometimes.
    """
    words = re.sub(r"\s+", " ", name.replace("Processor", " ")).strip()
    return words if words.startswith(("AMD ", "Apple ", "Intel ")) else f"AMD {words}"


def hand_rows() -> list[Row]:
    """Rows of the table typed from the vendors' product pages."""
    with HAND.open(encoding="utf-8", newline="") as stream:
        return [hand_row(entry) for entry in csv.DictReader(stream)]


def hand_row(entry: dict[str, str]) -> Row:
    """Row of one CPU with its peak FP32 rate at base clock."""
    cores, base_mhz, per_cycle = (int(entry[n]) for n in ("cores", "base_mhz", "simd_fp32_per_cycle"))
    efficient = [int(entry[n] or 0) for n in ("e_cores", "e_base_mhz", "e_simd_fp32_per_cycle")]
    gflops = (cores * base_mhz * per_cycle + efficient[0] * efficient[1] * efficient[2]) / 1000
    vendor = entry["name"].split()[0]
    return {
        "chip_id": chip_slug(entry["name"]),
        "kind": "cpu",
        "vendor": vendor,
        "name": entry["name"],
        "aliases": entry["aliases"] or None,
        "arch": entry["arch"],
        "tdp_w": float(entry["tdp_w"]),
        "cores": cores + efficient[0],
        "base_mhz": base_mhz,
        "simd_fp32_per_cycle": per_cycle,
        "fp32_gflops": gflops,
        "flops_method": "cores_clock_simd",
        "release_year": int(entry["release_year"]),
        "source": f"{vendor} product specifications of the {entry['name']}",
        "licence": "published facts",
        "overlay": True,
    }
