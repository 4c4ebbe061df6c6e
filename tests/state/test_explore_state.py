"""Brushes, undo, links and failures of one exploration; test_explore_session.py counts by brute force."""

import math
from collections import Counter

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.errors import QueryError, SettingsError
from energyvis_panel.state.explore import energy_distribution
from energyvis_panel.state.explore.brush_link import brushes_from_link
from energyvis_panel.state.explore.energy_distribution import histogram_answer
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.frontier import pareto
from energyvis_panel.state.explore.frontier.pareto import frontier_answer
from energyvis_panel.state.explore.parallel.parallel_axes import ParallelAxes
from energyvis_panel.state.explore.parallel.parallel_coordinates import (
    DRIVERS,
    SLOT,
    pairs_question,
    placed_axes,
)
from energyvis_panel.state.explore.parallel.parallel_drivers import drivers_answer

QUESTIONS = energy_distribution.QUESTIONS | pareto.QUESTIONS | DRIVERS
NOTHING = "No run matches all brushes. Clear one."


class Counting:
    """The real gateway, counting what it is asked; it can be told to fail."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.asked: Counter[str] = Counter()
        self.questions: Counter[str] = Counter()
        self.broken = False

    def ask(self, question: str, *, token: object = None, **params: object) -> pa.Table:
        self.asked[question] += 1
        self.questions[f"{question} {params}"] += 1
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
    axes = placed_axes(found, ParallelAxes.of(found).shown)
    found.pose(QUESTIONS | {SLOT: pairs_question(axes)})
    return found


def test_a_brush_asks_each_question_once(state: Exploration, asks: Counting) -> None:
    asks.asked.clear()
    asks.questions.clear()
    state.brush_ranges({"energy_j": (1e5, 1e6), "run_time_s": (100, 1000)})
    assert set(asks.questions.values()) == {1}
    assert state.revision == 1
    # The plane leaves out both of its own brushes, so its answer cannot have changed.
    assert "explore/runtime_energy_density" not in asks.asked
    assert "explore/energy_histogram" in asks.asked


def test_a_single_view_asks_only_its_own_questions(asks: Counting) -> None:
    state = Exploration(asks)
    state.pose(energy_distribution.QUESTIONS)
    asks.asked.clear()
    state.brush_range("depth", 2, 4)
    assert set(asks.asked) == {"explore/selection_summary", "explore/energy_histogram", "explore/quartiles"}


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
