r"""The equations as TeX, each term tagged with its quantity: ``\htmlData{quantity=pue}{\text{PUE}}``.

Only words of this module and numbers go into the TeX, never a name from a file or a form.
Source of the equations: Shaikh et al., EnergyVis, CHI EA 2021, doi 10.1145/3411763.3451780.
"""

from collections.abc import Sequence
from typing import Final

from energyvis_panel.domain.hardware import DEVICE_KINDS, DeviceKind
from energyvis_panel.domain.units import (
    GRAMS_PER_LB,
    SECONDS_PER_HOUR,
    energy_text,
    mass_text,
    power_text,
    three_digits,
)
from energyvis_panel.views.study.equations.equation_series import Shown

SUBSCRIPT: Final[dict[DeviceKind, str]] = {"gpu": "GPU", "cpu": "CPU", "dram": "memory", "other": "other"}


def term(quantity: str, tex: str, field: str = "") -> str:
    """``tex`` tagged with its quantity, and with the field that holds its number."""
    data = f"quantity={quantity}" + (f", field={field}" if field else "")
    return rf"\htmlData{{{data}}}{{{tex}}}"


def amount(text: str) -> str:
    """A number with its unit, e.g. ``"3,600 W"``, as TeX."""
    number, _, unit = text.partition(" ")
    shown = number.replace(",", "{,}")
    return rf"{shown}\,\text{{{unit}}}" if unit else shown


POWER: Final = term("power", r"\bar{p}")
ENERGY: Final = term("energy", "E")
CARBON: Final = term("carbon", r"\text{CO}_2\text{e}")
COST: Final = term("cost", r"\text{Cost}")
EACH_POWER: Final = term("power", r"\bar{p}_i")
PUE: Final = term("pue", r"\text{PUE}", "pue")
INTENSITY: Final = term("intensity", "I", "g_per_kwh")
PRICE: Final = term("cost", "c", "price_per_kwh")
OUTSIDE: Final = term("energy", r"E_{\text{outside}}")
DEVICES: Final = " + ".join(
    [term("power", r"p_{\text{chipset}}"), term("power", r"\textstyle\sum_g p_g")],
)

SYMBOLS: Final = {
    "power": rf"{term('power', 'p_i')} = \bigl({DEVICES}\bigr) \times {PUE}",
    "energy": rf"{ENERGY} = {POWER} \times {term('time', 't', 'epoch_s')}",
    "carbon": rf"{CARBON} = {INTENSITY} \times {ENERGY}",
    "cost": rf"{COST} = {PRICE} \times {ENERGY}",
}
"""The equations with symbols alone, by name."""

PLAIN: Final = {
    "power": "pᵢ = (p chipset + Σ p GPU) × PUE",
    "energy": "E = p × t",
    "carbon": "CO₂e = I × E",
    "cost": "Cost = c × E",
}
"""The same as plain text, for as long as they are not typeset."""


def power_rows(shown: Shown) -> list[str]:
    """Each kind of device as its own term; then the numbers, where times are known."""
    kinds = list(shown.watts) or list(shown.energy.measured()) or list(DEVICE_KINDS[:1])
    symbols = [term("power", rf"p_{{\text{{{SUBSCRIPT[kind]}}}}}") for kind in kinds]
    rows = [rf"{POWER} = {_bracketed(symbols)} \times {PUE}"]
    if shown.watts:
        watts = [
            term("power", amount(power_text(power_w)), f"watts.{kind}")
            for kind, power_w in shown.watts.items()
        ]
        pue = term("pue", f"{shown.projection.scenario.pue:g}", "pue")
        rows.append(rf"\phantom{{\bar p}} = {_bracketed(watts)} \times {pue} = {_power(shown)}")
    return rows


def energy_rows(shown: Shown) -> list[str]:
    """The sum over the epochs; then mean power times all time, where times are known."""
    count = len(shown.projection.epochs)
    sum_ = rf"\textstyle\sum_{{i=1}}^{{{count}}} {EACH_POWER} \, {term('time', 't_i')}"
    outside = shown.projection.outside
    rest = f" + {OUTSIDE}" if outside else ""
    rows = [rf"{ENERGY} = {sum_}{rest}"]
    equals = r"\phantom{E} = "
    epoch_s = shown.epoch_s
    if shown.duration_s and epoch_s is not None:
        time = rf"{count} \times {term('time', amount(hours_text(epoch_s)), 'epoch_s')}"
        if outside:
            time = rf"\bigl({time} + {term('time', amount(hours_text(outside.duration_s or 0.0)))}\bigr)"
        equals += rf"{_power(shown)} \times {time} = "
    return [*rows, equals + _energy(shown)]


def carbon_rows(shown: Shown, *, pounds: bool) -> list[str]:
    """Intensity times energy of each epoch, summed; then the numbers, where an intensity is known."""
    intensity, carbon_g = shown.projection.scenario.intensity, shown.carbon_g
    rows = [_summed(CARBON, INTENSITY, shown)]
    if intensity is not None and carbon_g is not None:
        factor = term("intensity", amount(intensity_text(intensity.g_per_kwh, pounds=pounds)), "g_per_kwh")
        result = term("carbon", amount(mass_text(carbon_g, pounds=pounds)))
        rows.append(rf"\phantom{{\text{{CO}}_2\text{{e}}}} = {factor} \times {_energy(shown)} = {result}")
    return rows


def cost_rows(shown: Shown) -> list[str]:
    """Price times energy of each epoch, summed; then the numbers, where a price is known."""
    price, cost = shown.projection.scenario.price, shown.cost
    rows = [_summed(COST, PRICE, shown)]
    if price is not None and cost is not None:
        factor = term("cost", amount(f"{three_digits(price.per_kwh)} USD/kWh"), "price_per_kwh")
        result = term("cost", amount(f"{three_digits(cost)} USD"))
        rows.append(rf"\phantom{{\text{{Cost}}}} = {factor} \times {_energy(shown)} = {result}")
    return rows


def hours_text(duration_s: float) -> str:
    """Duration in hours, so that watts times hours can be checked by hand."""
    return f"{three_digits(duration_s / SECONDS_PER_HOUR)} h"


def intensity_text(g_per_kwh: float, *, pounds: bool) -> str:
    """Carbon intensity in g/kWh or lb/kWh."""
    if pounds:
        return f"{three_digits(g_per_kwh / GRAMS_PER_LB)} lb/kWh"
    return f"{three_digits(g_per_kwh)} g/kWh"


def _summed(result: str, factor: str, shown: Shown) -> str:
    count = len(shown.projection.epochs)
    rest = rf" + {factor} \times {OUTSIDE}" if shown.projection.outside else ""
    return rf"{result} = \textstyle\sum_{{i=1}}^{{{count}}} {factor} \times {term('energy', 'E_i')}{rest}"


def _bracketed(terms: Sequence[str]) -> str:
    """The sum of the terms, in brackets where there are several."""
    return terms[0] if len(terms) == 1 else rf"\bigl({' + '.join(terms)}\bigr)"


def _power(shown: Shown) -> str:
    return term("power", amount(power_text(shown.energy_j / (shown.duration_s or 1.0))))


def _energy(shown: Shown) -> str:
    return term("energy", amount(energy_text(shown.energy_j)))
