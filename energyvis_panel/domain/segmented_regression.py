"""A straight line, or two that meet at a bend: where the bend lies, how sure that is, and whether it is one.

The sum of squares is followed along a grid of places for the bend; at each the rest is linear (Hinkley 1971,
*Inference in two-phase regression*, doi 10.1080/01621459.1971.10482337; Muggeo 2003, *Estimating regression
models with unknown break-points*, doi 10.1002/sim.1545). Since the best of many places is looked for, the
improvement on a straight line does not follow an F distribution: it is compared with what the same search
finds along straight lines with normal noise, simulated. That depends on the places of the points alone.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtri

Numbers = NDArray[np.float64]

FEWEST_POINTS: Final = 7
"""Two lines that meet somewhere take four parameters; as many again less one are left to judge them by."""
FEWEST_IN_A_PIECE: Final = 3
"""Points on each side of a bend, one on it counted to both: two would be met by any line."""
STEP: Final = 0.1
MOST_PLACES: Final = 401
"""Places for the bend: by steps of a tenth of x, as long as there are no more than that, else as many."""
PARAMETERS: Final = 4
"""Intercept, two slopes, and the place of the bend."""
SIMULATED: Final = 4_999
SEED: Final = 6
EXACT: Final = 1e-20
ROUNDING: Final = 1e-12
"""Squares of this share are rounding: of all before the line is taken out, and of those left after it."""


@dataclass(frozen=True, slots=True)
class SegmentedFit:
    """Least squares of y on x: one straight line, or two where ``bend`` is not None.

    Attributes
    ----------
    intercept, slope
        Of the line, or of the first piece; y at x = 0, and y by x.
    p_value
        How often the best bend improves a straight line with normal noise as much, between 0 and 1.
    bend, low, high
        Where the pieces meet, and the interval of places that fit hardly worse; None without a bend.
    slope_after
        Of the second piece; of the line, without a bend.

    """

    intercept: float
    slope: float
    slope_after: float
    p_value: float
    bend: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def is_steeper(self) -> bool:
        """Whether y grows faster beyond the bend."""
        return self.bend is not None and self.slope_after > self.slope

    def at(self, x: float) -> float:
        """The fitted y."""
        beyond = 0.0 if self.bend is None else max(x - self.bend, 0.0)
        return self.intercept + self.slope * x + (self.slope_after - self.slope) * beyond


@dataclass(frozen=True, slots=True)
class Search:
    """What a search along the same x shares: places, and what each place adds to a straight line.

    Attributes
    ----------
    bends
        The places.
    solution
        Gives intercept and slope of the straight line through y: 2 x points.
    residues
        Takes the straight line out of y: points x points.
    directions
        What a bend at each place adds to the line, of length one and free of the line: places x points.
    chance
        How much of the squares the best place explains along simulated straight lines, sorted.

    """

    bends: Numbers
    solution: Numbers
    residues: Numbers
    directions: Numbers
    chance: Numbers


def fit_segments(
    x: Sequence[float], y: Sequence[float], *, significance: float = 0.01, confidence: float = 0.95
) -> SegmentedFit | None:
    """Fit a straight line, or two that meet, whichever the points call for.

    Parameters
    ----------
    x, y
        Coordinates of the points; each x once, in any order.
    significance
        A bend is only found where ``p_value`` lies below.
    confidence
        Of the interval of the bend: it holds the places whose sum of squares is not larger than the least by
        more than the F distribution allows.

    Returns
    -------
    SegmentedFit or None
        None with fewer than ``FEWEST_POINTS`` points.

    """
    if len(x) < FEWEST_POINTS:
        return None
    order = np.argsort(x)
    places, values = np.asarray(x, float)[order], np.asarray(y, float)[order]
    search = _search(tuple(places.tolist()))
    rest = search.residues @ values
    squares = float(rest @ rest)
    explained = (search.directions @ rest) ** 2
    best = int(explained.argmax())
    share = float(explained[best]) / squares if squares > EXACT * float(values @ values) else 0.0
    p_value = (1 + SIMULATED - int(np.searchsorted(search.chance, share))) / (1 + SIMULATED)
    if p_value >= significance:
        intercept, slope = (search.solution @ values).tolist()
        return SegmentedFit(intercept, slope, slope, p_value)
    bend = float(search.bends[best])
    hinged = np.column_stack([np.ones_like(places), places, np.maximum(places - bend, 0)])
    intercept, slope, change = (float(one) for one in np.linalg.lstsq(hinged, values, rcond=None)[0])
    free = len(places) - PARAMETERS
    left = np.maximum(squares - explained, 0)
    allowed = left[best] * (1 + fdtri(1, free, confidence) / free) + ROUNDING * squares
    likely = search.bends[left <= allowed]
    return SegmentedFit(
        intercept, slope, slope + change, p_value, bend, float(likely.min()), float(likely.max())
    )


@functools.lru_cache(maxsize=256)
def _search(x: tuple[float, ...]) -> Search:
    """The search along these x, in ascending order."""
    places = np.asarray(x)
    first, last = places[FEWEST_IN_A_PIECE - 1], places[-FEWEST_IN_A_PIECE]
    # Rounded, so that a bend on a point lies on it.
    count = min(round((last - first) / STEP) + 1, MOST_PLACES)
    bends = np.asarray(np.linspace(first, last, count).round(9), np.float64)
    line = np.column_stack([np.ones_like(places), places])
    solution = np.linalg.pinv(line)
    residues = np.eye(len(places)) - line @ solution
    added = np.maximum(places - bends[:, None], 0) @ residues
    directions = added / np.linalg.norm(added, axis=1, keepdims=True)
    noise = np.random.default_rng(SEED).standard_normal((SIMULATED, len(places))) @ residues
    explained = ((noise @ directions.T) ** 2).max(axis=1)
    chance = np.sort(explained / (noise**2).sum(axis=1))
    return Search(bends, solution, residues, directions, chance)
