"""What the view of depth asks: of networks compared with themselves, or of runs as they are."""

from collections.abc import Mapping
from typing import Final

from energyvis_panel.state.explore.axis import Axis
from energyvis_panel.state.explore.compare.comparison import SETTINGS
from energyvis_panel.state.explore.depth.depth_curves import DATASET_MASK, DEPTH
from energyvis_panel.state.explore.depth.depth_networks import network_curves
from energyvis_panel.state.explore.depth.depth_runs import RunCurves
from energyvis_panel.state.explore.question import Question

CURVES: Final = "depth_curves"
"""Slot of the question."""
NETWORKS: Final = "networks"
RUNS: Final = "runs"
EVERY_BIT: Final = (1 << 63) - 1
BITS_OF_NETWORKS: Final = EVERY_BIT & ~SETTINGS["shape"].mask & ~SETTINGS["learning_rate"].mask
"""A network is a data set, a size, a batch size and an optimizer, on one kind of node."""
BITS_OF_RUNS: Final = SETTINGS["hardware"].mask | DATASET_MASK | DEPTH.mask


def networks_question() -> Question:
    """Of networks compared with themselves."""
    return Question("depth_networks", values={"kept": BITS_OF_NETWORKS}, slow=True, condense=network_curves)


def runs_question(axis: Axis) -> Question:
    """Of runs as they are, to a bin of the axis of energy per datum."""
    return Question("depth_runs", values={"kept": BITS_OF_RUNS}, slow=True, condense=RunCurves(axis))


QUESTIONS: Final[Mapping[str, Question]] = {CURVES: networks_question()}
"""That asked first."""
