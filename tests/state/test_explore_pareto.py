"""Frontiers: ends, knee, price, sentence; and lassos from drawn paths."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.state.explore.axis import Axis
from energyvis_panel.state.explore.brushes import MOST_VERTICES
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.frontier.pareto import (
    FRONTIER,
    QUESTIONS,
    bubble_px,
    frontier_answer,
    frontier_ends,
    knee_of,
    price_text,
    price_w,
    questions,
    simplified_kinds,
    unbeaten,
)
from energyvis_panel.state.explore.lasso import cells_inside
from energyvis_panel.state.explore.lasso_path import lasso_corners

ACROSS = Axis(is_log=True, low=40.0, high=130_000.0)
UP = Axis(is_log=True, low=1e4, high=4e7)


@pytest.fixture
def state(butter_e: Gateway) -> Exploration:
    found = Exploration(butter_e)
    found.pose(QUESTIONS)
    return found


def run(run_time_s: float, energy_j: float, hardware: str = "CPU node") -> dict[str, Any]:
    return {"run_time_s": run_time_s, "energy_j": energy_j, "hardware": hardware}


def test_the_price_of_time_is_energy_for_time() -> None:
    faster, slower = run(3600, 36_000), run(10_800, 7_200)
    assert price_w(faster, slower) == 4.0
    assert price_text(4.0, 7200) == "4.00 Wh for each hour saved"
    assert price_text(60.0, 3599) == "1.00 Wh for each minute saved"
    assert price_text(60.0, 59) == "60.0 J for each second saved"


def test_the_knee_lies_farthest_below_the_line_between_the_ends() -> None:
    frontier = [run(10, 1000), run(11, 400), run(20, 120), run(60, 110), run(100, 100)]
    assert knee_of(frontier) == run(20, 120)
    assert knee_of(frontier[:2]) is None
    # Two steps of the same slope on logarithmic axes: nothing lies below the line.
    assert knee_of([run(10, 400), run(20, 200), run(40, 100)]) is None
    assert knee_of([run(10, 400), run(10, 400), run(10, 400)]) is None


def test_the_sentence_says_ends_price_hardware_and_runs(state: Exploration) -> None:
    state.brush_range("energy_j", 1e5, 1e6)
    frontier = unbeaten(state.answer(FRONTIER))
    ends = frontier_ends(frontier)
    said = frontier_answer(state)
    assert said.startswith(f"{len(frontier)} runs are beaten by none, ")
    saved_s = ends.thriftiest["run_time_s"] - ends.fastest["run_time_s"]
    assert price_text(price_w(ends.fastest, ends.thriftiest), saved_s) in said
    assert said.endswith(f" ({state.run_count:,} of 63,527 runs).")
    on_cpu = sum(one["hardware"] == "CPU node" for one in frontier)
    assert ("all on CPU nodes" if on_cpu == len(frontier) else f"{on_cpu} on CPU nodes") in said


def test_the_answer_does_not_depend_on_what_tells_runs_apart(state: Exploration) -> None:
    said = frontier_answer(state)
    for kind in ("shape", "optimizer", "dataset"):
        state.pose(questions(kind))
        assert frontier_answer(state) == said


def test_one_run_nothing_to_trade_and_no_run(state: Exploration) -> None:
    first = unbeaten(state.answer(FRONTIER))[0]
    state.brush_range("run_time_s", first["run_time_s"], first["run_time_s"])
    assert state.run_count == 1
    assert frontier_answer(state).startswith("There is only one run, 46.")
    state.clear()
    state.brush_set("hardware", ("GPU node",))
    assert frontier_answer(state).startswith(
        "Nothing is traded off: the fastest run is also the thriftiest, "
    )
    state.brush_range("depth", 2.1, 2.2)
    assert frontier_answer(state) == "No run matches all brushes. Clear one."


def test_the_area_of_a_bubble_grows_evenly_with_the_logarithm() -> None:
    areas = [bubble_px(size) ** 2 for size in (1e2, 1e4, 1e6)]
    assert areas[1] - areas[0] == pytest.approx(areas[2] - areas[1])
    assert bubble_px(32) >= 5
    assert bubble_px(2**24) < 24


def test_only_the_largest_kinds_get_a_colour() -> None:
    counts = {"a": 1, "b": 9, "c": 5, "d": 7}
    assert simplified_kinds(counts, 2) == ["b", "d"]
    assert simplified_kinds(counts, 4) == list(counts)


def circle(corners: int, radius: float = 60.0) -> list[tuple[float, float]]:
    """A drawn circle in bins around the middle, as values."""
    turns = np.linspace(0, 2 * math.pi, corners)
    return [
        (ACROSS.value(120 + radius * math.cos(turn)), UP.value(120 + radius * math.sin(turn)))
        for turn in turns
    ]


@pytest.mark.parametrize("drawn", [40, 400, 4000])
def test_a_drawn_circle_keeps_its_runs_with_few_corners(drawn: int) -> None:
    path = circle(drawn)
    corners = lasso_corners(path, ACROSS, UP)
    assert 8 < len(corners) <= MOST_VERTICES
    inside = cells_inside(corners, ACROSS, UP)
    meant = cells_inside(tuple(path), ACROSS, UP)
    assert (inside ^ meant).sum() < 0.02 * meant.sum()


def test_a_path_full_of_corners_is_still_a_lasso() -> None:
    rng = np.random.default_rng(1)
    zigzag = [(ACROSS.value(120 + 100 * x), UP.value(120 + 100 * y)) for x, y in rng.uniform(-1, 1, (500, 2))]
    assert 3 <= len(lasso_corners(zigzag, ACROSS, UP)) <= MOST_VERTICES


@pytest.mark.parametrize("path", [[], [(100.0, 1e5)], [(100.0, 1e5)] * 9, [(100.0, 1e5), (200.0, 2e5)]])
def test_a_path_that_encloses_nothing_is_no_lasso(path: list[tuple[float, float]]) -> None:
    assert lasso_corners(path, ACROSS, UP) == ()


places = st.tuples(st.floats(1, 1e6), st.floats(1, 1e9))


@given(st.lists(places, max_size=80))
def test_any_path_gives_a_lasso_that_can_be_brushed_or_none(path: list[tuple[float, float]]) -> None:
    corners = lasso_corners(path, ACROSS, UP)
    assert corners == () or 3 <= len(corners) <= MOST_VERTICES
