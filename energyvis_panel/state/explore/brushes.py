"""Brushes: what of the data is selected, as a value that can be undone, shared and put into a URL."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Self

from energyvis_panel.errors import SettingsError
from energyvis_panel.state.explore.axis import Axis
from energyvis_panel.state.explore.dimensions import (
    CATEGORIES,
    DIMENSIONS,
    NAMES,
    PLANES,
    QUANTITIES,
    SETS,
    Dimension,
)
from energyvis_panel.state.explore.lasso import Point, cell_bits

Range = tuple[float, float]

MOST_VERTICES: Final = 60
"""Corners that a lasso may have: finer is not seen, and a link must stay short."""
FEWEST_VERTICES: Final = 3
CALENDAR_S: Final = (-62_135_596_800.0, 253_402_300_799.0)
"""First and last second of the years 1 to 9999, since 1970: beyond them no time can be told."""
NAMED_VALUES: Final = 2
"""As many values of a category fit into a chip."""


@dataclass(frozen=True, slots=True)
class Brushes:
    """The brushes that are set, at most one per name.

    Attributes
    ----------
    ranges
        Lowest and highest selected value by quantity, both included, in the stored unit; infinite if open.
    sets
        Admitted values by category, sorted.
    lassos
        Corners of a polygon by plane, in the stored units; a run is inside if the centre of its bin is.
    inverted
        Names of the brushes that admit what they would leave out. A run without a value passes neither way.

    """

    ranges: Mapping[str, Range] = field(default_factory=dict)
    sets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lassos: Mapping[str, tuple[Point, ...]] = field(default_factory=dict)
    inverted: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.names)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the brushes that are set."""
        return (*self.ranges, *self.sets, *self.lassos)

    @property
    def key(self) -> str:
        """The same text for equal brushes."""
        parts = (self.ranges, self.sets, self.lassos)
        return f"{[sorted(part.items()) for part in parts]} {sorted(self.inverted)}"

    def with_range(self, dimension: str, low: float = -math.inf, high: float = math.inf) -> Self:
        """These brushes with a range on one quantity; a range open at both ends is no brush.

        Raises
        ------
        SettingsError
            If the quantity is unknown, or the range holds nothing.

        """
        if dimension not in QUANTITIES:
            raise SettingsError(f"{dimension!r} is no quantity to brush. Use one of {', '.join(QUANTITIES)}.")
        if not low <= high:
            raise SettingsError(
                f"The range of {QUANTITIES[dimension].title.lower()} must run from low to high, "
                f"not {low} to {high}."
            )
        if math.isinf(low) and math.isinf(high):
            return self.without(dimension)
        ends = [end for end in (low, high) if not math.isinf(end)]
        if dimension == "started_s" and not CALENDAR_S[0] <= min(ends) <= max(ends) <= CALENDAR_S[1]:
            raise SettingsError("The range of start must lie in the years 1 to 9999. Choose another.")
        return replace(self, ranges=dict(self.ranges) | {dimension: (low, high)})

    def with_set(self, dimension: str, values: tuple[str, ...]) -> Self:
        """These brushes with the admitted values of one category; none named is no brush.

        Raises
        ------
        SettingsError
            If the category is unknown.

        """
        if dimension not in SETS:
            raise SettingsError(f"{dimension!r} is no category to brush. Use one of {', '.join(CATEGORIES)}.")
        if not values:
            return self.without(dimension)
        return replace(self, sets=dict(self.sets) | {dimension: tuple(sorted(set(values)))})

    def with_lasso(self, plane: str, vertices: tuple[Point, ...]) -> Self:
        """These brushes with a lasso in one plane; no corners are no brush.

        Raises
        ------
        SettingsError
            If the plane is unknown, or the polygon has too few or too many corners, or one that is no point.

        """
        if plane not in PLANES:
            raise SettingsError(f"{plane!r} is no plane for a lasso. Use one of {', '.join(PLANES)}.")
        if not vertices:
            return self.without(plane)
        if not FEWEST_VERTICES <= len(vertices) <= MOST_VERTICES:
            raise SettingsError(
                f"A lasso has {FEWEST_VERTICES} to {MOST_VERTICES} corners, "
                f"not {len(vertices)}. Draw it again."
            )
        if not all(math.isfinite(number) for corner in vertices for number in corner):
            raise SettingsError(f"A corner of the lasso lies nowhere: {vertices}. Draw it again.")
        return replace(self, lassos=dict(self.lassos) | {plane: tuple(vertices)})

    def turned(self, name: str) -> Self:
        """These brushes with one of them inverted, or turned back; without it, the same."""
        if name not in self.names:
            return self
        return replace(self, inverted=self.inverted ^ {name})

    def without(self, *names: str) -> Self:
        """These brushes without those named."""
        return type(self)(
            {name: bounds for name, bounds in self.ranges.items() if name not in names},
            {name: values for name, values in self.sets.items() if name not in names},
            {name: vertices for name, vertices in self.lassos.items() if name not in names},
            self.inverted - set(names),
        )

    def parameter(self, axes: Mapping[str, Axis] | None = None) -> dict[str, dict[str, Any] | None]:
        """The ``$brushes`` of the questions in ``sql/explore``: one entry a name, None for no brush.

        Parameters
        ----------
        axes
            Axes by quantity, on which a lasso is laid; needed where there is one.

        """
        found: dict[str, dict[str, Any] | None] = dict.fromkeys(NAMES)
        for name, (low, high) in self.ranges.items():
            found[name] = {"low": low, "high": high, "outside": name in self.inverted}
        for name, values in self.sets.items():
            found[name] = {"among": list(values), "outside": name in self.inverted}
        for name, vertices in self.lassos.items():
            across, up = ((axes or {})[quantity] for quantity in PLANES[name])
            found[name] = {"cells": cell_bits(vertices, across, up), "outside": name in self.inverted}
        return found

    def sentences(self) -> dict[str, str]:
        """What each brush admits, for people, by name."""
        said = {name: range_text(QUANTITIES[name], bounds) for name, bounds in self.ranges.items()}
        for name, values in self.sets.items():
            shown = ", ".join(values) if len(values) <= NAMED_VALUES else f"{len(values)} chosen"
            said[name] = f"{SETS[name].title}: {shown}"
        for name in self.lassos:
            across, up = (QUANTITIES[quantity].title.lower() for quantity in PLANES[name])
            said[name] = f"Lasso over {across} and {up}"
        return {name: f"Not {text[0].lower()}{text[1:]}" if name in self.inverted else text
                for name, text in said.items()}  # fmt: skip


def range_text(quantity: Dimension, bounds: Range) -> str:
    """A range for people, e.g. ``"Energy 28 Wh to 0.3 kWh"``."""
    low, high = bounds
    if math.isinf(low):
        return f"{quantity.title} up to {quantity.text(high)}"
    if math.isinf(high):
        return f"{quantity.title} from {quantity.text(low)}"
    return f"{quantity.title} {quantity.text(low)} to {quantity.text(high)}"


__all__ = ["CATEGORIES", "DIMENSIONS", "PLANES", "QUANTITIES", "Brushes", "Dimension", "Point", "Range"]
