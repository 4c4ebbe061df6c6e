"""Run time against energy: counts by bin, the frontier, and the sentence they answer with."""

from typing import Final

import numpy as np
import pyarrow as pa

from energyvis_panel.domain.units import duration_text, energy_text
from energyvis_panel.state.explore.axis import BINS, Counts, column
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.question import Question
from energyvis_panel.state.explore.sentences import NOTHING_SELECTED, counted

QUESTIONS: Final = {
    "runtime_energy_density": Question(
        "runtime_energy_density", own=("run_time_s", "energy_j", "run_time_energy")
    ),
    "pareto_frontier": Question("pareto_frontier"),
}


def density_grid(rows: pa.Table) -> Counts:
    """Counts, hardware x energy bin x run time bin."""
    grid = np.zeros((2, BINS, BINS), np.int64)
    place = column(rows, "is_gpu"), column(rows, "energy_px"), column(rows, "run_time_px")
    grid[place] = column(rows, "run_count")
    return grid


def frontier_answer(state: Exploration) -> str:
    """What a faster run costs, from the ends of the frontier, in one sentence."""
    rows = state.answer("pareto_frontier").to_pylist()
    if not rows:
        return NOTHING_SELECTED
    ends = [
        f"{duration_text(row['run_time_s'])} for {energy_text(row['energy_j'])}"
        for row in (rows[0], rows[-1])
    ]
    of = counted(state)
    if ends[0] == ends[1]:
        return f"Nothing is traded off: the fastest run is also the thriftiest, {ends[0]} ({of})."
    return (
        f"{len(rows)} runs are beaten by none, from the fastest, {ends[0]}, "
        f"to the thriftiest, {ends[1]} ({of})."
    )
