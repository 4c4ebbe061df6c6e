"""The parts of all runs as a tree, what each holds of a selection, and which span of the whole it takes."""

import re
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from energyvis_panel.state.explore.composition.composition import LEVELS, Path, Value

Amounts = NDArray[np.float64]
MEASURES: Final = {"runs": "By runs", "energy": "By energy"}
"""What an area stands for, by name."""


@dataclass(frozen=True, slots=True)
class Sums:
    """What each part holds, in the order of the parts.

    Attributes
    ----------
    runs
        Runs.
    measured
        Runs whose energy was recorded.
    energy_j
        Energy of those, in J.

    """

    runs: Amounts
    measured: Amounts
    energy_j: Amounts

    def of(self, measure: str) -> Amounts:
        """What an area stands for: runs, or energy in J."""
        return self.energy_j if measure == "energy" else self.runs


class Parts:
    """The parts that hold a run, each before those within it.

    Parameters
    ----------
    rows
        ``explore/composition_parts`` of all runs.

    Attributes
    ----------
    paths
        The parts, of each ring in the same order: classes rising, names with their numbers rising.
    level
        In which ring each lies, from 0.

    """

    def __init__(self, rows: pa.Table) -> None:
        self._leaves = {leaf: at for at, leaf in enumerate(sorted(leaves_of(rows), key=path_order))}
        first: dict[Path, int] = {}
        past: dict[Path, int] = {}
        for leaf, at in self._leaves.items():
            for level in range(1, LEVELS + 1):
                first.setdefault(leaf[:level], at)
                past[leaf[:level]] = at + 1
        self.paths = tuple(first)
        self.level = np.array([len(path) - 1 for path in self.paths], np.int64)
        self._first = np.array([first[path] for path in self.paths], np.int64)
        self._past = np.array([past[path] for path in self.paths], np.int64)

    def __len__(self) -> int:
        return len(self.paths)

    def children(self, path: Path) -> list[int]:
        """Places of the parts of a part, in order."""
        level = len(path)
        return [at for at, one in enumerate(self.paths) if len(one) == level + 1 and one[:level] == path]

    def sums(self, rows: pa.Table) -> Sums:
        """What each part holds of the runs that ``rows`` counts."""
        at = [self._leaves[leaf] for leaf in leaves_of(rows)]
        return Sums(*(
            self._added(at, np.asarray(rows[name].to_numpy(), np.float64))
            for name in ("run_count", "measured_count", "energy_j")
        ))  # fmt: skip

    def _added(self, at: list[int], amounts: Amounts) -> Amounts:
        of_leaf = np.zeros(len(self._leaves))
        of_leaf[at] = amounts
        added = np.zeros(len(self.paths))
        for level in range(LEVELS):
            here = self.level == level
            if here.any():
                # The parts of one ring follow one another without a gap.
                added[here] = np.add.reduceat(of_leaf, self._first[here])
        return added

    def spans(self, amounts: Amounts) -> tuple[Amounts, Amounts]:
        """From which to which share of the whole each part reaches; all at 0 where the whole is nothing."""
        edges = np.concatenate([[0.0], np.cumsum(amounts[self.level == LEVELS - 1])])
        edges /= edges[-1] or 1.0
        return edges[self._first], edges[self._past]


def leaves_of(rows: pa.Table) -> list[Path]:
    """Class, shape and data set of each row."""
    return list(zip(*(rows[name].to_pylist() for name in ("grade", "shape", "dataset")), strict=True))


def path_order(path: Path) -> tuple[tuple[bool, list[tuple[int, str]]], ...]:
    """What to sort by: numbers within names by their value, what was not recorded last."""
    return tuple((value is None, name_order(value)) for value in path)


def name_order(value: Value) -> list[tuple[int, str]]:
    """The numbers and words of a name; ``wide_first_2x`` comes before ``wide_first_16x``."""
    pieces = re.findall(r"\d+|\D+", "" if value is None else str(value))
    return [(int(piece), "") if piece.isdigit() else (-1, piece) for piece in pieces]


def shares(amounts: Amounts, of: Amounts) -> Amounts:
    """``amounts`` as shares of ``of``, part by part; 0 where it is nothing."""
    return np.divide(amounts, of, out=np.zeros_like(amounts), where=of > 0)
