"""Levels of memory of a node, and the working sets that each holds."""

import functools
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from energyvis_panel.domain.working_set import MEMORY_LEVELS, capacities
from energyvis_panel.state.explore.axis import BINS, Axis
from energyvis_panel.state.explore.brushes import Brushes
from energyvis_panel.state.explore.sentences import HARDWARE

ACROSS: Final = "working_set_bytes"
"""The brushed quantity: bytes of the forward pass, per core, SM or chip."""


@dataclass(frozen=True, slots=True)
class Level:
    """A level of memory of one hardware class, and the working sets that it holds.

    Attributes
    ----------
    is_gpu
        Whether it is a GPU node's; the index into :data:`HARDWARE`.
    name
        ``"L1"`` to ``"RAM"`` or ``"HBM"``.
    above_bytes, most_bytes
        A set that it holds is larger than the first, where nearer levels are full, and at most the second;
        both per core, SM or chip.

    """

    is_gpu: int
    name: str
    above_bytes: int
    most_bytes: int

    def mark(self) -> Brushes:
        """The runs whose working set it holds."""
        bounds = float(self.above_bytes + 1), float(self.most_bytes)
        return Brushes().with_range(ACROSS, *bounds).with_set("hardware", (HARDWARE[self.is_gpu],))


def levels_of(hardware: str) -> tuple[Level, ...]:
    """Levels of a kind of node, nearest first."""
    found = MEMORY_LEVELS[hardware]
    bounds = pairwise((0, *capacities(found)))
    is_gpu = HARDWARE.index(hardware)
    return tuple(Level(is_gpu, one.name, *ends) for one, ends in zip(found, bounds, strict=True))


LEVELS: Final = tuple(levels_of(hardware) for hardware in HARDWARE)
"""By hardware class."""
MOST_LEVELS: Final = max(len(levels) for levels in LEVELS)


@functools.lru_cache(maxsize=8)
def level_of_bin(across: Axis) -> NDArray[np.int64]:
    """Which level holds the working sets of each bin, nearest first, from 0: hardware x bin.

    The bin in which a level ends holds none beyond it: among BUTTER-E's networks the next larger working set
    is at least 1.15 times what the levels hold up to there, and a bin spans a factor of 1.08 at the most.
    """
    return np.stack(
        [
            np.searchsorted(
                [int(across.position(level.most_bytes)) for level in levels[:-1]], np.arange(BINS)
            )
            for levels in LEVELS
        ]
    )
