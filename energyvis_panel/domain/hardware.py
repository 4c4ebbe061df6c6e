"""Chips, the pieces of a machine, and how energy and time change when pieces are replaced."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from energyvis_panel.errors import EnergyVisError

DeviceKind = Literal["gpu", "cpu", "dram", "other"]
DEVICE_KINDS: tuple[DeviceKind, ...] = get_args(DeviceKind)

Precision = Literal["fp32", "tf32", "fp16", "fp8"]
PRECISIONS: tuple[Precision, ...] = get_args(Precision)
PRECISION_LABELS: dict[Precision, str] = {
    "fp32": "FP32",
    "tf32": "TF32 matrix",
    "fp16": "FP16/BF16 matrix",
    "fp8": "FP8 matrix",
}


class HardwareError(EnergyVisError):
    """A replacement cannot be computed, because a chip's watts or FLOPS are not known."""


@dataclass(frozen=True, slots=True)
class Chip:
    """One chip or board as sold. Rates are dense TFLOP/s, power the board's or socket's in watts.

    ``flops_method`` says where the rates come from: ``vendor``, ``derived``, ``cores_clock_simd``, ``none``.
    """

    chip_id: str
    kind: str
    vendor: str
    name: str
    tdp_w: float | None
    fp32_tflops: float | None
    tf32_tflops: float | None
    fp16_tflops: float | None
    fp8_tflops: float | None
    flops_method: str
    source: str

    def tflops(self, precision: Precision) -> float | None:
        """Dense rate at ``precision`` in TFLOP/s, or None where it is not published."""
        rate: float | None = getattr(self, f"{precision}_tflops")
        return rate


@dataclass(frozen=True, slots=True)
class Piece:
    """A number of equal chips that work in one job."""

    chip: Chip
    count: int

    def __post_init__(self) -> None:
        if self.count < 1:
            raise HardwareError(f"{self.chip.name}: the count is {self.count}, but must be at least 1.")


@dataclass(frozen=True, slots=True)
class Replacement:
    """All pieces of one kind, before and after, compared at one precision."""

    kind: DeviceKind
    original: tuple[Piece, ...]
    alternative: tuple[Piece, ...]
    precision: Precision = "fp32"

    def energy_factor(self) -> float:
        """Energy of the replaced kind over its energy before: (P_a/S_a)/(P/S), sums over all pieces.

        Source: Shaikh et al., CHI EA 2021 (EnergyVis), with watts P and FLOPS S summed over the pieces,
        which is the case of cards that are busy equally long.

        Raises
        ------
        HardwareError
            If a chip's watts or its FLOPS at the precision are not known.

        """
        power_before, speed_before = _totals(self.original, self.precision)
        power_after, speed_after = _totals(self.alternative, self.precision)
        return (power_after / speed_after) / (power_before / speed_before)

    def duration_factor(self) -> float:
        """Duration over the duration before: S/S_a, at equal work and perfect scaling.

        Raises
        ------
        HardwareError
            If a chip's FLOPS at the precision are not known.

        """
        _, speed_before = _totals(self.original, self.precision)
        _, speed_after = _totals(self.alternative, self.precision)
        return speed_before / speed_after


def _totals(pieces: Sequence[Piece], precision: Precision) -> tuple[float, float]:
    """Watts and TFLOP/s summed over ``pieces``."""
    if not pieces:
        raise HardwareError("A replacement needs at least one chip on both sides. Add a chip.")
    power_w = speed_tflops = 0.0
    for piece in pieces:
        rate = piece.chip.tflops(precision)
        if not piece.chip.tdp_w or not rate:
            lacking = "its power" if not piece.chip.tdp_w else f"its {PRECISION_LABELS[precision]} rate"
            raise HardwareError(
                f"{piece.chip.name}: {lacking} is not known, so energy cannot be rescaled by it. "
                "Choose another chip or another precision."
            )
        power_w += piece.count * piece.chip.tdp_w
        speed_tflops += piece.count * rate
    return power_w, speed_tflops
