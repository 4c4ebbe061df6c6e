"""Counts runs from bin to bin of neighbouring axes, from one byte a run and axis."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit
from numpy.typing import NDArray

from energyvis_panel.state.explore.axis import BINS, Axis

NOWHERE: Final = 255
"""The bin of a run that has no value on an axis."""
BYTES: Final = 256

Bins = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class AxisColumn:
    """Which column of a table holds the place of a run on an axis, and how it is read.

    Attributes
    ----------
    name
        Name of the column: bins, codes of a category, or values.
    category_count
        For codes: how many values the category has.
    downward
        For codes: whether the first stands at the top.
    axis
        For values: the axis on which they lie.

    """

    name: str
    category_count: int = 0
    downward: bool = False
    axis: Axis | None = None

    def bins(self, table: pa.Table) -> Bins:
        """Bin of each row, :data:`NOWHERE` without a value."""
        column = table[self.name]
        if self.axis is not None:
            values = np.asarray(pc.cast(column, pa.float64()).to_numpy(), np.float64)
            return axis_bins(self.axis, values)
        read: Bins = np.asarray(pc.fill_null(pc.cast(column, pa.uint8()), NOWHERE).to_numpy(), np.uint8)
        if self.category_count:
            places = np.full(BYTES, NOWHERE, np.uint8)
            places[: self.category_count] = category_bins(self.category_count, downward=self.downward)
            read = places[read]
        return read


def category_bins(count: int, *, downward: bool) -> Bins:
    """Bins at which the values of a category stand, evenly spread, in the order of their codes."""
    places = (np.arange(count) + 0.5) * BINS / count
    return np.asarray(BINS - places if downward else places, np.uint8)


def axis_bins(axis: Axis, values: NDArray[np.float64]) -> Bins:
    """Bin of each value as ``sql/butter_e/make_axis_bin.sql`` has it; :data:`NOWHERE` for NaN."""
    with np.errstate(invalid="ignore"):
        share = positions(axis, values) / BINS
        bins = np.clip(np.floor(BINS * share), 0, BINS - 1)
    return np.where(np.isnan(bins), NOWHERE, bins).astype(np.uint8)


def positions(axis: Axis, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """How many bins each value lies from the low end, ends included; NaN stays."""
    clipped = np.clip(values, axis.low, axis.high)
    if axis.is_log:
        share = np.log(clipped / axis.low) / np.log(axis.high / axis.low)
    else:
        share = (clipped - axis.low) / (axis.high - axis.low)
    return np.asarray(BINS * share, np.float64)


@dataclass(frozen=True, slots=True)
class PairCounts:
    """Condenses rows of ``sql/explore/chosen_columns.sql`` to the runs from bin to bin.

    Attributes
    ----------
    columns
        The axes from left to right, at least two.

    """

    columns: tuple[AxisColumn, ...]

    def __call__(self, table: pa.Table) -> pa.Table:
        """Columns pair, is_gpu, from_px, to_px and run_count: one row per two bins that share a run.

        Pair 0 lies between the first two axes. A run without a value counts at bin :data:`NOWHERE`.
        """
        on_gpu = np.asarray(pc.fill_null(pc.cast(table["is_gpu"], pa.uint8()), 0).to_numpy(), np.uint8)
        axes = [column.bins(table) for column in self.columns]
        grid = np.zeros((len(axes) - 1, 2, BYTES, BYTES), np.int32)
        for pair in range(len(axes) - 1):
            count_pair(grid[pair], on_gpu, axes[pair], axes[pair + 1])
        return as_table(grid)


@njit(cache=True, nogil=True)
def count_pair(grid: NDArray[np.int32], on_gpu: Bins, left: Bins, right: Bins) -> None:
    """Add to ``grid`` (hardware x bin on the left x bin on the right) one for each run."""
    for run in range(len(left)):
        grid[on_gpu[run], left[run], right[run]] += 1


def as_table(grid: NDArray[np.int32]) -> pa.Table:
    """The cells of a grid (pair x hardware x from x to) that hold a run, as a table."""
    cells = grid.ravel()
    filled = np.flatnonzero(cells)
    return pa.table({
        "pair": filled // (2 * BYTES**2),
        "is_gpu": filled // BYTES**2 % 2,
        "from_px": filled // BYTES % BYTES,
        "to_px": filled % BYTES,
        "run_count": cells[filled],
    })  # fmt: skip
