"""A lasso: which bins of a plane lie inside a polygon."""

import functools

import numpy as np
from numpy.typing import NDArray

from energyvis_panel.state.explore.axis import BINS, Axis

Point = tuple[float, float]


def cells_inside(vertices: tuple[Point, ...], across: Axis, up: Axis) -> NDArray[np.bool_]:
    """Which bins have their centre inside a polygon, by the even-odd rule.

    Parameters
    ----------
    vertices
        Corners of the polygon in the stored units of both axes; the last joins the first.
    across, up
        The axes of the plane.

    Returns
    -------
    array of booleans, ``BINS x BINS``: bin across, then bin up.

    """
    centres = np.arange(BINS) + 0.5
    inside = np.zeros((BINS, BINS), bool)
    corners = [(position(across, x), position(up, y)) for x, y in vertices]
    for (x0, y0), (x1, y1) in zip(corners, corners[1:] + corners[:1], strict=True):
        if x0 == x1:
            continue
        crossed = (centres >= min(x0, x1)) & (centres < max(x0, x1))
        heights = y0 + (centres[crossed] - x0) * (y1 - y0) / (x1 - x0)
        inside[crossed] ^= centres[None, :] < heights[:, None]
    return inside


def position(axis: Axis, value: float) -> float:
    """Bins from the low end, below 0 or above ``BINS`` for a value off the axis."""
    if axis.low <= value <= axis.high:
        return axis.position(value)
    return -1.0 if value < axis.low else BINS + 1.0


@functools.lru_cache(maxsize=64)
def cell_bits(vertices: tuple[Point, ...], across: Axis, up: Axis) -> str:
    """:func:`cells_inside` as text of zeros and ones, bin up running fastest: what DuckDB reads as BIT."""
    return cells_inside(vertices, across, up).astype(np.uint8).ravel().astype("U1").tobytes().decode("utf-32")
