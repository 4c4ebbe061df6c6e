"""Carbon intensity of electricity, and the price of energy."""

from dataclasses import dataclass

from energyvis_panel.domain.units import kwh
from energyvis_panel.errors import EnergyVisError


class CarbonError(EnergyVisError):
    """An intensity or a price is out of its range."""


MOST_G_PER_KWH = 5000.0
"""No grid comes near it: burning lignite at 20 % efficiency gives about 1,800 g/kWh."""


@dataclass(frozen=True, slots=True)
class CarbonIntensity:
    """Average emissions of electricity in a region, in grams CO2e per kWh.

    ``scope`` is ``direct`` (stack only) or ``lifecycle``; ``basis`` is ``generation``, ``consumption`` or
    ``user``. The two scopes never share one colour scale without a note.
    """

    region_id: str
    name: str
    g_per_kwh: float
    year: int | None
    source: str
    scope: str
    basis: str

    def __post_init__(self) -> None:
        if not 0 <= self.g_per_kwh <= MOST_G_PER_KWH:
            raise CarbonError(
                f"{self.name}: {self.g_per_kwh:g} g/kWh is not a carbon intensity. "
                f"Give a value from 0 to {MOST_G_PER_KWH:g} g/kWh."
            )

    def emissions_g(self, energy_j: float) -> float:
        """Emissions of ``energy_j`` joules in grams CO2e."""
        return kwh(energy_j) * self.g_per_kwh

    def caption(self) -> str:
        """Where the number comes from, e.g. ``"832 g CO₂e/kWh, EPA eGRID 2023, direct"``."""
        year = f" {self.year}" if self.year and str(self.year) not in self.source else ""
        return f"{self.g_per_kwh:,.0f} g CO₂e/kWh, {self.source}{year}, {self.scope}"


@dataclass(frozen=True, slots=True)
class Price:
    """Price of electricity in a currency per kWh."""

    per_kwh: float
    currency: str
    source: str

    def cost(self, energy_j: float) -> float:
        """Cost of ``energy_j`` joules in the currency."""
        return kwh(energy_j) * self.per_kwh
