"""The plane of run time and energy without a browser: images, frontiers, brushes, clicks."""

import math
from typing import Any

import numpy as np
import pytest
from bokeh.events import SelectionGeometry, Tap
from bokeh.models import HoverTool, LogScale

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.frontier.pareto import FRONTIER, unbeaten
from energyvis_panel.views.explore.frontier.runtime_energy import RuntimeEnergy
from energyvis_panel.views.explore.raster import equalised_with_counts


@pytest.fixture
def state(butter_e: Gateway) -> Exploration:
    return Exploration(butter_e)


@pytest.fixture
def view(state: Exploration) -> Any:
    return RuntimeEnergy(state)


def choose(view: Any, **chosen: str) -> None:
    """What the choices above the figure send."""
    view.choices.chosen = view.choices.chosen | chosen


def drawn(view: Any, **geometry: Any) -> None:
    """What Bokeh calls when a box or a lasso is released on the figure."""
    given: Any = geometry
    view.chart._trigger_event(SelectionGeometry(view.chart, geometry=given, final=True))


def tap(view: Any, x: float, y: float) -> None:
    view.chart._trigger_event(Tap(view.chart, x=x, y=y, sx=0, sy=0))


def texts_of(source: Any) -> list[str]:
    """The texts that are seen."""
    return [text for text in source.data["text"] if text]


def test_both_axes_are_logarithmic_with_units(view: Any) -> None:
    assert (view.chart.xaxis.axis_label, view.chart.title.text) == ("Run time (s)", "Energy (Wh)")
    assert view.chart.yaxis.axis_label is None
    assert isinstance(view.chart.x_scale, LogScale)
    assert isinstance(view.chart.y_scale, LogScale)


def test_bubbles_say_their_run_in_units(view: Any, state: Exploration) -> None:
    tips = "".join(hover.tooltips for hover in view.chart.select(HoverTool))
    for title in ("Network", "Run time", "Energy", "Runs here, CPU nodes", "Runs here, GPU nodes"):
        assert f"<div>{title}: @" in tips
    points = view.frontiers.points.data
    assert set(points["energy_said"][0].split()[1:]) <= {"J", "Wh", "kWh"}
    energies = sorted(state.answer(FRONTIER)["energy_j"].to_pylist())
    assert sorted(points["energy"]) == pytest.approx([energy / 3600 for energy in energies])


def test_levels_name_the_counts_that_they_stand_for() -> None:
    rng = np.random.default_rng(5)
    counts = rng.geometric(0.003, (60, 60)) * rng.integers(0, 2, (60, 60))
    counts[3, 3] = 3_000_000
    image, least, most = equalised_with_counts(counts)
    assert ((least[image] <= counts) & (counts <= most[image])).all()
    assert least[0] == most[0] == 0
    assert most[image[3, 3]] == 3_000_000
    assert (least > 0).sum() > 50


def test_the_images_carry_counts_of_every_run(view: Any, state: Exploration) -> None:
    state.brush_range("depth", 4, 8)
    for source, hardware in zip(view.density.sources, ("CPU node", "GPU node"), strict=True):
        image, least, most = (source.data[name][0] for name in ("image", "least", "most"))
        assert image.dtype == np.uint8
        alone = Exploration(state.asking._gateway)
        alone.brush_range("depth", 4, 8)
        alone.brush_set("hardware", (hardware,))
        assert least[image].sum() <= alone.run_count <= most[image].sum()
        assert len(least) == len(most) == 256


def test_a_box_is_one_step_and_open_at_the_frame(view: Any, state: Exploration) -> None:
    drawn(view, type="rect", x0=100, x1=1000, y0=20, y1=50)
    assert state.brushes.ranges == {"run_time_s": (100, 1000), "energy_j": (72_000, 180_000)}
    state.undo()
    assert not state.brushes
    drawn(view, type="rect", x0=1, x1=1000, y0=0.001, y1=1e9)
    assert state.brushes.ranges == {"run_time_s": (-math.inf, 1000)}


def test_a_lasso_selects_what_lies_inside_and_is_drawn(view: Any, state: Exploration) -> None:
    turns = np.linspace(0, 2 * math.pi, 300)
    drawn(
        view,
        type="poly",
        x=(1000 * 3.0 ** np.cos(turns)).tolist(),
        y=(100 * 3.0 ** np.sin(turns)).tolist(),
    )
    (corners,) = state.brushes.lassos.values()
    assert 8 < len(corners) <= 60
    assert 0 < state.run_count < state.total_runs
    assert view.brush.lasso.visible
    assert view.brush.lasso.xs == pytest.approx([x for x, _y in corners])
    assert view.brush.lasso.ys == pytest.approx([y / 3600 for _x, y in corners])
    # The view itself keeps what lies beyond its own brush.
    images = [source.data["image"][0] for source in view.density.sources]
    assert sum(int((image > 0).sum()) for image in images) == state.context("runtime_energy_density").num_rows
    state.clear()
    assert not view.brush.lasso.visible
    assert view.brush.lasso.xs == []


def test_a_lasso_that_encloses_nothing_is_no_brush(view: Any, state: Exploration) -> None:
    drawn(view, type="poly", x=[100, 100], y=[10, 10])
    assert not state.brushes


def test_the_mode_says_what_a_drag_draws(view: Any) -> None:
    assert view.chart.toolbar.active_drag is view.brush.tools["box"]
    choose(view, mode="lasso")
    assert view.chart.toolbar.active_drag is view.brush.tools["lasso"]
    choose(view, mode="box")
    assert view.chart.toolbar.active_drag is view.brush.tools["box"]


def test_a_click_on_a_bubble_looks_at_its_run(view: Any, state: Exploration) -> None:
    state.brush_range("energy_j", 1e5, 1e6)
    run = unbeaten(state.answer(FRONTIER))[0]
    tap(view, run["run_time_s"], run["energy_j"] / 3600)
    assert state.mark is not None
    assert state.mark_title.startswith("On the frontier: ")
    alone = Exploration(state.asking._gateway)
    alone.brush_ranges(state.mark.ranges)
    assert alone.run_count >= 1


def test_a_click_on_the_density_looks_at_the_runs_of_its_place(view: Any, state: Exploration) -> None:
    image = view.density.sources[0].data["image"][0]
    least, most = (view.density.sources[0].data[name][0] for name in ("least", "most"))
    up, across = np.argwhere(image == image.max())[0]
    axes = state.axes["run_time_s"], state.axes["energy_j"]
    x, y = (axis.value(at + 0.5) for axis, at in zip(axes, (across, up), strict=True))
    tap(view, x, y / 3600)
    assert state.mark is not None
    alone = Exploration(state.asking._gateway)
    alone.brush_ranges(state.mark.ranges)
    alone.brush_set("hardware", ("CPU node",))
    level = image[up, across]
    assert least[level] <= alone.run_count <= most[level]


def test_a_click_beside_the_plane_looks_at_nothing(view: Any, state: Exploration) -> None:
    tap(view, 1e-3, 1e-3)
    assert state.mark is None


def test_the_colours_follow_the_kind(view: Any, state: Exploration) -> None:
    assert texts_of(view.frontiers.legend) == ["CPU node", "GPU node"]
    said = view.answer
    choose(view, kind="shape")
    assert view.answer == said
    names = texts_of(view.frontiers.legend)
    assert len(names) == 6
    assert names[-1] == "3 others"
    assert "rectangle" in names
    assert len(set(view.frontiers.legend.data["colour"])) == 6
    assert state.answer(FRONTIER).num_rows == len(view.frontiers.points.data["run_time"]) > 8


def test_the_frontier_can_be_seen_from_close_by(view: Any, state: Exploration) -> None:
    choose(view, shown="frontier")
    run = unbeaten(state.answer(FRONTIER))[0]
    (left, right), (bottom, top) = (
        (axis.start, axis.end) for axis in (view.chart.x_range, view.chart.y_range)
    )
    assert left < run["run_time_s"] < right < 100
    assert bottom < run["energy_j"] / 3600 < top
    xs = view.frontiers.legend.data["x"] + view.frontiers.sizes.data["x"]
    assert all(left <= x <= right for x in xs if math.isfinite(x))
    choose(view, shown="plane")
    assert view.chart.x_range.end > 100_000


def test_ends_and_knee_are_named(view: Any, state: Exploration) -> None:
    assert texts_of(view.frontiers.ends) == ["fastest, thriftiest"]
    choose(view, shown="frontier")
    assert texts_of(view.frontiers.ends) == ["fastest", "thriftiest"]
    choose(view, shown="plane")
    state.brush_set("hardware", ("GPU node",))
    assert texts_of(view.frontiers.ends) == ["fastest and thriftiest"]
    state.clear()
    state.brush_lasso("run_time_energy", ((480, 1e5), (2000, 1e5), (2000, 1e6), (480, 1e6)))
    assert "knee" in view.frontiers.ends.data["text"]
    assert "up to the knee" in view.answer


def test_nothing_selected_is_drawn_empty(view: Any, state: Exploration) -> None:
    state.brush_range("depth", 2.1, 2.2)
    assert all(source.data["image"][0].max() == 0 for source in view.density.sources)
    assert view.frontiers.points.data["run_time"] == []
    assert texts_of(view.frontiers.ends) == []
    choose(view, shown="frontier")
    assert view.chart.x_range.end > 100_000


def test_the_table_has_the_frontiers(view: Any) -> None:
    table = view.table()
    assert table.header[:2] == ("Run time (s)", "Energy (J)")
    assert sum(row[3] for row in table.rows) == 4
