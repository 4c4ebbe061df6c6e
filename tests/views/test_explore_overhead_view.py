"""The view of overhead without a browser: bars, stairs, marks, choices, brush, click and keyboard way."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from bokeh.events import SelectionGeometry, Tap
from bokeh.models import Axis as BokehAxis
from bokeh.models import HoverTool

from energyvis_panel.data.butter_e import load_butter_e, standin_path
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.domain.units import JOULES_PER_KWH
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.overhead.overhead import SLOT, by_group, by_run_time
from energyvis_panel.views.explore.overhead.overhead import Overhead
from energyvis_panel.views.explore.overhead.overhead_columns import EDGES
from energyvis_panel.views.explore.overhead.overhead_layout import (
    CURVES_PX,
    CURVES_TOP,
    ROW_PX,
    ROWS_FOOT,
    STEPS,
    TICKS_PX,
    height_px,
)
from tests.views.conftest import send

NODE_TYPES = 6


@pytest.fixture
def state(butter_e: Gateway) -> Exploration:
    return Exploration(butter_e)


@pytest.fixture
def view(state: Exploration) -> Any:
    return Overhead(state)


def choose(view: Any, **chosen: str) -> None:
    """What the choices above the figure send."""
    view.choices.chosen = view.choices.chosen | chosen


def tap(view: Any, x: float, y: float) -> None:
    view.chart._trigger_event(Tap(view.chart, x=x, y=y, sx=0, sy=0))


def box_drawn(view: Any, **corners: float) -> None:
    geometry: Any = {"type": "rect"} | corners
    view.chart._trigger_event(SelectionGeometry(view.chart, geometry=geometry, final=True))


def drawn(view: Any) -> dict[str, list[Any]]:
    """Columns of the rows that are drawn, the first row uppermost."""
    columns = view.overhead.rows.data
    count = sum(bool(name) for name in columns["name"])
    return {name: list(values)[:count] for name, values in columns.items()}


def marked_runs(state: Exploration) -> int:
    """How many of the selection the looked-at mark holds."""
    assert state.mark is not None
    one = Exploration(state.asking._gateway)
    one.brush_ranges({**state.brushes.ranges, **state.mark.ranges})
    for name, values in {**state.brushes.sets, **state.mark.sets}.items():
        one.brush_set(name, values)
    return one.run_count


def test_bars_end_where_the_sums_say(view: Any, state: Exploration) -> None:
    state.brush_range("depth", 3, 9)
    choose(view, grouping="dataset")
    rows = drawn(view)
    spent = by_group(state.answer(SLOT), "dataset", rows["name"])
    energy_j = spent.std_energy_j.sum(axis=1)
    assert rows["cpu_overhead"] == pytest.approx(spent.overhead_j[:, 0] / energy_j)
    assert rows["gpu_overhead"] == pytest.approx(spent.overhead_j.sum(axis=1) / energy_j)
    beyond = spent.overhead_j.sum(axis=1) + spent.training_j[:, 0]
    assert rows["cpu_training"] == pytest.approx(beyond / energy_j)
    assert rows["gpu_training"] == pytest.approx([1.0] * len(energy_j))
    choose(view, scale="energy")
    rows = drawn(view)
    assert rows["gpu_training"] == pytest.approx(energy_j / energy_j.max())
    assert rows["gpu_overhead"] == pytest.approx(spent.overhead_j.sum(axis=1) / energy_j.max())


def test_bars_are_labelled_with_share_and_runs(view: Any, state: Exploration) -> None:
    rows = drawn(view)
    total = by_group(state.answer(SLOT), "node_type", rows["name"]).summed(1)
    assert set(rows["name"]) == set(state.categories["node_type"])
    for at, label in enumerate(rows["label"]):
        share, count = label.removesuffix(" runs").split(" %, ")
        assert float(share) == pytest.approx(total.share[at], rel=0.005)
        assert int(count.replace(",", "")) == total.known[at]
    choose(view, scale="energy")
    assert drawn(view)["label"] == drawn(view)["both_said"]
    assert " % of " in drawn(view)["label"][0]


def test_the_grey_of_all_runs_stays_when_a_brush_empties_a_bar(view: Any, state: Exploration) -> None:
    before = drawn(view)
    state.brush_set("hardware", ("GPU node",))
    rows = drawn(view)
    for at, name in enumerate(rows["name"]):
        on_gpu = name.startswith("gpu")
        assert rows["label"][at] == (before["label"][at] if on_gpu else "no run")
        assert rows["gpu_training"][at] == float(on_gpu)
    assert rows["mark"] == pytest.approx(before["mark"])
    assert rows["track"] == before["track"] == [1.0] * NODE_TYPES
    everything = by_group(state.context(SLOT), "node_type", rows["name"]).summed(1)
    assert rows["mark"] == pytest.approx(everything.share / 100)


def test_stairs_lie_at_their_share(view: Any, state: Exploration) -> None:
    state.brush_set("dataset", ("mnist",))
    for source, rows in (
        (view.overhead.curves, state.answer(SLOT)),
        (view.overhead.context, state.context(SLOT)),
    ):
        share = by_run_time(rows).steps(4).share
        for at, name in enumerate(("CPU node", "GPU node")):
            heights = (source.data[name] - TICKS_PX) / CURVES_PX * 100
            assert heights[::2] == pytest.approx(share[at], nan_ok=True, abs=1e-4)
            assert heights[1::2] == pytest.approx(share[at], nan_ok=True, abs=1e-4)
        for at, name in enumerate(("cpu", "gpu")) if rows is state.answer(SLOT) else ():
            hovered = view.overhead.steps.data
            assert hovered[f"{name}_share"] == pytest.approx(share[at], nan_ok=True, rel=1e-6)
            assert (hovered[f"{name}_runs"] == by_run_time(rows).steps(4).known[at]).all()
    across = view.overhead.curves.data["x"]
    assert (across[0], across[-1], len(across)) == (0, 1, 2 * STEPS)
    assert (across[1:-1:2] == across[2::2]).all()


def test_the_labels_of_the_stairs_say_where_half_is_reached(view: Any, state: Exploration) -> None:
    said = view.overhead.halves.data["half_said"]
    assert said[0].startswith("CPU nodes: half up to 1 min ")
    assert said[1].startswith("GPU nodes: half up to 2")
    share = by_run_time(state.answer(SLOT)).share
    for at, across in enumerate(view.overhead.halves.data["x"]):
        last = round(across * 240)
        assert share[at, last - 1] >= 50
        assert not (share[at, last:] >= 50).any()
    state.brush_range("run_time_s", 7200)
    assert list(view.overhead.halves.data["half_said"]) == [
        "CPU nodes: less than half",
        "GPU nodes: less than half",
    ]
    state.brush_set("hardware", ("CPU node",))
    assert view.overhead.halves.data["half_said"][1] == ""


def test_the_figure_is_as_high_as_its_rows_and_has_no_axis(view: Any) -> None:
    assert view.chart.height == view.chart.y_range.end == height_px(NODE_TYPES)
    assert not list(view.chart.select(BokehAxis))
    choose(view, grouping="dataset")
    assert view.chart.height == view.chart.y_range.end == height_px(13)
    assert max(drawn(view)["top"]) < view.chart.height
    assert drawn(view)["name"][0] == "505_tecator"


def test_a_source_of_texts_never_changes_its_number_of_rows(view: Any, state: Exploration) -> None:
    sources = (view.overhead.rows, view.overhead.halves, view.overhead.steps)
    before = [len(next(iter(source.data.values()))) for source in sources]
    choose(view, grouping="hardware")
    state.brush_range("depth", 2.1, 2.2)
    assert [len(next(iter(source.data.values()))) for source in sources] == before
    assert {len(values) for values in view.overhead.rows.data.values()} == {before[0]}


def test_a_click_on_a_bar_looks_at_its_runs(view: Any, state: Exploration) -> None:
    rows = drawn(view)
    for at, name in enumerate(rows["name"]):
        tap(view, 0.9, rows["foot"][at] + ROW_PX / 2)
        assert state.mark is not None
        assert state.mark.sets == {"node_type": (name,)}
        assert state.mark_title == f"Node type {name}"
        assert f"{marked_runs(state):,} runs" in rows["label"][at]
    state.look_at(None)
    tap(view, 0.5, CURVES_TOP + 5)
    tap(view, 0.5, view.chart.height - 1)
    assert state.mark is None


def test_a_click_on_a_size_stays_within_the_brush(view: Any, state: Exploration) -> None:
    choose(view, grouping="size")
    state.brush_range("size", 100, 300)
    tap(view, 0.5, drawn(view)["foot"][1] + 1)
    assert state.mark is not None
    assert state.mark.ranges == {"size": (128, 300)}
    assert f"{marked_runs(state):,} runs" in drawn(view)["label"][1]
    assert state.mark_title == "Network size 128 to 511"


def test_a_bar_without_runs_opens_nothing(view: Any, state: Exploration) -> None:
    state.brush_set("hardware", ("GPU node",))
    rows = drawn(view)
    tap(view, 0.5, rows["foot"][rows["name"].index("cpu1")] + 1)
    assert state.mark is None


def test_a_click_on_a_step_looks_at_the_runs_of_the_nearer_curve(view: Any, state: Exploration) -> None:
    steps = by_run_time(state.answer(SLOT)).steps(4)
    at = int(np.flatnonzero(steps.known.all(axis=0))[0])
    for place, (name, height) in enumerate((("CPU node", TICKS_PX + 1), ("GPU node", CURVES_TOP - 1))):
        tap(view, (at + 0.5) / STEPS, height)
        assert state.mark is not None
        assert state.mark.sets == {"hardware": (name,)}
        assert marked_runs(state) == steps.known[place, at]
        assert state.mark_title == f"Run time {view.overhead.steps.data['span'][at]} on a {name}"
    # Where only one hardware has runs, its curve is the nearer wherever the pointer is.
    only = int(np.flatnonzero((steps.known[0] > 0) & (steps.known[1] == 0))[0])
    tap(view, (only + 0.5) / STEPS, TICKS_PX)
    assert state.mark is not None
    assert state.mark.sets == {"hardware": ("CPU node",)}
    state.look_at(None)
    state.brush_range("run_time_s", 600, 700)
    tap(view, 0.01, TICKS_PX)
    assert state.mark is None


def test_a_drag_over_the_stairs_brushes_the_run_time_and_one_over_the_bars_does_not(
    view: Any, state: Exploration
) -> None:
    axis = state.axes["run_time_s"]
    box_drawn(view, x0=0.25, x1=0.5, y0=ROWS_FOOT + 1, y1=ROWS_FOOT + 40)
    assert not state.brushes
    box_drawn(view, x0=0.25, x1=0.5, y0=TICKS_PX, y1=CURVES_TOP)
    low, high = state.brushes.ranges["run_time_s"]
    assert (low, high) == pytest.approx((axis.value(60), axis.value(120)), rel=1e-3)
    brush = view.chart.select_one({"name": "overhead-brush"})
    assert (brush.visible, brush.left, brush.right) == (True, pytest.approx(0.25, abs=1e-3),
                                                        pytest.approx(0.5, abs=1e-3))  # fmt: skip
    assert np.isfinite(view.overhead.curves.data["CPU node"]).sum() <= 2 * (STEPS // 4 + 1)
    assert np.isfinite(view.overhead.context.data["CPU node"]).sum() > STEPS


def test_the_list_brushes_a_bar_and_takes_the_brush_away(view: Any, state: Exploration) -> None:
    assert [text for _key, text in view.picker.groups] == drawn(view)["name"]
    send(view.picker, {"action": "brush", "key": "gpu1"})
    assert state.brushes.sets == {"node_type": ("gpu1",)}
    assert view.picker.brushed == ["gpu1"]
    send(view.picker, {"action": "look", "key": "gpu1"})
    assert state.mark_title == "Node type gpu1"
    send(view.picker, {"action": "brush", "key": "gpu1"})
    assert not state.brushes
    assert view.picker.brushed == []
    for nonsense in ({"action": "brush", "key": "gpu9"}, {"action": "brush"}, "gpu1", {"key": "gpu1"}):
        send(view.picker, nonsense)
    assert not state.brushes
    choose(view, grouping="size")
    send(view.picker, {"action": "brush", "key": "2"})
    assert state.brushes.ranges == {"size": (32, 127)}
    assert view.picker.brushed == ["2"]


def test_another_grouping_is_asked_alone_and_keeps_the_sentence(view: Any, state: Exploration) -> None:
    said = view.answer
    choose(view, grouping="batch")
    assert state._posed[SLOT].values == {"grouping": "batch"}
    assert len(state._posed) == 2
    assert set(drawn(view)["name"]) == set(state.categories["batch"])
    assert view.answer == said
    view.choices.chosen = {"grouping": "colour", "scale": "energy"}
    assert view.grouping == "node_type"


def test_an_answer_about_other_groups_is_not_drawn(view: Any, state: Exploration) -> None:
    on_its_way = state.answered({SLOT: state._answers[SLOT][0]})
    choose(view, grouping="hardware")
    before = drawn(view)
    assert set(before["name"]) == {"CPU node", "GPU node"}
    state.publish(on_its_way)
    assert drawn(view) == before
    state.brush_range("depth", 3, 9)
    assert drawn(view)["name"] == before["name"]
    assert drawn(view)["label"] != before["label"]


def test_the_old_bars_stay_until_the_new_groups_are_answered(view: Any, state: Exploration) -> None:
    before = drawn(view)
    waiting: list[Any] = []
    state.schedule = waiting.append
    choose(view, grouping="hardware")
    choose(view, scale="energy")
    assert drawn(view) == before
    waiting[-1]()
    assert set(drawn(view)["name"]) == {"CPU node", "GPU node"}
    assert " % of " in drawn(view)["label"][0]


def test_the_hover_says_parts_and_runs(view: Any, state: Exploration) -> None:
    steps, bars = sorted((hover.tooltips for hover in view.chart.select(HoverTool)), key=len)
    assert "Overhead: @both_said" in bars
    assert "All runs: @all_said" in bars
    assert "Run time: @span" in steps
    rows = drawn(view)
    gpu1 = rows["name"].index("gpu1")
    assert rows["cpu_said"][gpu1] == "no run"
    assert rows["gpu_said"][gpu1] == rows["both_said"][gpu1] == rows["all_said"][gpu1]
    spent = by_group(state.answer(SLOT), "node_type", rows["name"]).summed(1).spent[gpu1]
    assert rows["rest_said"][gpu1] == f"{spent} all overhead, 0 without a standardised energy"


def test_nothing_selected_is_drawn_as_context_alone(view: Any, state: Exploration) -> None:
    state.brush_range("depth", 2.1, 2.2)
    rows = drawn(view)
    assert set(rows["label"]) == {"no run"}
    assert not any(any(rows[name]) for name in EDGES)
    assert all(rows["track"])
    assert np.isnan(view.overhead.curves.data["GPU node"]).all()
    assert np.isfinite(view.overhead.context.data["GPU node"]).any()
    choose(view, scale="energy")
    assert max(drawn(view)["track"]) == 1
    assert not any(drawn(view)["gpu_training"])


def test_the_table_has_what_is_drawn(view: Any, state: Exploration) -> None:
    choose(view, grouping="dataset")
    state.brush_range("depth", 3, 9)
    table = view.table()
    rows = [dict(zip(table.header, row, strict=True)) for row in table.rows]
    both = {row["Runs of"]: row for row in rows if row["Hardware"] == "Both"}
    spent = by_group(state.answer(SLOT), "dataset", list(both)).summed(1)
    assert len(both) == 13
    assert sum(row["Runs"] for row in both.values()) == state.run_count
    for at, row in enumerate(both.values()):
        assert row["Overhead (kWh)"] + row["Training (kWh)"] == pytest.approx(
            spent.std_energy_j[at] / JOULES_PER_KWH
        )
        assert row["Overhead (%)"] == pytest.approx(spent.share[at])
    steps = [row for row in rows if row["Runs of"].startswith("Run time ")]
    assert sum(row["Runs"] for row in steps) == state.run_count
    assert {row["Hardware"] for row in steps} == {"CPU node", "GPU node"}


def test_a_single_run_is_drawn(tmp_path: Any) -> None:
    pq.write_table(pq.read_table(standin_path()).slice(0, 1), tmp_path / "one.parquet")
    with Gateway() as gateway:
        load_butter_e(gateway, tmp_path / "one.parquet")
        view = Overhead(Exploration(gateway))
        assert "of the only run (1 of 1 runs" in view.answer
        rows = drawn(view)
        assert len(rows["name"]) == 1
        assert rows["label"][0].endswith(", 1 run")
        assert 0 < max(rows["cpu_overhead"][0], rows["gpu_overhead"][0]) <= 1


def test_many_groups_are_drawn_to_a_limit_and_listed_whole(tmp_path: Any) -> None:
    table = pq.read_table(standin_path()).slice(0, 60)
    names = [f"data {max(at, 20) - 20:02}" for at in range(60)]
    at = table.column_names.index("dataset")
    table = table.set_column(at, "dataset", pa.array(names, table.schema.field("dataset").type))
    pq.write_table(table, tmp_path / "many.parquet")
    with Gateway() as gateway:
        load_butter_e(gateway, tmp_path / "many.parquet")
        view = Overhead(Exploration(gateway))
        choose(view, grouping="dataset")
        assert len(drawn(view)["name"]) == 24
        assert "data 00" in drawn(view)["name"]
        assert len({row[0] for row in view.table().rows if str(row[0]).startswith("data")}) == 40
