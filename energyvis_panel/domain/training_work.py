"""The work of training a dense model, and the hours that it takes on given chips.

    hours = 6 N D / (sum of count x rate x utilisation)

Source: 6 N D FLOPs for N parameters and D tokens, 2 for the forward and 4 for the backward pass: Kaplan
et al. (2020, arXiv 2001.08361) and Hoffmann et al. (2022, arXiv 2203.15556). Attention over long texts adds
some percent.
"""

from dataclasses import dataclass
from math import isfinite
from typing import Final

from energyvis_panel.domain.hardware import PRECISION_LABELS, Piece, Precision, worker_kind
from energyvis_panel.domain.units import three_digits
from energyvis_panel.errors import EnergyVisError

FLOPS_PER_PARAMETER_AND_TOKEN: Final = 6.0
EXPECTED_UTILISATION: Final = 0.4
"""Part of the dense rate that large trainings reach; an assumption, 0.3 to 0.6 are reported."""
MOST_PARAMETERS: Final = 1e15
MOST_TOKENS: Final = 1e18


class EstimateError(EnergyVisError):
    """A value of an estimate is missing or out of its range."""


@dataclass(frozen=True, slots=True)
class TrainingWork:
    """Work of training a dense model: ``6 x parameters x tokens`` FLOPs, at a part of the chips' rate."""

    parameters: float
    tokens: float
    precision: Precision = "fp16"
    utilisation: float = EXPECTED_UTILISATION

    def __post_init__(self) -> None:
        check("The number of parameters", self.parameters, 1, MOST_PARAMETERS)
        check("The number of tokens", self.tokens, 1, MOST_TOKENS)
        check("The utilisation", self.utilisation, 0.001, 1)

    def flops(self) -> float:
        """Floating-point operations of the whole training."""
        return FLOPS_PER_PARAMETER_AND_TOKEN * self.parameters * self.tokens

    def duration_s(self, pieces: tuple[Piece, ...]) -> float:
        """Seconds on the workers among ``pieces``: the GPUs, or the CPUs where there are none.

        Raises
        ------
        EnergyVisError
            If there is no worker, or a worker's rate at the precision is not known.

        """
        kind = worker_kind(pieces)
        tflops = 0.0
        for piece in pieces:
            if piece.chip.device_kind != kind:
                continue
            working = piece.chip.working_precision(self.precision)
            rate = piece.chip.tflops(working) if working else None
            if not rate:
                raise EstimateError(
                    f"{piece.chip.name}: its {PRECISION_LABELS[self.precision]} rate is not known. "
                    "Choose another precision, or give the hours."
                )
            tflops += piece.count * rate
        return self.flops() / (tflops * 1e12 * self.utilisation)

    def text(self) -> str:
        """What was assumed, in one sentence."""
        return (
            f"Time from 6 x {three_digits(self.parameters)} parameters x {three_digits(self.tokens)} tokens "
            f"= {self.flops():.3g} FLOPs (Kaplan et al. 2020, Hoffmann et al. 2022) at "
            f"{percent_text(self.utilisation)} of the chips' dense {PRECISION_LABELS[self.precision]} rate, "
            "which is an assumption."
        )


def percent_text(share: float) -> str:
    """A share in percent, e.g. ``"65 %"``."""
    return f"{100 * share:.3g} %"


def check(what: str, value: float, least: float, most: float) -> None:
    """Refuse a value out of its range, by a sentence that names it.

    Raises
    ------
    EstimateError
        If it is not finite or lies outside.

    """
    if not isfinite(value) or not least <= value <= most:
        raise EstimateError(f"{what} is {value:g}. Give a value from {least:g} to {most:,g}.")
