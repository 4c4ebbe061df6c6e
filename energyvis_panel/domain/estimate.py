"""A profile by estimate: what a training takes that nobody measured, from its chips, its hours and a load.

    E = (load x sum of TDP + memory) x hours          before PUE

Sources. Load: GPUs that train have been measured at 40 to 90 % of their TDP; a node of 8 H100 never drew more
than 82 % of its rated power (Latif et al. 2024, arXiv 2412.08602). Memory: 0.392 W/GB, the
coefficient of Cloud Carbon Footprint.
"""

import re
from dataclasses import dataclass
from typing import Final

from energyvis_panel.domain.hardware import WORKER_KINDS, DeviceKind, Piece
from energyvis_panel.domain.profile import EnergyByKind, EnergyProfile, Epoch, HardwareItem, Provenance
from energyvis_panel.domain.scenario import MOST_PUE
from energyvis_panel.domain.training_work import EstimateError, TrainingWork, check, percent_text
from energyvis_panel.domain.units import SECONDS_PER_HOUR, duration_text, three_digits

LOW_LOAD: Final = 0.4
EXPECTED_LOAD: Final = 0.65
"""The middle of what has been measured."""
HIGH_LOAD: Final = 0.9
LEAST_LOAD: Final = 0.01
MOST_LOAD: Final = 2.0
"""Desktop CPUs draw up to twice their TDP in turbo."""
LOAD_TEXT: Final = "GPUs that train have been measured at 40 to 90 % of their TDP"

MEMORY_W_PER_GB: Final = 0.392
MOST_MEMORY_GB: Final = 1e7
MOST_HOURS: Final = 876_000.0
"""A hundred years."""
MOST_EPOCHS: Final = 10_000
"""Equal epochs tell nothing more by being many, and each is projected anew with every change."""
LONGEST_NAME: Final = 200

TOOL: Final = "EnergyVis estimate"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A training as a user describes it.

    Parameters
    ----------
    name
        What the profile will be called.
    pieces
        Chips that work for it.
    duration_s
        Seconds in all.
    epochs
        Equal epochs into which the time is cut.
    load
        Share of the chips' TDP that they draw on average.
    memory_gb
        Memory that is counted, GB; 0 leaves it out.
    region_id, pue
        Site; None = not known.
    work
        Where the duration comes from, where it was computed from the model.

    """

    name: str
    pieces: tuple[Piece, ...]
    duration_s: float
    epochs: int = 1
    load: float = EXPECTED_LOAD
    memory_gb: float = 0.0
    region_id: str | None = None
    pue: float | None = None
    work: TrainingWork | None = None

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise EstimateError("The profile has no name. Enter one.")
        if len(self.name) > LONGEST_NAME:
            raise EstimateError(f"The name has {len(self.name):,} characters. Shorten it to {LONGEST_NAME}.")
        if not self.pieces:
            raise EstimateError("The machine has no chip. Add at least one GPU or CPU.")
        for piece in self.pieces:
            if not piece.chip.tdp_w:
                raise EstimateError(f"{piece.chip.name}: its power is not known. Choose another chip.")
        check("The duration in hours", self.duration_s / SECONDS_PER_HOUR, 1e-6, MOST_HOURS)
        check("The number of epochs", self.epochs, 1, MOST_EPOCHS)
        check("The load", self.load, LEAST_LOAD, MOST_LOAD)
        check("The memory in GB", self.memory_gb, 0, MOST_MEMORY_GB)
        if self.pue is not None:
            check("The PUE", self.pue, 1, MOST_PUE)

    def power_w(self, load: float | None = None) -> dict[DeviceKind, float]:
        """Watts by kind of device before PUE, at ``load`` or at the estimate's own."""
        share = self.load if load is None else load
        found: dict[DeviceKind, float] = {}
        for kind in WORKER_KINDS:
            rated_w = sum(p.count * (p.chip.tdp_w or 0.0) for p in self.pieces if p.chip.device_kind == kind)
            if rated_w:
                found[kind] = rated_w * share
        if self.memory_gb:
            found["dram"] = self.memory_gb * MEMORY_W_PER_GB
        return found

    def energy_j(self, load: float | None = None) -> float:
        """Joules before PUE, at ``load`` or at the estimate's own."""
        return sum(self.power_w(load).values()) * self.duration_s

    def band(self) -> tuple[float, float]:
        """Least and most share of TDP that is plausible; the estimate's own lies always within."""
        return min(LOW_LOAD, self.load), max(HIGH_LOAD, self.load)

    def assumptions(self) -> tuple[str, ...]:
        """What the figures rest on, a sentence each."""
        low, high = self.band()
        least, most = (three_digits(self.energy_j(share) / self.energy_j()) for share in (low, high))
        load = (
            f"Every chip draws {percent_text(self.load)} of its TDP on average. {LOAD_TEXT}: at "
            f"{percent_text(low)} the energy is {least} times this, at {percent_text(high)} {most} times."
        )
        time = self.work.text() if self.work else f"{duration_text(self.duration_s)} in all, entered by hand."
        memory = (
            f"Memory: {three_digits(self.memory_gb)} GB at {MEMORY_W_PER_GB} W/GB (Cloud Carbon Footprint)."
            if self.memory_gb
            else "Memory, disks and network are left out."
        )
        return ("Nothing was measured.", load, time, memory, "All epochs are taken to be equal.")


def estimate_profile(estimate: Estimate) -> EnergyProfile:
    """Profile of equal epochs; its provenance says that it is an estimate and what it rests on."""
    epoch_s = estimate.duration_s / estimate.epochs
    energy = EnergyByKind(**{kind: watts * epoch_s for kind, watts in estimate.power_w().items()})
    return EnergyProfile(
        id=estimate_id(estimate.name),
        name=estimate.name.strip(),
        epochs=tuple(Epoch(index, epoch_s, energy) for index in range(estimate.epochs)),
        hardware=tuple(
            HardwareItem(piece.chip.device_kind, piece.chip.name, piece.count, piece.chip.chip_id or None)
            for piece in estimate.pieces
        ),
        provenance=Provenance(TOOL, "estimate", assumptions=estimate.assumptions()),
        region_id=estimate.region_id,
        pue=estimate.pue,
        precision=estimate.work.precision if estimate.work else None,
    )


def estimate_id(name: str) -> str:
    """Identifier of an estimate from its name: lower-case words joined by hyphens."""
    return "estimate-" + (re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60] or "unnamed")
