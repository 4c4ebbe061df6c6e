"""Rasters: counts as images of one byte a pixel, equalised so that rare and common both show."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from bokeh.models import LinearColorMapper
from numba import njit
from numpy.typing import NDArray

from energyvis_panel.state.explore.axis import BINS, Counts

Image = NDArray[np.uint8]

GAP_PX: Final = 160
"""Pixel columns between two axes; about as many as are shown on a wide screen."""
LEVELS: Final = 255
FAINTEST: Final = 40
"""Level of the rarest pixel; 0 is empty and drawn transparent."""
MOST_COUNTED: Final = 1 << 16
"""Counts above share one level; the equalisation would hardly tell them apart."""


def equalised(counts: NDArray[np.integer]) -> Image:
    """``counts`` as levels 0 (none) to 255, spaced by how many pixels hold less: histogram equalisation."""
    clipped = np.minimum(counts, MOST_COUNTED - 1).astype(np.intp)
    pixels = np.bincount(clipped.ravel())
    pixels[0] = 0
    below = np.cumsum(pixels)
    total = max(int(below[-1]), 1)
    levels = (FAINTEST + (LEVELS - FAINTEST) * below / total).astype(np.uint8)
    levels[0] = 0
    image: Image = levels[clipped]
    return image


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


def lines_image(lines: Sequence[NDArray[np.int64]], pairs: int) -> Image:
    """Equalised image of weighted lines between ``pairs`` of neighbouring axes.

    Parameters
    ----------
    lines
        Columns pair, bin on its left axis, bin on its right axis, runs.
    pairs
        How many pairs of axes there are.

    """
    image = np.zeros((BINS, pairs * GAP_PX), np.int32)
    pair, from_px, to_px, weight = lines
    add_lines(image, pair, from_px, to_px, weight, GAP_PX)
    return equalised(image)


def ramp(colour: str, faintest: float = 0.25, strongest: float = 1.0) -> LinearColorMapper:
    """Mapper from levels to one hue of growing opacity, legible on light and dark ground alike."""
    opacity = np.linspace(faintest, strongest, LEVELS)
    palette = ["#00000000", *(f"{colour}{round(255 * share):02x}" for share in opacity)]
    return LinearColorMapper(palette=palette, low=0, high=LEVELS)


def hardware_images(counts: Counts) -> list[Image]:
    """One equalised image per hardware class."""
    return [equalised(grid) for grid in counts]
