"""Bytes that training a network keeps at hand on a node, and the level of memory that holds them.

A node has levels of memory, each in units: 36 cores have a first and a second cache each, two sockets a
third. What is *replicated* lies in every unit, what is *distributed* is shared out among them. Bytes are per
unit, cut to whole numbers at each step as in the source. Numbers are of four bytes.

Source: BUTTER-E, Tripp et al. 2024, arXiv 2403.08151, supplementary notebook 3 and its constants.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from energyvis_panel.domain.network import BATCH_SIZE, NetworkError

NUMBER_BYTES: Final = 4


@dataclass(frozen=True, slots=True)
class MemoryLevel:
    """One level: its name, the bytes of one unit, and how many units the node has."""

    name: str
    unit_bytes: int
    units: int


MEMORY_LEVELS: Final = {
    "CPU node": (
        MemoryLevel("L1", 32_768, 36),
        MemoryLevel("L2", 1_048_576, 36),
        MemoryLevel("L3", 25_952_256, 2),
        MemoryLevel("RAM", 103_079_215_104, 1),
    ),
    "GPU node": (
        MemoryLevel("L1", 114_688, 168),
        MemoryLevel("L2", 6_291_456, 2),
        MemoryLevel("HBM", 17_179_869_184, 2),
    ),
}
"""Levels by kind of node, nearest first: 2 x Xeon Gold 6154, 2 x V100 16 GB counted with 84 SMs each."""


@dataclass(frozen=True, slots=True)
class Fit:
    """Where a working set lies: level from 1, bytes it adds per unit, bytes occupied per unit up to there."""

    level: int
    cached: int
    occupied: int


@dataclass(frozen=True, slots=True)
class WorkingSets:
    """Working sets of training, each around the one before.

    ``layer``: inputs and outputs of the widest pair of layers; ``forward``: with all parameters;
    ``backward``: with parameters, gradients and all activations; ``epoch``: with the whole data set.
    The source calls them l, f, b and d.
    """

    layer: Fit
    forward: Fit
    backward: Fit
    epoch: Fit


def capacities(levels: Sequence[MemoryLevel]) -> tuple[int, ...]:
    """Return the bytes of one unit up to and including each level."""
    return tuple(sum(level.unit_bytes for level in levels[: end + 1]) for end in range(len(levels)))


def fit(levels: Sequence[MemoryLevel], occupied: int, replicated: int, distributed: int) -> Fit:
    """Return where bytes lie that come on top of ``occupied`` bytes per unit.

    Going up the levels, the bytes per unit are those replicated and a unit's part of those distributed. A
    level too small for all stays full, and the next one adds its own share.

    Raises
    ------
    NetworkError
        If not even the last level holds them.

    """
    for number, (level, capacity) in enumerate(zip(levels, capacities(levels), strict=True), start=1):
        cached = replicated + distributed // level.units
        if capacity <= occupied:
            continue
        if occupied + cached <= capacity:
            return Fit(number, cached, occupied + cached)
        occupied = capacity
    raise NetworkError(
        f"{replicated + distributed:,} bytes exceed the memory of the node. Choose a smaller network."
    )


def working_sets(
    levels: Sequence[MemoryLevel],
    widths: Sequence[int],
    parameters: int,
    data_set_bytes: int,
    batch_size: int = BATCH_SIZE,
) -> WorkingSets:
    """Return the working sets of training on a node.

    Parameters
    ----------
    levels
        Of :data:`MEMORY_LEVELS`.
    widths
        Features, then the units of each layer.
    parameters, data_set_bytes
        Trainable parameters; bytes of all observations, see :func:`data_set_bytes`.
    batch_size
        Data in a batch.

    Raises
    ------
    NetworkError
        If the node cannot hold them.

    """
    row_bytes = NUMBER_BYTES * batch_size
    widest = row_bytes * max(inputs + units for inputs, units in pairwise(widths))
    layer = fit(levels, 0, 0, widest)
    parameter_bytes = NUMBER_BYTES * parameters
    return WorkingSets(
        layer=layer,
        forward=fit(levels, layer.occupied, parameter_bytes, 0),
        backward=(
            backward := fit(levels, layer.occupied, 2 * parameter_bytes, row_bytes * sum(widths) - widest)
        ),
        epoch=fit(levels, backward.occupied, 0, data_set_bytes),
    )


def data_set_bytes(observations: int, features: int, outputs: int) -> int:
    """Return the bytes of a whole data set: features and outputs of every observation."""
    return NUMBER_BYTES * observations * (features + outputs)
