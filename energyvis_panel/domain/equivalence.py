"""Amounts of carbon that people can feel."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import log10

from energyvis_panel.domain.units import three_digits


@dataclass(frozen=True, slots=True)
class Equivalence:
    """Something with a known footprint: ``kg_co2e`` kilograms per ``per``, as printed in ``source``."""

    eq_id: str
    label: str
    kg_co2e: float
    per: str
    printed: str
    source: str

    def amount(self, mass_g: float) -> float:
        """How many of it emit ``mass_g`` grams CO2e."""
        return mass_g / 1000.0 / self.kg_co2e

    def amount_text(self, mass_g: float) -> str:
        """Amount for people, e.g. ``"6.9 km"``."""
        return f"{three_digits(self.amount(mass_g))} {self.per}"


TRAININGS = frozenset({"trainings", "projects", "searches"})
"""Amounts of other trainings: true, but no picture of what a training emits."""


def nearest(equivalences: Iterable[Equivalence], mass_g: float) -> Equivalence | None:
    """Equivalence that is easiest to picture: its amount is nearest to a few; None where there is none."""
    candidates = [e for e in equivalences if e.kg_co2e > 0 and e.per not in TRAININGS]
    if mass_g <= 0 or not candidates:
        return None
    return min(candidates, key=lambda e: abs(log10(e.amount(mass_g)) - 0.5))
