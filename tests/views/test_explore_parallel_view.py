"""Parallel coordinates without a browser: axes, ticks, lines, brushes, marks, and the picture."""

import asyncio
import io
import math
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from bokeh.events import DoubleTap, SelectionGeometry, Tap
from PIL import Image

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.state.explore.axis import BINS, Axis
from energyvis_panel.state.explore.dimensions import QUANTITIES
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.parallel.parallel_axes import AxisChoice, ParallelAxes
from energyvis_panel.state.explore.parallel.parallel_coordinates import placed_axes
from energyvis_panel.state.explore.parallel.run_heights import MOST_RUNS, values_question
from energyvis_panel.state.explore.question import Asked
from energyvis_panel.views.explore.parallel.lines_raster import add_lines, lines_image
from energyvis_panel.views.explore.parallel.parallel_brush import HATCH
from energyvis_panel.views.explore.parallel.parallel_coordinates import ParallelCoordinates
from energyvis_panel.views.explore.parallel.parallel_picture import HEIGHT_PX, WIDTH_PX, picture_png
from energyvis_panel.views.explore.parallel.parallel_ticks import (
    day_ticks,
    log_values,
    short_names,
    tick_labels,
    tick_values,
)
from tests.views.conftest import send


@pytest.fixture
def state(butter_e: Gateway) -> Exploration:
    return Exploration(butter_e)


@pytest.fixture
def view(state: Exploration) -> Any:
    return ParallelCoordinates(state)


def drawn(view: Any, place: int, low: float, high: float) -> None:
    """What Bokeh calls when a box is released on the axis at ``place``."""
    geometry: Any = {"type": "rect", "x0": place - 0.2, "x1": place + 0.3, "y0": low, "y1": high}
    view.chart._trigger_event(SelectionGeometry(view.chart, geometry=geometry, final=True))


def tapped(view: Any, place: float, height: float, kind: Any = Tap, **modifiers: bool) -> None:
    view.chart._trigger_event(kind(view.chart, x=place, y=height, modifiers=modifiers))


def titles(view: Any) -> list[str]:
    return [title.replace("\n", " ") for title in view.chart.xaxis[0].major_label_overrides.values()]


def test_axes_are_named_with_units_and_follow_the_settings(state: Exploration, view: Any) -> None:
    assert titles(view) == [
        "Data set",
        "Shape",
        "Size (params)",
        "Depth (layers)",
        "Run time (s)",
        "Power (W)",
        "Energy (Wh)",
        "A datum (mJ)",
    ]
    ParallelAxes.of(state).choose(("depth", "energy_j"))
    ParallelAxes.of(state).move("energy_j", 0)
    assert titles(view) == ["Energy (Wh)", "Depth (layers)"]
    assert view.chart.x_range.end < 2
    assert view.images[0].data["dw"] == [1]
    assert [axis["name"] for axis in view.bar.axes] == ["energy_j", "depth"]


@pytest.mark.parametrize("name", QUANTITIES)
def test_each_axis_has_round_values_within_it(state: Exploration, name: str) -> None:
    for rescaled in (False, ParallelAxes.of(state).other_scale(name) is not None):
        (axis, _other) = placed_axes(state, (AxisChoice(name, rescaled=rescaled), AxisChoice("shape")))
        labels = tick_labels(axis)
        assert 2 <= len(labels) <= 9
        assert len(set(labels.values())) == len(labels)
        assert all(0 < height < BINS for height in labels)


def test_long_names_lose_their_middle_and_are_told_apart() -> None:
    shapes = ["rectangle", "rectangle_residual", "wide_first_16x", "wide_first_2x"]
    assert short_names(shapes, 14) == ["rectangle", "rect\u2026_residual", "wide_first_16x", "wide_first_2x"]
    assert short_names(["a_name_without_end", "averyverylongname"], 14) == [
        "a_name_wi\u2026_end",
        "averyverylong\u2026",
    ]
    batches = [
        f"energy_{part}" for part in ("3_cpu_extra_depths", "5_gpu_extra_depths", "5_gpu_extra_shapes")
    ]
    names = short_names(batches, 14)
    assert names == ["energy_3_\u2026pths", "energy_5_\u2026pths", "energy_5_\u2026apes"]
    assert short_names(["x" * 20, "x" * 20], 14) == [f"{'x' * 5}\u2026{'x' * 8}"] * 2


def test_a_line_says_how_many_axes_there_are_to_scroll_to(state: Exploration, view: Any) -> None:
    assert "(796px - 100cqi)" in view._scrolls.object
    assert "Scroll sideways to see all 8 axes." in view._scrolls.object
    assert view._stack.styles == {"min-width": "796px"}
    ParallelAxes.of(state).choose(("depth", "energy_j"))
    assert "all 2 axes" in view._scrolls.object


def test_values_are_round() -> None:
    assert tick_values(Axis(is_log=True, low=25, high=2e7), 1.0) == [100, 1e3, 1e4, 1e5, 1e6, 1e7]
    assert tick_values(Axis(is_log=True, low=224, high=586), 1.0) == [300, 400, 500]
    assert log_values(1.6, 20) == [2.0, 5.0, 10.0, 20.0]
    year = day_ticks(Axis(is_log=False, low=1_640_000_000, high=1_672_000_000))
    assert next(iter(year.values())) == "Jan 2022"
    week = day_ticks(Axis(is_log=False, low=1_663_788_040, high=1_664_500_000))
    assert next(iter(week.values())) == "22 Sep"


def test_lines_run_from_bin_to_bin_and_carry_their_weight() -> None:
    image = np.zeros((8, 20), np.int32)
    ones = np.array([3], np.int64)
    add_lines(image, np.array([1]), np.array([0]), np.array([7]), ones, 10)
    assert image[:, :10].sum() == 0
    assert (image[:, 10:].sum(axis=0) == 3).all()
    heights = image[:, 10:].argmax(axis=0)
    assert heights[0] == 0
    assert (np.diff(heights) >= 0).all()
    assert heights[-1] == 6


@pytest.mark.parametrize("pairs", [1, 4, 9])
def test_the_image_is_about_as_wide_for_any_number_of_axes(pairs: int) -> None:
    lines = [np.array([pairs - 1]), np.array([10]), np.array([20]), np.array([1])]
    image = lines_image(lines, pairs)
    assert image.shape[0] == BINS
    assert 300 <= image.shape[1] <= 1100
    assert image[:, -1].any()


def test_a_box_brushes_the_nearest_axis_only_also_upside_down(state: Exploration, view: Any) -> None:
    axis = state.axes["depth"]
    drawn(view, 3, axis.position(4), axis.position(8))
    assert state.brushes.ranges["depth"] == pytest.approx((4, 8))
    box = view._brushes[3].annotation
    assert (box.visible, box.left < 3 < box.right) == (True, True)
    ParallelAxes.of(state).flip("depth")
    assert (box.bottom, box.top) == pytest.approx((BINS - axis.position(8), BINS - axis.position(4)))
    state.clear()
    assert not box.visible
    drawn(view, 3, BINS - axis.position(8), BINS - axis.position(4))
    assert state.brushes.ranges == {"depth": pytest.approx((4, 8))}
    drawn(view, 3, BINS / 2, BINS + 4)
    assert state.brushes.ranges["depth"][0] == -math.inf
    box.top = BINS - axis.position(3)  # what dragging the upper edge of the box sends
    assert state.brushes.ranges["depth"][0] == pytest.approx(3)


def test_a_brush_goes_with_its_axis(state: Exploration, view: Any) -> None:
    state.brush_range("energy_j", 3.6e5, 3.6e6)
    ParallelAxes.of(state).move("energy_j", 0)
    assert [brush.annotation.visible for brush in view._brushes[:8]] == [True] + [False] * 7
    assert view._brushes[0].annotation.bottom == pytest.approx(state.axes["energy_j"].position(3.6e5))
    ParallelAxes.of(state).choose(("size", "depth"))
    assert not any(brush.annotation.visible for brush in view._brushes)
    assert "energy_j" in state.brushes.ranges


def test_an_inverted_brush_is_hatched(state: Exploration, view: Any) -> None:
    state.brush_range("energy_j", 3.6e5, 3.6e6)
    state.brush_set("dataset", ("mnist",))
    assert view._brushes[6].annotation.hatch_pattern is None
    state.invert("energy_j")
    state.invert("dataset")
    assert view._brushes[6].annotation.hatch_pattern == HATCH
    assert view.drawing.chosen.data["pattern"] == [HATCH]
    state.invert("energy_j")
    assert view._brushes[6].annotation.hatch_pattern is None


def test_names_are_chosen_by_clicks_and_by_a_drag(state: Exploration, view: Any) -> None:
    heights = view._arranged[1].value_heights()
    tapped(view, 1.05, heights["rectangle"])
    tapped(view, 0.95, heights["trapezoid"])
    assert state.brushes.sets == {"shape": ("rectangle", "trapezoid")}
    assert len(view.drawing.chosen.data["top"]) == 2
    tapped(view, 1, heights["rectangle"])
    assert state.brushes.sets == {"shape": ("trapezoid",)}
    tapped(view, 1, heights["exponential"], DoubleTap)  # a second quick click, on another name
    assert state.brushes.sets == {"shape": ("exponential", "trapezoid")}
    tapped(view, 1, heights["exponential"], DoubleTap)
    assert not state.brushes
    drawn(view, 1, heights["rectangle"] - 5, heights["exponential"] + 5)
    assert state.brushes.sets == {"shape": ("exponential", "rectangle")}
    drawn(view, 1, heights["rectangle"] - 9, heights["rectangle"] - 5)
    assert state.brushes.sets == {"shape": ("exponential", "rectangle")}


def test_a_click_on_an_axis_looks_at_its_runs(state: Exploration, view: Any) -> None:
    tapped(view, 6, state.axes["energy_j"].position(3.6e5))
    assert state.mark is not None
    low, high = state.mark.ranges["energy_j"]
    assert low <= 3.6e5 <= high
    assert state.mark_title.startswith("Energy ")
    tapped(view, 0, view._arranged[0].value_heights()["mnist"], shift=True)
    assert state.mark.sets == {"dataset": ("mnist",)}
    assert not state.brushes
    state.look_at(None)
    tapped(view, 6.5, 100)
    assert state.mark is None


def test_bars_count_the_selection_of_all(state: Exploration, view: Any) -> None:
    data = view.drawing.bar_source.data
    assert sum(data["of"]) == sum(data["runs"])
    state.brush_set("hardware", ("GPU node",))
    on_dataset = [place for place, title in enumerate(data["title"]) if title == "Data set"]
    assert sum(data["runs"][place] for place in on_dataset) == state.run_count
    assert sum(data["of"][place] for place in on_dataset) == state.total_runs


def test_only_what_is_selected_is_coloured(state: Exploration, view: Any) -> None:
    state.brush_set("hardware", ("GPU node",))
    cpu, gpu = (source.data["image"][0] for source in view.images)
    assert cpu.max() == 0
    assert gpu.max() == 255
    assert view.drawing.context.data["image"][0].shape == gpu.shape


def test_the_sentence_waits_for_its_question(state: Exploration, view: Any) -> None:
    before = view.answer
    assert before.startswith("Over 63,527 of 63,527 runs")
    state.schedule = lambda _refresh: None
    state.brush_range("depth", 2, 4)
    state.publish(state.answered(state.stale(slow=False)))
    assert state.run_count < state.total_runs
    assert view.answer == before
    state.refresh()
    assert view.answer.startswith(f"Over {state.run_count:,} of 63,527 runs")


def test_other_axes_are_drawn_once_their_answer_is_there(state: Exploration, view: Any) -> None:
    state.schedule = lambda _refresh: None
    ParallelAxes.of(state).choose(("size", "energy_j"))
    state.publish({})
    assert len(titles(view)) == 8
    state.refresh()
    assert titles(view) == ["Size (params)", "Energy (Wh)"]


def test_the_table_names_values(view: Any) -> None:
    table = view.table()
    assert table.header == ("From", "To", "Hardware", "Runs")
    assert sum(row[3] for row in table.rows if str(row[0]).startswith("Data set")) == 63_527
    assert {row[0] for row in table.rows if str(row[0]).startswith("Data set")} == {
        f"Data set {name}" for name in view._state.categories["dataset"]
    }


def shown_names(view: Any) -> list[str]:
    return [option["name"] for option in view.chooser.options if option["shown"]]


def test_each_of_quick_choices_of_axes_counts_and_what_a_browser_invents_does_not(view: Any) -> None:
    first = shown_names(view)
    for kind, name in (("show", "hardware"), ("hide", "shape"), ("show", "optimizer"), ("show", "optimizer")):
        send(view.chooser, {"kind": kind, "name": name})
    assert set(shown_names(view)) == {*first, "hardware", "optimizer"} - {"shape"}
    for message in (
        {"kind": "show", "name": "joy"},
        {"kind": "hide", "name": ["size"]},
        {"name": "size"},
        "x",
    ):
        send(view.chooser, message)
    assert set(shown_names(view)) == {*first, "hardware", "optimizer"} - {"shape"}
    send(view.chooser, {"kind": "reset"})
    assert shown_names(view) == first


def test_refused_choices_are_said_each_time(view: Any) -> None:
    seen: list[str] = []
    view.chooser.param.watch(lambda event: seen.append(event.new), "refusal")
    first, second, *others = shown_names(view)
    for name in others:
        send(view.chooser, {"kind": "hide", "name": name})
    for _ in range(2):
        send(view.chooser, {"kind": "hide", "name": second})
    assert shown_names(view) == [first, second]
    assert [text for text in seen if text] == [
        "Parallel coordinates show 2 to 10 axes, not 1. Choose more."
    ] * 2


def test_the_bar_moves_flips_and_rescales(state: Exploration, view: Any) -> None:
    for kind in ("flip", "scale"):
        send(view.bar, {"kind": kind, "name": "power_w"})
    send(view.bar, {"kind": "move", "name": "power_w", "to": 0})
    assert state.axes["power_w"].is_log is False
    assert view.bar.axes[0] == {
        "name": "power_w",
        "title": "Mean power (W)",
        "flipped": True,
        "rescaled": True,
        "scale": "log",
    }
    assert view._arranged[0].axis.is_log


def test_the_bar_steps_from_where_an_axis_is_by_now(view: Any) -> None:
    def order() -> list[str]:
        return [choice.name for choice in view.axes.shown]

    first, *others = order()
    for by in (1, 1, -1, 1, -1, -1, -1, -1):
        send(view.bar, {"kind": "step", "name": first, "by": by})
    assert order() == [first, *others]
    for _ in order():
        send(view.bar, {"kind": "step", "name": first, "by": 1})
    assert order() == [*others, first]


@pytest.mark.parametrize(
    "message",
    [
        {"kind": "move", "name": "power_w"},
        {"kind": "move", "name": "power_w", "to": "0"},
        {"kind": "step", "name": "power_w", "by": 7},
        {"kind": "flip"},
        {"kind": "flip", "name": ["power_w"]},
        {"kind": "scale", "name": "<b>"},
        "flip",
    ],
)
def test_what_else_a_browser_sends_changes_nothing(view: Any, message: object) -> None:
    before = view.axes.shown
    send(view.bar, message)
    assert view.axes.shown == before


@pytest.mark.parametrize("most", [30, 300_000])
def test_a_picture_holds_axes_and_every_line(
    state: Exploration, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr("energyvis_panel.views.explore.parallel.parallel_picture.SMOOTH_UP_TO", most)
    state.brush_range("energy_j", 3e5, 3.02e5)
    axes = placed_axes(state, (AxisChoice("shape"), AxisChoice("energy_j"), AxisChoice("hardware")))
    (rows,) = state.asking.answers([Asked.under(values_question(axes), state.brushes)])
    assert isinstance(rows, pa.Table)
    assert rows.num_rows == state.run_count > 30
    picture = np.asarray(Image.open(io.BytesIO(picture_png(axes, rows, title="T", subtitle="S"))))
    assert picture.shape == (HEIGHT_PX, WIDTH_PX, 3)
    empty = np.asarray(Image.open(io.BytesIO(picture_png(axes, rows.slice(0, 0), title="T", subtitle="S"))))
    differs = (picture != empty).any(axis=2)
    assert differs[:, 600:3300].any(axis=0).mean() > 0.99  # lines cross every column but those of an axis
    assert not differs[:250].any()  # and none the heading


def test_a_picture_of_too_many_runs_is_refused_with_a_sentence(state: Exploration, view: Any) -> None:
    state.brush_range("depth", 2.1, 2.9)
    asyncio.run(view.picture._draw(None))
    assert view.picture.said == f"A picture holds 1 to {MOST_RUNS:,} runs, not 0. Brush to change how many."
    assert view.picture.png == ""
