"""Brushes against a brute-force count of the same file; undo, links and failures."""

import math
from collections import Counter
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from energyvis_panel.data.butter_e import standin_path
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.errors import QueryError, SettingsError
from energyvis_panel.state.explore import energy_distribution, parallel_coordinates, pareto
from energyvis_panel.state.explore.brush_link import brushes_from_link, link_text
from energyvis_panel.state.explore.brushes import Brushes
from energyvis_panel.state.explore.dimensions import CATEGORIES, QUANTITIES
from energyvis_panel.state.explore.energy_distribution import histogram_answer, histogram_grid
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.parallel_coordinates import drivers_answer
from energyvis_panel.state.explore.pareto import density_grid, frontier_answer

QUESTIONS = energy_distribution.QUESTIONS | pareto.QUESTIONS | parallel_coordinates.QUESTIONS
NOTHING = "No run matches all brushes. Clear one."


class Counting:
    """The real gateway, counting what it is asked; it can be told to fail."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.asked: Counter[str] = Counter()
        self.broken = False

    def ask(self, question: str, *, token: object = None, **params: object) -> pa.Table:
        self.asked[question] += 1
        if self.broken:
            raise QueryError(question, params, "the disk is gone")
        return self.gateway.ask(question, token=token, **params)

    def cancel(self, token: object) -> None:
        self.gateway.cancel(token)


@pytest.fixture
def asks(butter_e: Gateway) -> Counting:
    return Counting(butter_e)


@pytest.fixture
def state(asks: Counting) -> Exploration:
    found = Exploration(asks)
    found.pose(QUESTIONS)
    return found


@pytest.fixture(scope="module")
def columns() -> dict[str, NDArray[Any]]:
    in_file = [name for name in QUANTITIES if name not in {"working_set_bytes", "started_s"}]
    table = pq.read_table(standin_path(), columns=[*in_file, *CATEGORIES, "started_at"])
    numbers = {name: table[name].to_numpy().astype(np.float64) for name in in_file}
    numbers["started_s"] = table["started_at"].cast("int64").to_numpy() / 1e6
    # As DuckDB writes a FLOAT: the fewest digits that read back.
    return numbers | {name: np.array([str(v) for v in table[name].to_numpy()]) for name in CATEGORIES}


def passing(columns: dict[str, NDArray[Any]], brushes: Brushes, *beyond: str) -> NDArray[np.bool_]:
    """Which runs pass all brushes but those on ``beyond``, looked at one by one."""
    kept = np.ones(len(columns["size"]), bool)
    for name, (low, high) in brushes.ranges.items():
        if name not in beyond:
            kept &= (columns[name] >= low) & (columns[name] <= high)
    for name, values in brushes.sets.items():
        kept &= np.isin(columns[name], values)
    return kept


def frontier_of(run_time: NDArray[np.float64], energy: NDArray[np.float64]) -> set[tuple[float, float]]:
    """The unbeaten points: no other is at least as good in both and better in one."""
    best, found = math.inf, set()
    for at in np.lexsort((energy, run_time)):
        if energy[at] < best:
            best = energy[at]
            found.add((run_time[at], energy[at]))
    return found


def brush_at_random(state: Exploration, columns: dict[str, NDArray[Any]], rng: np.random.Generator) -> None:
    """Change one brush as a user might: widen, narrow, admit, clear, undo."""
    act = rng.integers(8)
    brushed = [*state.brushes.ranges, *state.brushes.sets]
    if act == 0:
        state.undo()
    elif len(brushed) > 2 or (act == 1 and brushed):
        state.clear(*rng.choice(brushed, rng.integers(1, len(brushed) + 1), replace=False).tolist())
    elif act <= 3:
        name = str(rng.choice(list(CATEGORIES)))
        known = list(state.categories[name])
        state.brush_set(name, tuple(rng.choice(known, rng.integers(0, len(known)), replace=False)))
    else:
        name = str(rng.choice([name for name in QUANTITIES if name in columns]))
        values = columns[name][np.isfinite(columns[name])]
        low, high = sorted(rng.choice(values, 2).tolist())
        state.brush_range(name, low if rng.random() < 0.8 else -math.inf, high)


@pytest.mark.parametrize("seed", [1, 2])
def test_fifty_brushes_select_what_a_loop_over_all_runs_selects(
    state: Exploration, columns: dict[str, NDArray[Any]], seed: int
) -> None:
    rng = np.random.default_rng(seed)
    seen = set()
    for _ in range(50):
        brush_at_random(state, columns, rng)
        brushes = state.brushes
        everything = passing(columns, brushes)
        seen.add(int(everything.sum()))
        assert state.run_count == everything.sum()
        assert (
            histogram_grid(state.answer("energy_histogram")).sum()
            == passing(columns, brushes, "energy_j").sum()
        )
        assert (
            density_grid(state.answer("runtime_energy_density")).sum()
            == passing(columns, brushes, "energy_j", "run_time_s").sum()
        )
        pairs = state.answer("parallel_coordinates").to_pandas().groupby("pair")["run_count"].sum()
        assert pairs.get(0, 0) == everything.sum()
        got = {(row["run_time_s"], row["energy_j"]) for row in state.answer("pareto_frontier").to_pylist()}
        assert got == frontier_of(columns["run_time_s"][everything], columns["energy_j"][everything])
    assert len(seen) > 20


def test_medians_and_hardware_counts_are_exact(state: Exploration, columns: dict[str, NDArray[Any]]) -> None:
    state.brush_range("depth", 3, 7)
    mine = passing(columns, state.brushes)
    row = state.answer("summary").to_pylist()[0]
    for hardware, short in (("CPU node", "cpu"), ("GPU node", "gpu")):
        of_class = mine & (columns["hardware"] == hardware)
        assert row[f"{short}_runs"] == of_class.sum() > 0
        assert row[f"{short}_median_j"] == pytest.approx(np.median(columns["energy_j"][of_class]))


def test_correlations_are_those_of_the_drawn_axes(
    state: Exploration, columns: dict[str, NDArray[Any]]
) -> None:
    state.brush_set("status", ("standardised",))
    mine = passing(columns, state.brushes)
    drawn = {name: np.log(columns[name][mine]) for name in ("energy_j", "size", "run_time_s")}
    row = state.answer("summary").to_pylist()[0]
    assert row["by_size"] == pytest.approx(np.corrcoef(drawn["energy_j"], drawn["size"])[0, 1], abs=0.01)
    assert row["by_run_time"] == pytest.approx(
        np.corrcoef(drawn["energy_j"], drawn["run_time_s"])[0, 1], abs=0.01
    )


def test_a_brush_asks_each_question_once(state: Exploration, asks: Counting) -> None:
    asks.asked.clear()
    state.brush_ranges({"energy_j": (1e5, 1e6), "run_time_s": (100, 1000)})
    assert set(asks.asked.values()) == {1}
    assert state.revision == 1
    # The plane leaves out both of its own brushes, so its answer cannot have changed.
    assert "explore/runtime_energy_density" not in asks.asked
    assert "explore/energy_histogram" in asks.asked


def test_a_single_view_asks_only_its_own_questions(asks: Counting) -> None:
    state = Exploration(asks)
    state.pose(energy_distribution.QUESTIONS)
    asks.asked.clear()
    state.brush_range("depth", 2, 4)
    assert set(asks.asked) == {"explore/selection_summary", "explore/energy_histogram"}


def test_an_empty_selection_says_so_in_every_view(state: Exploration) -> None:
    state.brush_range("energy_j", 1, 2)
    assert state.run_count == 0
    assert state.answer("pareto_frontier").num_rows == 0
    answers = {answer(state) for answer in (histogram_answer, frontier_answer, drivers_answer)}
    assert answers == {NOTHING}


def test_answers_count_their_runs(state: Exploration) -> None:
    state.brush_set("hardware", ("GPU node",))
    counted = f"{state.run_count:,} of 63,527 runs"
    for answer in (histogram_answer, frontier_answer, drivers_answer):
        assert counted in answer(state)


def test_undo_takes_back_one_step_and_redo_repeats_it(asks: Counting) -> None:
    now = [0.0]
    state = Exploration(asks, clock=lambda: now[0])
    for low in (2e5, 3e5, 4e5):  # one drag
        now[0] += 0.05
        state.brush_range("energy_j", low, 1e6)
    now[0] += 60
    state.brush_range("energy_j", 5e5, 1e6)
    state.undo()
    assert state.brushes.ranges == {"energy_j": (4e5, 1e6)}
    state.undo()
    assert not state.brushes
    assert not state.can_undo
    state.redo()
    assert state.brushes.ranges == {"energy_j": (4e5, 1e6)}
    state.clear()
    assert not state.brushes
    assert not state.can_redo
    state.undo()
    assert state.brushes.ranges == {"energy_j": (4e5, 1e6)}


def test_a_failed_question_keeps_the_last_answers_and_says_why(state: Exploration, asks: Counting) -> None:
    state.brush_range("depth", 2, 3)
    before = state.answer("energy_histogram")
    asks.broken = True
    state.brush_range("depth", 2, 8)
    assert state.answer("energy_histogram") is before
    assert "the disk is gone" in state.refusal
    asks.broken = False
    state.brush_range("depth", 2, 9)
    assert state.refusal == ""


def test_a_range_the_wrong_way_round_is_refused(state: Exploration) -> None:
    with pytest.raises(SettingsError, match="from low to high"):
        state.brush_range("energy_j", 2, 1)
    assert not state.brushes


finite = st.floats(allow_nan=False, allow_infinity=False)
bounds = st.tuples(finite, finite).map(sorted)
ranges = st.dictionaries(st.sampled_from(list(QUANTITIES)), bounds, max_size=4)
names = st.lists(st.sampled_from(["CPU node", "GPU node", "201_pol", "mnist"]), min_size=1, max_size=3)
sets = st.dictionaries(st.sampled_from(list(CATEGORIES)), names, max_size=3)


@given(ranges, sets)
def test_a_link_reads_back_as_the_same_brushes(
    numbers: dict[str, list[float]], chosen: dict[str, list[str]]
) -> None:
    brushes = Brushes()
    for name, (low, high) in numbers.items():
        brushes = brushes.with_range(name, low, high)
    for name, values in chosen.items():
        brushes = brushes.with_set(name, tuple(values))
    assert brushes_from_link(link_text(brushes)) == brushes


@given(st.text(max_size=40))
def test_any_text_is_a_link_or_refused_with_a_sentence(text: str) -> None:
    try:
        brushes_from_link(text)
    except SettingsError as error:
        assert str(error).endswith(".")  # noqa: PT017 - either outcome is right


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ("colour:red", "names no dimension"),
        ("energy_j:1..", ""),
        ("energy_j:much..more", "not a number"),
        ("energy_j:5", "low..high"),
        ("energy_j:nan..2", "not a number"),
        ("energy_j:9..1", "from low to high"),
        ("dataset:cats", "hold no dataset 'cats'"),
    ],
)
def test_a_link_sets_the_brushes_or_is_refused_whole(state: Exploration, link: str, reason: str) -> None:
    state.brush_range("depth", 2, 4)
    state.link = link
    if reason:
        assert reason in state.refusal
        assert state.link == "depth:2..4"
        assert state.brushes.ranges == {"depth": (2, 4)}
    else:
        assert state.refusal == ""
        assert state.brushes.ranges == {"energy_j": (1, math.inf)}
