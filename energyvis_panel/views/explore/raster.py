"""Rasters: counts as images of one byte a pixel, equalised so that rare and common both show."""

from typing import Final

import numpy as np
from bokeh.models import LinearColorMapper
from numpy.typing import NDArray

from energyvis_panel.state.explore.axis import Counts

Image = NDArray[np.uint8]

LEVELS: Final = 255
FAINTEST: Final = 40
"""Level of the rarest pixel; 0 is empty and drawn transparent."""
MOST_COUNTED: Final = 1 << 16
"""Counts above share one level; the equalisation would hardly tell them apart."""


def equalised(counts: NDArray[np.integer]) -> Image:
    """``counts`` as levels 0 (none) to 255, spaced by how many pixels hold less: histogram equalisation."""
    return equalised_with_counts(counts)[0]


def equalised_with_counts(counts: NDArray[np.integer]) -> tuple[Image, Counts, Counts]:
    """The equalised image, and the least and the greatest count that each of the 256 levels stands for."""
    clipped = np.minimum(counts, MOST_COUNTED - 1).astype(np.intp)
    pixels = np.bincount(clipped.ravel())
    pixels[0] = 0
    below = np.cumsum(pixels)
    total = max(int(below[-1]), 1)
    levels = (FAINTEST + (LEVELS - FAINTEST) * below / total).astype(np.uint8)
    levels[0] = 0
    image: Image = levels[clipped]
    present = np.flatnonzero(pixels)
    least, greatest = (np.zeros(LEVELS + 1, np.int64) for _ in range(2))
    # Levels rise with the count, so that the last write of a level is its end.
    least[levels[present[::-1]]] = present[::-1]
    greatest[levels[present]] = present
    if len(present) and present[-1] == MOST_COUNTED - 1:
        greatest[levels[-1]] = int(counts.max())
    return image, least, greatest


def ramp(colour: str, faintest: float = 0.25, strongest: float = 1.0) -> LinearColorMapper:
    """Mapper from levels to one hue of growing opacity, legible on light and dark ground alike."""
    opacity = np.linspace(faintest, strongest, LEVELS)
    palette = ["#00000000", *(f"{colour}{round(255 * share):02x}" for share in opacity)]
    return LinearColorMapper(palette=palette, low=0, high=LEVELS)
