"""Columns of what the figure of overhead draws: a row a group, and the steps of the shares by run time."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

import numpy as np

from energyvis_panel.state.explore.axis import Axis
from energyvis_panel.state.explore.dimensions import QUANTITIES
from energyvis_panel.state.explore.overhead.overhead import Energies, Group, Spent, percent_text, spent_text
from energyvis_panel.views.explore.overhead.overhead_layout import (
    BAR_FOOT,
    BAR_PX,
    ROW_PX,
    STEP_BINS,
    STEPS,
    TEXT_UP,
    TRACK_FOOT,
    TRACK_PX,
    row_feet,
)
from energyvis_panel.views.explore.steady_rows import steady

EDGES: Final = ("cpu_overhead", "gpu_overhead", "cpu_training", "gpu_training")
"""Columns with the right ends of the parts of a bar, from left to right."""
FIXED_COLUMNS: Final = (
    "foot", "top", "bar_foot", "bar_top", "track_foot", "track_top", "text_y", "zero", "mark_foot",
    "mark_top", "name", "all_said",
)  # fmt: skip
"""Columns of the rows that stay the same whatever is selected."""
NUMBERS: Final = (*EDGES, "track", "mark")
TEXTS: Final = ("label", "both_said", "cpu_said", "gpu_said", "rest_said")
"""Those that a selection changes."""
MOST_ROWS: Final = 24
"""Groups that are drawn, those with the most runs; the table behind the chart has all."""
MARK_PX: Final = 1
"""How far the mark of all runs stands out of a bar, upwards."""


def lengths(spent: Spent, *, as_share: bool) -> Energies:
    """Lengths of the bars, 1 for the longest, from sums by group."""
    if as_share:
        return (spent.std_energy_j > 0).astype(float)
    return np.asarray(spent.std_energy_j / max(float(spent.std_energy_j.max(initial=0.0)), 1e-300))


def parts_of(spent: Spent) -> Energies:
    """Right ends of the parts of each bar, for a bar of length 1: group x part.

    Parameters
    ----------
    spent
        Sums: group x hardware.

    """
    parts = np.hstack([spent.overhead_j, spent.training_j])
    return np.asarray(np.cumsum(parts, axis=1) / np.maximum(parts.sum(axis=1, keepdims=True), 1e-300))


def fixed_columns(groups: Sequence[Group], everything: Spent) -> dict[str, Any]:
    """Columns with the places of the rows, the first group uppermost, and what is said of all runs.

    Parameters
    ----------
    groups
        The groups, as they are drawn.
    everything
        Sums of all runs: group x hardware.

    """
    feet, of_all = row_feet(len(groups)), everything.summed(1)
    ups = {
        "foot": 0,
        "top": ROW_PX,
        "bar_foot": BAR_FOOT,
        "bar_top": BAR_FOOT + BAR_PX,
        "track_foot": TRACK_FOOT,
        "track_top": TRACK_FOOT + TRACK_PX,
        "text_y": TEXT_UP,
        "mark_foot": TRACK_FOOT,
        "mark_top": BAR_FOOT + BAR_PX + MARK_PX,
    }
    texts = {
        "name": [group.text for group in groups],
        "all_said": [spent_text(of_all[at]) for at in range(len(groups))],
    }
    numbers = {name: padded(feet + up) for name, up in ups.items()} | {"zero": padded(0 * feet)}
    return numbers | steady(texts, MOST_ROWS)


def row_columns(spent: Spent, everything: Spent, *, as_share: bool) -> dict[str, Any]:
    """Columns of the rows that a selection changes.

    Parameters
    ----------
    spent, everything
        Sums of the selected and of all runs: group x hardware.
    as_share
        Whether all bars are equally long.

    """
    both, of_all = spent.summed(1), everything.summed(1)
    long, track = lengths(both, as_share=as_share), lengths(of_all, as_share=as_share)
    edges = parts_of(spent) * long[:, None]
    mark = np.nan_to_num(of_all.share) / 100.0 * np.where(long > 0, long, track)
    numbers = dict(zip(NUMBERS, (*edges.T, track, mark), strict=True))
    rows = range(len(both.runs))
    texts = {
        "label": [bar_label(both[at], as_share=as_share) for at in rows],
        "both_said": [spent_text(both[at]) for at in rows],
        "cpu_said": [spent_text(spent[at, 0]) for at in rows],
        "gpu_said": [spent_text(spent[at, 1]) for at in rows],
        "rest_said": [rest_text(both[at]) for at in rows],
    }
    return {name: padded(values) for name, values in numbers.items()} | steady(texts, MOST_ROWS)


def padded(values: Energies) -> Energies:
    """A value a row, with unseen rows at the end: a column always has as many."""
    return np.pad(values, (0, MOST_ROWS - len(values)), constant_values=np.nan)


def bar_label(spent: Spent, *, as_share: bool) -> str:
    """What stands over a bar: share and runs, and where bars are as long as the energy, that too."""
    if not spent.known or not as_share:
        return spent_text(spent)
    return f"{percent_text(float(spent.share))}, {runs_text(int(spent.known))}"


def runs_text(count: int) -> str:
    """A number of runs."""
    return "1 run" if count == 1 else f"{count:,} runs"


def rest_text(spent: Spent) -> str:
    """Which runs are special in a bar, for the hover."""
    unknown = int(spent.runs - spent.known)
    return f"{int(spent.spent):,} all overhead, {unknown:,} without a standardised energy"


def step_spans(axis: Axis) -> list[tuple[float, float]]:
    """From which to which run time each step goes, in s."""
    return list(pairwise(axis.value(at * STEP_BINS) for at in range(STEPS + 1)))


def span_text(low_s: float, high_s: float) -> str:
    """A span of run times for people."""
    text = QUANTITIES["run_time_s"].text
    return f"{text(low_s)} to {text(high_s)}"


def step_columns(steps: Spent) -> dict[str, Any]:
    """Share and runs of each step by hardware, for the hover.

    Parameters
    ----------
    steps
        Sums: hardware x step.

    """
    columns: dict[str, Any] = {}
    for at, name in enumerate(("cpu", "gpu")):
        columns[f"{name}_share"] = steps.share[at].astype(np.float32)
        columns[f"{name}_runs"] = steps.known[at].astype(np.int32)
    return columns
