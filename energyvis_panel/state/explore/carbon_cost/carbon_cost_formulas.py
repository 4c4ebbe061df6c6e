"""How each number of the carbon and cost view is made, as a formula with its numbers, and all as a table."""

from collections.abc import Iterator
from typing import Final

from energyvis_panel.domain.units import GRAMS_PER_KG, GRAMS_PER_LB, kwh, three_digits
from energyvis_panel.state.explore.carbon_cost.carbon_cost import (
    BUILDING,
    PARTS,
    USES,
    Amounts,
    RunEnergy,
    Units,
)
from energyvis_panel.state.explore.carbon_cost.circumstances import Circumstances
from energyvis_panel.state.explore.sentences import HARDWARE

NO_INTENSITY: Final = "No carbon intensity is known here. Choose a region or enter one."
NO_PRICE: Final = "No price is known here. Enter one."
METER: Final = "At the meter"
BOTH: Final = "both"


def hardware_formula(found: RunEnergy, hardware: int) -> str:
    """Of how many runs the energy of one hardware class is the sum."""
    measured, of = int(found.measured_counts[hardware]), int(found.run_counts[hardware])
    runs = f"{measured:,} run{'s' * (measured != 1)}"
    lacking = f"; {of - measured:,} more have no measured energy" if measured < of else ""
    return f"sum of {runs}, before PUE{lacking}"


def part_formula(found: RunEnergy, part: str, at: Circumstances, units: Units) -> str:
    """How the energy of a part follows."""
    training_j, overhead_j, _unsplit_j = found.energy_j.sum(axis=0)
    text = units.energy_text
    if part == BUILDING:
        return f"({at.pue:g} - 1) × {text(found.total_j)}, for cooling and power supply"
    return {
        "Training": f"{text(training_j + overhead_j)} - {text(overhead_j)} of overhead",
        "Overhead": "of each run the overhead of its hardware, at most all that it took",
        "Not split": "all of the runs whose overhead is not known",
    }[part]


def meter_formula(found: RunEnergy, at: Circumstances, units: Units) -> str:
    """How the energy at the meter follows."""
    return f"PUE {at.pue:g} × {units.energy_text(found.total_j)}"


def carbon_formula(energy_j: float, at: Circumstances, units: Units) -> str:
    """How carbon follows from energy at the meter."""
    if at.intensity is None:
        return NO_INTENSITY
    carbon = units.carbon_text(at.intensity.emissions_g(energy_j))
    return f"{units.energy_text(energy_j)} × {three_digits(at.intensity.g_per_kwh)} g/kWh = {carbon} CO₂e"


def cost_formula(energy_j: float, at: Circumstances, units: Units) -> str:
    """How cost follows from energy at the meter."""
    if at.price is None:
        return NO_PRICE
    cost = units.cost_text(at.price.cost(energy_j))
    return f"{units.energy_text(energy_j)} × {three_digits(at.price.per_kwh)} USD/kWh = {cost}"


def sources_said(at: Circumstances) -> str:
    """What holds now and where each number is from, in one line."""
    intensity, price = at.intensity, at.price
    if intensity is None:
        said = [NO_INTENSITY]
    elif at.edits.g_per_kwh is not None:
        said = [f"{three_digits(intensity.g_per_kwh)} g CO₂e/kWh, {intensity.source}."]
    else:
        said = [f"{intensity.name}: {intensity.caption()}."]
    said.append(f"PUE {at.pue:g}: {at.pue_source}.")
    said.append(NO_PRICE if price is None else f"{three_digits(price.per_kwh)} USD/kWh: {price.source}.")
    return " ".join(said)


def mass_unit(at: Circumstances) -> tuple[str, float]:
    """Unit of mass in the table, and grams in it."""
    return ("lb", GRAMS_PER_LB) if at.pounds else ("kg", GRAMS_PER_KG)


def table_header(at: Circumstances) -> tuple[str, ...]:
    """Titles of :func:`table_rows` with units."""
    carbon = f"Carbon ({mass_unit(at)[0]} CO₂e)"
    return ("Part", "Hardware", "Energy (kWh)", "Share of the meter (%)", carbon, "Cost (USD)")


def table_rows(found: RunEnergy, at: Circumstances) -> Iterator[tuple[object, ...]]:
    """A row for each flow that is not zero, and the sum at the meter."""
    meter_j = found.total_j * at.pue
    flows = [
        (use, hardware, float(found.energy_j[row, column]))
        for column, use in enumerate(USES)
        for row, hardware in enumerate(HARDWARE)
    ]
    flows.append((BUILDING, BOTH, float(found.parts_j(at.pue)[PARTS.index(BUILDING)])))
    for part, hardware, energy_j in (*flows, (METER, BOTH, meter_j)):
        if energy_j <= 0:
            continue
        amounts = Amounts.of(energy_j, at)
        carbon = None if amounts.carbon_g is None else amounts.carbon_g / mass_unit(at)[1]
        yield part, hardware, kwh(energy_j), 100 * energy_j / meter_j, carbon, amounts.cost_usd
