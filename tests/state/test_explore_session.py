"""A session of two hundred random brush steps: every count equals a loop over the runs of the file."""

import math
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from energyvis_panel.data.butter_e import load_butter_e, standin_path
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.state.explore import energy_distribution, pareto
from energyvis_panel.state.explore.brush_link import brushes_from_link
from energyvis_panel.state.explore.dimensions import CATEGORIES, QUANTITIES
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.pair_counts import NOWHERE, AxisColumn, PairCounts
from energyvis_panel.state.explore.question import Question
from tests.state.brute_force import IN_FILE, BruteForce, counts_of

PAIR_COLUMNS = ("energy_px", "depth_px", "power_px")
PAIRS = Question(
    "chosen_columns",
    values={"columns": sorted(PAIR_COLUMNS)},
    condense=PairCounts(tuple(AxisColumn(name) for name in PAIR_COLUMNS)),
)
QUESTIONS = energy_distribution.QUESTIONS | pareto.QUESTIONS | {"pairs": PAIRS}
STEPS = 200
MOST_BRUSHES = 4


class Visitor:
    """Brushes at random, as a user might, and knows what undo must bring back."""

    def __init__(self, state: Exploration, runs: BruteForce, seed: int) -> None:
        self.state = state
        self.runs = runs
        self.rng = np.random.default_rng(seed)
        self.done: list[str] = []

    def step(self) -> None:
        """Change the selection in one way or another."""
        acts = [self.range, self.range, self.values, self.box, self.lasso]
        names = self.state.brushes.names
        if names:
            acts += [self.invert, self.clear_one, self.undo, self.link]
        if self.state.can_redo:
            acts += [self.redo] * 3
        if len(names) > MOST_BRUSHES:
            acts = [self.clear_one, self.clear_all, self.undo]
        act = acts[self.rng.integers(len(acts))]
        act()
        self.done.append(act.__name__)

    def ends(self, name: str) -> tuple[float, float]:
        """Two values that runs have, so that the ends of a range matter."""
        values = self.runs.quantities[name]
        low, high = np.sort(self.rng.choice(values[~np.isnan(values)], 2))
        return float(low), float(high)

    def range(self) -> None:
        name = str(self.rng.choice([*IN_FILE, "started_s"]))
        low, high = self.ends(name)
        low, high = [(low, high), (-math.inf, high), (low, math.inf)][self.rng.integers(3)]
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
        before = self.state.brushes
        self.state.undo()
        assert self.state.brushes != before
        after = self.state.brushes
        self.state.redo()
        assert self.state.brushes == before
        self.state.undo()
        assert self.state.brushes == after

    def redo(self) -> None:
        self.state.redo()

    def link(self) -> None:
        brushes, link = self.state.brushes, self.state.link
        assert brushes_from_link(link) == brushes
        self.state.clear()
        self.state.link = link
        assert (self.state.brushes, self.state.refusal) == (brushes, "")


def check(state: Exploration, runs: BruteForce) -> None:
    """All answers of ``state`` equal the counts of a loop over all runs."""
    brushes = state.brushes
    everything = runs.passing(brushes)
    assert state.run_count == everything.sum()
    summary = state.answer("summary").to_pylist()[0]
    assert summary["gpu_runs"] == (everything & runs.is_gpu).sum()
    histogram = state.answer(energy_distribution.HISTOGRAM)
    assert counts_of(histogram, "is_gpu", "px") == runs.histogram(brushes, "energy_j", "energy_j")
    plane = state.answer(pareto.DENSITY)
    beyond = ("run_time_s", "energy_j", "run_time_energy")
    assert counts_of(plane, "is_gpu", "run_time_px", "energy_px") == runs.plane(
        brushes, "run_time_s", "energy_j", *beyond
    )
    pairs = state.answer("pairs")
    for pair, (left, right) in enumerate((("energy_j", "depth"), ("depth", "power_w"))):
        somewhere = pc.and_(pc.less(pairs["from_px"], NOWHERE), pc.less(pairs["to_px"], NOWHERE))
        mine = pairs.filter(pc.and_(pc.equal(pairs["pair"], pair), somewhere))
        assert counts_of(mine, "is_gpu", "from_px", "to_px") == runs.plane(brushes, left, right)
    frontier = [run for run in state.answer(pareto.FRONTIER).to_pylist() if run["is_unbeaten"]]
    assert {(run["run_time_s"], run["energy_j"]) for run in frontier} == runs.frontier(brushes)
    for at, of_class in enumerate((~runs.is_gpu, runs.is_gpu)):
        energies = runs.quantities["energy_j"][everything & of_class]
        energies = energies[~np.isnan(energies)]
        quartiles = state.answer(energy_distribution.QUARTILES)[at + 2][0].as_py()
        if len(energies):
            assert quartiles == pytest.approx(np.quantile(energies, [0.25, 0.5, 0.75]))
        else:
            assert quartiles is None


@pytest.mark.parametrize("seed", [5, 6])
def test_two_hundred_random_steps_count_what_a_loop_over_all_runs_counts(
    butter_e: Gateway, seed: int
) -> None:
    now = [0.0]
    state = Exploration(butter_e, clock=lambda: now[0])
    state.pose(QUESTIONS)
    runs = BruteForce(standin_path(), state.axes)
    visitor = Visitor(state, runs, seed)
    counts = []
    for _ in range(STEPS // 2):
        now[0] += 10
        visitor.step()
        check(state, runs)
        counts.append(state.run_count)
    # The walk has been everywhere: it selected much and little, and made every kind of step.
    assert len(set(counts)) > STEPS // 5
    assert min(counts) < state.total_runs / 100 < state.total_runs / 2 < max(counts)
    assert set(visitor.done) == {
        *("range", "values", "box", "lasso", "invert", "clear_one", "clear_all", "undo", "redo", "link")
    }


@pytest.fixture(scope="module")
def gaps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of 6,000 runs of which many have no energy, or no start, or no setting, as raw data do."""
    runs = pq.read_table(standin_path())
    rng = np.random.default_rng(3)
    runs = runs.take(rng.choice(runs.num_rows, 6_000, replace=False))
    for names in (
        ("energy_j", "power_w", "j_per_datum"),
        ("started_at",),
        ("run_time_s",),
        ("optimizer", "batch"),
    ):
        lost = pa.array(rng.random(runs.num_rows) < 0.1)
        for name in names:
            column = runs[name].combine_chunks()
            kept = pc.if_else(lost, pa.scalar(None, column.type), column)
            runs = runs.set_column(runs.column_names.index(name), name, kept)
    file = tmp_path_factory.mktemp("gaps") / "runs.parquet"
    pq.write_table(runs, file)
    return file


def test_runs_without_a_value_pass_no_brush_on_it_whichever_way_it_is_turned(gaps: Path) -> None:
    with Gateway() as gateway:
        load_butter_e(gateway, gaps)
        now = [0.0]
        state = Exploration(gateway, clock=lambda: now[0])
        state.pose(QUESTIONS)
        runs = BruteForce(gaps, state.axes)
        visitor = Visitor(state, runs, 9)
        for _ in range(60):
            now[0] += 10
            visitor.step()
            check(state, runs)
    assert {"range", "lasso", "invert"} < set(visitor.done)


def test_the_bins_of_the_table_are_those_of_the_axes(butter_e: Gateway) -> None:
    state = Exploration(butter_e)
    assert set(IN_FILE) < set(QUANTITIES)
    runs = BruteForce(standin_path(), state.axes)
    columns = ["size_px", "depth_px", "run_time_px", "power_px", "energy_px", "j_per_datum_px"]
    table = butter_e.ask("explore/chosen_columns", brushes=state.brushes.parameter(), columns=columns)
    for name, column in zip(IN_FILE, columns, strict=True):
        got = np.nan_to_num(table[column].to_numpy().astype(float), nan=-1)
        assert np.array_equal(np.sort(got), np.sort(runs.bins[name]))
