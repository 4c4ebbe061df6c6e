"""What is written at the bands, bars and columns of the flow: name, amount, and formula."""

from typing import Final

from energyvis_panel.domain.units import energy_text, three_digits
from energyvis_panel.state.explore.carbon_cost.carbon_cost import PARTS, Amounts, RunEnergy, sums_of
from energyvis_panel.state.explore.carbon_cost.carbon_cost_formulas import (
    METER,
    carbon_formula,
    cost_formula,
    hardware_formula,
    meter_formula,
    part_formula,
)
from energyvis_panel.state.explore.carbon_cost.circumstances import Circumstances
from energyvis_panel.state.explore.sentences import HARDWARE
from energyvis_panel.views.explore.carbon_cost.flow_layout import BANDS, FLOWS, Numbers

Words = list[tuple[str, str]]
BAR_NAMES: Final = (
    *(hardware.removesuffix(" node") for hardware in HARDWARE),
    *PARTS,
    METER,
    *PARTS,
    *PARTS,
)
"""Names of ``flow_layout.BARS``."""
BAND_NAMES: Final = tuple(
    PARTS[part] + (f", {HARDWARE[hardware]}s" if hardware >= 0 else "")
    for part, hardware in (FLOWS[flow] for _column, flow in BANDS)
)
"""Names of ``flow_layout.BANDS``."""


def bar_words(found: RunEnergy, at: Circumstances) -> Words:
    """Amount and formula of each bar, in the order of ``flow_layout.BARS``."""
    sums, units = sums_of(found, at)
    amounts = [Amounts.of(float(joules), at) for joules in found.parts_j(at.pue)]
    words = [
        (units.energy_text(float(found.energy_j[row].sum())), hardware_formula(found, row))
        for row in range(len(HARDWARE))
    ]
    words += [
        (units.energy_text(of.energy_j), part_formula(found, part, at, units))
        for part, of in zip(PARTS, amounts, strict=True)
    ]
    words.append((units.energy_text(sums.energy_j), meter_formula(found, at, units)))
    words += [(units.carbon_text(of.carbon_g), carbon_formula(of.energy_j, at, units)) for of in amounts]
    words += [(units.cost_text(of.cost_usd), cost_formula(of.energy_j, at, units)) for of in amounts]
    return words


def band_words(found: RunEnergy, flows_j: Numbers, at: Circumstances) -> Words:
    """Amount and formula of each band, in the order of ``flow_layout.BANDS``."""
    sums, units = sums_of(found, at)
    hows = []
    for joules in flows_j.tolist():
        share = 100 * joules / sums.energy_j if sums.energy_j else 0.0
        said = f"{three_digits(share)} % of the energy at the meter"
        hows.append((said, said, carbon_formula(joules, at, units), cost_formula(joules, at, units)))
    amounts = [units.energy_text(joules) for joules in flows_j.tolist()]
    return [(amounts[flow], hows[flow][column]) for column, flow in BANDS]


def head_words(found: RunEnergy, at: Circumstances, origin: str) -> list[tuple[str, str, str, str]]:
    """Name, sum and factor of each column, and the factor for a phone, where ``/kWh`` has no room."""
    sums, units = sums_of(found, at)
    at_nodes = units.energy_text(found.total_j)
    intensity = f"{three_digits(at.intensity.g_per_kwh)} g" if at.intensity else ""
    price = f"{three_digits(at.price.per_kwh)} USD" if at.price else ""
    return [
        ("Nodes", at_nodes, origin, origin),
        ("Use", at_nodes, "derived", "derived"),
        ("Meter", units.energy_text(sums.energy_j), f"× PUE {at.pue:g}", f"PUE {at.pue:g}"),
        ("Carbon", units.carbon_text(sums.carbon_g), intensity and f"× {intensity}/kWh", intensity),
        ("Cost", units.cost_text(sums.cost_usd), price and f"× {price}/kWh", price),
    ]


def share_of_all(found: RunEnergy, everything: RunEnergy) -> float:
    """Energy of the selection as a share of that of all runs."""
    return found.total_j / everything.total_j if everything.total_j else 0.0


def share_words(found: RunEnergy, everything: RunEnergy) -> str:
    """The same in words."""
    percent = three_digits(100 * share_of_all(found, everything))
    return f"{percent} % of the energy of all runs ({energy_text(everything.total_j)})"
