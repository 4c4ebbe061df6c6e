"""The view of depth without a browser: points, lines, bends, panels, clicks, choice."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from bokeh.events import Tap
from bokeh.models import HoverTool

from energyvis_panel.data.butter_e import load_butter_e, standin_path
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.views.explore.depth.depth import Depth
from energyvis_panel.views.explore.depth.depth_columns import Scale, scale_of
from energyvis_panel.views.explore.depth.panel_grid import BLOCK, GAP_PX, LEFT_PX, PanelGrid, in_panel


@pytest.fixture
def state(butter_e: Gateway) -> Exploration:
    return Exploration(butter_e)


@pytest.fixture
def view(state: Exploration) -> Any:
    return Depth(state)


def choose(view: Any, compared: str) -> None:
    """What the choice above the figure sends."""
    view._choose({"compared": compared})


def pixel(view: Any, panel: int, across: float, up: float) -> tuple[float, float]:
    """Where a place of a panel lies on the figure."""
    grid = view.drawn.grid
    columns = grid.across.data["columns"][0]
    x = grid.across.data["first"][0] + panel % columns * grid.across.data["pitch"][0]
    y = -grid.up.data["first"][0] - panel // columns * grid.up.data["pitch"][0] - grid.up.data["box"][0]
    return x + across * grid.across.data["box"][0], y + up * grid.up.data["box"][0]


def tap(view: Any, panel: int, across: float, up: float) -> None:
    x, y = pixel(view, panel, across, up)
    view.chart._trigger_event(Tap(view.chart, x=x, y=y, sx=0, sy=0))


def points_of(view: Any, dataset: str, hardware: str) -> dict[int, float]:
    """Energy by depth of the points that are drawn."""
    data = view.drawn.points.data
    return {
        depth: float(energy_mj)
        for of, on, depth, energy_mj, y in zip(
            data["dataset"], data["hardware"], data["depth"], data["energy_mj"], data["y"], strict=True
        )
        if (of, on) == (dataset, hardware) and np.isfinite(y)
    }


def test_there_is_a_panel_for_all_and_for_each_data_set_with_an_energy_per_datum(view: Any) -> None:
    assert len(view.panels.datasets) == 13
    assert view.panels.datasets[0] == ""
    assert "505_tecator" not in view.panels.datasets
    assert list(view.panels.depths) == [*range(2, 11), 12, 14, 16, 18, 20]


def test_points_are_the_curves_on_one_scale(view: Any) -> None:
    data, scale = view.drawn.points.data, view.drawn.scale
    assert len(data["y"]) == 13 * 2 * 14
    for (dataset, gpu), curve in view.curves.items():
        found = points_of(view, dataset or "All data sets", "GPU node" if gpu else "CPU node")
        assert found == pytest.approx(dict(zip(curve.depths, curve.energies_mj, strict=True)), rel=1e-5)
    panel = np.floor((np.asarray(data["y"]) + 1) / BLOCK)
    assert (panel == np.repeat(np.arange(13), 28)).all()
    up = np.asarray(data["y"]) - panel * BLOCK
    assert up * scale.top_mj == pytest.approx(np.asarray(data["energy_mj"]), abs=1e-3)
    assert 0 < up.min() < up.max() < 1


def test_six_layers_on_cpu_nodes_are_open(view: Any) -> None:
    data = view.drawn.points.data
    is_open = np.array(data["fill"]) == 0
    assert is_open.sum() == 13
    assert set(np.array(data["depth"])[is_open]) == {6}
    assert set(np.array(data["hardware"])[is_open]) == {"CPU node"}


def test_lines_are_the_fits(view: Any, state: Exploration) -> None:
    state.brush_range("size", 4e6)
    lines, scale = view.drawn.lines.data, view.drawn.scale
    fit = view.curves["", True].fit
    assert fit.bend is None
    ends = [lines["y0"][2], lines["y1"][2], lines["y0"][3], lines["y1"][3]]
    assert ends == pytest.approx([fit.at(depth) / scale.top_mj for depth in (2, 11, 11, 20)], rel=1e-4)
    bent = view.curves["", False].fit
    assert lines["x1"][0] == lines["x0"][1] == pytest.approx(view.panels.across(bent.bend), rel=1e-5)
    assert lines["y1"][0] == lines["y0"][1] == pytest.approx(bent.at(bent.bend) / scale.top_mj, rel=1e-4)


def test_a_bend_is_marked_with_its_interval_and_only_where_there_is_one(
    view: Any, state: Exploration
) -> None:
    assert set(view.drawn.bends.data["text"]) == {""}
    assert np.isnan(view.drawn.bends.data["y"]).all()
    choose(view, "runs")
    bends = view.drawn.bends.data
    fit = view.curves["", False].fit
    assert bends["text"][0] == f"faster from {fit.bend:.1f}"
    places = [view.panels.across(at) for at in (fit.low, fit.bend, fit.high)]
    assert [bends[name][0] for name in ("low", "x", "high")] == pytest.approx(places)
    assert (bends["text"][1], bends["align"][0], bends["baseline"][0]) == ("", "left", "top")
    marked = sum(text != "" for text in bends["text"])
    assert marked == sum(curve.fit.bend is not None for curve in view.curves.values()) > 3
    choose(view, "networks")
    state.brush_range("size", high=2048)
    assert view.drawn.bends.data["text"][0].startswith("slower from 10")
    state.brush_range("size", 4e6)
    assert view.drawn.bends.data["text"][0] == "faster from \N{LESS-THAN OR EQUAL TO} 4"
    assert len(view.drawn.bends.data["text"]) == 26


def test_the_choice_asks_the_other_question_and_says_so(view: Any, state: Exploration) -> None:
    before = points_of(view, "All data sets", "CPU node")
    choose(view, "runs")
    assert state.asked("depth_curves").name == "depth_runs"
    assert points_of(view, "All data sets", "CPU node") != before
    assert "over runs as they are" in view.answer
    context = view.drawn.context.data["y"]
    choose(view, "networks")
    assert points_of(view, "All data sets", "CPU node") == before
    assert "with the same networks at every depth" in view.answer
    assert not np.array_equal(view.drawn.context.data["y"], context, equal_nan=True)


def test_the_grey_stays_behind_a_selection_that_lacks_a_data_set(view: Any, state: Exploration) -> None:
    grey = np.array(view.drawn.context.data["y"])
    assert np.isfinite(grey).sum() == 13 * 2 * 14
    state.brush_set("dataset", ("adult",))
    assert points_of(view, "mnist", "CPU node") == {}
    assert len(points_of(view, "adult", "CPU node")) == 14
    assert points_of(view, "All data sets", "GPU node") == points_of(view, "adult", "GPU node")
    assert np.array_equal(view.drawn.context.data["y"], grey, equal_nan=True)


def test_the_scale_grows_with_the_selection_and_its_numbers_keep_their_rows(
    view: Any, state: Exploration
) -> None:
    texts = view.drawn.numbers.data["text"]
    assert texts[:4] == ["0", "5", "10", "15"]
    top_mj = view.drawn.scale.top_mj
    state.brush_range("size", 4e6)
    assert view.drawn.scale.top_mj > 5 * top_mj
    assert texts[:2] != view.drawn.numbers.data["text"][:2] == ["0", "100"]
    assert len(view.drawn.numbers.data["text"]) == len(texts)
    rules = view.drawn.rules.data
    assert len(rules["y"]) == 13 * len(view.drawn.scale.lines_mj)
    assert np.asarray(rules["y"][:2]) * view.drawn.scale.top_mj == pytest.approx([0, 100])


@pytest.mark.parametrize(
    ("most_mj", "lines_mj"),
    [(17.0, [0, 5, 10, 15]), (0.9, [0, 0.25, 0.5, 0.75]), (390.0, [0, 200, 400]), (75.0, [0, 20, 40, 60])],
)
def test_lines_of_the_scale_are_round(view: Any, most_mj: float, lines_mj: list[float]) -> None:
    curve = view.curves["", False]
    one = type(curve)("", False, [2], [most_mj], [1], [0], 1, None)
    scale = scale_of({("", False): one})
    assert scale.lines_mj == pytest.approx(lines_mj)
    assert scale.top_mj == pytest.approx(most_mj * 1.04)
    assert scale_of({}).lines_mj[0] == 0


def test_a_click_on_a_dot_looks_at_its_runs(view: Any, state: Exploration) -> None:
    panel = view.panels.datasets.index("adult")
    for hardware, gpu in (("CPU node", False), ("GPU node", True)):
        up = view.curves["adult", gpu].energies_mj[3] / view.drawn.scale.top_mj
        tap(view, panel, view.panels.across(5) + 0.01, up)
        assert state.mark is not None
        assert state.mark.ranges == {"depth": (5, 5)}
        assert state.mark.sets == {"hardware": (hardware,), "dataset": ("adult",)}
        assert state.mark_title == f"adult, 5 layers on a {hardware}"
    tap(view, 0, view.panels.across(20), 0.5)
    assert state.mark is not None
    assert "dataset" not in state.mark.sets
    assert state.mark_title.startswith("All data sets, 20 layers on a ")


def test_a_click_on_a_name_selects_its_data_set_and_again_all(view: Any, state: Exploration) -> None:
    panel = view.panels.datasets.index("nursery")
    tap(view, panel, 0.2, 1.08)
    assert state.brushes.sets == {"dataset": ("nursery",)}
    tap(view, view.panels.datasets.index("sleep"), 0.2, 1.08)
    assert state.brushes.sets == {"dataset": ("sleep",)}
    tap(view, 0, 0.2, 1.08)
    assert not state.brushes
    tap(view, panel, 0.2, 1.08)
    tap(view, panel, 0.2, 1.08)
    assert not state.brushes
    assert state.mark is None


def test_a_click_beside_the_panels_does_nothing(view: Any, state: Exploration) -> None:
    for panel, across, up in (
        (0, -0.9, 0.5),
        (14, 0.5, 0.5),
        (14, 0.5, 1.08),
        (0, 0.5, 2.0),
        (0, 0.5, -0.05),
    ):
        tap(view, panel, across, up)
    state.brush_set("dataset", ("adult",))
    tap(view, view.panels.datasets.index("mnist"), 0.5, 0.5)  # a panel without a selected run
    assert state.mark is None
    assert state.brushes.sets == {"dataset": ("adult",)}


@pytest.mark.parametrize("columns", [2, 3, 5, 7])
def test_a_pixel_is_found_in_its_panel_whatever_the_columns(columns: int) -> None:
    grid = PanelGrid(13)
    pitch = 900 / columns
    grid.across.data = {"columns": [columns], "first": [LEFT_PX], "pitch": [pitch], "box": [pitch - GAP_PX]}
    for panel in range(13):
        x = LEFT_PX + panel % columns * pitch + 0.25 * (pitch - GAP_PX)
        row = panel // columns
        up = {name: one[0] for name, one in dict(grid.up.data).items()}
        y = -up["first"] - row * up["pitch"] - 0.25 * up["box"]
        assert grid.found(x, y) == pytest.approx((panel, 0.25, 0.75))
    assert in_panel(3, np.array([0.25])).tolist() == [3 * BLOCK + 0.25]


def test_the_table_has_every_dot_with_its_line(view: Any, state: Exploration) -> None:
    table = view.table()
    assert len(table.rows) == 26 * 14
    assert all(len(row) == len(table.header) for row in table.rows)
    curve = view.curves["", False]
    assert table.rows[0][:6] == [
        "All data sets", "CPU node", 2, curve.energies_mj[0], curve.runs[0], curve.networks,
    ]  # fmt: skip
    assert table.rows[0][7] == pytest.approx(curve.fit.at(2))
    choose(view, "runs")
    first = view.table().rows[0]
    fit = view.curves["", False].fit
    assert first[-3:] == [fit.bend, fit.low, fit.high]
    assert first[5] is None
    state.brush_range("depth", 2, 4)
    assert view.table().rows[0][7:] == [None] * 4


def test_the_hover_says_whose_dot_it_is(view: Any) -> None:
    said = view.chart.select_one(HoverTool).tooltips
    assert "Energy per datum: @energy_mj{custom} mJ (median)" in said
    assert "@filled{0,0} networks filled in" in said


def test_nothing_selected_leaves_the_grey_alone(view: Any, state: Exploration) -> None:
    state.brush_range("depth", 2.1, 2.9)
    assert view.answer == "No run matches all brushes. Clear one."
    for source, name in ((view.drawn.points, "y"), (view.drawn.lines, "y0"), (view.drawn.bends, "y")):
        assert np.isnan(np.asarray(source.data[name], float)).all()
    assert np.isfinite(view.drawn.context.data["y"]).sum() == 13 * 2 * 14
    assert view.table().rows == []


@pytest.fixture
def one_run(tmp_path: Path) -> Iterator[Exploration]:
    """A data set of a single run on a GPU node."""
    table = pq.read_table(standin_path())
    table = table.filter(pc.field("j_per_datum").is_valid() & (pc.field("hardware") == "GPU node"))
    pq.write_table(table.slice(0, 1), tmp_path / "one.parquet")
    with Gateway() as gateway:
        load_butter_e(gateway, tmp_path / "one.parquet")
        yield Exploration(gateway)


def test_one_run_is_one_dot_twice(one_run: Exploration) -> None:
    view: Any = Depth(one_run)
    assert len(view.panels.datasets) == 2
    assert np.isfinite(view.drawn.points.data["y"]).sum() == 2
    assert view.answer.startswith("Fewer than 7 depths are selected")
    assert np.isnan(view.drawn.lines.data["y0"]).all()
    tap(view, 1, 0.5, 0.5)
    assert one_run.mark_title.endswith("layers on a GPU node")


@pytest.fixture
def unmeasured(tmp_path: Path) -> Iterator[Exploration]:
    """A data set without an energy per datum."""
    table = pq.read_table(standin_path())
    pq.write_table(table.filter(pc.field("j_per_datum").is_null()).slice(0, 9), tmp_path / "none.parquet")
    with Gateway() as gateway:
        load_butter_e(gateway, tmp_path / "none.parquet")
        yield Exploration(gateway)


def test_runs_without_an_energy_per_datum_leave_one_empty_panel(unmeasured: Exploration) -> None:
    view: Any = Depth(unmeasured)
    assert view.panels.datasets == [""]
    assert "with an energy per datum (9 of 9 runs)." in view.answer
    assert view.drawn.scale == Scale(1.04, 0.5)
    choose(view, "runs")
    assert view.answer == "None of the selected runs has an energy per datum (9 of 9 runs)."
