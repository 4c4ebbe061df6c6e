"""Energy profiles: what one training run consumed, epoch by epoch, before PUE."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from energyvis_panel.domain.hardware import DEVICE_KINDS, DeviceKind, Precision

Source = Literal["counter", "integrated", "estimate", "imported"]
Division = Literal["epoch", "interval"]

NO_METRICS: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class EnergyByKind:
    """Joules by device kind; None means that the kind was not measured, which is not 0 J."""

    gpu: float | None = None
    cpu: float | None = None
    dram: float | None = None
    other: float | None = None

    def of(self, kind: DeviceKind) -> float | None:
        """Joules of one kind, None where it was not measured."""
        joules: float | None = getattr(self, kind)
        return joules

    def measured(self) -> tuple[DeviceKind, ...]:
        """The kinds that carry a value."""
        return tuple(kind for kind in DEVICE_KINDS if self.of(kind) is not None)

    def total_j(self) -> float:
        """Sum over all measured kinds in joules."""
        # Written out: profiles have many epochs, and each edit adds each of them up.
        return (self.gpu or 0.0) + (self.cpu or 0.0) + (self.dram or 0.0) + (self.other or 0.0)

    def scaled(self, factors: Mapping[DeviceKind, float]) -> "EnergyByKind":
        """The same with each kind multiplied by its factor; 1 where none is given."""
        return EnergyByKind(
            **{kind: (self.of(kind) or 0.0) * factors.get(kind, 1.0) for kind in self.measured()}
        )

    def plus(self, other: "EnergyByKind") -> "EnergyByKind":
        """Sum kind by kind; a kind is measured in the sum if it is in either."""
        return EnergyByKind(
            **{
                kind: (self.of(kind) or 0.0) + (other.of(kind) or 0.0)
                for kind in DEVICE_KINDS
                if self.of(kind) is not None or other.of(kind) is not None
            }
        )


@dataclass(frozen=True, slots=True)
class HardwareItem:
    """Equal pieces of hardware as the profile names them; ``chip_id`` links to the catalogue where known."""

    kind: DeviceKind
    model: str
    count: int
    chip_id: str | None = None


@dataclass(frozen=True, slots=True)
class Epoch:
    """One pass over the data (or one interval): joules before PUE, seconds, work done, metrics logged."""

    index: int
    duration_s: float | None
    energy: EnergyByKind
    units: float | None = None
    unit: str | None = None
    metrics: Mapping[str, float] = field(default_factory=lambda: NO_METRICS)


@dataclass(frozen=True, slots=True)
class Outside:
    """Energy and time between and around the epochs: start-up, evaluation, saving."""

    duration_s: float | None
    energy: EnergyByKind


@dataclass(frozen=True, slots=True)
class Provenance:
    """Which tool made the numbers, how, and what had to be assumed."""

    tool: str
    source: Source
    version: str | None = None
    assumptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EnergyProfile:
    """What one run consumed. Energies are before PUE; carbon and cost are computed, never stored."""

    id: str
    name: str
    epochs: tuple[Epoch, ...]
    hardware: tuple[HardwareItem, ...]
    provenance: Provenance
    author: str | None = None
    url: str | None = None
    created_at: str | None = None
    region_id: str | None = None
    pue: float | None = None
    division: Division = "epoch"
    outside: Outside | None = None
    precision: Precision | None = None

    def energy(self) -> EnergyByKind:
        """Joules by kind over the whole run, epochs and what lies outside them, before PUE."""
        total = total_energy(epoch.energy for epoch in self.epochs)
        return total.plus(self.outside.energy) if self.outside else total

    def duration_s(self) -> float | None:
        """Seconds over the whole run, or None where an epoch records no time."""
        durations = [epoch.duration_s for epoch in self.epochs]
        if self.outside:
            durations.append(self.outside.duration_s)
        if any(duration is None for duration in durations):
            return None
        return sum(duration for duration in durations if duration is not None)


def total_energy(parts: Iterable[EnergyByKind]) -> EnergyByKind:
    """Sum of ``parts`` kind by kind."""
    total = EnergyByKind()
    for part in parts:
        total = total.plus(part)
    return total
