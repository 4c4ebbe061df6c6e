"""``energyvis spans``: what each kind of work of a run took, and each unit of it."""

import argparse
from typing import Any

from energyvis_panel.cli.open import open_lake
from energyvis_panel.cli.output import print_json, print_table, print_text
from energyvis_panel.data.lake import Lake
from energyvis_panel.domain.units import duration_text, energy_scale, power_text, three_digits

FORMAT = "energyvis-spans"
VERSION = 1


def show_spans(options: argparse.Namespace) -> int:
    """Print a row for each name and unit; 0.

    Raises
    ------
    DatasetError
        If there is no such run, or its files cannot be read.

    """
    with open_lake() as lake:
        found = spans_object(lake, options.run_id)
    if options.json:
        print_json(found)
    else:
        print_spans(found)
    return 0


def spans_object(lake: Lake, run_id: str) -> dict[str, Any]:
    """The documented JSON output, version 1; ``sources`` says how the joules of each kind were obtained."""
    facts = lake.run(run_id).facts
    sources: dict[str, list[str]] = {}
    for row in lake.ask("runs/sources_of_run", run_id=facts.run_id).to_pylist():
        sources.setdefault(row["device_kind"], []).append(row["source"])
    return {
        "format": FORMAT,
        "version": VERSION,
        "run_id": facts.run_id,
        "name": facts.name,
        "attribution": facts.attribution,
        "sources": sources,
        "spans": lake.ask("runs/spans_of_run", run_id=facts.run_id).to_pylist(),
    }


def print_spans(found: dict[str, Any]) -> None:
    """Print the table, then where the joules come from."""
    print_text(f"{found['name']} ({found['run_id']}), before PUE")
    if not found["spans"]:
        print_text(
            "The run has no spans yet. Mark them with `with tracker.span(name, units=..., unit=...):`."
        )
        return
    # One unit for the whole column, so that rows compare.
    scale = energy_scale(max((row["energy_j"] or 0.0) for row in found["spans"]))
    rows = [["SPAN", "COUNT", "TIME", "ENERGY", "POWER", "UNITS", "ENERGY PER UNIT"]]
    rows += [span_cells(row, *scale) for row in found["spans"]]
    print_table(rows, right=(1, 2, 3, 4, 5, 6))
    sources = ", ".join(f"{kind} {' and '.join(names)}" for kind, names in found["sources"].items())
    print_text(f"Source: {sources or 'not known'}; attribution: {found['attribution']}")


def span_cells(row: dict[str, Any], energy_unit: str, joules_per_unit: float) -> list[str]:
    """Cells of one row, its energy in ``energy_unit``; what is not known is empty."""
    unit = row["unit"] or "unit"
    per_unit_j, units, power_w = row["energy_per_unit_j"], row["units"], row["power_w"]
    return [
        row["name"],
        f"{row['spans']:,}",
        duration_text(row["duration_s"]),
        "" if row["energy_j"] is None else f"{three_digits(row['energy_j'] / joules_per_unit)} {energy_unit}",
        "" if power_w is None else power_text(power_w),
        "" if units is None else f"{units:,.10g} {unit}",
        "" if per_unit_j is None else f"{three_digits(per_unit_j)} J/{unit}",
    ]
