"""How ``energyvis diff`` prints: tables for people, JSON of a fixed shape for programs."""

from collections.abc import Callable, Sequence
from typing import Any

from energyvis_panel.cli.output import print_table, print_text
from energyvis_panel.domain.hardware import DEVICE_KINDS
from energyvis_panel.domain.rate_change import RateChange
from energyvis_panel.domain.run_diff import TOTAL, Amount, DiffItem, RunDiff, RunWork
from energyvis_panel.domain.units import duration_text, energy_scale, power_text, three_digits

FORMAT = "energyvis-diff"
VERSION = 1
MOST_EPOCHS = 10
HEADING = ("ENERGY A", "ENERGY B", "CHANGE", "", "TIME A", "TIME B", "POWER A", "POWER B")
UNIT_HEADING = ("PER UNIT A", "PER UNIT B")


def diff_object(diff: RunDiff) -> dict[str, Any]:
    """The documented JSON output, version 1; each list begins with what moved most joules."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "a": run_object(diff.a),
        "b": run_object(diff.b),
        "run": item_object(diff.run),
        "devices": [item_object(item) for item in diff.devices],
        "spans": [item_object(item) for item in diff.spans],
        "epochs": [item_object(item) for item in diff.epochs],
        "warnings": list(diff.warnings),
    }


def run_object(work: RunWork) -> dict[str, Any]:
    """What identifies a run, and where its joules come from."""
    return {
        "run_id": work.run_id,
        "name": work.name,
        "attribution": work.attribution,
        "sources": {kind: sorted(work.sources[kind]) for kind in DEVICE_KINDS if work.sources.get(kind)},
    }


def item_object(item: DiffItem) -> dict[str, Any]:
    """One item of both runs; null = the run does not have it."""
    return {
        "what": item.what,
        "name": item.name,
        "a": amount_object(item.a),
        "b": amount_object(item.b),
        "change_j": item.change_j,
        "change": item.change,
    }


def amount_object(side: Amount | None) -> dict[str, Any] | None:
    """Numbers of an item in one run."""
    if side is None:
        return None
    return {
        "energy_j": side.energy_j,
        "duration_s": side.duration_s,
        "power_w": side.power_w,
        "units": side.units,
        "unit": side.unit,
        "energy_per_unit_j": side.energy_per_unit_j,
        "repetitions": side.repetitions,
    }


def gate_object(
    change: RateChange, per: str, span: str | None, threshold: float | None, *, is_above: bool
) -> dict[str, Any]:
    """Change of joules per unit with its interval, and the verdict. Shares: 0.03 is 3 %."""
    return {
        "per": per,
        "span": span,
        "a_j": change.a.energy_per_unit_j,
        "b_j": change.b.energy_per_unit_j,
        "repetitions": [change.a.repetitions, change.b.repetitions],
        "change": change.change,
        "confidence": change.confidence,
        "low": change.low,
        "high": change.high,
        "p_value": change.p_value,
        "is_significant": change.is_significant,
        "reason": change.reason or None,
        "fail_above": threshold,
        "is_failure": is_above,
    }


def print_diff(diff: RunDiff) -> None:
    """Print the runs, where the joules moved, and the epochs."""
    print_text(f"A  {diff.a.name} ({diff.a.run_id})")
    print_text(f"B  {diff.b.name} ({diff.b.run_id})")
    print_text("Energies are those of the job before PUE.")
    for warning in diff.warnings:
        print_text(f"Warning: {warning}")
    print_items("RUN", [diff.run])
    print_items("DEVICE", diff.devices, str.upper)
    print_items("SPAN", diff.spans)
    print_items("EPOCH", diff.epochs[:MOST_EPOCHS])
    if len(diff.epochs) > MOST_EPOCHS:
        print_text(f"The {MOST_EPOCHS} of {len(diff.epochs):,} that moved most joules; --json has all.")


def print_items(title: str, items: Sequence[DiffItem], named: Callable[[str], str] = str) -> None:
    """Print a table, or nothing where there is no item; its energies have one unit, so that rows compare."""
    if not items:
        return
    largest_j = max(side.energy_j or 0.0 for item in items for side in (item.a, item.b) if side)
    energy_unit, joules_per_unit = energy_scale(largest_j)
    has_units = any(side and side.energy_per_unit_j for item in items for side in (item.a, item.b))
    heading = [title, *HEADING, *(UNIT_HEADING if has_units else ())]
    rows = [heading]
    for item in items:
        sides = (item.a, item.b)
        cells = [named(item.name)]
        cells += [energy_cell(side, energy_unit, joules_per_unit) for side in sides]
        cells += [signed(item.change_j / joules_per_unit, energy_unit), percent(item.change)]
        cells += ["" if s is None or s.duration_s is None else duration_text(s.duration_s) for s in sides]
        cells += ["" if s is None or s.power_w is None else power_text(s.power_w) for s in sides]
        cells += [rate_cell(side) for side in sides] if has_units else []
        rows.append(cells)
    print_text("")
    print_table(rows, right=range(1, len(heading)))


def energy_cell(side: Amount | None, unit: str, joules_per_unit: float) -> str:
    """Energy in the table's unit; empty where it is not known."""
    if side is None or side.energy_j is None:
        return ""
    return f"{three_digits(side.energy_j / joules_per_unit)} {unit}"


def rate_cell(side: Amount | None) -> str:
    """Joules per unit of work."""
    if side is None or side.energy_per_unit_j is None:
        return ""
    return f"{three_digits(side.energy_per_unit_j)} J/{side.unit}"


def print_gate(change: RateChange, per: str, threshold: float | None, *, is_above: bool) -> None:
    """Print the change per unit, its interval, and the verdict where there is a threshold."""
    before, after = change.a.energy_per_unit_j, change.b.energy_per_unit_j
    print_text("")
    name = "Joules in total" if per == TOTAL else f"Joules per {per}"
    print_text(f"{name}: {three_digits(before)} J -> {three_digits(after)} J, {percent(change.change)}")
    print_text(certainty(change))
    if threshold is None:
        return
    limit = f"{100 * threshold:g} %"
    if is_above:
        print_text(f"FAILED: {percent(change.change)} is above {limit}.")
    elif change.change > threshold:
        print_text(f"Passed: {percent(change.change)} is above {limit}, but not significant.")
    else:
        print_text(f"Passed: {percent(change.change)} is not above {limit}.")


def certainty(change: RateChange) -> str:
    """Sentence about the interval and the significance, or why there are none."""
    if change.low is None or change.high is None or change.p_value is None:
        return change.reason
    word = "significant" if change.is_significant else "not significant"
    return (
        f"{100 * change.confidence:g} % interval {percent(change.low)} to {percent(change.high)}; "
        f"p = {three_digits(change.p_value)}, {word} "
        f"({change.a.repetitions:,} and {change.b.repetitions:,} repetitions, Welch's t)."
    )


def signed(value: float, unit: str) -> str:
    """Value with its sign and unit."""
    return f"{'+' if value > 0 else ''}{three_digits(value)} {unit}"


def percent(change: float | None) -> str:
    """Share as a signed percentage; empty where it is not known."""
    return "" if change is None else f"{'+' if change > 0 else ''}{three_digits(100 * change)} %"
