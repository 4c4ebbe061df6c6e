"""The explore views without a browser: axes, units, sources, hover, and what a brush does to them."""

import asyncio
import math
import re
from contextlib import nullcontext
from html import unescape
from typing import Any

import numpy as np
import panel as pn
import pytest
from bokeh.events import SelectionGeometry
from bokeh.models import HoverTool, LogScale

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.views.explore import redraw
from energyvis_panel.views.explore.energy_histogram import EnergyHistogram
from energyvis_panel.views.explore.page import VIEW_CLASSES, ExplorePage, explore_view
from energyvis_panel.views.explore.parallel_coordinates import ParallelCoordinates, tick_values
from energyvis_panel.views.explore.raster import add_lines, equalised
from energyvis_panel.views.explore.runtime_energy import RuntimeEnergy


@pytest.fixture
def state(butter_e: Gateway) -> Exploration:
    return Exploration(butter_e)


def box_drawn(view: Any, **corners: float) -> None:
    """What Bokeh calls when a box is released on the figure."""
    geometry: Any = {"type": "rect"} | corners
    view.figure._trigger_event(SelectionGeometry(view.figure, geometry=geometry, final=True))


def texts(viewable: Any) -> list[str]:
    """All text that a view's card shows, without its HTML tags."""
    found = [getattr(item, "object", None) for item in viewable.select()]
    found += [getattr(item, "label", None) for item in viewable.select()]
    return [unescape(re.sub("<[^>]+>", "", text)) for text in found if isinstance(text, str)]


def test_the_histogram_has_a_log_energy_axis_and_counts_every_run(state: Exploration) -> None:
    view: Any = EnergyHistogram(state)
    assert isinstance(view.figure.x_scale, LogScale)
    assert view.figure.xaxis.axis_label == "Energy (Wh)"
    assert view.figure.yaxis.axis_label == "Runs"
    assert view.selected.data["runs"].sum() == 63_527
    assert set(view.selected.data["hardware"]) == {"CPU node", "GPU node"}
    assert view.selected.data["span"][0].endswith("Wh")


def test_the_histogram_keeps_what_lies_beyond_its_own_brush(state: Exploration) -> None:
    view: Any = EnergyHistogram(state)
    box_drawn(view, x0=100, x1=200, y0=0, y1=1)
    assert state.brushes.ranges == {"energy_j": (360_000, 720_000)}
    assert view.selected.data["runs"].sum() == 63_527
    state.brush_set("hardware", ("GPU node",))
    assert view.selected.data["runs"].sum() == state.categories["hardware"]["GPU node"]
    assert view.selected.data["of"].sum() == 63_527


def test_the_plane_has_units_on_both_axes_and_a_hover_on_the_frontier(state: Exploration) -> None:
    view = RuntimeEnergy(state)
    assert (view.figure.xaxis.axis_label, view.figure.yaxis.axis_label) == ("Run time (s)", "Energy (Wh)")
    assert isinstance(view.figure.x_scale, LogScale)
    assert isinstance(view.figure.y_scale, LogScale)
    hover = view.figure.select_one(HoverTool)
    assert ("Energy", "@energy_said") in hover.tooltips
    assert set(view.frontier.data["energy_said"][0].split()[1:]) <= {"J", "Wh", "kWh"}
    assert view.frontier.data["energy"][0] == pytest.approx(
        state.answer("pareto_frontier")["energy_j"][0].as_py() / 3600
    )


def test_a_box_on_the_plane_is_one_step(state: Exploration) -> None:
    view = RuntimeEnergy(state)
    box_drawn(view, x0=100, x1=1000, y0=20, y1=50)
    assert state.brushes.ranges == {"run_time_s": (100, 1000), "energy_j": (72_000, 180_000)}
    state.undo()
    assert not state.brushes


def test_a_box_that_reaches_the_frame_is_open_there(state: Exploration) -> None:
    box_drawn(RuntimeEnergy(state), x0=1, x1=1000, y0=0.001, y1=1e9)
    assert state.brushes.ranges == {"run_time_s": (-math.inf, 1000)}


def test_parallel_coordinates_name_their_axes_with_units(state: Exploration) -> None:
    view = ParallelCoordinates(state)
    titles = list(view.figure.xaxis[0].major_label_overrides.values())
    assert [title.replace("\n", " ") for title in titles] == [
        "Size (params)",
        "Depth (layers)",
        "Run time (s)",
        "Power (W)",
        "Energy (Wh)",
        "A datum (mJ)",
    ]


@pytest.mark.parametrize("name", ["size", "depth", "run_time_s", "power_w", "energy_j", "j_per_datum"])
def test_each_axis_has_round_values_within_it(state: Exploration, name: str) -> None:
    axis = state.axes[name]
    ticks = tick_values(axis, 1.0)
    assert 3 <= len(ticks) <= 8
    assert axis.low < ticks[0]
    assert ticks[-1] < axis.high


def test_a_box_brushes_the_nearest_axis_only(state: Exploration) -> None:
    box_drawn(
        ParallelCoordinates(state),
        x0=0.8,
        x1=1.3,
        y0=state.axes["depth"].position(4),
        y1=state.axes["depth"].position(8),
    )
    assert list(state.brushes.ranges) == ["depth"]
    assert state.brushes.ranges["depth"] == pytest.approx((4, 8))


def test_axis_and_value_are_inverse(state: Exploration) -> None:
    for axis in state.axes.values():
        for value in np.linspace(axis.low, axis.high, 7):
            assert axis.value(axis.position(value)) == pytest.approx(value)


def test_a_brush_shows_in_every_figure_that_has_its_axis(state: Exploration) -> None:
    page = ExplorePage(state)
    parallel: Any = page.views["parallel-coordinates"]
    state.brush_range("energy_j", 3.6e5, 3.6e6)
    histogram = page.views["energy-histogram"].figure.select_one({"name": "energy-histogram-brush"})
    assert (histogram.visible, histogram.left, histogram.right) == (True, 100, 1000)
    axis_brush = parallel._brushes[4].annotation
    assert axis_brush.visible
    assert axis_brush.bottom == pytest.approx(state.axes["energy_j"].position(3.6e5))
    state.clear()
    assert not histogram.visible
    assert not axis_brush.visible


def test_dragging_a_box_brushes_and_is_not_answered_back(state: Exploration) -> None:
    box = EnergyHistogram(state).figure.select_one({"name": "energy-histogram-brush"})
    state.brush_range("energy_j", 3.6e5, 3.6e6)
    box.left = 123.456789
    assert state.brushes.ranges["energy_j"] == (444_400, 3.6e6)
    assert box.left == 123.456789
    box.left = 2000.0  # inside out: the other edge is still on its way
    assert state.brushes.ranges["energy_j"] == (444_400, 3.6e6)


@pytest.mark.parametrize("name", VIEW_CLASSES)
def test_every_card_has_its_question_answer_and_the_mark_of_synthetic_data(
    butter_e: Gateway, name: str
) -> None:
    view = explore_view(name, Exploration(butter_e))
    shown = texts(view.__panel__())
    assert view.question in shown
    assert "63,527 of 63,527 runs" in view.answer
    assert "Synthetic data" in shown


@pytest.mark.parametrize("name", VIEW_CLASSES)
def test_an_empty_selection_is_drawn_empty_and_said(butter_e: Gateway, name: str) -> None:
    state = Exploration(butter_e)
    view = explore_view(name, state)
    state.brush_range("depth", 2.1, 2.9)
    assert view.answer == "No run matches all brushes. Clear one."
    images = [source.data["image"][0] for source in getattr(view, "images", [])]
    assert all(image.max() == 0 for image in images)


def test_drawing_asks_nothing(state: Exploration, monkeypatch: pytest.MonkeyPatch) -> None:
    page = ExplorePage(state)
    monkeypatch.setattr(state, "asking", None)
    for view in page.views.values():
        view.draw()


def test_equalised_levels_rise_with_the_count_and_leave_nothing_transparent() -> None:
    counts = np.array([[0, 1, 2], [5, 1, 300_000]])
    levels = equalised(counts)
    assert levels.dtype == np.uint8
    assert levels[0, 0] == 0
    assert 0 < levels[0, 1] < levels[0, 2] < levels[1, 0] < levels[1, 2] == 255
    assert not equalised(np.zeros((3, 3), int)).any()


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


def test_the_page_is_served(state: Exploration) -> None:
    page: Any = pn.panel(ExplorePage(state))
    assert page.get_root() is not None


def test_a_brush_from_elsewhere_is_kept_to_the_last_digit(state: Exploration) -> None:
    ExplorePage(state)
    state.brush_range("energy_j", 1e5, 1e6)
    state.brush_range("energy_j", 123_456.7, 234_567.8)
    assert state.brushes.ranges == {"energy_j": (123_456.7, 234_567.8)}


class Loop:
    """Stands in for a session's event loop: keeps what is to be called."""

    def __init__(self) -> None:
        self.ticks: list[Any] = []
        self.timeouts: list[Any] = []

    def add_next_tick_callback(self, callback: Any) -> None:
        self.ticks.append(callback)

    def add_timeout_callback(self, callback: Any, _delay_ms: int) -> None:
        self.timeouts.append(callback)


def test_brushes_that_come_together_are_answered_once_with_the_last(
    state: Exploration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redraw, "hold", lambda _document: nullcontext())
    monkeypatch.setattr(redraw, "set_curdoc", lambda _document: nullcontext())
    loop: Any = Loop()
    state.schedule = redraw.LatestWins(state, loop)
    for deepest in (4, 5, 6):
        state.brush_range("depth", 2, deepest)
    assert len(loop.ticks) == 1
    loop.ticks.pop()()
    asyncio.run(loop.timeouts.pop()())
    assert state.revision == 1
    known = Exploration(state.asking._gateway)
    known.brush_range("depth", 2, 6)
    assert state.run_count == known.run_count
    state.brush_range("depth", 2, 7)
    assert len(loop.ticks) == 1
