"""A visitor of the Explore page who brushes at random, and what every answer must then count."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.compute as pc
import pytest

from energyvis_panel.state.explore import energy_distribution
from energyvis_panel.state.explore.dimensions import CATEGORIES
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.frontier import pareto
from energyvis_panel.state.explore.pair_counts import NOWHERE, AxisColumn, PairCounts
from energyvis_panel.state.explore.question import Question
from tests.state.brute_force import BruteForce, counts_of
from tests.state.group_checks import GroupChecks
from tests.state.visitor_choices import Choices

if TYPE_CHECKING:
    from energyvis_panel.state.explore.brushes import Brushes

PAIR_COLUMNS = ("energy_px", "depth_px", "power_px")
PAIRS = Question(
    "chosen_columns",
    values={"columns": sorted(PAIR_COLUMNS)},
    condense=PairCounts(tuple(AxisColumn(name) for name in PAIR_COLUMNS)),
)
VALUES = Question("category_counts", slow=True, in_context=False)
QUESTIONS = energy_distribution.QUESTIONS | pareto.QUESTIONS | {"pairs": PAIRS, "values": VALUES}
MOST_BRUSHES = 4


class Visitor:
    """Changes the selection step by step, and knows what undo, redo and a link must bring back.

    Attributes
    ----------
    done
        Names of the steps so far.
    ranged
        Quantities that had a range.
    choices, chosen
        What is chosen in the views, and what has been.

    """

    def __init__(self, state: Exploration, runs: BruteForce, seed: int) -> None:
        self.state = state
        self.runs = runs
        self.rng = np.random.default_rng(seed)
        self.choosing = np.random.default_rng(seed)
        self.done: list[str] = []
        self.ranged: set[str] = set()
        self.choices = Choices()
        self.chosen: set[Choices] = set()
        self._groups = GroupChecks(state, runs)
        self._past: list[Brushes] = []
        self._future: list[Brushes] = []
        self._left: tuple[str, Brushes] | None = None

    def step(self) -> None:
        """Change the selection in one way or another."""
        act = self.come_back if self._left else self._chosen()
        before = self.state.brushes
        act()
        self.done.append(act.__name__)
        if act not in {self.undo, self.redo} and self.state.brushes != before:
            self._past.append(before)
            self._future.clear()

    def choose(self) -> None:
        """Choose other groups in the views."""
        self.choices = Choices.at_random(self.choosing)
        self.chosen.add(self.choices)
        self.state.pose(self.choices.questions(self.state))

    def check(self) -> None:
        """All posed questions are answered with what a loop over all runs counts and adds up."""
        check(self.state, self.runs, *self.choices.questions(self.state))
        self._groups.check(self.choices)

    def _chosen(self) -> Callable[[], None]:
        names = self.state.brushes.names
        if len(names) > MOST_BRUSHES:
            acts = [self.clear_one, self.clear_all, self.undo]
        else:
            acts = [self.range, self.range, self.values, self.box, self.lasso]
            acts += [self.invert, self.clear_one, self.leave] if names else []
            acts += [self.undo] if self._past else []
            acts += [self.redo] * 3 if self._future else []
        return acts[self.rng.integers(len(acts))]

    def ends(self, name: str) -> tuple[float, float]:
        """Two values that runs have, so that the ends of a range matter."""
        values = self.runs.quantities[name]
        low, high = np.sort(self.rng.choice(values[~np.isnan(values)], 2))
        return float(low), float(high)

    def range(self) -> None:
        name = str(self.rng.choice(list(self.runs.quantities)))
        low, high = self.ends(name)
        low, high = [(low, high), (-math.inf, high), (low, math.inf)][self.rng.integers(3)]
        self.ranged.add(name)
        self.state.brush_range(name, low, high)

    def box(self) -> None:
        self.state.brush_ranges({name: self.ends(name) for name in ("run_time_s", "energy_j")})

    def values(self) -> None:
        name = str(self.rng.choice(list(CATEGORIES)))
        known = list(self.state.categories[name])
        chosen = self.rng.choice(known, self.rng.integers(1, len(known) + 1), replace=False)
        self.state.brush_set(name, tuple(chosen.tolist()))

    def lasso(self) -> None:
        across, up = self.state.axes["run_time_s"], self.state.axes["energy_j"]
        places = self.rng.uniform(20, 220, (self.rng.integers(3, 9), 2))
        corners = tuple((across.value(float(x)), up.value(float(y))) for x, y in places)
        self.state.brush_lasso("run_time_energy", corners)

    def brushed(self) -> str:
        return str(self.rng.choice(self.state.brushes.names))

    def invert(self) -> None:
        self.state.invert(self.brushed())

    def clear_one(self) -> None:
        self.state.clear(self.brushed())

    def clear_all(self) -> None:
        self.state.clear()

    def undo(self) -> None:
        self._future.append(self.state.brushes)
        self.state.undo()
        assert self.state.brushes == self._past.pop()

    def redo(self) -> None:
        self._past.append(self.state.brushes)
        self.state.redo()
        assert self.state.brushes == self._future.pop()

    def leave(self) -> None:
        """Note the link and go; the next step comes back by it."""
        self._left = self.state.link, self.state.brushes
        self.state.clear()

    def come_back(self) -> None:
        assert self._left is not None
        self.state.link, brushes = self._left
        assert (self.state.brushes, self.state.refusal) == (brushes, "")
        self._left = None


def check(state: Exploration, runs: BruteForce, *others: str) -> None:
    """All posed questions but the ``others`` are answered with the counts of a loop over all runs."""
    assert set(state.posed) == {"summary", *QUESTIONS, *others}
    assert not state.stale()
    brushes = state.brushes
    everything = runs.passing(brushes)
    assert state.run_count == everything.sum()
    summary = state.answer("summary").to_pylist()[0]
    assert summary["gpu_runs"] == (everything & runs.is_gpu).sum()
    histogram = state.answer(energy_distribution.HISTOGRAM)
    assert counts_of(histogram, "is_gpu", "px") == runs.histogram(brushes, "energy_j", "energy_j")
    beyond = ("run_time_s", "energy_j", "run_time_energy")
    assert counts_of(state.answer(pareto.DENSITY), "is_gpu", "run_time_px", "energy_px") == runs.plane(
        brushes, "run_time_s", "energy_j", *beyond
    )
    frontier = [run for run in state.answer(pareto.FRONTIER).to_pylist() if run["is_unbeaten"]]
    assert {(run["run_time_s"], run["energy_j"]) for run in frontier} == runs.frontier(brushes)
    check_pairs(state, runs)
    check_quartiles(state, runs)
    check_values(state, runs)


def check_pairs(state: Exploration, runs: BruteForce) -> None:
    """The lines of parallel coordinates, and the runs that have no place on one of their axes."""
    pairs = state.answer("pairs")
    for pair, (left, right) in enumerate((("energy_j", "depth"), ("depth", "power_w"))):
        of_pair = pairs.filter(pc.equal(pairs["pair"], pair))
        somewhere = pc.and_(pc.less(of_pair["from_px"], NOWHERE), pc.less(of_pair["to_px"], NOWHERE))
        mine = of_pair.filter(somewhere)
        assert counts_of(mine, "is_gpu", "from_px", "to_px") == runs.plane(state.brushes, left, right)
        assert (pc.sum(of_pair["run_count"]).as_py() or 0) == state.run_count


def check_quartiles(state: Exploration, runs: BruteForce) -> None:
    """The quartiles of energy on CPU and on GPU nodes."""
    everything = runs.passing(state.brushes)
    table = state.answer(energy_distribution.QUARTILES)
    for at, of_class in enumerate((~runs.is_gpu, runs.is_gpu)):
        energies = runs.quantities["energy_j"][everything & of_class]
        energies = energies[~np.isnan(energies)]
        quartiles = table[at + 2][0].as_py()
        if len(energies):
            assert quartiles == pytest.approx(np.quantile(energies, [0.25, 0.5, 0.75]))
        else:
            assert quartiles is None


def check_values(state: Exploration, runs: BruteForce) -> None:
    """How many runs each value of each category has."""
    everything = runs.passing(state.brushes)
    rows = state.answer("values").to_pylist()
    counted = {(row["dimension"], row["category"]): row["run_count"] for row in rows}
    assert len(counted) == len(rows)
    for name in {row["dimension"] for row in rows}:
        values, counts = np.unique(runs.categories[name][everything], return_counts=True)
        # Runs without a value are counted together, under none.
        expected = {(name, value or None): count for value, count in zip(values, counts, strict=True)}
        assert {pair: count for pair, count in counted.items() if pair[0] == name} == expected
