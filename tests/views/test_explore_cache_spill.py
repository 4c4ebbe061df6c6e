"""The plane of working set and energy without a browser: images, curves, boundaries, brushes, clicks."""

import math
from typing import Any

import numpy as np
import pytest
from bokeh.document import Document
from bokeh.events import SelectionGeometry, Tap
from bokeh.models import HoverTool, LogScale

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.state.explore.cache_spill.cache_spill import CELL_BINS, UP, steps_of
from energyvis_panel.state.explore.cache_spill.cache_spill_levels import ACROSS
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.views.explore.cache_spill.cache_spill import CacheSpill

ONE_RUN = (
    "SELECT run_id FROM butter_e_runs WHERE working_set_level = 'L3' AND j_per_datum IS NOT NULL LIMIT 1"
)


@pytest.fixture
def state(butter_e: Gateway) -> Exploration:
    return Exploration(butter_e)


@pytest.fixture
def view(state: Exploration) -> Any:
    return CacheSpill(state)


def choose(view: Any, **chosen: str) -> None:
    """What the choices above the figure send."""
    view.choices.chosen = view.choices.chosen | chosen


def drawn(view: Any, x: tuple[float, float], y: tuple[float, float]) -> None:
    """What Bokeh calls when a box is released on the figure."""
    geometry: Any = {"type": "rect", "x0": x[0], "x1": x[1], "y0": y[0], "y1": y[1]}
    view.chart._trigger_event(SelectionGeometry(view.chart, geometry=geometry, final=True))


def tap(view: Any, x: float, y: float) -> None:
    view.chart._trigger_event(Tap(view.chart, x=x, y=y, sx=0, sy=0))


def pixels(view: Any) -> list[int]:
    """How many pixels of each hardware class hold a run."""
    return [int((source.data["image"][0] > 0).sum()) for source in view.density.sources]


def marked(state: Exploration) -> int:
    """How many runs of the selection lie in what is looked at."""
    assert state.mark is not None
    alone = Exploration(state.asking._gateway)
    alone.brush_ranges({**state.brushes.ranges, **state.mark.ranges})
    for name, values in state.mark.sets.items():
        alone.brush_set(name, values)
    return alone.run_count


def test_both_axes_are_logarithmic_with_units(view: Any) -> None:
    assert view.chart.xaxis.axis_label == "Working set, per core or chip"
    assert view.chart.title.text == "Energy per datum (mJ)"
    assert isinstance(view.chart.x_scale, LogScale)
    assert isinstance(view.chart.y_scale, LogScale)
    # 128 B, 2 KiB, 32 KiB and so on, in the KiB that are drawn, and the doublings in between.
    ticker = view.chart.xaxis[0].ticker
    assert ticker.ticks == [0.125, 2, 32, 512, 8192, 131_072, 2_097_152]
    assert 0.25 in ticker.minor_ticks
    assert view.chart.yaxis[0].ticker.ticks[:3] == [2, 5, 10]


def test_every_boundary_is_named_with_its_place_and_what_changes_there(view: Any) -> None:
    on_cpu, on_gpu = (lines.lines.data for lines in view.lines)
    assert on_cpu["name"] == ["L1", "L2", "L3"]
    assert on_cpu["size"] == ["32 KiB", "1.03 MiB", "25.8 MiB"]
    assert on_cpu["x"] == [32, 1056, 26_400]
    assert (on_gpu["name"], on_gpu["size"]) == (["L1", "L2"], ["112 KiB", "6.11 MiB"])
    ratios = [f"\u00d7{step.beyond.median_j / step.within.median_j:.2f}" for step in steps_of(view._held[0])]
    assert on_cpu["ratio"] == ratios
    assert [lines.ends.data["text"] for lines in view.lines] == [["CPU nodes", "RAM"], ["GPU nodes", "HBM"]]
    low, high = view.chart.y_range.start, view.chart.y_range.end
    assert low < on_gpu["y"][0] < on_cpu["low"][0] < on_cpu["high"][0] < on_cpu["y"][0] < high


def test_the_medians_of_levels_are_drawn_in_their_place(view: Any) -> None:
    levels = view.curves[0].levels.data
    assert levels["high"][:3] == levels["low"][1:] == [32, 1056, 26_400]
    assert levels["median"] == pytest.approx([1000 * one.median_j for one in view._held[0]])
    curve = view.curves[0].source.data
    known = np.isfinite(curve["median"])
    assert (curve["lower"][known] <= curve["median"][known]).all()
    assert (curve["median"][known] <= curve["upper"][known]).all()
    assert ((curve["low"] < curve["x"]) & (curve["x"] < curve["high"])).all()


def test_the_hovers_say_runs_and_quartiles(view: Any) -> None:
    tips = "".join(hover.tooltips for hover in view.chart.select(HoverTool))
    for title in ("Runs here, CPU nodes", "Selected runs, GPU nodes", "Quartiles", "Working set"):
        assert f"<div>{title}: " in tips


def test_a_choice_of_nodes_leaves_out_the_others(view: Any, state: Exploration) -> None:
    both = pixels(view)
    context = int((view.density.context.data["image"][0] > 0).sum())
    choose(view, nodes="gpu")
    assert pixels(view) == [0, both[1]]
    assert int((view.density.context.data["image"][0] > 0).sum()) < context
    assert view.answer.startswith("The step is largest at the L2 of GPU nodes")
    assert not any(renderer.visible for renderer in view.lines[0]._renderers)
    assert {row[0] for row in view.table().rows} == {"GPU node"}
    # Answers that come while they are left out are drawn when they are chosen again.
    state.brush_range("depth", 2, 3)
    choose(view, nodes="both")
    assert all(pixels(view))
    assert all(renderer.visible for renderer in view.lines[0]._renderers)
    assert view.curves[0].source.data["runs"].sum() == sum(one.run_count for one in view._held[0])


def test_shown_as_medians_the_plane_surrounds_them(view: Any, state: Exploration) -> None:
    full = sum(pixels(view))
    ends = view.chart.y_range.start, view.chart.y_range.end
    state.brush_range("depth", 8, 20)
    choose(view, shown="medians")
    quartiles = np.concatenate(
        [curve.source.data[name] for curve in view.curves for name in ("lower", "upper")]
    )
    window = view.window
    assert ends[0] < view.chart.y_range.start < window.place(0) < np.nanmin(quartiles)
    assert np.nanmax(quartiles) < window.place(1) < view.chart.y_range.end < ends[1]
    assert 0 < sum(pixels(view)) < full
    image = view.density.sources[0].data["image"][0]
    assert not image[: window.low // CELL_BINS].any()
    assert not image[window.high // CELL_BINS :].any()
    assert view.lines[0].lines.data["low"][0] == window.place(0)
    assert all(window.place(0) <= tick <= window.place(1) for tick in view.chart.yaxis[0].ticker.ticks)
    choose(view, shown="plane")
    assert (view.chart.y_range.start, view.chart.y_range.end) == ends


def test_a_box_is_one_step_and_open_at_the_frame(view: Any, state: Exploration) -> None:
    drawn(view, (100, 10_000), (5, 50))
    assert state.brushes.ranges == {ACROSS: (102_400, 10_240_000), UP: (0.005, 0.05)}
    state.undo()
    assert not state.brushes
    drawn(view, (1e-3, 10_000), (1e-3, 1e9))
    assert state.brushes.ranges == {ACROSS: (-math.inf, 10_240_000)}


@pytest.mark.parametrize("shown", ["plane", "medians"])
def test_a_range_across_leaves_the_energy_open(view: Any, state: Exploration, shown: str) -> None:
    choose(view, mode="across", shown=shown, nodes="gpu")
    assert view.chart.toolbar.active_drag is view.brush.tools["across"]
    drawn(view, (100, 10_000), (view.chart.y_range.start, view.chart.y_range.end))
    assert state.brushes.ranges == {ACROSS: (102_400, 10_240_000)}


def test_own_brushes_leave_the_plane(view: Any, state: Exploration) -> None:
    before = pixels(view)
    drawn(view, (100, 10_000), (5, 50))
    assert pixels(view) == before
    assert sum(curve.source.data["runs"].sum() for curve in view.curves) == state.run_count < state.total_runs


def test_a_click_in_the_plane_looks_at_the_runs_of_its_cell(view: Any, state: Exploration) -> None:
    choose(view, nodes="cpu")
    image, least, most = (view.density.sources[0].data[name][0] for name in ("image", "least", "most"))
    up, across = np.argwhere(image == image.max())[0]
    x, y = (
        state.axes[name].value(CELL_BINS * (at + 0.5)) / per_unit
        for name, at, per_unit in ((ACROSS, across, 1024), (UP, up, 1e-3))
    )
    tap(view, x, y)
    assert least[image[up, across]] <= marked(state) <= most[image[up, across]]
    assert state.mark is not None
    assert state.mark.sets == {"hardware": ("CPU node",)}
    assert state.mark_title.startswith("Near ")
    assert state.mark_title.endswith(" mJ per datum")


def test_a_click_on_a_level_looks_at_the_runs_that_it_holds(view: Any, state: Exploration) -> None:
    state.brush_range(UP, 1e-9, 1e9)
    tap(view, 1000, view.lines[0].lines.data["y"][0])
    assert state.mark_title == "Held by the L2 of CPU nodes: 32 KiB to 1.03 MiB"
    assert marked(state) == view._held[0][1].run_count
    tap(view, 1000, view.lines[1].lines.data["y"][0])
    assert state.mark_title == "Held by the L2 of GPU nodes: 112 KiB to 6.11 MiB"
    tap(view, 1e6, view.lines[1].lines.data["y"][0])
    assert state.mark_title.startswith("Held by the HBM of GPU nodes: ")


def test_a_click_beside_the_plane_looks_at_nothing(view: Any, state: Exploration) -> None:
    tap(view, 1e-6, 10)
    choose(view, nodes="gpu")
    tap(view, 1000, view.lines[0].lines.data["y"][0])
    assert state.mark is None


def test_nothing_selected_is_drawn_empty(view: Any, state: Exploration) -> None:
    choose(view, shown="medians")
    state.brush_range("depth", 2.1, 2.2)
    assert view.answer == "No run matches all brushes. Clear one."
    assert pixels(view) == [0, 0]
    assert np.isnan(view.curves[0].source.data["median"]).all()
    assert view.lines[0].lines.data["ratio"] == ["too few"] * 3
    assert view.window.low == 0
    assert all(row[5] == 0 and row[7] is None for row in view.table().rows)


def test_one_run_is_drawn_and_nothing_said_of_a_step(
    view: Any, state: Exploration, butter_e: Gateway
) -> None:
    row = butter_e._database.connection.cursor().execute(ONE_RUN).fetchone()
    assert row is not None
    state.brush_set("run_id", (row[0],))
    assert view.answer.startswith("There is only one run, held by the L3 of CPU nodes, ")
    assert pixels(view) == [1, 0]
    assert np.isnan(view.curves[0].levels.data["median"]).all()
    assert sum(row[5] for row in view.table().rows) == 1


def test_the_table_has_levels_before_the_curve(view: Any) -> None:
    table = view.table()
    assert [row[2] for row in table.rows[:4]] == ["level"] * 4
    assert all(len(row) == len(table.header) for row in table.rows)
    assert sum(row[5] for row in table.rows if row[2] == "level") == sum(
        one.run_count for levels in view._held for one in levels
    )


def test_a_brush_sends_numbers_and_neither_places_nor_texts(view: Any, state: Exploration) -> None:
    document, events = Document(), list[Any]()
    document.add_root(view.chart)
    document.on_change(events.append)
    state.brush_range("depth", 2, 4)
    sent = {id(event.model): event.cols for event in events if hasattr(event, "cols")}
    assert set(sent[id(view.curves[0].source)]) == {"runs", "lower", "median", "upper"}
    assert set(sent[id(view.lines[0].lines)]) == {"ratio"}
    assert id(view.lines[0].ends) not in sent
    assert id(view.density.context) not in sent
