"""The steps of the tour: what each brushes, which view it points to, and what it asks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from energyvis_panel.state.explore.brushes import Brushes
from energyvis_panel.state.explore.question import Question
from energyvis_panel.state.explore.tour.findings import (
    SHORT_S,
    WINDOWS,
    choice_told,
    crossover_told,
    overhead_told,
    spill_told,
)
from energyvis_panel.state.explore.tour.findings_of_depth import depth_told, giants_told
from energyvis_panel.state.explore.tour.told import Told

STANDARDISED: Final = Brushes().with_set("status", ("standardised",))
"""The published table, of which the findings were told."""
BUTTER_E: Final = (
    "Published: BUTTER-E, Tripp et al. 2024, arXiv 2403.08151, data release doi 10.25984/2329316, its "
    "notebooks and figures."
)
JOULE_POINT: Final = "Published: JoulePoint, from the table of BUTTER-E (doi 10.25984/2329316)."


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the tour.

    Attributes
    ----------
    title
        The finding in a few words, as a question.
    lead
        What is behind it, in a sentence or two without a number of the data.
    view
        The view that shows it, by its name in ``?view=``.
    brushes
        What the step brushes.
    question, tell
        What it asks under the present brushes, and what it tells from the answer.
    source
        Where the published figures come from.

    """

    title: str
    lead: str
    view: str
    brushes: Brushes
    question: Question
    tell: Callable[[pa.Table], Told]
    source: str = BUTTER_E


def asks(name: str, *own: str, **values: object) -> Question:
    """A question of the tour, which leaves out the step's own brushes."""
    return Question(f"tour_{name}", own=own, values=values, slow=True, in_context=False)


STEPS: Final = (
    Step(
        "Which node takes less for a whole training?",
        "Each network was trained on nodes with and without GPUs. Most trainings here are short and their "
        "networks small, and what counts is the energy from the first second to the last.",
        "energy-histogram",
        STANDARDISED,
        asks("choice"),
        choice_told,
        JOULE_POINT,
    ),
    Step(
        "What does a run pay before it learns anything?",
        "Starting a job and waking a GPU takes energy whatever is trained. The shorter a run, the larger "
        f"that share; brushed are runs of up to {SHORT_S / 60:.0f} minutes on GPU nodes.",
        "overhead",
        STANDARDISED.with_set("hardware", ("GPU node",)).with_range("run_time_s", high=SHORT_S),
        asks("overhead", "hardware", "run_time_s", short_s=SHORT_S),
        overhead_told,
    ),
    Step(
        "From which size on is the GPU the thrifty one?",
        "Leave the overhead out and count by the datum: a GPU takes the same for a small network as for a "
        "middling one, a CPU takes more with each parameter. Brushed are the sizes from the published "
        "crossover on.",
        "comparison",
        STANDARDISED.with_range("size", low=1 << 18),
        asks("by_size", "size"),
        crossover_told,
    ),
    Step(
        "What happens when a network no longer fits the cache?",
        "What a forward pass keeps at hand must come from some level of memory. Brushed are GPU nodes, which "
        "take the same for a datum until their second cache is full.",
        "cache-spill",
        STANDARDISED.with_set("hardware", ("GPU node",)),
        asks(
            "spill",
            "hardware",
            windows=tuple({"is_gpu": gpu, "low": low, "high": high} for _, gpu, low, high, _ in WINDOWS),
        ),
        spill_told,
    ),
    Step(
        "What does depth cost?",
        "More layers for the same number of parameters cost the CPU more than the GPU. One depth does not "
        "keep to that on CPU nodes: the open marks at six layers.",
        "depth",
        STANDARDISED,
        asks("by_depth"),
        depth_told,
    ),
    Step(
        "Which networks are the dearest of all?",
        "With one hidden layer and few inputs, millions of parameters are millions of units, whose outputs "
        "outweigh the parameters. Brushed are networks of two layers from a million parameters on, on CPU "
        "nodes.",
        "runtime-energy",
        STANDARDISED.with_set("hardware", ("CPU node",))
        .with_range("depth", 2, 2)
        .with_range("size", 1 << 20),
        asks("giants", "depth", "size"),
        giants_told,
    ),
)
