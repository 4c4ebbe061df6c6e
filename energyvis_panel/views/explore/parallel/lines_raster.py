"""A raster of weighted lines between neighbouring axes; see docs/decisions/0004."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from energyvis_panel.state.explore.axis import BINS
from energyvis_panel.views.explore.raster import Image, equalised

WIDTH_PX: Final = 1040
"""Pixel columns of the whole image: about as many as a wide screen shows, however many axes there are."""
NARROWEST_GAP_PX: Final = 96
WIDEST_GAP_PX: Final = 320


@njit(cache=True, nogil=True)
def add_lines(
    image: NDArray[np.int32],
    pair: NDArray[np.int64],
    from_px: NDArray[np.int64],
    to_px: NDArray[np.int64],
    weight: NDArray[np.int64],
    gap: int,
) -> None:
    """Add weighted lines to ``image`` (bins x pixel columns, ``gap`` of them a pair), one pixel a column."""
    for line in range(len(pair)):
        first = pair[line] * gap
        slope = (to_px[line] - from_px[line]) / gap
        height = from_px[line] + 0.5
        for step in range(gap):
            image[int(height + slope * step), first + step] += weight[line]


def gap_px(pairs: int) -> int:
    """Pixel columns between two of ``pairs + 1`` axes."""
    return min(max(WIDTH_PX // pairs, NARROWEST_GAP_PX), WIDEST_GAP_PX)


def lines_image(lines: Sequence[NDArray[np.int64]], pairs: int) -> Image:
    """Equalised image of weighted lines between ``pairs`` of neighbouring axes.

    Parameters
    ----------
    lines
        Columns pair, bin on its left axis, bin on its right axis, runs.
    pairs
        How many pairs of axes there are.

    """
    gap = gap_px(pairs)
    image = np.zeros((BINS, pairs * gap), np.int32)
    pair, from_px, to_px, weight = lines
    add_lines(image, pair, from_px, to_px, weight, gap)
    return equalised(image)
