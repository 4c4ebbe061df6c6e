"""What a visitor chooses in the views, and the questions that follow from it."""

from dataclasses import dataclass, replace

import numpy as np

from energyvis_panel.state.explore.cache_spill import cache_spill
from energyvis_panel.state.explore.carbon_cost import carbon_cost
from energyvis_panel.state.explore.composition.composition import RINGS
from energyvis_panel.state.explore.depth.depth_questions import networks_question, runs_question
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.overhead.overhead import GROUPINGS as OVERHEAD_GROUPINGS
from energyvis_panel.state.explore.overhead.overhead import overhead_questions
from energyvis_panel.state.explore.question import Question
from energyvis_panel.state.explore.shapes.shapes import shapes_question
from energyvis_panel.state.explore.signatures.signatures import GROUPINGS, signatures_question

NETWORKS, RUNS = "depth_networks", "depth_runs"
"""Slots of the two questions of the view of depth, which asks one at a time."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What is chosen in the views: groupings by name, the inner ring, and the kind of node."""

    overhead: str = "node_type"
    ring: str = "size"
    signatures: str = "hardware"
    is_gpu: bool = False

    @classmethod
    def at_random(cls, rng: np.random.Generator) -> "Choices":
        """Any."""
        return cls(
            str(rng.choice(list(OVERHEAD_GROUPINGS))),
            str(rng.choice(list(RINGS))),
            str(rng.choice(list(GROUPINGS))),
            bool(rng.integers(2)),
        )

    def questions(self, state: Exploration) -> dict[str, Question]:
        """What the views ask at these choices; what is condensed of their answers has tests of its own."""
        asked = {
            **overhead_questions(self.overhead),
            **cache_spill.QUESTIONS,
            **RINGS[self.ring].questions(),
            **carbon_cost.QUESTIONS,
            NETWORKS: networks_question(),
            RUNS: runs_question(state.axes["j_per_datum"]),
            **shapes_question(is_gpu=self.is_gpu),
            **signatures_question(self.signatures),
        }
        return {slot: replace(one, condense=None, in_context=False) for slot, one in asked.items()}
