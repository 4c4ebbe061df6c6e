"""What the estimate's form shows of its state: chips, hits and totals as texts."""

from typing import Any

from energyvis_panel.domain.estimate import LOAD_TEXT, Estimate
from energyvis_panel.domain.hardware import Chip, Piece
from energyvis_panel.domain.training_work import percent_text
from energyvis_panel.domain.units import (
    duration_text,
    energy_scale,
    energy_text,
    mass_scale,
    mass_text,
    money_scale,
    money_text,
    power_text,
    three_digits,
)
from energyvis_panel.state.estimate import Preview


def hit_rows(hits: list[Chip]) -> list[dict[str, Any]]:
    """Chips that a search found; one whose power is not known cannot be chosen."""
    return [
        {
            "id": chip.chip_id,
            "name": chip.name,
            "detail": f"{chip.device_kind.upper()}, {power_text(chip.tdp_w)}"
            if chip.tdp_w
            else "power not known",
            "usable": bool(chip.tdp_w),
        }
        for chip in hits
    ]


def piece_rows(pieces: list[Piece]) -> list[dict[str, Any]]:
    """Chips chosen so far."""
    return [
        {
            "name": piece.chip.name,
            "count": piece.count,
            "detail": f"{power_text(piece.chip.tdp_w or 0.0)} TDP each",
        }
        for piece in pieces
    ]


def total_rows(preview: Preview | None, *, pounds: bool) -> list[dict[str, str]]:
    """Totals at the site at the expected load, each with what low and high load would give."""
    if preview is None:
        return []
    low, expected, high = preview.low, preview.expected, preview.high
    unit, per_unit = energy_scale(expected.energy_j)
    span = range_text(low.energy_j, high.energy_j, unit, per_unit)
    rows = [total_row("Energy at the site", "energy", energy_text(expected.energy_j), span)]
    if low.carbon_g is None or expected.carbon_g is None or high.carbon_g is None:
        rows.append(total_row("Emissions", "carbon", "not known", "choose a region"))
    else:
        unit, per_unit = mass_scale(expected.carbon_g, pounds=pounds)
        span = range_text(low.carbon_g, high.carbon_g, unit, per_unit)
        mass = mass_text(expected.carbon_g, pounds=pounds)
        rows.append(total_row("Emissions", "carbon", f"{mass} CO₂e", span))
    if low.cost is None or expected.cost is None or high.cost is None:
        rows.append(total_row("Cost of electricity", "", "not known", "no price for this region"))
    else:
        unit, per_unit = money_scale(expected.cost)
        span = range_text(low.cost, high.cost, unit, per_unit)
        rows.append(total_row("Cost of electricity", "", money_text(expected.cost), span))
    return [*rows, time_row(preview.estimate)]


def total_row(name: str, quantity: str, value: str, span: str) -> dict[str, str]:
    """One total; ``quantity`` names its colour, '' = none."""
    return {"name": name, "quantity": quantity, "value": value, "range": span}


def range_text(low: float, high: float, unit: str, per_unit: float) -> str:
    """Low to high in one unit, e.g. ``"1.02 to 2.30 kWh"``."""
    return f"{three_digits(low / per_unit)} to {three_digits(high / per_unit)} {unit}"


def time_row(estimate: Estimate) -> dict[str, str]:
    """Duration in all, and the power of the machine before PUE."""
    power = power_text(sum(estimate.power_w().values()))
    return total_row("Time", "time", duration_text(estimate.duration_s), f"at {power} before PUE")


def assumed_text(preview: Preview | None) -> str:
    """What the totals rest on, in one sentence each."""
    if preview is None:
        return ""
    low, high = preview.estimate.band()
    span = f"{percent_text(low)} to {percent_text(high)}"
    return f"An estimate: nothing is measured. Ranges: load of {span} of TDP. {LOAD_TEXT}. " + " ".join(
        preview.estimate.assumptions()[2:]
    )
