"""Where what lies in the figure of overhead: rows of bars above, the shares by run time below.

A unit up is a pixel and the width is 1, so that names, labels and ticks need no axes of Bokeh's: each of
those costs a repaint five milliseconds.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from energyvis_panel.state.explore.axis import BINS, Axis

TICKS_PX: Final = 20
"""Room for the run times below the curves."""
CURVES_PX: Final = 116
"""From no overhead to nothing else."""
CURVES_TOP: Final = TICKS_PX + CURVES_PX
TITLE_PX: Final = 40
"""Room above the curves for what they show."""
ROWS_FOOT: Final = CURVES_TOP + TITLE_PX
ROW_PX: Final = 32
BAR_PX: Final = 10
TRACK_PX: Final = 3
TRACK_FOOT: Final = 2
BAR_FOOT: Final = 6
TEXT_UP: Final = 24
"""From the foot of a row to that of the strip of all runs, to that of its bar, to the middle of its texts."""
HEAD_PX: Final = 22
"""Room for the key above all rows."""
STEP_BINS: Final = 4
STEPS: Final = BINS // STEP_BINS
TICKS_S: Final = {
    1.0: "1 s", 10.0: "10 s", 60.0: "1 min", 600.0: "10 min", 3600.0: "1 h", 36_000.0: "10 h",
    360_000.0: "100 h", 3_600_000.0: "1,000 h",
}  # fmt: skip
LEAST_GAP: Final = 0.045
"""A tick as near to an end of the axis as this part of it is not written: its text would be cut."""


def height_px(rows: int) -> int:
    """Height of the figure with so many rows."""
    return ROWS_FOOT + ROW_PX * rows + HEAD_PX


def row_feet(rows: int) -> NDArray[np.float64]:
    """Feet of the rows, from the first, which lies uppermost."""
    return ROWS_FOOT + ROW_PX * np.arange(rows - 1, -1, -1.0)


def row_at(y: float, rows: int) -> int | None:
    """Which row, from the first, lies at ``y``; None if none does."""
    row = rows - 1 - int((y - ROWS_FOOT) // ROW_PX)
    return row if 0 <= row < rows else None


def share_height(share: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where shares in percent lie."""
    return TICKS_PX + CURVES_PX * share / 100.0


def time_ticks(axis: Axis) -> dict[float, str]:
    """Places of round run times across, with their texts."""
    places = {axis.position(seconds) / BINS: text for seconds, text in TICKS_S.items()}
    return {at: text for at, text in places.items() if LEAST_GAP <= at <= 1 - LEAST_GAP}


def stairs(heights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Heights of steps as those of both ends of each."""
    return np.repeat(heights, 2)


STAIRS_X: Final = np.repeat(np.arange(STEPS + 1) / STEPS, 2)[1:-1]
"""Both ends of each step, across."""
