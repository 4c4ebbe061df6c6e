"""The scenario algebra: one pure function from a profile and a scenario to energy, time, carbon and cost.

Formulas (Shaikh et al., CHI EA 2021, section on equations; Strubell et al. 2019, eq. 1):

    p_i     = (p_chipset + sum_g p_g) x PUE          power at the meter of the site, W
    E_epoch = mean(p_i) x t_epoch                    energy of an epoch, J
    CO2e    = intensity x E_epoch                    emissions, g

PUE therefore counts in the energy as well as in the carbon. A replaced kind of hardware follows
``E_alt = E x (P_a/S_a)/(P/S)`` and ``t_alt = t x S/S_a``; the kinds that were not replaced keep their mean
power, so their energy follows the duration. The slowest replaced kind sets the pace.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from energyvis_panel.domain.carbon import CarbonIntensity, Price
from energyvis_panel.domain.hardware import DEVICE_KINDS, DeviceKind, Replacement
from energyvis_panel.domain.profile import EnergyByKind, EnergyProfile, Epoch, Outside
from energyvis_panel.errors import EnergyVisError

MOST_PUE = 10.0


class ScenarioError(EnergyVisError):
    """A scenario's value is out of its range."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """Circumstances under which a profile is priced. Defaults leave the run as it was measured.

    Parameters
    ----------
    intensity
        Carbon intensity where the run is imagined; None = not known, then there is no carbon.
    pue
        Power usage effectiveness of the site, 1 to 10.
    price
        Price of electricity; None = not known, then there is no cost.
    replacements
        At most one for each kind of hardware.

    """

    intensity: CarbonIntensity | None = None
    pue: float = 1.0
    price: Price | None = None
    replacements: tuple[Replacement, ...] = field(default=())

    def __post_init__(self) -> None:
        if not 1.0 <= self.pue <= MOST_PUE:
            raise ScenarioError(f"PUE is {self.pue:g}, but must lie from 1 to {MOST_PUE:g}.")
        kinds = [replacement.kind for replacement in self.replacements]
        if len(kinds) != len(set(kinds)):
            raise ScenarioError(
                "A scenario holds two replacements for one kind of hardware. Keep one of them."
            )


@dataclass(frozen=True, slots=True)
class ProjectedEpoch:
    """One epoch at the site: joules by kind with PUE, seconds, grams CO2e and cost (None = not known)."""

    index: int
    energy: EnergyByKind
    duration_s: float | None
    carbon_g: float | None
    cost: float | None


@dataclass(frozen=True, slots=True)
class Projection:
    """A profile under a scenario, epoch by epoch, with what lies outside the epochs apart."""

    profile: EnergyProfile
    scenario: Scenario
    epochs: tuple[ProjectedEpoch, ...]
    outside: ProjectedEpoch | None

    def parts(self) -> tuple[ProjectedEpoch, ...]:
        """All epochs, and what lies outside them where that is known."""
        return (*self.epochs, self.outside) if self.outside else self.epochs

    def energy_j(self) -> float:
        """Joules of the whole run at the site, PUE included."""
        return sum(part.energy.total_j() for part in self.parts())

    def duration_s(self) -> float | None:
        """Seconds of the whole run, or None where a part records no time."""
        return _sum_or_none(part.duration_s for part in self.parts())

    def carbon_g(self) -> float | None:
        """Grams CO2e of the whole run, or None where no intensity is known."""
        return _sum_or_none(part.carbon_g for part in self.parts())

    def cost(self) -> float | None:
        """Cost of the whole run in the price's currency, or None where no price is known."""
        return _sum_or_none(part.cost for part in self.parts())


def project(profile: EnergyProfile, scenario: Scenario) -> Projection:
    """What ``profile`` would have consumed under ``scenario``.

    Raises
    ------
    HardwareError
        If a replacement names a chip whose watts or FLOPS are not known.

    """
    energy_factors, duration_factor = _factors(scenario.replacements)
    factors = {kind: factor * scenario.pue for kind, factor in energy_factors.items()}

    def projected(part: Epoch | Outside, index: int) -> ProjectedEpoch:
        energy = part.energy.scaled(factors)
        joules = energy.total_j()
        return ProjectedEpoch(
            index=index,
            energy=energy,
            duration_s=None if part.duration_s is None else part.duration_s * duration_factor,
            carbon_g=scenario.intensity.emissions_g(joules) if scenario.intensity else None,
            cost=scenario.price.cost(joules) if scenario.price else None,
        )

    return Projection(
        profile=profile,
        scenario=scenario,
        epochs=tuple(projected(epoch, epoch.index) for epoch in profile.epochs),
        outside=projected(profile.outside, -1) if profile.outside else None,
    )


def _factors(replacements: tuple[Replacement, ...]) -> tuple[dict[DeviceKind, float], float]:
    """Energy factor of each kind, and the factor of the duration."""
    by_kind = {replacement.kind: replacement for replacement in replacements}
    duration_factor = max((r.duration_factor() for r in replacements), default=1.0)
    return {
        kind: by_kind[kind].energy_factor() if kind in by_kind else duration_factor for kind in DEVICE_KINDS
    }, duration_factor


def _sum_or_none(values: Iterable[float | None]) -> float | None:
    total = 0.0
    for value in values:
        if value is None:
            return None
        total += value
    return total
