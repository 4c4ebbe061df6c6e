"""Tests that use only the order of values, from sums of ranks: Wilcoxon, Mann-Whitney, and effect sizes.

Normal approximations with correction for ties and for continuity. Sources: Wilcoxon, *Biometrics Bulletin* 1
(1945), 80-83; Mann and Whitney, *Annals of Mathematical Statistics* 18 (1947), 50-60; Cliff, *Psychological
Bulletin* 114 (1993), 494-509.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from energyvis_panel.domain.paired_comparison import FEWEST_PAIRS


@dataclass(frozen=True, slots=True)
class SignedRanks:
    """Ranks of the absolute differences of pairs, those of zero left out.

    Attributes
    ----------
    pairs
        How many differences are not zero.
    positive_sum
        Sum of the ranks of those above zero.
    ties
        Sum of t³ - t over groups of t equal ranks.

    """

    pairs: int
    positive_sum: float
    ties: float

    def p_value(self) -> float | None:
        """Two-sided p of Wilcoxon's signed-rank test; None with too few pairs."""
        n = self.pairs
        if n < FEWEST_PAIRS:
            return None
        variance = n * (n + 1) * (2 * n + 1) / 24 - self.ties / 48
        return _two_sided(self.positive_sum - n * (n + 1) / 4, variance)

    def agreement(self) -> float | None:
        """Rank-biserial correlation: 1 where every difference is above zero, -1 where none is."""
        whole = self.pairs * (self.pairs + 1) / 2
        return 2 * self.positive_sum / whole - 1 if whole else None


@dataclass(frozen=True, slots=True)
class TwoSampleRanks:
    """Ranks of the values of two samples put together; ``ties`` as for signed ranks."""

    a_count: int
    b_count: int
    b_sum: float
    ties: float

    @property
    def b_wins(self) -> float:
        """Mann and Whitney's U of B: how many pairs of one value each have the larger one in B."""
        return self.b_sum - self.b_count * (self.b_count + 1) / 2

    def p_value(self) -> float | None:
        """Two-sided p of Mann and Whitney's test; None with too few values."""
        if min(self.a_count, self.b_count) < FEWEST_PAIRS:
            return None
        both, product = self.a_count + self.b_count, self.a_count * self.b_count
        variance = product / 12 * (both + 1 - self.ties / (both * (both - 1)))
        return _two_sided(self.b_wins - product / 2, variance)

    def dominance(self) -> float | None:
        """Cliff's delta: how much more often B is the larger than the smaller, from -1 to 1."""
        product = self.a_count * self.b_count
        return 2 * self.b_wins / product - 1 if product else None


def _two_sided(distance: float, variance: float) -> float:
    """Two-sided p of a sum of ranks so far from what is expected."""
    if variance <= 0:
        return 1.0
    return float(min(1.0, 2 * ndtr(-(abs(distance) - 0.5) / np.sqrt(variance))))
