"""Where the bands and bars of the flow lie: all widths are proportional to energy, in pixels."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from energyvis_panel.state.explore.carbon_cost.carbon_cost import PARTS, USES
from energyvis_panel.state.explore.sentences import HARDWARE

Numbers = NDArray[np.float64]

COLUMNS: Final = ("Nodes", "Use", "Meter", "Carbon", "Cost")
ACROSS: Final = np.arange(len(COLUMNS)) / len(COLUMNS)
"""Where the bars of each column stand, as a share of the width; labels stand on their right."""
FLOW: Final = 196.0
"""Height of all energy at the meter."""
GAP: Final = 26.0
"""Between the bars of a column: room for a label of two lines at a thin bar."""
FLOOR: Final = 44.0
"""Room below the flow, for the share of all runs."""
ROOM: Final = FLOW + (len(PARTS) - 1) * GAP
HEAD: Final = 56.0
HEIGHT: Final = int(FLOOR + ROOM + HEAD)
MIDDLE: Final = FLOOR + ROOM / 2
LABEL: Final = 30.0
"""Height of a label."""
FLOWS: Final = (
    *((part, hardware) for part in range(len(USES)) for hardware in range(len(HARDWARE))),
    (len(USES), -1),
)
"""Part and hardware of each flow, from top to bottom; the building's share is of no hardware."""
STEPS: Final = 14
RISE: Final = 3 * np.linspace(0.0, 1.0, STEPS) ** 2 - 2 * np.linspace(0.0, 1.0, STEPS) ** 3
"""How far a band has come from one column to the next: it leaves and arrives level."""
BANDS: Final = tuple(
    (column, flow)
    for column in range(len(COLUMNS) - 1)
    for flow, (_part, hardware) in enumerate(FLOWS)
    if column or hardware >= 0
)
"""Column from which a band comes, and its flow."""
BY_PART: Final = tuple(
    tuple(at for at, (of, _) in enumerate(FLOWS) if of == part) for part in range(len(PARTS))
)
GROUPS: Final[tuple[tuple[tuple[int, ...], ...], ...]] = (
    tuple(
        tuple(at for at, (_, of) in enumerate(FLOWS) if of == hardware) for hardware in range(len(HARDWARE))
    ),
    BY_PART,
    (tuple(range(len(FLOWS))),),
    BY_PART,
    BY_PART,
)
"""Flows in each bar of each column, from top to bottom."""
BARS: Final = tuple((column, group) for column, groups in enumerate(GROUPS) for group in range(len(groups)))
"""Column and place of each bar."""


@dataclass(frozen=True, slots=True)
class FlowLayout:
    """Places in pixels from the lower edge.

    Attributes
    ----------
    tops
        Upper edge of each flow (second index) in each column; NaN where it does not pass one.
    heights
        Height of each flow.
    bar_tops, bar_heights
        Upper edge and height of each of :data:`BARS`.

    """

    tops: Numbers
    heights: Numbers
    bar_tops: Numbers
    bar_heights: Numbers

    @classmethod
    def of(cls, flows_j: Numbers) -> "FlowLayout":
        """The layout of flows of these joules at the meter, in the order of :data:`FLOWS`."""
        total = flows_j.sum()
        heights = flows_j * (FLOW / total) if total > 0 else np.zeros(len(FLOWS))
        tops = np.full((len(COLUMNS), len(FLOWS)), np.nan)
        bar_tops: list[float] = []
        bar_heights: list[float] = []
        for column, groups in enumerate(GROUPS):
            of_groups = [float(heights[list(group)].sum()) for group in groups]
            gaps = max(sum(height > 0 for height in of_groups) - 1, 0)
            top = MIDDLE + (sum(of_groups) + gaps * GAP) / 2
            for group, height in zip(groups, of_groups, strict=True):
                bar_tops.append(top)
                bar_heights.append(height)
                above = np.cumsum([0.0, *heights[list(group)][:-1]])
                tops[column, list(group)] = top - above
                top -= height + (GAP if height > 0 else 0)
        return cls(tops, heights, np.array(bar_tops), np.array(bar_heights))

    def edges(self, column: int, flow: int) -> tuple[Numbers, Numbers]:
        """Upper and lower edge of a band at each step from ``column`` to the next."""
        begin, end = self.tops[column, flow], self.tops[column + 1, flow]
        upper = begin + (end - begin) * RISE
        return upper, upper - self.heights[flow]

    def flow_at(self, x: float, y: float) -> int | None:
        """The flow whose band lies at ``x``, a share of the width, and ``y``; None between them."""
        column = min(int(np.searchsorted(ACROSS, x, side="right")) - 1, len(COLUMNS) - 2)
        if column < 0 or x > ACROSS[-1]:
            return None
        way = np.linspace(ACROSS[column], ACROSS[column + 1], STEPS)
        for of, flow in BANDS:
            if of == column:
                upper, lower = (float(np.interp(x, way, edge)) for edge in self.edges(column, flow))
                if lower <= y <= upper and upper > lower:
                    return flow
        return None

    def label_places(self) -> Numbers:
        """Middle of the label of each bar: that of the bar, or beside it where labels would overlap."""
        places = self.bar_tops - self.bar_heights / 2
        for column in range(len(COLUMNS)):
            mine = [at for at, (of, _) in enumerate(BARS) if of == column and self.bar_heights[at] > 0]
            places[mine] = spread(places[mine])
        return places


def spread(wanted: Sequence[float] | Numbers) -> Numbers:
    """Places of labels from top to bottom, moved apart so that none overlap and all lie within the room."""
    places = np.array(wanted, float)
    highest = FLOOR + ROOM - LABEL / 2
    for at, place in enumerate(places):
        places[at] = min(place, highest)
        highest = places[at] - LABEL
    lowest = FLOOR + LABEL / 2
    for at in reversed(range(len(places))):
        places[at] = max(places[at], lowest)
        lowest = places[at] + LABEL
    return places
