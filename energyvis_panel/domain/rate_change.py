"""Whether joules per unit of work changed from one run to another, and how sure that is."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr, stdtrit

from energyvis_panel.errors import EnergyVisError

FEWEST_REPETITIONS = 3
"""Two give a spread with one degree of freedom: an interval so wide that it says nothing."""


class RateError(EnergyVisError):
    """A rate or a level of confidence cannot be used."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Joules per unit of work over all repetitions, with its standard error; None = too few to tell."""

    energy_per_unit_j: float
    error_j: float | None
    repetitions: int


@dataclass(frozen=True, slots=True)
class RateChange:
    """Change of joules per unit from A to B, as shares of A's rate: 0.03 is 3 % more.

    ``low`` and ``high`` bound it at ``confidence``; they and ``p_value`` are None where ``reason`` says why
    nothing can be said.
    """

    a: Rate
    b: Rate
    confidence: float
    change: float
    low: float | None = None
    high: float | None = None
    p_value: float | None = None
    reason: str = ""

    @property
    def is_significant(self) -> bool:
        """Whether the change differs from 0 at the confidence asked for; False where nothing can be said."""
        return self.p_value is not None and self.p_value < 1 - self.confidence


def rate(energies_j: Sequence[float], units: Sequence[float]) -> Rate:
    """Ratio of all joules to all units of the repetitions.

    Its error is that of a ratio estimator, which for repetitions of equal size is the error of a mean.
    Source: Cochran, *Sampling Techniques*, 3rd ed. 1977, section 2.11.

    Raises
    ------
    RateError
        If there is no repetition, a value is not finite, or the units do not add up to more than 0.

    """
    energy_j, unit = np.asarray(energies_j, dtype=np.float64), np.asarray(units, dtype=np.float64)
    if not energy_j.size or not np.isfinite(energy_j).all() or not np.isfinite(unit).all() or unit.sum() <= 0:
        raise RateError("Joules per unit need at least one piece of work with joules and units above 0.")
    per_unit_j = float(energy_j.sum() / unit.sum())
    count = int(energy_j.size)
    if count < FEWEST_REPETITIONS:
        return Rate(per_unit_j, None, count)
    residual_j = energy_j - per_unit_j * unit
    error_j = float(np.sqrt(count / (count - 1) * (residual_j**2).sum()) / unit.sum())
    return Rate(per_unit_j, error_j, count)


def rate_change(a: Rate, b: Rate, *, confidence: float = 0.95) -> RateChange:
    """Change from A to B with the t interval of Welch for unequal spreads.

    The repetitions are taken as independent. Source: Welch, *Biometrika* 34 (1947), 28-35.

    Raises
    ------
    RateError
        If the confidence is not between 0 and 1, or A takes no energy, so that no share of it exists.

    """
    if not 0 < confidence < 1:
        raise RateError(f"The confidence is {confidence:g}, but must lie between 0 and 1, e.g. 0.95.")
    if a.energy_per_unit_j <= 0:
        raise RateError("The first run took no energy for this work, so no change can be stated in percent.")
    base_j = a.energy_per_unit_j
    change = b.energy_per_unit_j / base_j - 1
    if a.error_j is None or b.error_j is None:
        reason = (
            f"Nothing can be said about chance: {a.repetitions} and {b.repetitions} repetitions; each run "
            f"needs at least {FEWEST_REPETITIONS}."
        )
        return RateChange(a, b, confidence, change, reason=reason)
    spread = a.error_j**2 + b.error_j**2
    if spread == 0:
        reason = "Nothing can be said about chance: all repetitions are exactly alike."
        return RateChange(a, b, confidence, change, reason=reason)
    freedom = spread**2 / (a.error_j**4 / (a.repetitions - 1) + b.error_j**4 / (b.repetitions - 1))
    margin = float(stdtrit(freedom, 0.5 + confidence / 2)) * spread**0.5 / base_j
    statistic = abs(change) * base_j / spread**0.5
    p_value = float(2 * stdtr(freedom, -statistic))
    return RateChange(a, b, confidence, change, change - margin, change + margin, p_value)
