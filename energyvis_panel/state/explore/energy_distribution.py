"""How energy is distributed on CPU and GPU nodes: counts by bin, and the sentence they answer with."""

from typing import Final

import numpy as np
import pyarrow as pa

from energyvis_panel.domain.units import energy_text, three_digits
from energyvis_panel.state.explore.axis import BINS, Counts, column
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.question import Question
from energyvis_panel.state.explore.sentences import HARDWARE, NOTHING_SELECTED, counted

QUESTIONS: Final = {"energy_histogram": Question("energy_histogram", own=("energy_j", "run_time_energy"))}


def histogram_grid(rows: pa.Table) -> Counts:
    """Counts, hardware x energy bin."""
    grid = np.zeros((2, BINS), np.int64)
    grid[column(rows, "is_gpu"), column(rows, "energy_px")] = column(rows, "run_count")
    return grid


def histogram_answer(state: Exploration) -> str:
    """Which hardware takes more energy a run, in one sentence."""
    row = state.answer("summary").to_pylist()[0]
    by_hardware = zip(HARDWARE, (row["cpu_median_j"], row["gpu_median_j"]), strict=True)
    medians = {name: median for name, median in by_hardware if median is not None}
    if not medians:
        return NOTHING_SELECTED
    said = " and ".join(f"{energy_text(energy)} on a {name}" for name, energy in medians.items())
    if len(medians) == 1:
        return f"The median run takes {said} ({counted(state)})."
    more, less = sorted(medians, key=medians.__getitem__, reverse=True)
    return (
        f"The median run takes {said}: {three_digits(medians[more] / medians[less])} times as much on the "
        f"{more} ({counted(state)})."
    )
