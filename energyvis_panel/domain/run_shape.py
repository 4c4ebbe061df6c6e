"""A run as power over its own time: epoch after epoch, with what lies between them."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from energyvis_panel.domain.scenario import Projection
from energyvis_panel.errors import EnergyVisError

Array = npt.NDArray[np.float64]

NO_TIMES = (
    "This profile records no times, so there is nothing to shift in time. "
    "Enter the hours of an epoch in the equations above."
)
SPREAD = "Energy and time outside the epochs are spread evenly after each of them."
TIMELESS = "Energy outside the epochs has no time of its own, so it is spread over the epochs."


class ScheduleError(EnergyVisError):
    """A run cannot be placed in time."""


@dataclass(frozen=True, eq=False)
class RunShape:
    """Blocks of work in order, each an epoch with its part of what lies outside the epochs.

    Parameters
    ----------
    edges_s
        Edges of the segments of equal power in seconds since the start, increasing from 0.
    power_w
        Power in each segment, watts at the site, PUE included; one shorter than ``edges_s``.
    block_ends
        For each block, the index in ``edges_s`` at which it ends; a run may pause there.
    epochs_per_block
        How many epochs a block holds; more than one where epochs were grouped.
    division
        What a block is called: ``epoch`` or ``interval``.
    assumptions
        What had to be assumed, one sentence each.

    """

    edges_s: Array
    power_w: Array
    block_ends: npt.NDArray[np.intp]
    epochs_per_block: int = 1
    division: str = "epoch"
    assumptions: tuple[str, ...] = ()

    @property
    def duration_s(self) -> float:
        """Seconds from start to end without pauses."""
        return float(self.edges_s[-1])

    @property
    def energy_j(self) -> float:
        """Joules of the whole run at the site."""
        return float(self.energy_to_edges_j[-1])

    @cached_property
    def energy_to_edges_j(self) -> Array:
        """Joules at the site from the start up to each edge."""
        return np.concatenate([[0.0], np.cumsum(np.diff(self.edges_s) * self.power_w)])

    @property
    def blocks(self) -> int:
        """Number of blocks."""
        return int(self.block_ends.size)

    @cached_property
    def block_starts(self) -> npt.NDArray[np.intp]:
        """For each block, the index in ``edges_s`` at which it begins."""
        return np.concatenate([[0], self.block_ends[:-1]]).astype(np.intp)

    def grouped(self, most_blocks: int) -> "RunShape":
        """The same run with at most ``most_blocks`` blocks, epochs joined in equal numbers."""
        size = -(-self.blocks // max(most_blocks, 1))
        if size <= 1:
            return self
        ends = self.block_ends[size - 1 :: size]
        if ends.size == 0 or ends[-1] != self.block_ends[-1]:
            ends = np.append(ends, self.block_ends[-1])
        return RunShape(
            self.edges_s, self.power_w, ends, self.epochs_per_block * size, self.division, self.assumptions
        )


def run_shape(projection: Projection) -> RunShape:
    """Shape of a projected run.

    Raises
    ------
    ScheduleError
        If an epoch records no time, or the run takes no time at all.

    """
    epochs, outside = projection.epochs, projection.outside
    durations = [epoch.duration_s for epoch in epochs]
    seconds = [duration for duration in durations if duration is not None]
    if len(seconds) < len(durations):
        raise ScheduleError(NO_TIMES)
    joules = [epoch.energy.total_j() for epoch in epochs]
    outside_j = outside.energy.total_j() if outside else 0.0
    outside_s = (outside.duration_s or 0.0) if outside else 0.0
    assumptions: tuple[str, ...] = ()
    if outside_j or outside_s:
        assumptions = (SPREAD if outside_s else TIMELESS,)
    if not seconds:
        seconds, joules, outside_s, outside_j = [outside_s], [outside_j], 0.0, 0.0
    total_s = sum(seconds)
    if total_s <= 0:
        raise ScheduleError(NO_TIMES)
    count = len(seconds)
    work_s, work_j = np.array(seconds), np.array(joules)
    if outside_s <= 0:
        work_j = work_j + outside_j * work_s / total_s
    gap_s, gap_j = outside_s / count, (outside_j / count if outside_s > 0 else 0.0)
    return _from_segments(
        np.column_stack([work_s, np.full(count, gap_s)]).ravel(),
        np.column_stack([work_j, np.full(count, gap_j)]).ravel(),
        projection.profile.division,
        assumptions,
    )


def _from_segments(seconds: Array, joules: Array, division: str, assumptions: tuple[str, ...]) -> RunShape:
    """Shape from pairs of segments, two a block; segments without time hand their energy to the next."""
    lasting = seconds > 0
    # Where an epoch took no time that the clock could tell, its joules belong to the next segment that does.
    target = np.minimum(np.cumsum(lasting) - lasting, lasting.sum() - 1)
    energy_j = np.bincount(target, weights=joules, minlength=int(lasting.sum()))
    kept_s = seconds[lasting]
    edges_s = np.concatenate([[0.0], np.cumsum(kept_s)])
    # A block that takes no time ends where the one before does: only the last of such ends is kept.
    ends = np.unique(np.cumsum(lasting)[1::2])
    return RunShape(edges_s, energy_j / kept_s, ends[ends > 0].astype(np.intp), 1, division, assumptions)
