"""A study in words that can be cited: a paragraph for a paper, and the emissions block of a model card."""

import json
from dataclasses import dataclass

from energyvis_panel.domain.equivalence import Equivalence, nearest
from energyvis_panel.domain.profile import EnergyProfile, Source
from energyvis_panel.domain.study import Comparison, Series
from energyvis_panel.domain.units import (
    duration_text,
    energy_text,
    mass_text,
    money_text,
    power_text,
    three_digits,
)

SOURCE_WORDS: dict[Source, str] = {
    "counter": "measured by energy counters",
    "integrated": "integrated from measured power",
    "estimate": "estimated, not measured",
    "imported": "taken from published or imported figures",
}
FORMULA_SOURCE = "Shaikh et al., EnergyVis, CHI EA 2021, doi 10.1145/3411763.3451780"
UNKNOWN = "not known"


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One series as text, each number with its unit; what is not known says so."""

    letter: str
    label: str
    energy: str
    carbon: str
    cost: str
    duration: str
    power: str
    machine: str
    site: str


def report_rows(comparison: Comparison, *, pounds: bool = False) -> tuple[ReportRow, ...]:
    """All series of a comparison, baseline first."""
    return tuple(_row(series, pounds=pounds) for series in comparison.all_series())


def _row(series: Series, *, pounds: bool) -> ReportRow:
    projection = series.projection
    energy_j, duration_s = projection.energy_j(), projection.duration_s()
    carbon_g, cost = projection.carbon_g(), projection.cost()
    return ReportRow(
        letter=series.letter,
        label=series.label,
        energy=energy_text(energy_j),
        carbon=UNKNOWN if carbon_g is None else f"{mass_text(carbon_g, pounds=pounds)} CO₂e",
        cost=UNKNOWN if cost is None else money_text(cost),
        duration=UNKNOWN if duration_s is None else duration_text(duration_s),
        power=power_text(energy_j / duration_s) if duration_s else UNKNOWN,
        machine=machine_text(series),
        site=site_text(series),
    )


def machine_text(series: Series) -> str:
    """The hardware of a series, e.g. ``"8 × NVIDIA A100, 2 × EPYC 7742"``."""
    change = series.projection.scenario.hardware
    if change is not None:
        pieces = ", ".join(f"{piece.count} × {piece.chip.name}" for piece in change.alternative)
        return f"{pieces} (rescaled by {change.precision.upper()} rates and rated watts)"
    hardware = series.projection.profile.hardware
    return ", ".join(f"{item.count} × {item.model}" for item in hardware) or "hardware not recorded"


def site_text(series: Series) -> str:
    """Where a series runs: region, intensity with its origin, PUE, price."""
    scenario = series.projection.scenario
    parts = [f"PUE {scenario.pue:g}"]
    if scenario.intensity:
        parts.insert(0, f"{scenario.intensity.name}, {scenario.intensity.caption()}")
    else:
        parts.insert(0, "region not known")
    if scenario.price:
        parts.append(f"{three_digits(scenario.price.per_kwh)} USD/kWh ({scenario.price.source})")
    return "; ".join(parts)


def paragraph(comparison: Comparison, equivalences: tuple[Equivalence, ...], version: str) -> str:
    """Paragraph for a paper: what was consumed, how that is known, and what the alternatives would take."""
    base = comparison.baseline
    projection, profile = base.projection, base.projection.profile
    row = _row(base, pounds=False)
    over = f" over {len(profile.epochs):,} {profile.division}s"
    time = f" in {row.duration}" if row.duration != UNKNOWN else ""
    text = (
        f"Training {profile.name} consumed {row.energy} of electricity{over}{time} on {row.machine}, "
        f"{SOURCE_WORDS[profile.provenance.source]} ({_tool(profile)}); a power usage effectiveness of "
        f"{projection.scenario.pue:g} is included."
    )
    carbon_g, intensity = projection.carbon_g(), projection.scenario.intensity
    if carbon_g is not None and intensity:
        text += f" At {intensity.caption()} ({intensity.name}), this corresponds to {row.carbon}"
        picture = nearest(equivalences, carbon_g)
        if picture:
            text += f", as much as {picture.amount_text(carbon_g)} ({picture.label}; {picture.source})"
        text += "."
    else:
        text += " Its emissions are not stated, since no carbon intensity of its electricity is known."
    for series in comparison.alternatives:
        other = _row(series, pounds=False)
        carbon = f" and {other.carbon}" if other.carbon != UNKNOWN else ""
        text += f" Alternative {series.letter} ({series.label}) would have taken {other.energy}{carbon}."
    return f"{text} Computed with EnergyVis Panel {version} by the formulas of {FORMULA_SOURCE}."


def model_card(comparison: Comparison, version: str) -> str:
    """The ``co2_eq_emissions`` block of a Hugging Face model card (YAML); emissions in grams CO2e.

    Source of the keys: Hugging Face Hub documentation, *Displaying carbon emissions for your model*.
    """
    series = comparison.baseline
    carbon_g = series.carbon_g()
    if carbon_g is None:
        return "# No emissions: choose a region, or enter a carbon intensity.\n"
    intensity, profile = series.projection.scenario.intensity, series.projection.profile
    source = (
        f"EnergyVis Panel {version}; energy {SOURCE_WORDS[profile.provenance.source]} ({_tool(profile)}); "
        f"{intensity.caption() if intensity else ''}; PUE {series.projection.scenario.pue:g}"
    )
    return (
        "co2_eq_emissions:\n"
        f"  emissions: {carbon_g:.6g} # grams CO2e\n"
        f"  source: {json.dumps(source, ensure_ascii=False)}\n"
        '  training_type: "" # "pre-training" or "fine-tuning"\n'
        f"  geographical_location: {json.dumps(intensity.name if intensity else '', ensure_ascii=False)}\n"
        f"  hardware_used: {json.dumps(machine_text(series), ensure_ascii=False)}\n"
    )


def _tool(profile: EnergyProfile) -> str:
    version = f" {profile.provenance.version}" if profile.provenance.version else ""
    return f"{profile.provenance.tool}{version}"
