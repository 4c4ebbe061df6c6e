"""What is selected, as the explore views draw it: grids of counts, and one sentence a view."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from energyvis_panel.domain.units import duration_text, energy_text, three_digits
from energyvis_panel.state.brushes import QUANTITIES

BINS: Final = 240
"""Bins of every axis, as the table of runs holds them."""
AXIS_ORDER: Final = tuple(QUANTITIES)
HARDWARE: Final = ("CPU node", "GPU node")
"""By the number that the grids' first axis counts."""
WEAK: Final = 0.1
"""A correlation nearer to zero than this says nothing worth a sentence."""
NOTHING_SELECTED: Final = "No run matches all brushes. Clear one."

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Axis:
    """From which to which value a numeric axis runs, and whether in logarithms."""

    is_log: bool
    low: float
    high: float

    def value(self, position: float) -> float:
        """The value at ``position`` bins from the low end."""
        share = position / BINS
        if self.is_log:
            return float(self.low * (self.high / self.low) ** share)
        return self.low + share * (self.high - self.low)

    def position(self, value: float) -> float:
        """How many bins ``value`` lies from the low end; an open end lies on the frame."""
        clipped = min(max(value, self.low), self.high)
        if self.is_log:
            return BINS * math.log(clipped / self.low) / math.log(self.high / self.low)
        return BINS * (clipped - self.low) / (self.high - self.low)

    def edges(self) -> NDArray[np.float64]:
        """The values between bins, ``BINS + 1`` of them."""
        if self.is_log:
            return np.geomspace(self.low, self.high, BINS + 1)
        return np.linspace(self.low, self.high, BINS + 1)


@dataclass(frozen=True, slots=True)
class Selected:
    """The answers to one set of brushes; a question that no shown view needs has an empty one.

    Attributes
    ----------
    summary
        Runs and median energy by hardware, and what energy follows; one row.
    energy_histogram
        Counts, hardware x energy bin.
    runtime_energy
        Counts, hardware x energy bin x run time bin.
    frontier
        Runs on the Pareto frontier, from the fastest.
    parallel_coordinates
        Runs by pair of axes, hardware and two bins.

    """

    summary: pa.Table
    energy_histogram: Counts
    runtime_energy: Counts
    frontier: pa.Table
    parallel_coordinates: pa.Table

    @property
    def run_count(self) -> int:
        """How many runs pass all brushes."""
        row = self.summary.to_pylist()[0]
        return int(row["cpu_runs"] + row["gpu_runs"])


def column(table: pa.Table, name: str) -> NDArray[np.int64]:
    """A column of whole numbers or booleans, ready to index with."""
    return np.asarray(table[name].to_numpy(), np.int64)


def histogram_grid(rows: pa.Table) -> Counts:
    """Counts, hardware x energy bin."""
    grid = np.zeros((2, BINS), np.int64)
    if rows.num_rows:
        grid[column(rows, "is_gpu"), column(rows, "energy_px")] = column(rows, "run_count")
    return grid


def density_grid(rows: pa.Table) -> Counts:
    """Counts, hardware x energy bin x run time bin."""
    grid = np.zeros((2, BINS, BINS), np.int64)
    if rows.num_rows:
        place = column(rows, "is_gpu"), column(rows, "energy_px"), column(rows, "run_time_px")
        grid[place] = column(rows, "run_count")
    return grid


def counted(selected: Selected, total_runs: int) -> str:
    """How many of all runs are selected."""
    return f"{selected.run_count:,} of {total_runs:,} runs"


def histogram_answer(selected: Selected, total_runs: int) -> str:
    """Which hardware takes more energy a run, in one sentence."""
    if not selected.run_count:
        return NOTHING_SELECTED
    row = selected.summary.to_pylist()[0]
    by_hardware = zip(HARDWARE, (row["cpu_median_j"], row["gpu_median_j"]), strict=True)
    medians = {name: median for name, median in by_hardware if median is not None}
    said = " and ".join(f"{energy_text(energy)} on a {name}" for name, energy in medians.items())
    if len(medians) == 1:
        return f"The median run takes {said} ({counted(selected, total_runs)})."
    more, less = sorted(medians, key=medians.__getitem__, reverse=True)
    return (
        f"The median run takes {said}: {three_digits(medians[more] / medians[less])} times as much on the "
        f"{more} ({counted(selected, total_runs)})."
    )


def frontier_answer(selected: Selected, total_runs: int) -> str:
    """What a faster run costs, from the ends of the frontier, in one sentence."""
    if not selected.frontier.num_rows:
        return NOTHING_SELECTED
    rows = selected.frontier.to_pylist()
    ends = [
        f"{duration_text(row['run_time_s'])} for {energy_text(row['energy_j'])}"
        for row in (rows[0], rows[-1])
    ]
    of = counted(selected, total_runs)
    if ends[0] == ends[1]:
        return f"Nothing is traded off: the fastest run is also the thriftiest, {ends[0]} ({of})."
    return (
        f"{len(rows)} runs are beaten by none, from the fastest, {ends[0]}, "
        f"to the thriftiest, {ends[1]} ({of})."
    )


def drivers_answer(selected: Selected, total_runs: int) -> str:
    """Which setting energy follows more closely, in one sentence."""
    if not selected.run_count:
        return NOTHING_SELECTED
    row = selected.summary.to_pylist()[0]
    known = {
        name: row[key]
        for key, name in (("by_size", "network size"), ("by_depth", "depth"), ("by_run_time", "run time"))
        if row[key] is not None and math.isfinite(row[key])
    }
    of = counted(selected, total_runs)
    if not known:
        return f"Too little varies to say what energy follows ({of})."
    said = ", ".join(f"{name} {r:+.2f}" for name, r in known.items())
    settings = {name: abs(known[name]) for name in ("network size", "depth") if name in known}
    if settings and max(settings.values()) < WEAK:
        return f"Energy hardly follows {' or '.join(settings)} here (correlation as drawn: {said}; {of})."
    if len(settings) == 2:  # noqa: PLR2004 - both settings
        closer = max(settings, key=settings.__getitem__)
        other = min(settings, key=settings.__getitem__)
        return f"Energy follows {closer} more closely than {other} (correlation as drawn: {said}; {of})."
    return f"Energy follows what still varies: {said} (correlation as drawn; {of})."
