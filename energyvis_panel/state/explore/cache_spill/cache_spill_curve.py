"""The median energy per datum along the working set, doubling by doubling in each level of memory."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from energyvis_panel.state.explore.axis import BINS, Axis, Counts, column
from energyvis_panel.state.explore.cache_spill.cache_spill import Numbers, binned_quantiles, summed
from energyvis_panel.state.explore.cache_spill.cache_spill_levels import LEVELS, level_of_bin
from energyvis_panel.state.explore.sentences import HARDWARE

LEAD: Final = 0.5
"""By how much the first point beyond a full level is wider: what does not fit comes on top of that level, so
that few working sets lie just beyond it."""
FEWEST_AT_POINT: Final = 10
"""With fewer runs no point of the curve is drawn."""


@dataclass(frozen=True, slots=True)
class Span:
    """A level of memory on the axis of working sets, cut into points.

    Attributes
    ----------
    start, end
        Where it lies, in bins.
    first, count
        Its first point among those of its hardware class, and how many it has: each spans about a doubling,
        as the sizes of networks lie a factor of 2 apart, and finer points would hold none of some.
    lead
        By how many points the first one is wider.

    """

    start: float
    end: float
    first: int
    count: int
    lead: float = 0.0

    @property
    def width(self) -> float:
        """Bins that a point spans; a level beyond the axis has some room all the same."""
        return max((self.end - self.start) / (self.count + self.lead), 1e-9)

    def edges(self) -> Numbers:
        """Places between its points, in bins, one more than there are points."""
        inner = self.start + self.width * (np.arange(1, self.count) + self.lead)
        return np.array([self.start, *inner, self.end])


@dataclass(frozen=True, slots=True)
class Points:
    """The points of the curve; none reaches over the end of a level.

    Attributes
    ----------
    across
        The axis of working sets.
    spans
        Levels by hardware class.
    of_bin
        The point of each bin, hardware x bin.

    """

    across: Axis
    spans: tuple[tuple[Span, ...], ...]
    of_bin: NDArray[np.int64]

    @classmethod
    def of(cls, across: Axis) -> Self:
        """The points on an axis of working sets."""
        doublings_per_bin = np.log2(across.value(1) / across.value(0))
        found = []
        for levels in LEVELS:
            spans: list[Span] = []
            for level in levels:
                start, end = (across.position(edge) for edge in (level.above_bytes, level.most_bytes))
                lead = LEAD if spans else 0.0
                count = max(round((end - start) * doublings_per_bin - lead), 1)
                spans.append(Span(start, end, sum(span.count for span in spans), count, lead))
            found.append(tuple(spans))
        return cls(across, tuple(found), point_of_bin(across, tuple(found)))

    @property
    def count(self) -> int:
        """As many points as the class with most of them has."""
        return max(sum(span.count for span in spans) for spans in self.spans)

    def bounds(self, is_gpu: int) -> tuple[Numbers, Numbers]:
        """Lowest and highest working set of each point of a hardware class, in bytes."""
        edges = [span.edges() for span in self.spans[is_gpu]]
        lows, highs = (np.concatenate(found) for found in ([e[:-1] for e in edges], [e[1:] for e in edges]))
        low, ratio = self.across.low, self.across.high / self.across.low
        return low * ratio ** (lows / BINS), low * ratio ** (highs / BINS)


def point_of_bin(across: Axis, spans: tuple[tuple[Span, ...], ...]) -> NDArray[np.int64]:
    """The point of each bin, the nearest to its middle among those of its level: hardware x bin."""
    levels = level_of_bin(across)
    found = np.zeros((len(HARDWARE), BINS), np.int64)
    for is_gpu, of_class in enumerate(spans):
        for place, span in enumerate(of_class):
            mine = np.flatnonzero(levels[is_gpu] == place)
            step = np.floor((mine + 0.5 - span.start) / span.width - span.lead).astype(np.int64)
            found[is_gpu, mine] = span.first + np.clip(step, 0, span.count - 1)
    return found


@dataclass(frozen=True, slots=True)
class Curve:
    """Quartiles of energy per datum along the working set.

    Attributes
    ----------
    run_counts
        Runs of each point, hardware x point.
    quartiles
        Lower quartile, median and upper quartile x hardware x point, in J; NaN where fewer than
        :data:`FEWEST_AT_POINT` runs lie.

    """

    run_counts: Counts
    quartiles: Numbers


def curve_of(rows: pa.Table, points: Points, up: Axis) -> Curve:
    """The curve through the runs of an answer."""
    is_gpu = column(rows, "is_gpu")
    point = points.of_bin[is_gpu, column(rows, "working_set_px")]
    counts = summed(
        rows, (is_gpu, point, column(rows, "j_per_datum_px")), (len(HARDWARE), points.count, BINS)
    )
    runs: Counts = counts.sum(axis=-1)
    quartiles = np.where(runs >= FEWEST_AT_POINT, binned_quantiles(counts, up), np.nan)
    return Curve(runs, quartiles)
