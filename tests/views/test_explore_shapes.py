"""Shapes over depth without a browser: heights by mode, names, choices, click, and what a brush does."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from bokeh.document import Document
from bokeh.document.events import ColumnDataChangedEvent
from bokeh.events import DoubleTap, Tap
from bokeh.models import HoverTool

from energyvis_panel.data.butter_e import load_butter_e, standin_path
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.views.explore.shapes.shape_marks import spread_apart
from energyvis_panel.views.explore.shapes.shapes import Shapes
from energyvis_panel.views.explore.shapes.shapes_chart import LEADER_PX
from energyvis_panel.views.theme import CPU


@pytest.fixture
def state(butter_e: Gateway) -> Exploration:
    return Exploration(butter_e)


@pytest.fixture
def view(state: Exploration) -> Any:
    return Shapes(state)


def choose(view: Any, **chosen: str) -> None:
    """What the choices above the figure send."""
    view.choices.chosen = view.choices.chosen | chosen


def drawn(view: Any) -> Any:
    """Heights of the lines, shape x depth."""
    return np.array(view.drawing.lines.data["ys"])


def tap(view: Any, x: float, y: float) -> None:
    view.chart._trigger_event(Tap(view.chart, x=x, y=y, sx=0, sy=0))


def marked_runs(state: Exploration) -> int:
    """How many of the published runs the looked-at mark holds."""
    one = Exploration(state.asking._gateway)
    one.brush_set("status", ("standardised",))
    for name, bounds in (state.mark.ranges if state.mark else {}).items():
        one.brush_range(name, *bounds)
    for name, values in (state.mark.sets if state.mark else {}).items():
        one.brush_set(name, values)
    return one.run_count


def test_lines_are_percent_against_the_rectangle_then_energies_then_ranks(view: Any) -> None:
    curves = view.curves
    rectangle = curves.names.index("rectangle")
    assert view.chart.title.text == "Energy per datum against rectangle (%)"
    assert drawn(view) == pytest.approx(100 * (np.exp(curves.by_depth["log_ratio"]) - 1))
    assert not drawn(view)[rectangle].any()
    choose(view, mode="energy")
    assert view.chart.title.text == "Energy per datum (mJ)"
    assert drawn(view) == pytest.approx(1000 * np.exp(curves.by_depth["log_level"]))
    assert view.chart.y_range.start == 0
    choose(view, mode="rank")
    assert view.chart.title.text == "Rank (1 = cheapest)"
    assert drawn(view) == pytest.approx(curves.ranks, nan_ok=True)


@pytest.mark.parametrize("mode", ["ratio", "energy", "rank"])
def test_all_is_within_the_frame_and_as_many_rows_as_before(view: Any, state: Exploration, mode: str) -> None:
    choose(view, mode=mode)
    rows = {name: len(view.drawing.points.data[name]) for name in view.drawing.points.column_names}
    for data_set in ("mnist", "banana"):
        state.brush_set("dataset", (data_set,))
        band = view.drawing.band.data
        heights = np.concatenate(
            [drawn(view).ravel(), *view.drawing.context.data["ys"], band["low"], band["high"]]
        )
        assert np.nanmin(heights) >= view.chart.y_range.start
        assert np.nanmax(heights) <= view.chart.y_range.end
        assert rows == {name: len(view.drawing.points.data[name]) for name in rows}
        assert len(view.drawing.labels.data["text"]) == 8
        assert len(view.drawing.chance.data["text"]) == 1


def test_names_stand_at_the_right_end_in_the_order_of_the_lines_and_leave_each_other_room(view: Any) -> None:
    labels = view.drawing.labels.data
    assert labels["text"] == list(view.curves.names)
    assert labels["from_y"] == pytest.approx(drawn(view)[:, -1])
    order = np.argsort(labels["from_y"])
    per_pixel = 1 / view.drawing.pixels[1]
    assert (np.diff(np.array(labels["y"])[order]) >= 13.99 * per_pixel).all()
    assert [style == "bold" for style in labels["style"]] == [
        name == view.curves.cheapest for name in view.curves.names
    ]


def test_names_that_have_room_stay_where_they_are() -> None:
    assert spread_apart(np.array([5.0, 1.0, 9.0]), 2, 0, 10) == pytest.approx([5, 1, 9])
    assert spread_apart(np.array([5.0, 5.0, 5.0]), 2, 0, 10) == pytest.approx([3, 5, 7])
    assert spread_apart(np.array([0.0, 0.0]), 2, 0, 10) == pytest.approx([0, 2])
    assert spread_apart(np.array([10.0, 10.0]), 2, 0, 10) == pytest.approx([8, 10])
    assert spread_apart(np.array([]), 2, 0, 10).size == 0


def test_a_point_is_filled_where_the_difference_is_more_than_chance(view: Any, state: Exploration) -> None:
    state.brush_set("status", ("standardised",))
    choose(view, hardware="GPU node")
    at = view.curves.by_depth
    clear = (at["low"] > 0) | (at["high"] < 0) | (at["log_ratio"] == 0)
    assert 0 < clear[:, 1:].sum() < clear[:, 1:].size
    assert (np.array(view.drawing.points.data["fill"]) > 0).tolist() == clear.ravel().tolist()


def test_the_band_is_what_chance_makes_or_the_middle_half_of_the_chosen(view: Any) -> None:
    at, band = view.curves.by_depth, view.drawing.band.data
    half = np.median(((at["high"] - at["low"]) / 2)[np.arange(8) != 1, 1:], axis=0)
    assert band["x"].tolist() == list(view.curves.depths[1:])
    assert band["high"] == pytest.approx(100 * (np.exp(half) - 1))
    assert band["low"] == pytest.approx(100 * (np.exp(-half) - 1))
    assert view.drawing.chance.data["text"] == ["no more than chance"]
    choose(view, mode="energy", shape="exponential")
    band = view.drawing.band.data
    assert band["high"] == pytest.approx(1000 * np.exp(view.curves.by_depth["upper"][0]))
    assert band["low"] == pytest.approx(1000 * np.exp(view.curves.by_depth["lower"][0]))
    assert view.drawing.chance.data["text"] == [""]
    choose(view, mode="rank")
    assert not len(view.drawing.band.data["x"])


def test_the_hover_says_level_spread_ratio_and_counts(view: Any) -> None:
    hover: Any = view.chart.select_one(HoverTool)
    assert "@name, @x{0} layers" in hover.tooltips
    points, at = view.drawing.points.data, view.curves.by_depth
    place = points["name"].index("trapezoid") + 2
    cell = (view.curves.names.index("trapezoid"), 3)
    level, lower, upper = (1000 * np.exp(at[name][cell]) for name in ("log_level", "lower", "upper"))
    assert points["level_said"][place] == f"{level:.2f}"
    assert points["half_said"][place] == f"{lower:.2f} to {upper:.2f}"
    ratio, low, high = (100 * np.expm1(at[name][cell]) for name in ("log_ratio", "low", "high"))
    minus = "\N{MINUS SIGN}"
    assert points["ratio_said"][place] == f"{ratio:+#.3g}".replace("-", minus)
    assert points["interval_said"][place] == f"{low:+#.3g} to {high:+#.3g}".replace("-", minus)
    counts = [points[name][place] for name in ("run_count", "setting_count")]
    assert counts == [at[name][cell] for name in ("run_count", "setting_count")]


def test_a_click_on_a_point_looks_at_its_runs(view: Any, state: Exploration) -> None:
    state.brush_set("status", ("standardised",))
    points = view.drawing.points.data
    for name, depth in (("trapezoid", 9), ("wide_first_8x", 20)):
        at = next(
            at for at, one in enumerate(zip(points["name"], points["x"], strict=True)) if one == (name, depth)
        )
        tap(view, points["x"][at], points["y"][at])
        assert state.mark is not None
        assert state.mark.sets == {"hardware": ("CPU node",), "shape": (name,)}
        assert state.mark_title == f"{name}, {depth} layers on a CPU node"
        counted = next(row[-1] for row in view.table().rows if row[:2] == [name, depth])
        assert marked_runs(state) == counted > 0
    at_two = [
        name for name, x, y in zip(points["name"], points["x"], points["y"], strict=True) if x == 2 and y == 0
    ]
    assert at_two == ["all shapes"]
    tap(view, 2, 0)
    assert state.mark is not None
    assert state.mark.sets == {"hardware": ("CPU node",)}
    assert state.mark_title == "2 layers on a CPU node"


def test_a_click_on_a_line_or_a_name_brushes_its_shape_and_again_clears_it(
    view: Any, state: Exploration
) -> None:
    lines = drawn(view)
    tap(view, 19, (lines[-1, -1] + lines[-1, -2]) / 2)
    assert state.brushes.sets == {"shape": ("wide_first_8x",)}
    assert view.choices.chosen["shape"] == "wide_first_8x"
    labels = view.drawing.labels.data
    assert labels["style"][-1] == "bold"
    assert np.array(view.drawing.lines.data["alpha"]).argmax() == 7
    beside = view.drawing.reach.end + LEADER_PX / view.drawing.pixels[0]
    tap(view, beside, labels["y"][-1])
    assert state.brushes.sets == {}
    tap(view, beside, labels["y"][3])
    assert state.brushes.sets == {"shape": (labels["text"][3],)}
    tap(view, 15, view.chart.y_range.start)
    assert state.brushes.sets == {"shape": (labels["text"][3],)}


def test_two_quick_clicks_on_two_names_are_two_clicks(view: Any, state: Exploration) -> None:
    labels = view.drawing.labels.data
    beside = view.drawing.reach.end + LEADER_PX / view.drawing.pixels[0]
    tap(view, beside, labels["y"][0])
    view.chart._trigger_event(DoubleTap(view.chart, x=beside, y=labels["y"][0], sx=0, sy=2))
    assert state.brushes.sets == {"shape": ("exponential",)}
    view.chart._trigger_event(DoubleTap(view.chart, x=beside, y=labels["y"][3], sx=0, sy=45))
    assert state.brushes.sets == {"shape": ("trapezoid",)}


def test_a_brush_of_shapes_bolds_lines_and_changes_none(view: Any, state: Exploration) -> None:
    before = drawn(view)
    state.brush_set("shape", ("exponential", "trapezoid"))
    assert drawn(view) == pytest.approx(before)
    assert view.choices.chosen["shape"] == "several"
    assert view.drawing.lines.data["width"].tolist() == [3, 1.2, 1.2, 3, 1.2, 1.2, 1.2, 1.2]
    state.invert("shape")
    assert view.drawing.lines.data["width"].tolist() == [1.2, 3, 3, 1.2, 3, 3, 3, 3]
    choose(view, shape="")
    assert state.brushes.sets == {}


def test_the_chosen_shape_is_brushed(view: Any, state: Exploration) -> None:
    choose(view, shape="trapezoid")
    assert state.brushes.sets == {"shape": ("trapezoid",)}
    choose(view, shape="several")
    assert state.brushes.sets == {"shape": ("trapezoid",)}


def test_the_hardware_that_alone_is_brushed_is_shown(view: Any, state: Exploration) -> None:
    assert view.answer.startswith("On CPU nodes ")
    state.brush_set("hardware", ("GPU node",))
    assert view.choices.chosen["hardware"] == "GPU node"
    assert view.answer.startswith("On GPU nodes ")
    assert view.is_gpu
    choose(view, hardware="CPU node")
    assert view.answer.startswith("No selected run on CPU nodes has an energy per datum")
    assert np.isnan(drawn(view)).all()
    assert view.drawing.labels.data["text"] == [""] * 8


def test_a_view_that_is_opened_over_brushes_shows_them(state: Exploration) -> None:
    state.brush_set("hardware", ("GPU node",))
    state.brush_set("shape", ("trapezoid",))
    view: Any = Shapes(state)
    assert view.choices.chosen == {"mode": "ratio", "hardware": "GPU node", "shape": "trapezoid"}
    assert view.is_gpu
    assert view.answer.startswith("On GPU nodes ")
    assert view.drawing.labels.data["style"].count("bold") == 1
    assert "of 63,527 runs" in view.answer


def test_nothing_selected_is_drawn_as_context_alone(view: Any, state: Exploration) -> None:
    state.brush_range("depth", 2.1, 2.9)
    tap(view, 5, 0)
    assert state.mark is None
    assert np.isnan(drawn(view)).all()
    assert np.isfinite(view.drawing.context.data["ys"]).all()
    assert view.table().rows == []
    assert view.answer == "No run matches all brushes. Clear one."


def test_one_run_is_drawn_and_said(tmp_path: Path) -> None:
    table = pq.read_table(standin_path())
    one = table.filter(pa.compute.equal(table["shape"], "trapezoid")).slice(0, 1)
    pq.write_table(one, tmp_path / "one.parquet")
    with Gateway() as gateway:
        load_butter_e(gateway, tmp_path / "one.parquet")
        row = one.to_pylist()[0]
        view: Any = Shapes(Exploration(gateway))
        choose(view, hardware=row["hardware"], mode="energy")
        assert drawn(view) == pytest.approx(np.array([[row["j_per_datum"] * 1000]]))
        assert [line[:3] for line in view.table().rows if line[1] != "all"] == [
            ["trapezoid", row["depth"], pytest.approx(row["j_per_datum"] * 1000)]
        ]
        assert view.answer.startswith("Only trapezoid is selected on ")


def test_the_table_has_the_lines_and_the_means_over_depths(view: Any) -> None:
    table = view.table()
    assert len(table.header) == len(table.rows[0])
    assert [row[1] for row in table.rows[:8]] == ["all"] * 8
    assert len(table.rows) == 8 + 8 * 14
    curves = view.curves
    row = next(row for row in table.rows if row[:2] == ["trapezoid", 20])
    at = (curves.names.index("trapezoid"), -1)
    assert row[2:5] == pytest.approx(
        [1000 * np.exp(curves.by_depth[name][at]) for name in ("log_level", "lower", "upper")]
    )
    assert row[5:8] == pytest.approx(
        [100 * np.expm1(curves.by_depth[name][at]) for name in ("log_ratio", "low", "high")]
    )
    assert row[8:] == [
        curves.ranks[at],
        curves.by_depth["setting_count"][at],
        curves.by_depth["run_count"][at],
    ]


def test_the_two_shapes_of_the_sentence_stand_out(view: Any) -> None:
    names, lines, labels = view.curves.names, view.drawing.lines.data, view.drawing.labels.data
    assert view.curves.cheapest != view.curves.dearest
    widths = {view.curves.cheapest: 3.0, view.curves.dearest: 2.0}
    assert lines["width"].tolist() == [widths.get(name, 1.2) for name in names]
    assert (lines["alpha"] == 1).tolist() == [name in widths for name in names]
    assert [colour == CPU for colour in labels["colour"]] == [name in widths for name in names]
    choose(view, shape="exponential")
    assert (view.drawing.lines.data["alpha"] == 1).tolist() == [name == "exponential" for name in names]


def test_a_brush_sends_only_the_columns_that_changed(view: Any, state: Exploration) -> None:
    document = Document()
    document.add_root(view.chart)
    sent: list[Any] = []
    document.on_change(sent.append)
    state.brush_set("dataset", ("mnist",))
    columns = {
        event.model: set(event.cols or ()) for event in sent if isinstance(event, ColumnDataChangedEvent)
    }
    assert view.drawing.context not in columns
    assert "xs" not in columns[view.drawing.lines]
    assert "ys" in columns[view.drawing.lines]
    assert columns[view.drawing.points].isdisjoint({"x", "name"})
    assert {"y", "level_said", "run_count"} <= columns[view.drawing.points]
