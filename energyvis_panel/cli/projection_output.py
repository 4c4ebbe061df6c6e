"""How ``energyvis project`` prints: a table for people, JSON of a fixed shape for programs."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from energyvis_panel.cli.output import counted, print_table, print_text
from energyvis_panel.domain.forecast import Forecast, extrapolate
from energyvis_panel.domain.hardware import DEVICE_KINDS, PRECISION_LABELS, HardwareChange, Piece
from energyvis_panel.domain.hardware_effect import effect_of
from energyvis_panel.domain.profile import EnergyProfile
from energyvis_panel.domain.scenario import Projection
from energyvis_panel.domain.units import duration_text, energy_text, mass_text, three_digits

FORMAT = "energyvis-projection"
VERSION = 2
LEVEL = 0.95


def forecast_of(projection: Projection, further: int) -> Forecast | None:
    """Forecast of energy in joules, None where none is asked for.

    The running sum is that of the whole run: what lies outside the epochs is in it, once.
    """
    if not further:
        return None
    outside_j = projection.outside.energy.total_j() if projection.outside else 0.0
    index = np.array([epoch.index for epoch in projection.epochs], dtype=np.float64)
    energy_j = np.array([epoch.energy.total_j() for epoch in projection.epochs], dtype=np.float64)
    ahead = extrapolate(index, energy_j, further)
    return replace(
        ahead,
        cumulative=ahead.cumulative + outside_j,
        cumulative_low=ahead.cumulative_low + outside_j,
        cumulative_high=ahead.cumulative_high + outside_j,
    )


def projection_object(
    profile: EnergyProfile, baseline: Projection, alternative: Projection, further: int, notes: list[str]
) -> dict[str, object]:
    """The documented JSON output, version 2."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "profile": {
            "id": profile.id,
            "name": profile.name,
            "epochs": len(profile.epochs),
            "division": profile.division,
            "source": profile.provenance.source,
        },
        "baseline": side_object(baseline, further),
        "alternative": side_object(alternative, further),
        "notes": notes,
    }


def side_object(side: Projection, further: int) -> dict[str, object]:
    """Baseline or alternative; a quantity that is not known is null."""
    intensity = side.scenario.intensity
    ahead = forecast_of(side, further)
    return {
        "energy_j": side.energy_j(),
        "energy_by_kind_j": {
            kind: sum(part.energy.of(kind) or 0.0 for part in side.parts())
            for kind in DEVICE_KINDS
            if any(part.energy.of(kind) is not None for part in side.parts())
        },
        "carbon_g": side.carbon_g(),
        "duration_s": side.duration_s(),
        "pue": side.scenario.pue,
        "intensity": intensity
        and {
            "region_id": intensity.region_id,
            "name": intensity.name,
            "g_per_kwh": intensity.g_per_kwh,
            "year": intensity.year,
            "source": intensity.source,
            "scope": intensity.scope,
            "basis": intensity.basis,
        },
        "hardware": side.scenario.hardware and hardware_object(side.scenario.hardware),
        "forecast": ahead
        and {
            "level": LEVEL,
            "epoch": ahead.index.astype(int).tolist(),
            "energy_j": ahead.value.tolist(),
            "energy_low_j": ahead.low.tolist(),
            "energy_high_j": ahead.high.tolist(),
            "cumulative_j": ahead.cumulative.tolist(),
            "cumulative_low_j": ahead.cumulative_low.tolist(),
            "cumulative_high_j": ahead.cumulative_high.tolist(),
        },
    }


def hardware_object(change: HardwareChange) -> dict[str, object]:
    """The machine before and after, and how energy moves between kinds of devices."""
    return {
        "precision": change.precision,
        "efficiency": change.efficiency,
        "original": [piece_object(piece) for piece in change.original],
        "alternative": [piece_object(piece) for piece in change.alternative],
        "equal": "time" if change.is_equal_time() else "work",
        "duration_factor": change.duration_factor(),
        "uncertainty_factor": change.uncertainty(),
        "energy": [{"from": t.source, "to": t.target, "factor": t.factor} for t in change.transfers()],
    }


def piece_object(piece: Piece) -> dict[str, object]:
    """Chips of one sort; ``chip_id`` is null for one described by hand."""
    return {"chip_id": piece.chip.chip_id or None, "name": piece.chip.name, "count": piece.count}


def print_projection(
    profile: EnergyProfile, baseline: Projection, alternative: Projection, further: int, notes: list[str]
) -> None:
    """Print a table of both sides with the change between them, then where the numbers come from."""
    print_text(
        f"{profile.name} ({counted(len(profile.epochs), profile.division)}, {profile.provenance.source})"
    )
    sides = (baseline, alternative)
    rows = [["", "BASELINE", "ALTERNATIVE", "CHANGE"]]
    rows.append(["Energy with PUE", *texts([s.energy_j() for s in sides], energy_text)])
    rows.append(["Emissions CO2e", *texts([s.carbon_g() for s in sides], mass_text)])
    rows.append(["Duration", *texts([s.duration_s() for s in sides], duration_text)])
    rows.append(["PUE", *texts([s.scenario.pue for s in sides], three_digits)])
    rows.append(["Intensity g/kWh", *texts([intensity_value(s) for s in sides], three_digits)])
    if further:
        ahead = [forecast_of(side, further) for side in sides]
        rows.append(
            [
                f"Energy after {further} more",
                *texts([float(f.cumulative[-1]) for f in ahead if f], energy_text),
            ]
        )
        rows.append(["  95 % interval", *[interval_text(f) for f in ahead if f], ""])
    print_table(rows, right=(1, 2, 3))
    for label, side in zip(("Baseline", "Alternative"), sides, strict=True):
        if side.scenario.intensity:
            print_text(f"{label}: {side.scenario.intensity.name}, {side.scenario.intensity.caption()}")
    if change := alternative.scenario.hardware:
        print_text(
            f"Machine: {pieces_text(change.alternative)} instead of {pieces_text(change.original)} at "
            f"{PRECISION_LABELS[change.precision]}: {effect_of(profile, change).text()}"
        )
    for note in notes:
        print_text(f"Note: {note}")


def pieces_text(pieces: Sequence[Piece]) -> str:
    """Chips with their numbers, joined by plus signs."""
    return " + ".join(f"{piece.count} x {piece.chip.name}" for piece in pieces)


def intensity_value(side: Projection) -> float | None:
    """Intensity in g/kWh, None where it is not known."""
    return side.scenario.intensity.g_per_kwh if side.scenario.intensity else None


def texts(values: Sequence[float | None], written: Callable[[float], str]) -> list[str]:
    """Both values and the change from the first to the second in percent."""
    before, after = values
    change = ""
    if before and after is not None:
        change = f"{100 * (after / before - 1):+.1f} %"
    return ["not known" if value is None else written(value) for value in values] + [change]


def interval_text(ahead: Forecast) -> str:
    """Bounds of the sum at the end of a forecast."""
    return (
        f"{energy_text(float(ahead.cumulative_low[-1]))} to {energy_text(float(ahead.cumulative_high[-1]))}"
    )
