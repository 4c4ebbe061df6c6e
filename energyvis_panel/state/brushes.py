"""Brushes: what of the data is selected, as a value that can be undone, shared and put into a URL."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Self

from energyvis_panel.domain.units import JOULES_PER_WH, duration_text, energy_text, power_text, three_digits
from energyvis_panel.errors import SettingsError

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Dimension:
    """A quantity or category that can be brushed.

    Attributes
    ----------
    name, title
        For programs and for people.
    short
        Title and unit in two lines of at most eight letters, for six axes on a phone.
    unit, per_unit
        Unit in which a quantity is drawn and typed, and how much of the stored unit it holds.

    """

    name: str
    title: str
    unit: str = ""
    per_unit: float = 1.0
    short: str = ""

    @property
    def label(self) -> str:
        """Title with the unit, for an axis."""
        return f"{self.title} ({self.unit})" if self.unit else self.title

    def text(self, value: float) -> str:
        """``value`` of this quantity for people, with its unit."""
        match self.name:
            case "energy_j":
                return energy_text(value)
            case "run_time_s":
                return duration_text(value)
            case "power_w":
                return power_text(value)
            case "size" | "depth":
                return f"{round(value):,}"
            case "j_per_datum":
                return f"{three_digits(value * 1000)} mJ"
            case _:
                return three_digits(value)


QUANTITIES: Final = {
    dimension.name: dimension
    for dimension in (
        Dimension("size", "Network size", "parameters", short="Size\n(params)"),
        Dimension("depth", "Depth", "layers", short="Depth\n(layers)"),
        Dimension("run_time_s", "Run time", "s", short="Run time\n(s)"),
        Dimension("power_w", "Mean power", "W", short="Power\n(W)"),
        Dimension("energy_j", "Energy", "Wh", JOULES_PER_WH, short="Energy\n(Wh)"),
        Dimension("j_per_datum", "Energy per datum", "mJ", 1e-3, short="A datum\n(mJ)"),
    )
}
"""In the order of the axes of the parallel coordinates."""

CATEGORIES: Final = {
    dimension.name: dimension
    for dimension in (
        Dimension("hardware", "Hardware"),
        Dimension("dataset", "Data set"),
        Dimension("shape", "Shape"),
        Dimension("status", "Status"),
    )
}
DIMENSIONS: Final = QUANTITIES | CATEGORIES


@dataclass(frozen=True, slots=True)
class Brushes:
    """The brushes that are set: a range per quantity, a set of admitted values per category.

    Attributes
    ----------
    ranges
        Lowest and highest selected value by quantity, both included, in the stored unit; infinite if open.
    sets
        Admitted values by category, sorted.

    """

    ranges: Mapping[str, Range] = field(default_factory=dict)
    sets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.ranges or self.sets)

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
        return type(self)(dict(self.ranges) | {dimension: (low, high)}, self.sets)

    def with_set(self, dimension: str, values: tuple[str, ...]) -> Self:
        """These brushes with the admitted values of one category; none named is no brush.

        Raises
        ------
        SettingsError
            If the category is unknown.

        """
        if dimension not in CATEGORIES:
            raise SettingsError(f"{dimension!r} is no category to brush. Use one of {', '.join(CATEGORIES)}.")
        if not values:
            return self.without(dimension)
        return type(self)(self.ranges, dict(self.sets) | {dimension: tuple(sorted(set(values)))})

    def without(self, *dimensions: str) -> Self:
        """These brushes without those on ``dimensions``."""
        return type(self)(
            {name: bounds for name, bounds in self.ranges.items() if name not in dimensions},
            {name: values for name, values in self.sets.items() if name not in dimensions},
        )

    def parameter(self) -> dict[str, list[float] | list[str] | None]:
        """The ``$brushes`` of the questions in ``sql/explore``: one entry a dimension, None for no brush."""
        ranges = {name: list(self.ranges[name]) if name in self.ranges else None for name in QUANTITIES}
        return ranges | {name: list(self.sets[name]) if name in self.sets else None for name in CATEGORIES}

    def sentences(self) -> dict[str, str]:
        """What each brush admits, for people, by dimension."""
        said = {name: range_text(QUANTITIES[name], bounds) for name, bounds in self.ranges.items()}
        for name, values in self.sets.items():
            shown = ", ".join(values) if len(values) <= 2 else f"{len(values)} chosen"  # noqa: PLR2004 - fits a chip
            said[name] = f"{CATEGORIES[name].title}: {shown}"
        return said


def range_text(quantity: Dimension, bounds: Range) -> str:
    """A range for people, e.g. ``"Energy 28 Wh to 0.3 kWh"``."""
    low, high = bounds
    if math.isinf(low):
        return f"{quantity.title} up to {quantity.text(high)}"
    if math.isinf(high):
        return f"{quantity.title} from {quantity.text(low)}"
    return f"{quantity.title} {quantity.text(low)} to {quantity.text(high)}"


def link_text(brushes: Brushes) -> str:
    """The brushes as text for a URL, e.g. ``"energy_j:10000..2e+06;hardware:CPU node"``; empty for none."""
    parts = [f"{name}:{number(low)}..{number(high)}" for name, (low, high) in sorted(brushes.ranges.items())]
    parts += [f"{name}:{'|'.join(values)}" for name, values in sorted(brushes.sets.items())]
    return ";".join(parts)


def brushes_from_link(text: str) -> Brushes:
    """The brushes that ``text`` from a URL names; the inverse of :func:`link_text`.

    Raises
    ------
    SettingsError
        If a part is not ``quantity:low..high`` or ``category:value|value``.

    """
    brushes = Brushes()
    for part in filter(None, text.split(";")):
        name, colon, said = part.partition(":")
        if not colon or name not in DIMENSIONS:
            raise SettingsError(
                f"The link's brush {part!r} names no dimension. Use one of {', '.join(DIMENSIONS)}."
            )
        if name in CATEGORIES:
            brushes = brushes.with_set(name, tuple(filter(None, said.split("|"))))
            continue
        low, dots, high = said.partition("..")
        if not dots:
            raise SettingsError(f"The link's brush {part!r} needs the form {name}:low..high.")
        brushes = brushes.with_range(name, bound(part, low, -math.inf), bound(part, high, math.inf))
    return brushes


def number(value: float) -> str:
    """``value`` in the fewest characters that read back exactly; nothing for an open end."""
    if math.isinf(value):
        return ""
    short = f"{value:g}"
    return short if float(short) == value else repr(value)


def bound(part: str, text: str, open_end: float) -> float:
    """The number ``text`` says, or ``open_end`` where it says nothing."""
    if not text:
        return open_end
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise SettingsError(f"The link's brush {part!r} holds {text!r}, which is not a number.")
    return value
