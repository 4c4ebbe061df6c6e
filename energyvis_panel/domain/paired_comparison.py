"""Whether one configuration takes more than another at the same settings: effects, intervals, tests on means.

All works on natural logarithms, since a factor is what is compared, and from counts, means and variances, so
that it costs the same for a hundred pairs and for a million.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri, stdtr, stdtrit

Interval = tuple[float, float]
Floats = NDArray[np.float64]

CONFIDENCE: Final = 0.95
FEWEST_PAIRS: Final = 5
"""With fewer pairs no interval and no test: they would be wider or weaker than any statement needs."""
FEWEST_CLUSTERS: Final = 5
"""With fewer data sets a bootstrap over them has too few different resamples (126 with five)."""
RESAMPLES: Final = 4000
SEED: Final = 5991
"""The same selection gives the same interval, to the last digit."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How many values there are, their mean, and their variance (over count - 1; NaN for one value)."""

    count: int
    mean: float
    variance: float


def t_interval(spread: Spread, confidence: float = CONFIDENCE) -> Interval | None:
    """Student's interval of the mean; None with too few values."""
    if spread.count < FEWEST_PAIRS:
        return None
    half = stdtrit(spread.count - 1, (1 + confidence) / 2) * np.sqrt(spread.variance / spread.count)
    return float(spread.mean - half), float(spread.mean + half)


def t_test(spread: Spread) -> float | None:
    """Two-sided p of a mean of zero, which for differences is the paired t test; None with too few values."""
    if spread.count < FEWEST_PAIRS:
        return None
    return _two_sided(spread.mean, np.sqrt(spread.variance / spread.count), spread.count - 1)


def welch_test(a: Spread, b: Spread) -> float | None:
    """Two-sided p of equal means of two samples with spreads of their own; None with too few values.

    Source: Welch, *Biometrika* 34 (1947), 28-35.
    """
    if min(a.count, b.count) < FEWEST_PAIRS:
        return None
    of_a, of_b = a.variance / a.count, b.variance / b.count
    weight = of_a**2 / (a.count - 1) + of_b**2 / (b.count - 1)
    freedom = (of_a + of_b) ** 2 / weight if weight > 0 else 1.0
    return _two_sided(b.mean - a.mean, np.sqrt(of_a + of_b), freedom)


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """The p values corrected for how many there are; None stays None and does not count.

    Source: Holm, *Scandinavian Journal of Statistics* 6 (1979), 65-70.
    """
    known = sorted((p, place) for place, p in enumerate(p_values) if p is not None)
    corrected: list[float | None] = [None] * len(p_values)
    largest = 0.0
    for step, (p, place) in enumerate(known):
        largest = max(largest, min(1.0, p * (len(known) - step)))
        corrected[place] = largest
    return corrected


def cluster_interval(
    sums: Sequence[float], counts: Sequence[int], confidence: float = CONFIDENCE
) -> Interval | None:
    """Bootstrap interval of the mean of all values when whole clusters are drawn; None with too few clusters.

    Values of one data set go up and down together, so data sets are drawn, not pairs. Bias-corrected and
    accelerated; source: Efron, *Journal of the American Statistical Association* 82 (1987), 171-185.

    Parameters
    ----------
    sums, counts
        Sum and number of the values by cluster.
    confidence
        How often such intervals hold the true mean.

    """
    total, number = np.asarray(sums, np.float64), np.asarray(counts, np.float64)
    if len(total) < FEWEST_CLUSTERS:
        return None
    drawn = cluster_draws(len(total))
    means = (drawn @ total) / (drawn @ number)
    left_out = (total.sum() - total) / (number.sum() - number)
    levels = _accelerated_levels(means, total.sum() / number.sum(), left_out, confidence)
    low, high = np.quantile(means, levels)
    return float(low), float(high)


@lru_cache(maxsize=32)
def cluster_draws(clusters: int) -> Floats:
    """How often each cluster is in each resample, ``RESAMPLES`` x ``clusters``."""
    random = np.random.default_rng(SEED)
    return random.multinomial(clusters, np.full(clusters, 1 / clusters), RESAMPLES).astype(np.float64)


def _accelerated_levels(means: Floats, estimate: float, left_out: Floats, confidence: float) -> Floats:
    """At which quantiles of the resampled means the interval ends."""
    tails = np.array([(1 - confidence) / 2, (1 + confidence) / 2])
    below = ((means < estimate).mean() + (means <= estimate).mean()) / 2
    away = left_out.mean() - left_out
    squares = float((away**2).sum())
    if squares == 0 or not 0 < below < 1:
        return tails
    bias = ndtri(below)
    acceleration = float((away**3).sum()) / (6 * squares**1.5)
    shifted = bias + ndtri(tails)
    levels: Floats = ndtr(bias + shifted / (1 - acceleration * shifted))
    return levels


def _two_sided(difference: float, error: float, freedom: float) -> float:
    """Two-sided p of a difference with its standard error."""
    if error == 0:
        return 1.0 if difference == 0 else 0.0
    return float(2 * stdtr(freedom, -abs(difference / error)))
