"""Overhead against training: how runs are grouped, and what of their energy each group spends on which."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from energyvis_panel.domain.units import energy_text, three_digits
from energyvis_panel.state.explore.axis import BINS, Counts, column
from energyvis_panel.state.explore.brushes import Brushes
from energyvis_panel.state.explore.dimensions import CATEGORIES, QUANTITIES, whole_text
from energyvis_panel.state.explore.question import Question
from energyvis_panel.state.explore.sentences import HARDWARE

Energies = NDArray[np.float64]

SLOT: Final = "overhead_energy"
GROUPINGS: Final[Mapping[str, str]] = {
    name: (CATEGORIES | QUANTITIES)[name].title
    for name in ("hardware", "node_type", "batch", "dataset", "size")
}
"""What runs are grouped by: titles by name of the brush."""
FIRST: Final = "node_type"
NO_VALUE: Final = ""
"""Key of the group of runs without a value."""


def overhead_questions(grouping: str = FIRST) -> dict[str, Question]:
    """What is asked, by slot."""
    return {SLOT: Question("overhead_energy", values={"grouping": grouping})}


@dataclass(frozen=True, slots=True)
class Spent:
    """Sums over runs, one array of the same shape each.

    Attributes
    ----------
    runs, known
        How many runs, and of how many of them both energies are known.
    spent
        How many of those took no more than the overhead.
    overhead_j, std_energy_j
        Overhead and standardised energy of those that are known, in J.

    """

    runs: Counts
    known: Counts
    spent: Counts
    overhead_j: Energies
    std_energy_j: Energies

    @classmethod
    def over(cls, rows: pa.Table, places: Counts, shape: tuple[int, ...]) -> Self:
        """Sums of the answer's rows by their place in an array of ``shape``; rows at -1 lie outside."""
        size = int(np.prod(shape))
        inside = places >= 0

        def added(name: str) -> Energies:
            values = np.asarray(rows[name].to_numpy(), np.float64)
            return np.asarray(np.bincount(places[inside], values[inside], size).reshape(shape), np.float64)

        return cls(
            added("run_count").astype(np.int64),
            added("known_count").astype(np.int64),
            added("spent_count").astype(np.int64),
            added("overhead_j"),
            added("std_energy_j"),
        )

    def each(self, taken: Callable[[Any], Any]) -> "Spent":
        """What is taken of each array, the same of all."""
        parts = (self.runs, self.known, self.spent, self.overhead_j, self.std_energy_j)
        return Spent(*(np.asarray(taken(part)) for part in parts))

    def __getitem__(self, at: Any) -> "Spent":
        return self.each(lambda part: part[at])

    def summed(self, axis: int) -> "Spent":
        """The sums along an axis."""
        return self.each(lambda part: part.sum(axis=axis))

    def steps(self, bins: int) -> "Spent":
        """The sums of each so many neighbours along the last axis."""
        return self.each(lambda part: part.reshape(*part.shape[:-1], -1, bins).sum(axis=-1))

    @property
    def share(self) -> Energies:
        """Overhead in percent of the standardised energy; NaN where there is none."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(100.0 * self.overhead_j / self.std_energy_j)

    @property
    def training_j(self) -> Energies:
        """What is left beyond the overhead, in J; never less than nothing."""
        return np.asarray(self.std_energy_j - self.overhead_j)


@dataclass(frozen=True, slots=True)
class Group:
    """Runs that share a value: its key in answers, its text, and its brushes, None where it has no value."""

    key: str
    text: str
    mark: Brushes | None


def group_of(grouping: str, key: str) -> Group:
    """The group that a key in an answer names."""
    if key == NO_VALUE:
        return Group(key, f"No {GROUPINGS[grouping].lower()}", None)
    if grouping != "size":
        return Group(key, key, Brushes().with_set(grouping, (key,)))
    low, high = 2.0 ** (2 * int(key) + 1), 2.0 ** (2 * int(key) + 3) - 1
    text = f"{whole_text(low)} to {whole_text(high)}"
    return Group(key, text, Brushes().with_range("size", low, high))


def keys_of(rows: pa.Table, grouping: str) -> pa.ChunkedArray:
    """Key of the group of each row of an answer."""
    named = rows["size_class"] if grouping == "size" else rows["word"]
    return pc.fill_null(pc.cast(named, pa.string()), NO_VALUE)


def groups_of(everything: pa.Table, grouping: str) -> tuple[Group, ...]:
    """The groups of all runs: sizes as they grow, others from the most overhead to the least.

    The runs without a value come last.
    """
    keys = pc.unique(keys_of(everything, grouping)).to_pylist()
    shares = dict(zip(keys, by_group(everything, grouping, keys).summed(1).share, strict=True))

    def place(key: str) -> tuple[bool, float, str]:
        share = 0.0 if np.isnan(shares[key]) else float(shares[key])
        return key == NO_VALUE, float(key or 0) if grouping == "size" else -share, key

    return tuple(group_of(grouping, key) for key in sorted(keys, key=place))


def by_group(rows: pa.Table, grouping: str, keys: Sequence[str]) -> Spent:
    """Sums: group x hardware."""
    found = pc.index_in(keys_of(rows, grouping), value_set=pa.array(keys, pa.string()))
    places = np.asarray(pc.fill_null(found, -1).to_numpy(), np.int64)
    hardware = column(rows, "is_gpu")
    return Spent.over(
        rows, np.where(places < 0, -1, len(HARDWARE) * places + hardware), (len(keys), len(HARDWARE))
    )


def by_hardware(rows: pa.Table) -> Spent:
    """Sums by hardware."""
    return Spent.over(rows, column(rows, "is_gpu"), (len(HARDWARE),))


def by_run_time(rows: pa.Table) -> Spent:
    """Sums: hardware x bin of the axis of run time; runs without a run time have none."""
    bins = np.asarray(pc.fill_null(pc.cast(rows["run_time_px"], pa.int16()), -1).to_numpy(), np.int64)
    return Spent.over(
        rows, np.where(bins < 0, -1, BINS * column(rows, "is_gpu") + bins), (len(HARDWARE), BINS)
    )


def percent_text(share: float) -> str:
    """A share in percent for people."""
    return f"{three_digits(float(share))} %"


def spent_text(spent: Spent) -> str:
    """Overhead share, energy and runs of one place for people, e.g. ``"23.2 % of 340 kWh, 4,487 runs"``."""
    if not spent.known:
        return "no run"
    runs = "1 run" if spent.known == 1 else f"{int(spent.known):,} runs"
    return f"{percent_text(float(spent.share))} of {energy_text(float(spent.std_energy_j))}, {runs}"
