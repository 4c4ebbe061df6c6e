"""Run time against energy: counts by bin, the frontiers, and what a faster run costs."""

import math
from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa

from energyvis_panel.domain.units import SECONDS_PER_HOUR, duration_text, energy_text
from energyvis_panel.state.explore.axis import BINS, Counts, column
from energyvis_panel.state.explore.dimensions import CATEGORIES
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.frontier.unbeaten_runs import frontiers
from energyvis_panel.state.explore.network_words import network_words, word_of
from energyvis_panel.state.explore.question import Question
from energyvis_panel.state.explore.sentences import HARDWARE, NOTHING_SELECTED, counted

DENSITY: Final = "runtime_energy_density"
FRONTIER: Final = "pareto_frontier"
"""Slots of both questions."""
PLANE: Final = "run_time_energy"
KINDS: Final = {name: CATEGORIES[name].title for name in ("hardware", "shape", "optimizer", "dataset")}
"""What may tell runs apart by colour, and its title."""
FEWEST_WITH_KNEE: Final = 3
SECONDS_PER_MINUTE: Final = 60.0
Run = dict[str, Any]


def questions(kind: str = "hardware") -> dict[str, Question]:
    """What is asked, by slot, where ``kind`` tells runs apart."""
    return {
        DENSITY: Question("runtime_energy_density", own=("run_time_s", "energy_j", PLANE)),
        FRONTIER: Question(
            "frontier_candidates", values={"kind": kind}, in_context=False, condense=frontiers
        ),
    }


QUESTIONS: Final = questions()
"""Those asked first."""


@dataclass(frozen=True, slots=True)
class Ends:
    """The frontier from its fastest to its thriftiest run, and its knee.

    Attributes
    ----------
    knee
        The run farthest below the straight line between both ends, on logarithmic axes; None where the
        frontier has no run between its ends, or none below that line.

    """

    fastest: Run
    thriftiest: Run
    knee: Run | None


def density_grid(rows: pa.Table) -> Counts:
    """Counts, hardware x energy bin x run time bin."""
    grid = np.zeros((2, BINS, BINS), np.int64)
    place = column(rows, "is_gpu"), column(rows, "energy_px"), column(rows, "run_time_px")
    grid[place] = column(rows, "run_count")
    return grid


def unbeaten(rows: pa.Table) -> list[Run]:
    """The frontier of the selection, from the fastest to the thriftiest run."""
    return [run for run in rows.to_pylist() if run["is_unbeaten"]]


def frontier_ends(frontier: list[Run]) -> Ends:
    """Ends and knee of a frontier of one run or more."""
    fastest, thriftiest = frontier[0], frontier[-1]
    return Ends(fastest, thriftiest, knee_of(frontier))


def knee_of(frontier: list[Run]) -> Run | None:
    """The run farthest below the line between both ends, on logarithmic axes, each end to end one long."""
    if len(frontier) < FEWEST_WITH_KNEE:
        return None
    x = np.log([run["run_time_s"] for run in frontier])
    y = np.log([run["energy_j"] for run in frontier])
    if x[0] == x[-1] or y[0] == y[-1]:
        return None
    below = 1 - (x - x[0]) / (x[-1] - x[0]) - (y - y[-1]) / (y[0] - y[-1])
    at = int(below.argmax())
    return frontier[at] if below[at] > 0.02 else None  # noqa: PLR2004 - nearer to the line none is seen


def price_w(faster: Run, slower: Run) -> float:
    """What time saved costs between two runs: joules more for each second less, so watts."""
    price: float = (faster["energy_j"] - slower["energy_j"]) / (slower["run_time_s"] - faster["run_time_s"])
    return price


def price_text(price_w: float, saved_s: float) -> str:
    """A price of time, per hour, minute or second, whichever of ``saved_s`` is the largest that fits."""
    for unit, unit_s in (("hour", SECONDS_PER_HOUR), ("minute", SECONDS_PER_MINUTE)):
        if saved_s >= unit_s:
            return f"{energy_text(price_w * unit_s)} for each {unit} saved"
    return f"{energy_text(price_w)} for each second saved"


def run_text(run: Run) -> str:
    """Run time and energy of a run for people."""
    return f"{duration_text(run['run_time_s'])} at {energy_text(run['energy_j'])}"


def network_text(run: Run) -> str:
    """The network that a run trained, for people."""
    return f"{network_words(run)}, {word_of(run, 'shape')}, {run['dataset']}"


def frontier_answer(state: Exploration) -> str:
    """What a faster run costs, in one or two sentences."""
    if not state.run_count:
        return NOTHING_SELECTED
    frontier = unbeaten(state.answer(FRONTIER))
    behind = counted(state)
    if not frontier:
        return f"None of the selected runs has both a run time and an energy ({behind})."
    ends = frontier_ends(frontier)
    if ends.fastest["run_time_s"] == ends.thriftiest["run_time_s"]:
        best = run_text(ends.fastest)
        if state.run_count == 1:
            return f"There is only one run, {best} ({behind})."
        return f"Nothing is traded off: the fastest run is also the thriftiest, {best} ({behind})."
    on = Counter(run["hardware"] for run in frontier)
    where = " and ".join(f"{on[name]} on {name}s" for name in HARDWARE if on[name])
    if len(on) == 1:
        where = f"all on {frontier[0]['hardware']}s"
    saved_s = ends.thriftiest["run_time_s"] - ends.fastest["run_time_s"]
    price = price_w(ends.fastest, ends.thriftiest)
    said = (
        f"{len(frontier)} runs are beaten by none, {where}. The fastest takes {run_text(ends.fastest)}, the "
        f"thriftiest {run_text(ends.thriftiest)}: {price_text(price, saved_s)}"
    )
    if ends.knee and (to_knee := price_w(ends.knee, ends.thriftiest)) < price:
        said += f", but only {price_text(to_knee, saved_s)} up to the knee at {run_text(ends.knee)}"
    return f"{said} ({behind})."


def bubble_px(size: float | None) -> float:
    """Diameter in pixels of a network of ``size`` parameters: its area grows evenly with the logarithm.

    One whose size was not recorded is as small as the smallest.
    """
    return math.sqrt(30.0 + 62.0 * max(math.log10(size or 1) - 1.5, 0.0))


def simplified_kinds(counts: dict[str, int], most: int) -> list[str]:
    """The kinds with most runs, ``most`` at the most, in their own order; the rest share a colour."""
    if len(counts) <= most:
        return list(counts)
    largest = sorted(counts, key=lambda kind: (-counts[kind], kind))[:most]
    return [kind for kind in counts if kind in largest]
