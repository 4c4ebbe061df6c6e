"""Energy per datum against the working set: counts in their plane, levels of memory, steps between them."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from energyvis_panel.state.explore.axis import BINS, Axis, Counts, column
from energyvis_panel.state.explore.cache_spill.cache_spill_levels import (
    ACROSS,
    LEVELS,
    MOST_LEVELS,
    Level,
    level_of_bin,
)
from energyvis_panel.state.explore.question import Question
from energyvis_panel.state.explore.sentences import HARDWARE

DENSITY: Final = "cache_spill_density"
SELECTED: Final = "cache_spill_selected"
"""Slots: the plane without the brushes drawn in it, and what passes all brushes."""
UP: Final = "j_per_datum"
QUESTIONS: Final = {
    DENSITY: Question("cache_spill_density", own=(ACROSS, UP)),
    SELECTED: Question("cache_spill_density", in_context=False),
}
CELL_BINS: Final = 2
"""Bins that a cell of the picture spans, across and up."""
CELLS: Final = BINS // CELL_BINS
FEWEST_AT_LEVEL: Final = 20
"""With fewer runs on either side nothing is said of a step."""
QUARTILES: Final = (0.25, 0.5, 0.75)

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Held:
    """What the runs take whose working set a level holds.

    Attributes
    ----------
    level
        The level.
    run_count
        How many runs.
    quartiles
        Lower quartile, median and upper quartile of their energy per datum in J, read from bins; NaN without
        a run.

    """

    level: Level
    run_count: int
    quartiles: tuple[float, float, float]

    @property
    def median_j(self) -> float:
        """The median energy per datum."""
        return self.quartiles[1]

    @property
    def can_be_compared(self) -> bool:
        """Whether enough runs lie in the level to say something of it."""
        return self.run_count >= FEWEST_AT_LEVEL


@dataclass(frozen=True, slots=True)
class Step:
    """The boundary where a level is full: what the runs held by it and by the next level take."""

    within: Held
    beyond: Held

    @property
    def ratio(self) -> float | None:
        """Median beyond the boundary by median within; None where too few runs lie on a side."""
        if self.within.can_be_compared and self.beyond.can_be_compared:
            return self.beyond.median_j / self.within.median_j
        return None


def cell_counts(rows: pa.Table) -> Counts:
    """Counts, hardware x cell up x cell across."""
    shape = len(HARDWARE), CELLS, CELLS
    return summed(
        rows,
        (
            column(rows, "is_gpu"),
            column(rows, "j_per_datum_px") // CELL_BINS,
            column(rows, "working_set_px") // CELL_BINS,
        ),
        shape,
    )


def level_counts(rows: pa.Table, across: Axis) -> Counts:
    """Counts, hardware x level (nearest first) x bin of energy per datum."""
    is_gpu = column(rows, "is_gpu")
    level = level_of_bin(across)[is_gpu, column(rows, "working_set_px")]
    return summed(rows, (is_gpu, level, column(rows, "j_per_datum_px")), (len(HARDWARE), MOST_LEVELS, BINS))


def summed(rows: pa.Table, places: tuple[NDArray[np.int64], ...], shape: tuple[int, ...]) -> Counts:
    """Runs at each place of a grid of this shape."""
    at = np.ravel_multi_index(places, shape)
    counts = np.bincount(at, column(rows, "run_count"), int(np.prod(shape)))
    return counts.astype(np.int64).reshape(shape)


def binned_quantiles(counts: Counts, axis: Axis) -> Numbers:
    """Lower quartile, median and upper quartile of each row of counts by bin; NaN without a run.

    The run with that rank lies in the same bin; the value is where the rank falls between the bin's ends, as
    if its runs were spread evenly. Shape: quartile, then that of ``counts`` without the bins.
    """
    below = counts.cumsum(axis=-1)
    total = below[..., -1]
    found = []
    for share in QUARTILES:
        rank = (share * total)[..., None]
        at = np.minimum((below < rank).sum(axis=-1, keepdims=True), BINS - 1)
        here = np.take_along_axis(counts, at, axis=-1)
        before = np.take_along_axis(below, at, axis=-1) - here
        position = (at + (rank - before) / np.maximum(here, 1))[..., 0]
        value = axis.low * (axis.high / axis.low) ** (position / BINS)
        found.append(np.where(total > 0, value, np.nan))
    return np.stack(found)


def held_by_level(rows: pa.Table, across: Axis, up: Axis) -> tuple[tuple[Held, ...], ...]:
    """What the runs of an answer take, by hardware class and level."""
    counts = level_counts(rows, across)
    runs = counts.sum(axis=-1)
    lower, median, upper = binned_quantiles(counts, up)
    return tuple(
        tuple(
            Held(
                level,
                int(runs[is_gpu, at]),
                (float(lower[is_gpu, at]), float(median[is_gpu, at]), float(upper[is_gpu, at])),
            )
            for at, level in enumerate(levels)
        )
        for is_gpu, levels in enumerate(LEVELS)
    )


def steps_of(held: tuple[Held, ...]) -> list[Step]:
    """The boundaries of one hardware class, nearest first."""
    return [Step(*pair) for pair in pairwise(held)]
