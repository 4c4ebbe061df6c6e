"""Which energies per datum the plane shows: all, or those around the medians; with room for names beyond."""

from typing import Any, Final

import numpy as np

from energyvis_panel.state.explore.axis import BINS, Counts
from energyvis_panel.state.explore.cache_spill.cache_spill import CELL_BINS, UP, Numbers
from energyvis_panel.state.explore.dimensions import QUANTITIES
from energyvis_panel.state.explore.exploration import Exploration

STRIP: Final = 0.2
"""Room above and below for the names of levels, as a share of the height between them."""
MARGIN_BINS: Final = 8
"""Room around the medians, in bins."""
TICK_DIGITS: Final = (1, 2, 5)
TICK_POWERS: Final = range(-6, 9)


class SpillWindow:
    """The height of a figure, in bins of the energy per datum."""

    def __init__(self, state: Exploration, figure: Any) -> None:
        self._figure, self._axis = figure, state.axes[UP]
        self.low, self.high = 0, BINS
        self.show(None)

    def show(self, energies_j: Numbers | None) -> None:
        """Show what surrounds these energies per datum, NaN left out; all where there are none."""
        self.low, self.high = 0, BINS
        known = np.array([]) if energies_j is None else energies_j[np.isfinite(energies_j)]
        if known.size:
            low, high = (self._axis.position(float(end)) for end in (np.min(known), np.max(known)))
            # Whole cells of the picture, so that none is cut.
            self.low = max(int(low - MARGIN_BINS) // CELL_BINS * CELL_BINS, 0)
            self.high = min(-(-int(high + MARGIN_BINS) // CELL_BINS) * CELL_BINS, BINS)
        self._figure.y_range.update(start=self.place(-STRIP), end=self.place(1 + STRIP))
        self._figure.yaxis[0].ticker.ticks = energy_ticks(self.place(0), self.place(1))

    def place(self, share: float) -> float:
        """The energy per datum at a share of the height, in mJ; below 0 and above 1 are the names."""
        bin_ = self.low + share * (self.high - self.low)
        return self._axis.value(bin_) / QUANTITIES[UP].per_unit

    def within(self, cells: Counts) -> Counts:
        """Counts by hardware, cell up and cell across without those that would lie under the names."""
        seen = cells.copy()
        seen[:, : self.low // CELL_BINS] = 0
        seen[:, self.high // CELL_BINS :] = 0
        return seen


def energy_ticks(low: float, high: float) -> list[float]:
    """1, 2, 5 and 10 mJ and so on, from ``low`` to ``high`` mJ."""
    every = (digit * 10.0**power for power in TICK_POWERS for digit in TICK_DIGITS)
    return [tick for tick in every if low <= tick <= high]
