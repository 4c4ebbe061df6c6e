"""How ``energyvis project`` prints: a table for people, JSON of a fixed shape for programs."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from energyvis_panel.cli.output import counted, print_table, print_text
from energyvis_panel.domain.forecast import Forecast, extrapolate
from energyvis_panel.domain.hardware import DEVICE_KINDS
from energyvis_panel.domain.profile import EnergyProfile
from energyvis_panel.domain.scenario import Projection
from energyvis_panel.domain.units import duration_text, energy_text, mass_text, three_digits

FORMAT = "energyvis-projection"
VERSION = 1
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
    """The documented JSON output, version 1."""
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
        "replacements": [
            {
                "kind": r.kind,
                "precision": r.precision,
                "original": [{"chip_id": p.chip.chip_id, "count": p.count} for p in r.original],
                "alternative": [{"chip_id": p.chip.chip_id, "count": p.count} for p in r.alternative],
                "energy_factor": r.energy_factor(),
                "duration_factor": r.duration_factor(),
            }
            for r in side.scenario.replacements
        ],
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
    for r in alternative.scenario.replacements:
        names = " + ".join(f"{p.count} x {p.chip.name}" for p in r.alternative)
        before = " + ".join(f"{p.count} x {p.chip.name}" for p in r.original)
        print_text(
            f"{r.kind.upper()}: {names} instead of {before} at {r.precision}: energy x "
            f"{three_digits(r.energy_factor())}, duration x {three_digits(r.duration_factor())}"
        )
    for note in notes:
        print_text(f"Note: {note}")


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
