"""One axis of parallel coordinates: where its values lie, and the bars that can be pointed at."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from energyvis_panel.state.explore.axis import BINS, Axis
from energyvis_panel.state.explore.brushes import Brushes
from energyvis_panel.state.explore.dimensions import CATEGORIES, QUANTITIES, Dimension
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.pair_counts import BYTES, AxisColumn, category_bins
from energyvis_panel.state.explore.parallel.parallel_axes import AxisChoice, ParallelAxes
from energyvis_panel.state.explore.sentences import HARDWARE

BAR_BINS: Final = 4
"""Bins in one bar of a quantity: about what a finger or a pointer hits."""
BIN_COLUMNS: Final = {
    "size": "size_px",
    "depth": "depth_px",
    "run_time_s": "run_time_px",
    "power_w": "power_px",
    "energy_j": "energy_px",
    "j_per_datum": "j_per_datum_px",
    "working_set_bytes": "working_set_px",
    "started_s": "started_px",
}
"""Columns of ``butter_e_runs`` with the bins of each quantity."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of an axis that can be pointed at: its heights, what lies there, and its runs as a mark."""

    low: float
    high: float
    said: str
    mark: Brushes


@dataclass(frozen=True, slots=True)
class PlacedAxis:
    """One axis with its heights, from 0 at the foot of the figure to ``BINS`` at its top.

    Attributes
    ----------
    choice
        Name and settings.
    axis
        From which to which value a quantity runs; None for a category.
    values
        Values of a category in the order of their codes.

    """

    choice: AxisChoice
    axis: Axis | None
    values: tuple[str, ...] = ()

    @classmethod
    def of(cls, state: Exploration, choice: AxisChoice) -> Self:
        """The axis that ``choice`` names, over the data of ``state``."""
        if choice.name in QUANTITIES:
            axis = state.axes[choice.name]
            if choice.rescaled:
                axis = ParallelAxes.of(state).other_scale(choice.name) or axis
            return cls(choice, axis)
        return cls(choice, None, category_values(state, choice.name))

    @property
    def dimension(self) -> Dimension:
        """What lies on the axis."""
        return (QUANTITIES | CATEGORIES)[self.choice.name]

    @property
    def downward(self) -> bool:
        """Whether a category is read from the top, as names are, rather than upward, as numbers are."""
        return bool(self.values) and not all(is_number(value) for value in self.values)

    @property
    def column(self) -> AxisColumn:
        """Where the table of runs holds the bins of this axis."""
        name = self.choice.name
        if self.axis is None:
            source = "is_gpu" if name == "hardware" else f"{name}_code"
            return AxisColumn(source, len(self.values), self.downward)
        return AxisColumn(name, axis=self.axis) if self.choice.rescaled else AxisColumn(BIN_COLUMNS[name])

    def turned(self, height: float) -> float:
        """``height`` on an axis that stands upright, or back."""
        return BINS - height if self.choice.flipped else height

    def height(self, value: float) -> float:
        """Where a value of a quantity lies."""
        assert self.axis is not None  # noqa: S101 - for the type checker; a category has no such value
        return self.turned(self.axis.position(value))

    def value(self, height: float) -> float:
        """Which value of a quantity lies at ``height``."""
        assert self.axis is not None  # noqa: S101 - as above
        return self.axis.value(self.turned(height))

    def value_heights(self) -> dict[str, float]:
        """Where each value of a category lies."""
        count = len(self.values)
        places = (np.arange(count) + 0.5) * BINS / max(count, 1)
        upright = BINS - places if self.downward else places
        return {value: self.turned(float(at)) for value, at in zip(self.values, upright, strict=True)}

    def bars(self) -> list[Bar]:
        """All bars, each lowest value or first code first."""
        if self.axis is None:
            half = BINS / max(len(self.values), 1) / 2
            return [
                Bar(at - half, at + half, value, Brushes().with_set(self.choice.name, (value,)))
                for value, at in self.value_heights().items()
            ]
        ends = [self.axis.value(place) for place in range(0, BINS + 1, BAR_BINS)]
        ends[0], ends[-1] = -np.inf, np.inf
        return [self._bar(place, *bounds) for place, bounds in enumerate(pairwise(ends))]

    def _bar(self, place: int, low: float, high: float) -> Bar:
        text = self.dimension.text
        said = (
            f"up to {text(high)}" if np.isinf(low) else
            f"from {text(low)}" if np.isinf(high) else f"{text(low)} to {text(high)}"
        )  # fmt: skip
        bottom, top = sorted((self.turned(BAR_BINS * place), self.turned(BAR_BINS * (place + 1))))
        return Bar(bottom, top, said, Brushes().with_range(self.choice.name, float(low), float(high)))

    def bar_counts(self, counts: NDArray[np.int64]) -> NDArray[np.int64]:
        """Runs by bar, from runs by bin (of ``BYTES``, as counted, whether the axis is flipped or not)."""
        assert len(counts) == BYTES  # noqa: S101 - what NOWHERE counts is dropped below
        if self.axis is not None:
            by_bar: NDArray[np.int64] = counts[:BINS].reshape(-1, BAR_BINS).sum(axis=1)
            return by_bar
        found: NDArray[np.int64] = counts[category_bins(len(self.values), downward=self.downward)]
        return found


def category_values(state: Exploration, name: str) -> tuple[str, ...]:
    """Values of a category in the order of their codes: as numbers where they are, by name otherwise."""
    if name == "hardware":
        return HARDWARE
    values = state.categories.get(name, {})
    if all(is_number(value) for value in values):
        return tuple(sorted(values, key=float))
    return tuple(sorted(values))


def is_number(text: str) -> bool:
    """Whether ``text`` is written as a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True
