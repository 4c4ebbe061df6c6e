"""Units and how quantities are written for people. Everything is stored in SI and converted here only."""

import math
from typing import Final

JOULES_PER_KWH: Final = 3_600_000.0
JOULES_PER_WH: Final = 3_600.0
GRAMS_PER_LB: Final = 453.59237
"""Grams in one international avoirdupois pound, exact by definition (1959)."""
GRAMS_PER_KG: Final = 1000.0
SECONDS_PER_HOUR: Final = 3600.0

ENERGY_SCALES: Final = (("GWh", 3.6e12), ("MWh", 3.6e9), ("kWh", 3.6e6), ("Wh", 3.6e3), ("J", 1.0))
MASS_SCALES: Final = (("t", 1e6), ("kg", 1e3), ("g", 1.0), ("mg", 1e-3))
MONEY_SCALES: Final = (("million USD", 1e6), ("USD", 1.0), ("US cents", 0.01))
POUND_SCALES: Final = (("lb", GRAMS_PER_LB), ("oz", GRAMS_PER_LB / 16))


def kwh(energy_j: float) -> float:
    """Energy in kilowatt-hours, from joules."""
    return energy_j / JOULES_PER_KWH


def grams_per_kwh_from_lb_per_mwh(intensity_lb_per_mwh: float) -> float:
    """Intensity in g/kWh, from lb/MWh: numerically lb x 0.45359237."""
    return intensity_lb_per_mwh * GRAMS_PER_LB / 1000.0


def three_digits(value: float) -> str:
    """``value`` with three significant digits, thousands separated, never in exponent form above 1e-4."""
    if value == 0:
        return "0"
    if not math.isfinite(value):
        return "-"
    magnitude = math.floor(math.log10(abs(value)))
    rounded = round(value, 2 - magnitude)
    # Rounding may carry into a new digit: 9.996 is 10.0, not 10.00.
    magnitude = math.floor(math.log10(abs(rounded)))
    if magnitude < -4:  # noqa: PLR2004 - below that a decimal point is followed by zeros only
        return f"{rounded:.2e}"
    return f"{rounded:,.{max(0, 2 - magnitude)}f}"


def energy_scale(energy_j: float) -> tuple[str, float]:
    """Unit name and joules per unit in which ``energy_j`` reads best."""
    return _scale(energy_j, ENERGY_SCALES)


def mass_scale(mass_g: float, *, pounds: bool = False) -> tuple[str, float]:
    """Unit name and grams per unit in which ``mass_g`` reads best."""
    return _scale(mass_g, POUND_SCALES if pounds else MASS_SCALES)


def energy_text(energy_j: float) -> str:
    """Energy for people, e.g. ``"4.81 kWh"``."""
    unit, per_unit = energy_scale(energy_j)
    return f"{three_digits(energy_j / per_unit)} {unit}"


def mass_text(mass_g: float, *, pounds: bool = False) -> str:
    """Mass for people, e.g. ``"1.41 kg"`` or ``"3.11 lb"``."""
    unit, per_unit = mass_scale(mass_g, pounds=pounds)
    return f"{three_digits(mass_g / per_unit)} {unit}"


def money_scale(usd: float) -> tuple[str, float]:
    """Unit name and USD per unit in which ``usd`` reads best."""
    return _scale(usd, MONEY_SCALES)


def money_text(usd: float) -> str:
    """Money for people, e.g. ``"3.20 USD"`` or ``"4.10 US cents"``."""
    unit, per_unit = money_scale(usd)
    return f"{three_digits(usd / per_unit)} {unit}"


def power_text(power_w: float) -> str:
    """Power for people, in W or kW."""
    if abs(power_w) >= 10_000:  # noqa: PLR2004 - four digits of watts still read well
        return f"{three_digits(power_w / 1000)} kW"
    return f"{three_digits(power_w)} W"


def duration_text(duration_s: float) -> str:
    """Duration for people: ``"12.5 s"``, ``"6 min 10 s"``, ``"6 h 10 min"``, ``"3 d 4 h"``."""
    if round(duration_s, 1) < 60:  # noqa: PLR2004 - a minute; 59.96 s would read 60.0 s
        return f"{three_digits(duration_s)} s"
    seconds = round(duration_s)
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    if days:
        return f"{days} d {hour} h"
    if hours:
        return f"{hours} h {minute:02d} min"
    return f"{minutes} min {second:02d} s"


def _scale(value: float, scales: tuple[tuple[str, float], ...]) -> tuple[str, float]:
    for unit, per_unit in scales:
        if abs(value) >= per_unit:
            return unit, per_unit
    # Zero reads best in the middle of the range; tiny values keep the smallest unit.
    return scales[-1] if value else scales[len(scales) // 2]
