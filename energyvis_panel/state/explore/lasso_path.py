"""A drawn path as the few corners of a lasso: the algorithm of Douglas and Peucker (1973)."""

import numpy as np
from numpy.typing import NDArray

from energyvis_panel.state.explore.axis import Axis
from energyvis_panel.state.explore.brushes import FEWEST_VERTICES, MOST_VERTICES
from energyvis_panel.state.explore.lasso import Point

Path = NDArray[np.float64]

FINEST_BINS = 0.25
"""Corners that change the path by less than this many bins change no run's place."""


def lasso_corners(path: list[Point], across: Axis, up: Axis) -> tuple[Point, ...]:
    """Corners of the polygon that a drawn path encloses; none where it encloses nothing.

    Parameters
    ----------
    path
        Points in the stored units of both axes, as they were drawn.
    across, up
        The axes of the plane; how far a point lies from a line is measured in their bins.

    """
    places = np.array([(across.position(x), up.position(y)) for x, y in path]).reshape(-1, 2)
    places = places[np.r_[True, (np.diff(places, axis=0) != 0).any(axis=1)]] if len(places) else places
    if len(places) < FEWEST_VERTICES:
        return ()
    kept, tolerance = places, FINEST_BINS
    while len(kept := simplified(places, tolerance)) > MOST_VERTICES:
        tolerance *= 1.5
    if len(kept) < FEWEST_VERTICES:
        return ()
    return tuple((rounded(across.value(x)), rounded(up.value(y))) for x, y in kept)


def simplified(path: Path, tolerance: float) -> Path:
    """The points of a closed path from which it strays nowhere by more than ``tolerance``.

    It is split at the point farthest from its first, as a closed path has no two ends to draw a line between.
    """
    closed = np.vstack([path, path[:1]])
    far = int(np.hypot(*(path - path[0]).T).argmax())
    kept = {0, far}
    spans = [(0, far), (far, len(path))]
    while spans:
        first, last = spans.pop()
        if last - first < 2:  # noqa: PLR2004 - nothing lies between neighbours
            continue
        strays = distances(closed[first + 1 : last], closed[first], closed[last])
        at = int(strays.argmax())
        if strays[at] > tolerance:
            middle = first + 1 + at
            kept.add(middle)
            spans += [(first, middle), (middle, last)]
    return path[sorted(kept)]


def distances(points: Path, start: Path, end: Path) -> NDArray[np.float64]:
    """How far points lie from the line between two others, or from the one where both are the same."""
    along = end - start
    length = float(np.hypot(*along))
    offsets = points - start
    if length == 0:
        return np.asarray(np.hypot(offsets[:, 0], offsets[:, 1]))
    return np.asarray(np.abs(along[0] * offsets[:, 1] - along[1] * offsets[:, 0]) / length)


def rounded(value: float) -> float:
    """``value`` to four digits: finer than a pixel, and short in a link."""
    return float(f"{value:.4g}")
