"""Measured networks near one that is asked for, and what they took.

The watts behind them are those of whole nodes, less what a node type idles above the plainest of its class.
"""

from dataclasses import dataclass
from math import hypot, log2
from typing import Final

from energyvis_panel.domain.network import EPOCHS, OVERHEAD_S, Wish

MOST_OFF: Final = 0.75
"""How far the mean size of runs may lie from the one that is asked for, in doublings."""
FEWEST_RUNS: Final = 3
"""Below that a median says little, and quartiles nothing."""
SIZE_FACTOR: Final = 2.0**1.5
"""Runs up to this factor smaller or larger than asked for count as near: three sizes, all powers of 2."""


@dataclass(frozen=True, slots=True)
class Quartiles:
    """A quarter, the half and three quarters of the runs lie below these values."""

    low: float
    median: float
    high: float

    def times(self, factor: float) -> "Quartiles":
        """All three multiplied."""
        return Quartiles(self.low * factor, self.median * factor, self.high * factor)

    def plus(self, amount: float) -> "Quartiles":
        """All three moved up."""
        return Quartiles(self.low + amount, self.median + amount, self.high + amount)

    def overlaps(self, other: "Quartiles") -> bool:
        """Whether the middle halves have a value in common."""
        return self.low <= other.high and other.low <= self.high


@dataclass(frozen=True, slots=True)
class Range:
    """What was measured at all: parameters, and the numbers of layers in order."""

    least_parameters: float
    most_parameters: float
    depths: tuple[int, ...]

    def size_window(self, parameters: float) -> tuple[float, float]:
        """Sizes of runs that count as near: within :data:`SIZE_FACTOR` of the nearest size in the range."""
        nearest = min(max(parameters, self.least_parameters), self.most_parameters)
        return nearest / SIZE_FACTOR, nearest * SIZE_FACTOR

    def near_depths(self, depth: int) -> tuple[int, ...]:
        """The measured number of layers nearest to ``depth``, the next below and the next above it."""
        place = min(range(len(self.depths)), key=lambda k: abs(self.depths[k] - depth))
        return self.depths[max(place - 1, 0) : place + 2]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Measured runs of one shape, number of layers and kind of node.

    ``per_datum`` joules for one training datum without overhead, ``per_run`` joules of a run as measured,
    overhead included, ``overhead_j`` the part of that which is no training, ``datum_s`` median seconds for a
    datum (None where not known), ``mean_log2_size`` of the runs' parameters.
    """

    shape: str
    depth: int
    hardware: str
    runs: int
    least_size: int
    most_size: int
    mean_log2_size: float
    per_datum: Quartiles
    per_run: Quartiles
    overhead_j: float
    datum_s: float | None

    def name(self) -> str:
        """Shape, layers and node in words."""
        return f"{self.shape_text()}, {self.depth} layers, {self.hardware}"

    def shape_text(self) -> str:
        """Shape as people write it, e.g. ``"wide first 2x"``."""
        return self.shape.replace("_", " ")

    def distance(self, wish: Wish) -> float:
        """How far its runs lie from the wish, in doublings of parameters, layers and the task's size."""
        task = sum(wish.task.distance(task) for task in wish.tasks()) / len(wish.tasks())
        return hypot(self.mean_log2_size - log2(wish.parameters), log2(self.depth / wish.depth), task)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The measured neighbours of a wish, and what is known of the table they are from."""

    wish: Wish
    found: tuple[Neighbour, ...]
    measured: Range
    synthetic: bool

    def per_epoch(self, neighbour: Neighbour) -> Quartiles:
        """Joules of an epoch on the wished task, overhead left out."""
        return neighbour.per_datum.times(self.wish.task.data_per_epoch())

    def per_run(self, neighbour: Neighbour) -> Quartiles:
        """Joules of 3,000 epochs with overhead: as measured on a measured task, else scaled from a datum."""
        if self.is_measured_task():
            return neighbour.per_run
        return self.per_epoch(neighbour).times(EPOCHS).plus(neighbour.overhead_j)

    @staticmethod
    def overhead_s(neighbour: Neighbour) -> float:
        """Seconds of a run that are no training."""
        return OVERHEAD_S[neighbour.hardware]

    def is_measured_task(self) -> bool:
        """Whether the task is a data set of the table, so that its runs count as they are."""
        return bool(self.wish.task.name)

    def amount(self, neighbour: Neighbour, basis: str) -> Quartiles:
        """What neighbours are ranked by: joules of a run (``"run"``) or of an epoch (``"epoch"``)."""
        return self.per_run(neighbour) if basis == "run" else self.per_epoch(neighbour)

    def is_of_size(self, neighbour: Neighbour) -> bool:
        """Whether its runs lie about the size that is asked for, or the nearest that was measured.

        A neighbour that was run at the smaller sizes alone would seem thriftier than it is.
        """
        nearest = min(
            max(self.wish.parameters, self.measured.least_parameters), self.measured.most_parameters
        )
        return abs(neighbour.mean_log2_size - log2(nearest)) <= MOST_OFF

    def is_supported(self, neighbour: Neighbour) -> bool:
        """Whether enough runs of the right size stand behind it."""
        return neighbour.runs >= FEWEST_RUNS and self.is_of_size(neighbour)

    def ranked(self, basis: str) -> tuple[Neighbour, ...]:
        """Thriftiest first; those with too few runs, or of another size, come after all others."""
        return tuple(
            sorted(
                self.found, key=lambda n: (not self.is_supported(n), self.amount(n, basis).median, n.name())
            )
        )
