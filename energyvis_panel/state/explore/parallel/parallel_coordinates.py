"""Parallel coordinates: which axes stand where, and what is asked about them."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from energyvis_panel.state.explore.axis import BINS, column
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.pair_counts import BYTES, NOWHERE, PairCounts
from energyvis_panel.state.explore.parallel.driver_sums import CODES, ENERGY, driver_sums
from energyvis_panel.state.explore.parallel.parallel_axes import AxisChoice
from energyvis_panel.state.explore.placed_axis import PlacedAxis
from energyvis_panel.state.explore.question import Question

SLOT: Final = "parallel_coordinates"
DRIVERS_SLOT: Final = "parallel_drivers"
DRIVERS: Final = {
    DRIVERS_SLOT: Question(
        "chosen_columns",
        values={"columns": sorted({ENERGY, *CODES.values()})},
        slow=True,
        in_context=False,
        condense=driver_sums,
    )
}


def placed_axes(state: Exploration, shown: Sequence[AxisChoice]) -> tuple[PlacedAxis, ...]:
    """The shown axes over the data of ``state``, from left to right."""
    return tuple(PlacedAxis.of(state, choice) for choice in shown)


def pairs_question(axes: Sequence[PlacedAxis]) -> Question:
    """How many runs go from which bin of an axis to which bin of the next."""
    columns = tuple(axis.column for axis in axes)
    # The order of the names does not matter to the answer, so all orders of some axes share the same one.
    names = sorted({column.name for column in columns})
    return Question("chosen_columns", values={"columns": names}, condense=PairCounts(columns))


def counted_axes(question: Question) -> PairCounts | None:
    """The axes that a question counted, to tell whether its answer is about those that are shown."""
    return question.condense if isinstance(question.condense, PairCounts) else None


def drawn_lines(
    rows: pa.Table, axes: Sequence[PlacedAxis], is_gpu: int | None = None
) -> list[NDArray[np.int64]]:
    """Lines of one hardware class, or of both: columns pair, from, to and runs, as high as drawn.

    Runs without a value on one of the two axes have no line between them.
    """
    pair, from_px, to_px, runs = (column(rows, name) for name in ("pair", "from_px", "to_px", "run_count"))
    drawn = (from_px != NOWHERE) & (to_px != NOWHERE)
    if is_gpu is not None:
        drawn &= column(rows, "is_gpu") == is_gpu
    pair, from_px, to_px, runs = (values[drawn] for values in (pair, from_px, to_px, runs))
    flipped = np.array([axis.choice.flipped for axis in axes])
    from_px = np.where(flipped[pair], BINS - 1 - from_px, from_px)
    to_px = np.where(flipped[pair + 1], BINS - 1 - to_px, to_px)
    return [pair, from_px, to_px, runs]


def bar_runs(rows: pa.Table, axes: Sequence[PlacedAxis]) -> NDArray[np.int64]:
    """Runs in each bar of each axis, from left to right and by bar."""
    pair, runs = column(rows, "pair"), column(rows, "run_count")
    last = len(axes) - 1
    found = []
    for place, axis in enumerate(axes):
        mine = pair == min(place, last - 1)
        bins = column(rows, "to_px" if place == last else "from_px")[mine]
        counts = np.bincount(bins, weights=runs[mine], minlength=BYTES).astype(np.int64)
        found.append(axis.bar_counts(counts))
    return np.concatenate(found)
