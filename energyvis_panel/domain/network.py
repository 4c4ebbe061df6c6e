"""Which dense network: a task, a number of parameters and layers, and which measured data sets come near it.

Source: BUTTER-E, Tripp et al. 2024, arXiv 2403.08151; OpenEI submission 5991, doi 10.25984/2329316,
CC-BY-4.0. Its networks are fully connected, trained for 3,000 epochs in batches of 256 on four fifths of the
observations.
"""

from dataclasses import dataclass
from math import ceil, hypot, isfinite, log2
from typing import Final

from energyvis_panel.errors import EnergyVisError

EPOCHS: Final = 3000
BATCH_SIZE: Final = 256
TRAINED_SHARE: Final = 0.8
HARDWARE: Final = ("CPU node", "GPU node")
HARDWARE_TEXT: Final = {
    "CPU node": "2 x Xeon Gold 6154",
    "GPU node": "2 x Xeon Gold 6154 with 2 x V100 16 GB",
}
OVERHEAD_S: Final = {"CPU node": 52.8839136, "GPU node": 656.3736757}
"""Seconds of a run that are no training: start-up and what epochs cost beside their batches, as published."""
LIKE_TASKS: Final = 3
"""How many data sets stand for a task that is none of them."""

MOST_PARAMETERS: Final = 1e12
LEAST_DEPTH: Final = 2
MOST_DEPTH: Final = 1000
LEAST_ROWS: Final = 10
MOST_ROWS: Final = 1e12
MOST_FEATURES: Final = 1e9


class NetworkError(EnergyVisError):
    """A wish for a network is out of range, or nothing was measured near it."""


@dataclass(frozen=True, slots=True)
class Task:
    """A data set to learn: its name ('' = the user's own), observations, features, classes (0 = a number)."""

    name: str
    rows: int
    features: int
    classes: int = 0

    def data_per_epoch(self) -> int:
        """Training data in an epoch as BUTTER-E counts them: whole batches over four fifths of the rows."""
        return ceil(TRAINED_SHARE * self.rows / BATCH_SIZE) * BATCH_SIZE

    def distance(self, other: "Task") -> float:
        """Distance between two tasks in doublings of rows and features."""
        return hypot(log2(self.rows / other.rows), log2(self.features / other.features))


TASKS: Final = (
    Task("splice", 3_188, 60, 3),
    Task("529_pollen", 3_848, 4),
    Task("wine_quality_white", 4_898, 11, 7),
    Task("banana", 5_300, 2),
    Task("294_satellite_image", 6_435, 36),
    Task("nursery", 12_958, 8, 4),
    Task("201_pol", 15_000, 48),
    Task("537_houses", 20_640, 8),
    Task("adult", 48_842, 14, 2),
    Task("connect_4", 67_557, 42, 3),
    Task("mnist", 70_000, 784, 10),
    Task("sleep", 105_908, 13, 5),
)
"""The data sets of the published table, smallest first. Sizes: ``pmlb.csv`` of BUTTER-E."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A network to be trained: on which task, with how many trainable parameters, layers and on which node.

    ``hardware`` is one of :data:`HARDWARE`, or '' for both. The output layer counts as a layer.
    """

    task: Task
    parameters: float
    depth: int
    hardware: str = ""

    def __post_init__(self) -> None:
        within("The number of observations", self.task.rows, LEAST_ROWS, MOST_ROWS)
        within("The number of features", self.task.features, 1, MOST_FEATURES)
        within("The number of parameters", self.parameters, 1, MOST_PARAMETERS)
        within("The number of layers", self.depth, LEAST_DEPTH, MOST_DEPTH)
        if self.hardware and self.hardware not in HARDWARE:
            raise NetworkError(f"There is no {self.hardware!r} here. Choose {' or '.join(HARDWARE)}.")

    def nodes(self) -> tuple[str, ...]:
        """Kinds of node that are asked for."""
        return (self.hardware,) if self.hardware else HARDWARE

    def tasks(self) -> tuple[Task, ...]:
        """Measured data sets that stand for the task: itself, or those nearest in rows and features."""
        if known := [task for task in TASKS if task.name == self.task.name]:
            return tuple(known)
        return tuple(sorted(TASKS, key=self.task.distance)[:LIKE_TASKS])


def within(what: str, value: float, least: float, most: float) -> None:
    """Refuse a value out of its range, by a sentence that names it.

    Raises
    ------
    NetworkError
        If it is not finite or lies outside.

    """
    if not isfinite(value) or not least <= value <= most:
        raise NetworkError(f"{what} is {value:g}. Give a value from {least:,g} to {most:,g}.")
