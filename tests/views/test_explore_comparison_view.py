"""The comparison's picker and forest plot without a browser."""

import math
from typing import Any

import pytest
from bokeh.models import HoverTool, LogScale, Model

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.state.explore.compare.comparison import Comparison
from energyvis_panel.state.explore.compare.comparison_effects import ALL_DATA_SETS, Effect
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.views.explore.compare.comparison import HEADER, ComparisonView
from energyvis_panel.views.explore.compare.forest import shortened, side_colours
from energyvis_panel.views.explore.compare.forest_columns import (
    axis_ends,
    axis_ticks,
    forest_rows,
    number_text,
    p_text,
    shown_names,
)
from energyvis_panel.views.theme import ALTERNATIVE, BASELINE, CPU, GPU


@pytest.fixture
def state(butter_e: Gateway) -> Exploration:
    return Exploration(butter_e)


@pytest.fixture
def view(state: Exploration) -> Any:
    return ComparisonView(state)


def ask(view: Any, **choice: object) -> None:
    """What the browser sends when something is chosen."""
    view.picker.request = choice | {"serial": view.picker.request.get("serial", 0) + 1}


def choose(view: Any, a: dict[str, str], b: dict[str, str], measure: str = "j_per_datum") -> None:
    ask(view, kind="sides", a=a, b=b, measure=measure)


def effect(name: str, log_ratio: float, pairs: int = 10, p_value: float | None = 0.01) -> Effect:
    interval = (log_ratio - 0.1, log_ratio + 0.1) if pairs >= 5 else None
    return Effect(name, pairs, 0, log_ratio, interval, p_value, 0.0, log_ratio)


def drawn_rows(view: Any) -> dict[str, list[Any]]:
    """The rows that are seen."""
    data = view._forest.rows.data
    seen = sum(bool(name) for name in data["name"])
    return {name: list(values)[:seen] for name, values in data.items()}


def test_a_row_a_data_set_and_all_at_the_top(view: Any) -> None:
    rows = drawn_rows(view)
    assert len(rows["y"]) == 13
    at = dict(zip(rows["name"], rows["y"], strict=True))
    assert at[ALL_DATA_SETS] == max(rows["y"]) == 12
    ratios = dict(zip(rows["y"], rows["ratio"], strict=True))
    assert [ratios[place] for place in range(12)] == sorted(ratios[place] for place in range(12))
    assert view.chart.yaxis.major_label_overrides[12] == ALL_DATA_SETS
    assert view.chart.xaxis.axis_label == "B to A (factor)"
    assert isinstance(view.chart.x_scale, LogScale)
    for low, ratio, high in zip(rows["low"], rows["ratio"], rows["high"], strict=True):
        assert low < ratio < high
        assert view._forest.reach.start < low
        assert high < view._forest.reach.end


def test_rows_stay_in_place_while_a_brush_moves_the_marks(view: Any, state: Exploration) -> None:
    places = dict(zip(drawn_rows(view)["name"], drawn_rows(view)["y"], strict=True))
    before = drawn_rows(view)["ratio"]
    grey = dict(view._forest.context.data)
    models = {model.id for model in view.chart.select({"type": Model})}
    state.brush_range("depth", 10, 20)
    after = dict(zip(drawn_rows(view)["name"], drawn_rows(view)["y"], strict=True))
    assert after == places
    assert drawn_rows(view)["ratio"] != before
    assert view._forest.context.data == grey
    assert {model.id for model in view.chart.select({"type": Model})} == models
    assert f"{state.run_count:,} of 63,527 runs" in view.answer


def test_the_axis_grows_where_a_mark_would_leave_it(view: Any, state: Exploration) -> None:
    first = (view._forest.reach.start, view._forest.reach.end)
    state.brush_range("size", 32, 64)
    assert max(drawn_rows(view)["high"]) < view._forest.reach.end
    assert view._forest.reach.end > first[1]
    state.clear()
    assert (view._forest.reach.start, view._forest.reach.end) == first


def test_quick_choices_swap_and_measure_ask_and_are_drawn(view: Any) -> None:
    ask(view, kind="quick", name="Adam / SGD")
    assert "a run with SGD takes" in view.answer
    assert view.picker.chosen["names"] == ["Adam", "SGD"]
    assert view.picker.chosen["colours"] == [BASELINE, ALTERNATIVE]
    assert view._forest.heads.data["said"] == ["Adam takes less →", "← SGD takes less"]
    factor = drawn_rows(view)["ratio"][-1]
    choose(view, {"optimizer": "SGD"}, {"optimizer": "Adam"})
    assert "a run with Adam takes" in view.answer
    assert drawn_rows(view)["ratio"][-1] == pytest.approx(1 / factor)
    choose(view, {"optimizer": "SGD"}, {"optimizer": "Adam"}, "run_time_s")
    assert "times as long as one with SGD" in view.answer
    assert "s and" in drawn_rows(view)["amounts_said"][0]
    ask(view, kind="quick", name="4 / 8 layers")
    assert "times as long as one of 4 layers" in view.answer


def test_who_takes_less_is_said_where_the_marks_are(view: Any) -> None:
    assert view._forest.heads.data["align"] == ["left", "left"]
    choose(view, {"hardware": "GPU node"}, {"hardware": "CPU node"})
    assert view._forest.heads.data["align"] == ["right", "right"]


def test_what_the_data_lack_is_left_out(view: Any) -> None:
    choose(view, {"shape": "round", "colour": "red", "depth": "4"}, {"depth": "8"}, "hope")
    assert view.comparison == Comparison({"depth": "4"}, {"depth": "8"})


def test_equal_sides_draw_nothing_and_say_why_until_they_differ(view: Any) -> None:
    choose(view, {"hardware": "CPU node"}, {"hardware": "CPU node"})
    assert view.answer.startswith("A and B are the same.")
    assert drawn_rows(view)["y"] == []
    assert view.table().rows == []
    choose(view, {"hardware": "CPU node"}, {"hardware": "GPU node"})
    assert "a run on a GPU node takes" in view.answer
    assert len(drawn_rows(view)["y"]) == 13
    assert len(view._forest.context.data["y"]) == 13


def test_an_answer_that_comes_late_is_drawn_as_what_was_asked(view: Any, state: Exploration) -> None:
    waiting: list[Any] = []
    state.schedule = waiting.append
    ask(view, kind="quick", name="Adam / SGD")
    # Nothing is answered yet: what is drawn and said is still the first comparison.
    assert "a run on a GPU node takes" in view.answer
    assert "GPU node takes less" in view._forest.heads.data["said"][1]
    ask(view, kind="quick", name="4 / 8 layers")
    wanted = state.stale()
    choose(view, {"depth": "8"}, {"depth": "4"})
    state.publish(state.answered(wanted))
    assert "a run of 8 layers takes" in view.answer
    state.refresh()
    assert "a run of 4 layers takes" in view.answer


def test_a_click_looks_at_the_runs_of_a_row_and_selects_nothing(view: Any, state: Exploration) -> None:
    selected = view._forest.rows.selected
    selected.indices = [drawn_rows(view)["name"].index("mnist")]
    assert state.mark is not None
    assert state.mark.sets == {"dataset": ("mnist",), "hardware": ("CPU node", "GPU node")}
    assert state.mark_title == "Data set: mnist; Hardware: CPU node, GPU node"
    assert selected.indices == []


def test_the_hover_has_all_numbers_once_the_tests_are_there(view: Any) -> None:
    hover = view.chart.select_one(HoverTool)
    assert "95 % interval: @interval_said" in hover.tooltips
    rows = drawn_rows(view)
    assert "Cliff's delta" in rows["mann_whitney_said"][0]
    assert "of A" in rows["welch_said"][0]
    assert rows["median_said"][-1] != ""


def test_the_table_has_every_data_set_and_every_test(view: Any) -> None:
    table = view.table()
    assert list(table.header) == list(HEADER)
    assert table.rows[0][0] == ALL_DATA_SETS
    assert len(table.rows) == 13
    assert all(len(row) == len(HEADER) for row in table.rows)
    assert all(value is not None for value in table.rows[1])
    factors = [row[1] for row in table.rows[1:]]
    assert factors == sorted(factors, reverse=True)


def test_a_mark_is_filled_where_it_is_clear_and_has_the_colour_of_the_thriftier_side() -> None:
    found = [effect("dear", 0.5), effect("thrifty", -0.5), effect("unclear", 0.02, p_value=0.7)]
    rows = forest_rows(found, ["dear", "thrifty", "unclear"], Comparison(), {}, (CPU, GPU))
    assert rows["colour"][:3] == [CPU, GPU, CPU]
    assert rows["fill"][:3] == [1.0, 1.0, 0.0]
    assert rows["label"][0] == "1.65 · 10"
    assert rows["label"][3].endswith("· 30 pairs")
    few = forest_rows([effect("few", 0.5, 3, None)], ["few"], Comparison(), {}, (CPU, GPU))
    assert math.isnan(few["low"][0])
    assert few["fill"][0] == 0.0
    assert "fewer than 5 pairs" in few["interval_said"][0]


def test_many_data_sets_show_those_with_most_pairs() -> None:
    found = [effect(f"set {n}", n / 100, pairs=n + 1) for n in range(40)]
    assert shown_names(found) == [f"set {n}" for n in range(16, 40)]


@pytest.mark.parametrize(("low", "high"), [(0.89, 1.58), (0.5, 4), (0.01, 100), (0.98, 1.12), (1, 1.05)])
def test_an_axis_has_round_factors(low: float, high: float) -> None:
    ticks = axis_ticks(low, high)
    assert 2 <= len(ticks) <= 9
    assert all(low <= tick <= high for tick in ticks)
    assert ticks == sorted(ticks)


def test_the_axis_holds_one_and_every_interval() -> None:
    assert axis_ends([]) == pytest.approx((10**-0.05, 10**0.05))
    low, high = axis_ends([effect("x", 1.0)])
    assert low < 1
    assert math.exp(1.1) < high < math.exp(1.1) * 1.3


def test_colours_are_those_of_the_hardware_where_that_differs() -> None:
    assert side_colours(Comparison()) == (CPU, GPU)
    assert side_colours(Comparison().swapped()) == (GPU, CPU)
    both = Comparison({"hardware": "CPU node", "depth": "4"}, {"hardware": "CPU node", "depth": "8"})
    assert side_colours(both) == (BASELINE, ALTERNATIVE)


def test_numbers_are_written_for_people() -> None:
    assert [p_text(p) for p in (None, 0.00001, 0.0432)] == ["no test", "p < 0.0001", "p = 0.0432"]
    assert [number_text(value) for value in (None, -0.5)] == ["–", "\N{MINUS SIGN}0.500"]
    assert shortened("x" * 30) == "x" * 21 + "…"
    assert shortened("x" * 22) == "x" * 22
