"""Every selected run at its exact height on each axis of parallel coordinates, for a picture to print."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from energyvis_panel.state.explore.axis import BINS
from energyvis_panel.state.explore.pair_counts import positions
from energyvis_panel.state.explore.placed_axis import PlacedAxis
from energyvis_panel.state.explore.question import Question

MOST_RUNS: Final = 2_000_000
"""Runs that one picture may hold: it takes less than a minute of one core, and some 300 MB."""


def values_question(axes: Sequence[PlacedAxis]) -> Question:
    """The values of each run on the axes: quantities themselves, categories by their code."""
    names = {axis.choice.name if axis.axis is not None else axis.column.name for axis in axes}
    return Question("chosen_columns", values={"columns": sorted(names)}, in_context=False)


def run_heights(rows: pa.Table, axes: Sequence[PlacedAxis]) -> NDArray[np.float64]:
    """Heights, axis by run, from 0 to ``BINS``; NaN where a run has no value."""
    return np.stack([axis_heights(rows, axis) for axis in axes])


def axis_heights(rows: pa.Table, placed: PlacedAxis) -> NDArray[np.float64]:
    """Heights of all runs on one axis."""
    name = placed.choice.name if placed.axis is not None else placed.column.name
    # Booleans have no way to floats but through bytes.
    read = pc.cast(rows[name], pa.uint8()) if pa.types.is_boolean(rows[name].type) else rows[name]
    values = np.asarray(pc.cast(read, pa.float64()).to_numpy(), np.float64)
    if placed.axis is None:
        places = np.array([*placed.value_heights().values(), np.nan])
        return places[np.where(np.isnan(values), -1, values).astype(np.intp)]
    upright = positions(placed.axis, values)
    return BINS - upright if placed.choice.flipped else upright
