"""The scenario algebra: one pure function from a profile and a scenario to energy, time, carbon and cost.

Formulas (Shaikh et al., CHI EA 2021, section on equations; Strubell et al. 2019, eq. 1):

    p_i     = (p_chipset + sum_g p_g) x PUE          power at the meter of the site, W
    E_epoch = mean(p_i) x t_epoch                    energy of an epoch, J
    CO2e    = intensity x E_epoch                    emissions, g

PUE therefore counts in the energy as well as in the carbon. Changes apply in this order: hardware, then the
duration of an epoch (energy follows it at equal power), then the power of a kind of device, then PUE. How
hardware changes energy and time is told in :class:`energyvis_panel.domain.hardware.HardwareChange`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from energyvis_panel.domain.carbon import CarbonIntensity, Price
from energyvis_panel.domain.hardware import DEVICE_KINDS, DeviceKind, HardwareChange, Transfer
from energyvis_panel.domain.profile import EnergyByKind, EnergyProfile, Epoch, Outside, total_energy
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
    hardware
        Change of the machine; None = as recorded.
    epoch_s
        Mean seconds an epoch; None = as it follows from the record and the hardware.
    watts
        Mean watts before PUE by kind of device, instead of what follows from the record.

    """

    intensity: CarbonIntensity | None = None
    pue: float = 1.0
    price: Price | None = None
    hardware: HardwareChange | None = None
    epoch_s: float | None = None
    watts: tuple[tuple[DeviceKind, float], ...] = ()

    def __post_init__(self) -> None:
        if not 1.0 <= self.pue <= MOST_PUE:
            raise ScenarioError(f"PUE is {self.pue:g}, but must lie from 1 to {MOST_PUE:g}.")


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

    def energy(self) -> EnergyByKind:
        """Joules of the whole run at the site by kind, PUE included."""
        return total_energy(part.energy for part in self.parts())

    def duration_s(self) -> float | None:
        """Seconds of the whole run, or None where a part records no time."""
        return _sum_or_none(part.duration_s for part in self.parts())

    def epoch_s(self) -> float | None:
        """Mean seconds an epoch, or None where an epoch records no time."""
        total = _sum_or_none(epoch.duration_s for epoch in self.epochs)
        return total / len(self.epochs) if total is not None and self.epochs else None

    def power_w(self) -> dict[DeviceKind, float] | None:
        """Mean watts before PUE by kind over the whole run, or None where no time is known."""
        duration_s = self.duration_s()
        if not duration_s:
            return None
        energy, pue = self.energy(), self.scenario.pue
        return {kind: (energy.of(kind) or 0.0) / pue / duration_s for kind in energy.measured()}

    def carbon_g(self) -> float | None:
        """Grams CO2e of the whole run, or None where no intensity is known."""
        return _sum_or_none(part.carbon_g for part in self.parts())

    def cost(self) -> float | None:
        """Cost of the whole run in the price's currency, or None where no price is known."""
        return _sum_or_none(part.cost for part in self.parts())


Part = Epoch | Outside
Amount = tuple[EnergyByKind, float | None]
"""Joules by kind before PUE, and seconds."""


def project(profile: EnergyProfile, scenario: Scenario) -> Projection:
    """What ``profile`` would have consumed under ``scenario``.

    Raises
    ------
    HardwareError
        If the change of hardware names a chip whose watts or FLOPS are not known.

    """
    outside = [profile.outside] if profile.outside else []
    amounts = _on_hardware([*profile.epochs, *outside], scenario.hardware)
    amounts = _with_epochs_of(amounts, len(profile.epochs), scenario.epoch_s)
    amounts = _at_watts(amounts, dict(scenario.watts))
    site = dict.fromkeys(DEVICE_KINDS, scenario.pue)

    def projected(amount: Amount, index: int) -> ProjectedEpoch:
        energy = amount[0].scaled(site)
        joules = energy.total_j()
        return ProjectedEpoch(
            index=index,
            energy=energy,
            duration_s=amount[1],
            carbon_g=scenario.intensity.emissions_g(joules) if scenario.intensity else None,
            cost=scenario.price.cost(joules) if scenario.price else None,
        )

    return Projection(
        profile=profile,
        scenario=scenario,
        epochs=tuple(
            projected(amount, epoch.index) for amount, epoch in zip(amounts, profile.epochs, strict=False)
        ),
        outside=projected(amounts[-1], -1) if outside else None,
    )


def _on_hardware(parts: Iterable[Part], change: HardwareChange | None) -> list[Amount]:
    """The parts' energy and time on the changed machine."""
    if change is None:
        return [(part.energy, part.duration_s) for part in parts]
    transfers, factor = change.transfers(), change.duration_factor()
    return [
        (_moved(part.energy, transfers), None if part.duration_s is None else part.duration_s * factor)
        for part in parts
    ]


def _moved(energy: EnergyByKind, transfers: Iterable[Transfer]) -> EnergyByKind:
    joules: dict[DeviceKind, float] = {}
    for transfer in transfers:
        if (spent := energy.of(transfer.source)) is not None:
            joules[transfer.target] = joules.get(transfer.target, 0.0) + spent * transfer.factor
    return EnergyByKind(**joules)


def _with_epochs_of(amounts: list[Amount], epochs: int, epoch_s: float | None) -> list[Amount]:
    """Epochs of a mean duration: energy follows at equal power, or stays where no times were recorded."""
    if epoch_s is None or not epochs:
        return amounts
    total = _sum_or_none(seconds for _, seconds in amounts[:epochs])
    if not total:
        return [(energy, epoch_s) for energy, _ in amounts[:epochs]] + amounts[epochs:]
    factor = epoch_s * epochs / total
    every = dict.fromkeys(DEVICE_KINDS, factor)
    return [
        (energy.scaled(every), (seconds or 0.0) * factor) for energy, seconds in amounts[:epochs]
    ] + amounts[epochs:]


def _at_watts(amounts: list[Amount], watts: Mapping[DeviceKind, float]) -> list[Amount]:
    """Energy at a mean power by kind; a kind that was not measured draws it evenly over the time."""
    total_s = _sum_or_none(seconds for _, seconds in amounts)
    if not watts or not total_s:
        return amounts
    measured = total_energy(energy for energy, _ in amounts)

    def joules(energy: EnergyByKind, seconds: float, kind: DeviceKind) -> float | None:
        before = energy.of(kind)
        if kind not in watts:
            return before
        if whole := measured.of(kind):
            return None if before is None else before * watts[kind] * total_s / whole
        return watts[kind] * seconds

    return [
        (EnergyByKind(**{kind: joules(energy, seconds or 0.0, kind) for kind in DEVICE_KINDS}), seconds)
        for energy, seconds in amounts
    ]


def _sum_or_none(values: Iterable[float | None]) -> float | None:
    total = 0.0
    for value in values:
        if value is None:
            return None
        total += value
    return total
