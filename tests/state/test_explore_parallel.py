"""Parallel coordinates without a picture: counts against brute force, settings, link, and what is said."""

from collections import Counter
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyvis_panel.data.butter_e import standin_path
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.state.explore.axis import BINS, Axis
from energyvis_panel.state.explore.brushes import Brushes
from energyvis_panel.state.explore.dimensions import QUANTITIES
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.pair_counts import (
    NOWHERE,
    AxisColumn,
    PairCounts,
    axis_bins,
    category_bins,
)
from energyvis_panel.state.explore.parallel.driver_sums import CODES, ENERGY, driver_sums
from energyvis_panel.state.explore.parallel.parallel_axes import OTHER_CATEGORIES, AxisChoice, ParallelAxes
from energyvis_panel.state.explore.parallel.parallel_coordinates import (
    DRIVERS,
    SLOT,
    bar_runs,
    drawn_lines,
    pairs_question,
    placed_axes,
)
from energyvis_panel.state.explore.parallel.parallel_drivers import drivers, drivers_answer
from energyvis_panel.state.explore.parallel.run_heights import run_heights, values_question
from energyvis_panel.state.explore.placed_axis import PlacedAxis
from energyvis_panel.state.explore.question import Asked


@pytest.fixture
def state(butter_e: Gateway) -> Exploration:
    return Exploration(butter_e)


@pytest.fixture
def settings(state: Exploration) -> ParallelAxes:
    return ParallelAxes.of(state)


def axes_of(state: Exploration, *choices: AxisChoice) -> tuple[PlacedAxis, ...]:
    return placed_axes(state, choices)


def pairs_of(state: Exploration, *choices: AxisChoice) -> pa.Table:
    state.pose({SLOT: pairs_question(axes_of(state, *choices))})
    return state.answer(SLOT)


def in_file(question: str) -> duckdb.DuckDBPyRelation:
    """The answer to a question about the file ``runs``, without any of our own SQL."""
    found = duckdb.connect().sql(question.replace("runs", f"'{standin_path()}'"))
    assert found is not None
    return found


def total(rows: pa.Table, pair: int) -> int:
    return sum(row["run_count"] for row in rows.to_pylist() if row["pair"] == pair)


def test_every_axis_can_be_asked_and_counts_every_run(state: Exploration) -> None:
    names = [*OTHER_CATEGORIES, *QUANTITIES]
    for start in range(0, len(names), 5):
        rows = pairs_of(state, *(AxisChoice(name) for name in names[start : start + 6]))
        for pair in range(len(names[start : start + 6]) - 1):
            assert total(rows, pair) == 63_527


def test_pairs_equal_a_brute_force_count_of_the_file(state: Exploration) -> None:
    rows = pairs_of(state, AxisChoice("dataset"), AxisChoice("depth"), AxisChoice("batch_size"))
    found: Counter[tuple[int, int, int, int]] = Counter()
    for row in rows.to_pylist():
        found[row["pair"], row["is_gpu"], row["from_px"], row["to_px"]] += row["run_count"]
    names = sorted(state.categories["dataset"])
    tops = [int(BINS - (place + 0.5) * BINS / len(names)) for place in range(len(names))]
    sizes = {size: int((place + 0.5) * BINS / 4) for place, size in enumerate((32, 64, 128, 256))}
    depths = state.axes["depth"]
    wanted: Counter[tuple[int, int, int, int]] = Counter()
    runs = in_file("SELECT hardware, dataset, depth, batch_size FROM runs").fetchall()
    for hardware, dataset, depth, batch_size in runs:
        on_gpu, layer = int(hardware == "GPU node"), int(depths.position(depth))
        wanted[0, on_gpu, tops[names.index(dataset)], layer] += 1
        wanted[1, on_gpu, layer, sizes[batch_size]] += 1
    assert found == wanted


def test_a_brush_is_counted_and_a_run_without_a_value_has_no_line(state: Exploration) -> None:
    state.brush_set("status", ("below_overhead", "standardised"))
    shown = axes_of(state, AxisChoice("size"), AxisChoice("j_per_datum"))
    rows = pairs_of(state, AxisChoice("size"), AxisChoice("j_per_datum"))
    assert total(rows, 0) == state.run_count
    unknown = sum(row["run_count"] for row in rows.to_pylist() if row["to_px"] == NOWHERE)
    assert unknown == state.categories["status"]["below_overhead"]
    assert drawn_lines(rows, shown)[3].sum() == state.run_count - unknown
    assert bar_runs(rows, shown).sum() == 2 * state.run_count - unknown


def test_a_flipped_axis_turns_lines_bars_and_values_over(state: Exploration) -> None:
    upright = axes_of(state, AxisChoice("size"), AxisChoice("shape"))
    flipped = axes_of(state, AxisChoice("size", flipped=True), AxisChoice("shape", flipped=True))
    assert pairs_question(upright) == pairs_question(flipped)
    rows = pairs_of(state, AxisChoice("size"), AxisChoice("shape"))
    for up, down in zip(drawn_lines(rows, upright)[1:3], drawn_lines(rows, flipped)[1:3], strict=True):
        assert (up + down == BINS - 1).all()
    assert (bar_runs(rows, upright) == bar_runs(rows, flipped)).all()
    one = drawn_lines(rows, axes_of(state, AxisChoice("size", flipped=True), AxisChoice("shape")))
    assert (one[1] == drawn_lines(rows, flipped)[1]).all()
    assert (one[2] == drawn_lines(rows, upright)[2]).all()
    assert flipped[0].height(1e6) == pytest.approx(BINS - upright[0].height(1e6))
    assert flipped[0].value(flipped[0].height(1e6)) == pytest.approx(1e6)
    for bar in flipped[1].bars():
        assert bar.low < flipped[1].value_heights()[bar.said] < bar.high
    names = upright[1].value_heights()
    assert names["exponential"] > names["trapezoid"]


def test_each_bar_is_a_mark_with_as_many_runs_as_it_says(state: Exploration) -> None:
    choices = AxisChoice("run_time_s"), AxisChoice("dataset", flipped=True)
    rows, shown = pairs_of(state, *choices), axes_of(state, *choices)
    counts = bar_runs(rows, shown)
    bars = [bar for axis in shown for bar in axis.bars()]
    for place in (0, 30, 59, 60, 72):
        marked = Exploration(state.asking._gateway)
        for name, values in bars[place].mark.sets.items():
            marked.brush_set(name, values)
        for name, (low, high) in bars[place].mark.ranges.items():
            marked.brush_range(name, low, high)
        assert counts[place] == pytest.approx(
            marked.run_count, abs=2
        )  # a value on an edge counts in both bars


def test_the_other_scale_is_counted_from_the_values(state: Exploration) -> None:
    (axis, _depth) = axes_of(state, AxisChoice("energy_j", rescaled=True), AxisChoice("depth"))
    assert axis.axis is not None
    assert not axis.axis.is_log
    rows = pairs_of(state, AxisChoice("energy_j", rescaled=True), AxisChoice("depth"))
    low = sum(row["run_count"] for row in rows.to_pylist() if row["from_px"] == 0)
    first = axis.axis.value(1)
    (wanted,) = in_file(f"SELECT count(*) FROM runs WHERE energy_j < {first}").fetchall()  # noqa: S608 - a number
    assert low == wanted[0]


@given(st.lists(st.one_of(st.none(), st.floats(-10, 2000)), min_size=1, max_size=20), st.booleans())
def test_bins_are_those_of_the_macro(values: list[float | None], is_log: bool) -> None:
    axis = Axis(is_log, 0.5, 1000)
    found = axis_bins(axis, np.array([np.nan if value is None else value for value in values]))
    for value, at in zip(values, found.tolist(), strict=True):
        if value is None:
            assert at == NOWHERE
        else:
            assert at == min(int(axis.position(value)), BINS - 1)


def test_codes_beyond_the_known_ones_lie_nowhere() -> None:
    table = pa.table({"is_gpu": [True, False, None], "shape_code": pa.array([0, 1, None], pa.uint8())})
    column = AxisColumn("shape_code", category_count=1, downward=True)
    assert column.bins(table).tolist() == [BINS // 2, NOWHERE, NOWHERE]
    counted = PairCounts((column, column))(table).to_pylist()
    assert {(row["is_gpu"], row["from_px"], row["run_count"]) for row in counted} == {
        (1, 120, 1),
        (0, 255, 2),
    }
    assert category_bins(4, downward=False).tolist() == [30, 90, 150, 210]


def test_axes_are_moved_flipped_rescaled_and_chosen(settings: ParallelAxes) -> None:
    assert [choice.name for choice in settings.shown] == [
        "dataset",
        "shape",
        "size",
        "depth",
        "run_time_s",
        "power_w",
        "energy_j",
        "j_per_datum",
    ]
    assert settings.link == ""
    settings.choose(("size", "depth", "energy_j", "hardware"))
    settings.move("energy_j", 0)
    settings.flip("depth")
    settings.rescale("size")
    assert settings.link == "energy_j,size:rescaled,depth:flipped,hardware"
    settings.move("energy_j", 99)
    settings.rescale("hardware")
    assert settings.link == "size:rescaled,depth:flipped,hardware,energy_j"
    settings.reset()
    assert settings.link == ""


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ("depth:flipped,power_w:rescaled:flipped,started_s", ""),
        ("colour,depth", "no axis 'colour'"),
        ("depth,depth", "named twice"),
        ("depth", "2 to 10 axes, not 1"),
        ("depth:upside,size", "'upside'"),
        ("started_s:rescaled,size", "one scale only"),
        ("status,size", "no axis 'status'"),
    ],
)
def test_a_link_sets_the_axes_or_is_refused_whole(settings: ParallelAxes, link: str, reason: str) -> None:
    settings.choose(("size", "energy_j"))
    settings.link = link
    if reason:
        assert reason in settings.refusal
        assert settings.refusal.endswith(".")
        assert settings.link == "size,energy_j"
    else:
        assert settings.refusal == ""
        assert ",".join(choice.text for choice in settings.shown) == link


@given(st.text(max_size=40))
def test_any_text_is_a_link_or_refused_with_a_sentence(text: str) -> None:
    axes = {"size": Axis(is_log=True, low=1, high=9), "depth": Axis(is_log=False, low=1, high=9)}
    settings = ParallelAxes(axes, {}, link=text)
    assert settings.refusal == "" or settings.refusal.endswith(".")
    assert settings.shown


def test_a_new_exploration_has_axes_of_its_own(state: Exploration, butter_e: Gateway) -> None:
    ParallelAxes.of(state).flip("size")
    assert ParallelAxes.of(state).link
    assert not ParallelAxes.of(Exploration(butter_e)).link


def test_run_heights_are_those_of_the_bins_unrounded(state: Exploration) -> None:
    choices = AxisChoice("energy_j", flipped=True), AxisChoice("hardware"), AxisChoice("learning_rate")
    shown = axes_of(state, *choices)
    (rows,) = state.asking.answers([Asked.under(values_question(shown), state.brushes)])
    assert isinstance(rows, pa.Table)
    heights = run_heights(rows, shown)
    assert heights.shape == (3, 63_527)
    counted = pairs_of(state, *choices).to_pylist()
    bins = Counter(np.minimum(BINS - heights[0], BINS - 1).astype(int).tolist())
    for px in (20, 100, 150):
        wanted = sum(row["run_count"] for row in counted if row["pair"] == 0 and row["from_px"] == px)
        assert bins[px] == wanted
    assert set(heights[1].tolist()) == {60.0, 180.0}


def sums(*groups: tuple[str, int, list[int]]) -> pa.Table:
    """An answer of the drivers' question: setting, code, and energies in bins."""
    rows: list[dict[str, Any]] = [
        {
            "setting": setting,
            "code": code,
            "run_count": len(energies),
            "energy_sum": sum(energies),
            "energy_square_sum": sum(energy**2 for energy in energies),
        }
        for setting, code, energies in groups
    ]
    return pa.Table.from_pylist(rows)


def test_drivers_are_correlation_and_corrected_share() -> None:
    by_size = [("size", 10, [1, 3]), ("size", 20, [4, 6]), ("size", 40, [5, 11])]
    by_shape = [("shape", 0, [1, 3, 4, 6]), ("shape", 1, [5, 11])]
    by_one = [("hardware", 1, [1, 3, 4, 6, 5, 11])]
    found = {driver.name: driver for driver in drivers(sums(*by_size, *by_shape, *by_one))}
    assert list(found) == ["size", "shape"]
    places, energies = np.array([10, 10, 20, 20, 40, 40]), np.array([1, 3, 4, 6, 5, 11])
    assert found["size"].r == pytest.approx(np.corrcoef(places, energies)[0, 1])
    within = np.var([1, 3, 4, 6]) * 4 + np.var([5, 11]) * 2
    eta_squared = 1 - within / (np.var(energies) * 6)
    assert found["shape"].share == pytest.approx(1 - (1 - eta_squared) * 5 / 4)


def test_a_few_runs_of_many_values_explain_nothing() -> None:
    assert drivers(sums(("dataset", 0, [1]), ("dataset", 1, [9]), ("dataset", 2, [4]))) == []
    assert drivers(sums(("dataset", 0, [5, 5]), ("dataset", 1, [5, 5]))) == []


def test_the_sentence_names_what_energy_follows_and_how_many_runs(state: Exploration) -> None:
    state.pose(DRIVERS)
    said = drivers_answer(state)
    assert said.startswith("Over 63,527 of 63,527 runs, energy follows ")
    assert "network size (r = +0." in said
    assert "data set most (explains " in said
    values = in_file("SELECT ln(energy_j), ln(size) FROM runs WHERE energy_j > 0").fetchnumpy()
    r = np.corrcoef(*values.values())[0, 1]
    found = {driver.name: driver for driver in drivers(state.answer("parallel_drivers"))}
    assert found["size"].r == pytest.approx(r, abs=0.005)
    state.brush_range("depth", 2.2, 2.8)
    assert drivers_answer(state) == "No run matches all brushes. Clear one."


def test_nothing_selected_gives_no_rows_and_all_columns(butter_e: Gateway) -> None:
    none = Brushes().with_range("depth", 2.2, 2.8).parameter()
    table = butter_e.ask("explore/chosen_columns", brushes=none, columns=["energy_px", "size"])
    assert sorted(table.column_names) == ["energy_px", "is_gpu", "size"]
    assert table.num_rows == 0
    assert PairCounts((AxisColumn("energy_px"), AxisColumn("energy_px")))(table).num_rows == 0
    table = butter_e.ask("explore/chosen_columns", brushes=none, columns=[ENERGY, *CODES.values()])
    sums = driver_sums(table)
    assert sums.column_names == ["setting", "code", "run_count", "energy_sum", "energy_square_sum"]
    assert sums.num_rows == 0


def test_sums_of_energy_leave_out_what_has_no_value() -> None:
    codes = {name: pa.array([3, 3, None, 4], pa.uint8()) for name in CODES.values()}
    rows = pa.table(codes | {ENERGY: pa.array([2, 5, 9, None], pa.uint8())})
    assert driver_sums(rows).slice(0, 2).to_pylist() == [
        {"setting": "size", "code": 3, "run_count": 2, "energy_sum": 7, "energy_square_sum": 29},
        {"setting": "depth", "code": 3, "run_count": 2, "energy_sum": 7, "energy_square_sum": 29},
    ]
