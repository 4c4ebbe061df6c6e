"""Chips, the pieces of a machine, and how energy and time change when pieces are replaced."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log2
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


WIDER: dict[Precision, tuple[Precision, ...]] = {
    "fp32": ("fp32",),
    "tf32": ("tf32", "fp32"),
    "fp16": ("fp16", "tf32", "fp32"),
    "fp8": ("fp8", "fp16", "tf32", "fp32"),
}
"""Formats that can stand in for one that a chip has no units for, nearest first."""

WORKER_KINDS: tuple[DeviceKind, ...] = ("gpu", "cpu")

ESTIMATED = "cores_clock_simd"
ESTIMATE_FACTOR = 2.0
"""How far a rate from cores, clock and SIMD width may lie from what a chip reaches, either way."""


class HardwareError(EnergyVisError):
    """A change of hardware cannot be computed, because a chip's watts or FLOPS are not known."""


@dataclass(frozen=True, slots=True)
class Chip:
    """One chip or board as sold. Rates are dense TFLOP/s, power the board's or socket's in watts.

    ``flops_method`` says where the FP32 rate comes from, ``matrix_method`` where the others do: ``vendor``,
    ``derived`` (units times clock), ``cores_clock_simd`` (a CPU's, within a factor of 2), ``user``, ``none``.
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
    matrix_method: str = "none"
    release_year: int | None = None

    @property
    def device_kind(self) -> DeviceKind:
        """Kind of device that a machine counts it among: accelerators are to GPUs what GPUs are."""
        return "cpu" if self.kind == "cpu" else "gpu"

    def tflops(self, precision: Precision) -> float | None:
        """Dense rate at ``precision`` in TFLOP/s, or None where it is not published."""
        rate: float | None = getattr(self, f"{precision}_tflops")
        return rate

    def working_precision(self, precision: Precision) -> Precision | None:
        """Format in which the chip does work of ``precision``: that, or the next wider one with a rate."""
        return next((format_ for format_ in WIDER[precision] if self.tflops(format_)), None)

    def rate_method(self, precision: Precision) -> str:
        """Where the rate comes from at which the chip does work of ``precision``."""
        working = self.working_precision(precision)
        if working is None:
            return "none"
        return self.flops_method if working == "fp32" else self.matrix_method

    def has_no_rate(self) -> bool:
        """Whether its rate is known in no format at all."""
        return not any(self.tflops(precision) for precision in PRECISIONS)


@dataclass(frozen=True, slots=True)
class Piece:
    """A number of equal chips that work in one job."""

    chip: Chip
    count: int

    def __post_init__(self) -> None:
        if self.count < 1:
            raise HardwareError(f"{self.chip.name}: the count is {self.count}, but must be at least 1.")


@dataclass(frozen=True, slots=True)
class Transfer:
    """Energy of one kind that is spent by another (or the same) kind, times a factor."""

    source: DeviceKind
    target: DeviceKind
    factor: float


@dataclass(frozen=True, slots=True)
class HardwareChange:
    """All pieces of a machine, before and after, for the same work.

    The *workers* set the pace: the GPUs where a side has any, else its CPUs. Their energy follows
    ``E_alt = E x (P_a/S_a)/(P/S)`` and the duration ``t_alt = t x S/S_a``, with watts P and FLOPS S summed
    over the pieces (Shaikh et al., CHI EA 2021), which is the case of pieces that are busy equally long.
    Hosts, the CPUs beside GPUs, keep their share of their rated power: their energy follows their watts and
    the duration. A kind that neither side names keeps its mean power. Reasons: docs/decisions/0008.

    Where workers of one kind give way to others of the same kind and a rate is known in no format, the change
    is one of power at equal *time*, which is not equal work.

    Parameters
    ----------
    original, alternative
        Pieces of all kinds, before and after.
    precision
        Number format by which the workers are compared.
    efficiency
        Part of the speed that is kept with each doubling of the number of workers, above 0 to 1.

    """

    original: tuple[Piece, ...]
    alternative: tuple[Piece, ...]
    precision: Precision = "fp32"
    efficiency: float = 1.0

    def __post_init__(self) -> None:
        if not 0 < self.efficiency <= 1:
            raise HardwareError(
                f"The parallel efficiency is {self.efficiency:g}, but must be above 0 and at most 1."
            )

    def duration_factor(self) -> float:
        """Duration over the duration before: S/S_a of the workers, at equal work; 1 at equal time.

        Raises
        ------
        HardwareError
            If a side has no workers, or their FLOPS are not known though equal work needs them.

        """
        if self.is_equal_time():
            return 1.0
        return self._speed(self.original) / self._speed(self.alternative)

    def transfers(self) -> tuple[Transfer, ...]:
        """Where the energy of each kind goes; that of a kind that is not among the sources is spent no more.

        Raises
        ------
        HardwareError
            If the watts of a chip, or the FLOPS of a worker, are not known.

        """
        before, after = worker_kind(self.original), worker_kind(self.alternative)
        duration = self.duration_factor()
        watts = _power_w(self.alternative, after) / _power_w(self.original, before)
        named = {piece.chip.device_kind for piece in (*self.original, *self.alternative)}
        unnamed = (Transfer(kind, kind, duration) for kind in DEVICE_KINDS if kind not in named)
        return (Transfer(before, after, watts * duration), *unnamed, *self._hosts(duration))

    def is_equal_time(self) -> bool:
        """Whether the change is one of power at equal time, for want of a rate.

        Raises
        ------
        HardwareError
            If a side has no workers.

        """
        if worker_kind(self.original) != worker_kind(self.alternative) or self._has_one_chip():
            return False
        return any(piece.chip.has_no_rate() for piece in self.workers())

    def uncertainty(self) -> float:
        """Factor by which energy and duration may be off, either way, because CPUs' rates are estimates.

        Raises
        ------
        HardwareError
            If a side has no workers.

        """
        before, after = workers_of(self.original), workers_of(self.alternative)
        if self.is_equal_time() or {piece.chip for piece in before} == {piece.chip for piece in after}:
            return 1.0
        factor = 1.0
        for side in (before, after):
            if any(piece.chip.rate_method(self.precision) == ESTIMATED for piece in side):
                factor *= ESTIMATE_FACTOR
        return factor

    def workers(self) -> tuple[Piece, ...]:
        """The pieces that set the pace, of both sides."""
        return (*workers_of(self.original), *workers_of(self.alternative))

    def _hosts(self, duration: float) -> tuple[Transfer, ...]:
        """CPUs beside GPUs; one that is taken away, or that becomes a worker, spends nothing as a host."""
        before, after = _of_kind(self.original, "cpu"), _of_kind(self.alternative, "cpu")
        if worker_kind(self.alternative) == "cpu" or not after:
            return ()
        if not before or before == after:
            # CPUs that the record does not name cannot be rescaled. Old workers that stay as hosts count as
            # busy as before, since nothing is known of how busy they would be.
            return (Transfer("cpu", "cpu", duration),)
        watts = _power_w(self.alternative, "cpu") / _power_w(self.original, "cpu")
        return (Transfer("cpu", "cpu", watts * duration),)

    def _has_one_chip(self) -> bool:
        """Whether all workers of both sides are the same chip, whose rate then cancels."""
        return len({piece.chip for piece in self.workers()}) == 1

    def _speed(self, pieces: Sequence[Piece]) -> float:
        """TFLOP/s of the workers among ``pieces``, less what their number costs."""
        workers = workers_of(pieces)
        one_chip = self._has_one_chip()
        speed = sum(piece.count * (1.0 if one_chip else self._rate(piece.chip)) for piece in workers)
        count = sum(piece.count for piece in workers)
        return float(speed * self.efficiency ** log2(count))

    def _rate(self, chip: Chip) -> float:
        working = chip.working_precision(self.precision)
        rate = chip.tflops(working) if working else None
        if not rate:
            raise HardwareError(
                f"{chip.name}: its {PRECISION_LABELS[self.precision]} rate is not known, so nothing "
                "can be rescaled by it. Choose another chip or precision, or enter the rate by hand."
            )
        return rate


def worker_kind(pieces: Sequence[Piece]) -> DeviceKind:
    """Kind of the pieces that set the pace: GPUs where there are any, else CPUs.

    Raises
    ------
    HardwareError
        If there are neither.

    """
    for kind in WORKER_KINDS:
        if _of_kind(pieces, kind):
            return kind
    raise HardwareError("A machine needs at least one GPU or CPU. Add a chip.")


def workers_of(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """The pieces that set the pace.

    Raises
    ------
    HardwareError
        If there are none.

    """
    return _of_kind(pieces, worker_kind(pieces))


def _of_kind(pieces: Sequence[Piece], kind: DeviceKind) -> tuple[Piece, ...]:
    return tuple(piece for piece in pieces if piece.chip.device_kind == kind)


def _power_w(pieces: Sequence[Piece], kind: DeviceKind) -> float:
    """Rated watts of the pieces of one kind."""
    power_w = 0.0
    for piece in _of_kind(pieces, kind):
        if not piece.chip.tdp_w:
            raise HardwareError(
                f"{piece.chip.name}: its power is not known, so energy cannot be rescaled by it. "
                "Choose another chip, or enter its watts by hand."
            )
        power_w += piece.count * piece.chip.tdp_w
    return power_w
