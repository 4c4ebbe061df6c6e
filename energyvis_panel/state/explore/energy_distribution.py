"""How energy, time and power are distributed on CPU and GPU nodes: heights, quartiles, and the sentence."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from energyvis_panel.domain.units import three_digits
from energyvis_panel.state.explore.axis import BINS, Axis, Counts, column
from energyvis_panel.state.explore.dimensions import QUANTITIES, Dimension
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.question import Question
from energyvis_panel.state.explore.sentences import HARDWARE, NOTHING_SELECTED, counted

Heights = NDArray[np.float64]

HISTOGRAM: Final = "energy_histogram"
QUARTILES: Final = "quartiles"
"""Slots of both questions."""
BINS_PER_BAR: Final = 3
BARS: Final = BINS // BINS_PER_BAR
BANDWIDTH_DECADES: Final = 0.05
BANDWIDTH_W: Final = 4.0
"""Standard deviation of the bell curve that smooths the density, on logarithmic axes and on that of power."""
WATTS: Final = 10.0
"""A density over power is said per so many watts."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What of a run is distributed.

    Attributes
    ----------
    name, title
        For programs and for people.
    axis
        The quantity on whose axis it is drawn.
    median, times
        How the sentence begins and how it compares.
    question
        File of ``sql/explore`` that counts it by bin.

    """

    name: str
    title: str
    axis: str
    median: str = "The median run takes"
    times: str = "as much"
    question: str = "energy_histogram"

    @property
    def quantity(self) -> Dimension:
        """The quantity of its axis, with unit and text."""
        return QUANTITIES[self.axis]

    @property
    def can_be_brushed(self) -> bool:
        """Whether a range of it is a brush."""
        return self.name in QUANTITIES

    @property
    def label(self) -> str:
        """Title with the unit, for an axis."""
        return f"{self.title} ({self.quantity.unit})"

    def questions(self) -> dict[str, Question]:
        """What is asked of it, by slot; a brush of its own is left out of the histogram."""
        values = {"quantity": self.name}
        own = (self.name,) if self.can_be_brushed else ()
        return {
            HISTOGRAM: Question(self.question, own=own, values=values),
            QUARTILES: Question("quartiles", values=values, in_context=False),
        }


PART: Final = "energy_part_histogram"
MEASURES: Final[Mapping[str, Measure]] = {
    measure.name: measure
    for measure in (
        Measure("energy_j", "Energy", "energy_j"),
        Measure(
            "std_energy_j",
            "Standardised energy",
            "energy_j",
            "On a standard node the median run takes",
            question=PART,
        ),
        Measure(
            "non_overhead_energy_j",
            "Energy beyond overhead",
            "energy_j",
            "Beyond its overhead the median run takes",
            question=PART,
        ),
        Measure(
            "j_per_datum", "Energy per datum", "j_per_datum", "For one datum and pass the median run takes"
        ),
        Measure("run_time_s", "Run time", "run_time_s", times="as long"),
        Measure("power_w", "Mean power", "power_w", "The median run draws"),
    )
}
"""By name, in the order of the choice."""
QUESTIONS: Final = MEASURES["energy_j"].questions()
"""Those asked first."""


@dataclass(frozen=True, slots=True)
class Quartiles:
    """Lower quartile, median and upper quartile of the runs of one hardware class, in the stored unit."""

    run_count: int
    lower: float
    median: float
    upper: float


def histogram_grid(rows: pa.Table) -> Counts:
    """Counts, hardware x bin."""
    grid = np.zeros((len(HARDWARE), BINS), np.int64)
    grid[column(rows, "is_gpu"), column(rows, "px")] = column(rows, "run_count")
    return grid


def bar_counts(grid: Counts) -> Counts:
    """Counts, hardware x bar."""
    bars: Counts = grid.reshape(len(HARDWARE), BARS, BINS_PER_BAR).sum(axis=2)
    return bars


def density(grid: Counts, axis: Axis) -> Heights:
    """Smoothed counts per decade, or per 10 W on an axis without logarithms: hardware x bin.

    The area under each curve is the number of runs: what a bell curve would carry beyond an end of the axis
    is shared out within it.
    """
    span = np.log10(axis.high / axis.low) if axis.is_log else (axis.high - axis.low)
    bandwidth, per = (BANDWIDTH_DECADES, 1.0) if axis.is_log else (BANDWIDTH_W, WATTS)
    bins_per_unit = BINS / float(span)
    return np.asarray(grid @ bell_curves(bandwidth * bins_per_unit).T * (bins_per_unit * per))


@functools.lru_cache(maxsize=8)
def bell_curves(bandwidth_bins: float) -> Heights:
    """Share of a run of one bin (column) that is drawn at another (row); each column adds up to 1."""
    at = np.arange(BINS)
    curves = np.exp(-0.5 * ((at[:, None] - at[None, :]) / bandwidth_bins) ** 2)
    return np.asarray(curves / curves.sum(axis=0))


def shares(heights: NDArray[np.number], grid: Counts) -> Heights:
    """Heights in percent of all runs of their hardware class in ``grid``; 0 where it has none."""
    return np.asarray(100.0 * heights / np.maximum(grid.sum(axis=1, keepdims=True), 1))


def scaled_to(everything: Counts, selected: Counts) -> Heights:
    """How much the heights of all runs shrink to the area of the selection, by hardware class.

    A class of which nothing is selected shrinks as all runs together do, so that it dwarfs no other; where
    nothing at all is selected, nothing shrinks.
    """
    of, mine = everything.sum(axis=1, keepdims=True), selected.sum(axis=1, keepdims=True)
    together = mine.sum() / max(int(of.sum()), 1) or 1.0
    return np.asarray(np.where(mine > 0, mine / np.maximum(of, 1), together))


def quartiles_of(rows: pa.Table) -> tuple[Quartiles | None, Quartiles | None]:
    """Quartiles on CPU nodes and on GPU nodes; None where no run has the quantity."""
    row = rows.to_pylist()[0]
    cpu, gpu = (
        Quartiles(row[f"{short}_runs"], *row[f"{short}_quartiles"]) if row[f"{short}_runs"] else None
        for short in ("cpu", "gpu")
    )
    return cpu, gpu


def histogram_answer(state: Exploration, measure: Measure = MEASURES["energy_j"]) -> str:
    """On which hardware the median run takes more, in one sentence."""
    if not state.run_count:
        return NOTHING_SELECTED
    found = quartiles_of(state.answer(QUARTILES))
    by_hardware = {name: one for name, one in zip(HARDWARE, found, strict=True) if one}
    behind = counted(state)
    measured = sum(one.run_count for one in by_hardware.values())
    if not measured:
        return f"None of the selected runs has a value here: {measure.title.lower()} ({behind})."
    if measured < state.run_count:
        behind += f", {state.run_count - measured:,} of them without a value"
    said = " and ".join(
        f"{measure.quantity.text(one.median)} on a {name}" for name, one in by_hardware.items()
    )
    begins = measure.median if measured > 1 else measure.median.replace("median", "only")
    begins = begins[0].upper() + begins[1:]
    if len(by_hardware) == 1:
        return f"{begins} {said} ({behind})."
    more, less = sorted(by_hardware, key=lambda name: by_hardware[name].median, reverse=True)
    if by_hardware[less].median <= 0:
        return f"{begins} {said} ({behind})."
    times = three_digits(by_hardware[more].median / by_hardware[less].median)
    return f"{begins} {said}: {times} times {measure.times} on the {more} ({behind})."
