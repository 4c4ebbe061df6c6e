"""Energy signatures without a browser: radar, bars, chips, choices, click, and what a brush does."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from bokeh.events import DoubleTap, Tap
from bokeh.models import HoverTool

from energyvis_panel.data.butter_e import load_butter_e, standin_path
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.signatures.signatures import AMOUNTS
from energyvis_panel.views.explore.signatures.signature_marks import letter_axes
from energyvis_panel.views.explore.signatures.signatures import Signatures
from energyvis_panel.views.theme import CPU, GPU
from tests.views.conftest import send


@pytest.fixture
def state(butter_e: Gateway) -> Exploration:
    return Exploration(butter_e)


@pytest.fixture
def view(state: Exploration) -> Any:
    return Signatures(state)


def choose(view: Any, **chosen: str) -> None:
    """What the choices above the figure send."""
    view.choices.chosen = view.choices.chosen | chosen


def tap(view: Any, x: float, y: float) -> None:
    view.chart._trigger_event(Tap(view.chart, x=x, y=y, sx=0, sy=0))


def labels(view: Any) -> list[str]:
    return [one["name"] for one in view.picker.shown]


def radii(view: Any) -> Any:
    """Distances of the points from the middle, place x axis."""
    points = view.radar.points.data
    return np.hypot(points["x"], points["y"]).reshape(4, len(AMOUNTS))


def test_each_axis_runs_from_zero_to_the_largest_that_is_shown(view: Any) -> None:
    means = np.array([[one.means[amount.name] for amount in AMOUNTS] for one in view._shown])
    assert radii(view)[:2] == pytest.approx(means / means.max(axis=0))
    assert np.isnan(radii(view)[2:]).all()
    ends = [amount.text(end) for amount, end in zip(AMOUNTS, means.max(axis=0), strict=True)]
    assert [text.rpartition("\n")[2] for text in view.radar.titles.data["text"]] == ends


def test_points_lie_on_their_axes_and_lines_close(view: Any) -> None:
    points, lines = view.radar.points.data, view.radar.lines.data
    angles = np.degrees(np.arctan2(points["y"], points["x"]))[:6]
    assert np.round(angles % 360).tolist() == [90, 30, 330, 270, 210, 150]
    assert lines["x0"].tolist() == [*points["x"][:6].tolist(), points["x"][0]]
    assert lines["y1"].tolist() == [*points["y"][6:12].tolist(), points["y"][6]]


def test_bars_have_the_same_lengths_and_say_their_values(view: Any) -> None:
    bars = view.bars.bars.data
    assert bars["right"].reshape(4, 6) == pytest.approx(radii(view), nan_ok=True)
    assert bars["letter"] == [*["A"] * 6, *["B"] * 6, *[""] * 12]
    cpu = view._found["CPU node"]
    assert bars["value_said"][:6] == [amount.text(cpu.means[amount.name]) for amount in AMOUNTS]
    assert len(set(bars["y"])) == 24
    assert view.bars.figure.y_range.end < min(bars["y"]) < max(bars["y"]) < view.bars.figure.y_range.start


def test_hardware_has_its_colours_and_others_have_others(view: Any) -> None:
    assert [one["colour"] for one in view.picker.shown] == [CPU, GPU]
    assert view.radar.points.data["colour"][:12] == [CPU] * 6 + [GPU] * 6
    choose(view, grouping="dataset")
    colours = [one["colour"] for one in view.picker.shown]
    assert len(set(colours)) == 4
    assert not {CPU, GPU} & set(colours)
    assert [renderer.glyph.line_color for renderer in view.radar._drawn] == colours
    assert len({str(renderer.glyph.line_dash) for renderer in view.radar._drawn}) == 4


def test_another_grouping_shows_the_groups_with_the_most_runs(view: Any, state: Exploration) -> None:
    choose(view, grouping="dataset")
    counts = sorted(state.categories["dataset"].values(), reverse=True)
    assert [one["runs"] for one in view.picker.shown] == [f"{count:,} runs" for count in counts[:4]]
    assert view.picker.is_full
    assert not view.picker.is_picked
    assert len(view.picker.others) == 9
    assert np.nanmax(radii(view), axis=0) == pytest.approx(np.ones(6))


def test_configurations_are_taken_away_added_and_reset(view: Any) -> None:
    choose(view, grouping="dataset")
    first = labels(view)
    send(view.picker, {"action": "remove", "name": first[1]})
    assert labels(view) == [first[0], *first[2:]]
    assert view.picker.is_picked
    send(view.picker, {"action": "add", "name": "mnist"})
    assert labels(view) == [first[0], *first[2:], "mnist"]
    send(view.picker, {"action": "add", "name": "adult"})
    assert len(labels(view)) == 4
    choose(view, grouping="hardware")
    assert labels(view) == ["CPU node", "GPU node"]
    choose(view, grouping="dataset")
    assert labels(view)[-1] == "mnist"
    send(view.picker, {"action": "reset"})
    assert labels(view) == first
    for name in ("CPU node", "GPU node"):
        choose(view, grouping="hardware")
        send(view.picker, {"action": "remove", "name": name})
    assert labels(view) == ["GPU node"]


def test_what_is_no_request_changes_nothing(view: Any, state: Exploration) -> None:
    before = labels(view)
    for message in (
        {},
        {"action": "add", "name": 3},
        {"action": "add", "name": "x"},
        {"action": "open"},
        "add",
    ):
        send(view.picker, message)
    assert labels(view) == before
    assert state.mark is None


def test_a_picked_one_keeps_its_place_while_it_has_no_run(view: Any, state: Exploration) -> None:
    send(view.picker, {"action": "add", "name": "CPU node"})
    choose(view, grouping="shape")
    for name in labels(view)[1:]:
        send(view.picker, {"action": "remove", "name": name})
    send(view.picker, {"action": "add", "name": "trapezoid"})
    kept = labels(view)
    state.brush_set("shape", ("trapezoid",))
    assert labels(view) == kept
    assert view.picker.shown[0]["runs"] == "0 runs"
    assert np.isnan(radii(view)[0]).all()
    assert np.isfinite(radii(view)[1]).all()


def test_grey_is_all_runs_of_the_same_configurations(view: Any, state: Exploration) -> None:
    before = radii(view)[:2]
    grey = view.radar.everything.data
    assert np.hypot(grey["xs"], grey["ys"])[:2, :6] == pytest.approx(before)
    state.brush_range("size", 1e6)
    grey = np.hypot(view.radar.everything.data["xs"], view.radar.everything.data["ys"])[:2, :6]
    ratio = [
        [view._all[name].means[amount.name] / view._found[name].means[amount.name] for amount in AMOUNTS]
        for name in labels(view)
    ]
    assert grey / radii(view)[:2] == pytest.approx(np.array(ratio))
    assert max(np.nanmax(grey), np.nanmax(radii(view))) == pytest.approx(1)
    assert view.bars.marks.data["x"].reshape(4, 6)[:2] == pytest.approx(grey)


def test_a_click_on_a_point_a_bar_or_a_chip_looks_at_its_runs(view: Any, state: Exploration) -> None:
    points = view.radar.points.data
    tap(view, points["x"][7], points["y"][7])
    assert state.mark is not None
    assert state.mark.sets == {"hardware": ("GPU node",)}
    assert state.mark_title == "GPU node"
    state.look_at(None)
    tap(view, 1.2, 1.2)
    assert state.mark is None
    choose(view, form="bars")
    bars = view.bars.bars.data
    tap(view, 0.01, bars["y"][3])
    assert state.mark_title == "CPU node"
    state.look_at(None)
    for y in (bars["y"][-1], bars["y"][0] - 1, -50.0):
        tap(view, 0.01, y)
    assert state.mark is None
    view.chart._trigger_event(DoubleTap(view.chart, x=0.01, y=bars["y"][6], sx=0, sy=40))
    assert state.mark_title == "GPU node"
    state.look_at(None)
    send(view.picker, {"action": "open", "name": "CPU node"})
    assert state.mark_title == "CPU node"


def test_the_chosen_form_is_shown_and_has_the_name(view: Any) -> None:
    assert view.chart is view._pane.object is view.radar.figure
    choose(view, form="bars")
    assert view.chart is view._pane.object is view.bars.figure
    assert (view.bars.figure.name, view.radar.figure.name) == ("figure-signatures", None)
    assert view.chart.html_attributes["aria-label"] == f"{view.question} {view.answer}"
    hover: Any = view.chart.select_one(HoverTool)
    assert "@amount_said: @value_said" in hover.tooltips
    choose(view, form="radar")
    assert view.chart is view.radar.figure


def test_letters_stand_where_signatures_lie_apart() -> None:
    nowhere = [np.nan] * 3
    grid = np.array([[0.1, 0.5, 1.0], [0.9, 0.5, 1.0], [0.5, 0.5, 0.2], nowhere])
    assert letter_axes(grid) == [0, 0, 2, -1]
    apart = np.array([[0.1, 0.2, 1.0], [0.9, 0.5, 1.0], nowhere, nowhere])
    assert letter_axes(apart) == [0, 1, -1, -1]


def test_nothing_selected_is_drawn_as_context_alone(view: Any, state: Exploration) -> None:
    send(view.picker, {"action": "remove", "name": "GPU node"})
    state.brush_range("depth", 2.1, 2.9)
    assert np.isnan(radii(view)).all()
    assert np.isfinite(view.radar.everything.data["xs"][0]).all()
    assert view.radar.letters.data["text"] == [""] * 4
    assert view.table().rows == []
    assert view.answer == "No run matches all brushes. Clear one."


def test_one_run_is_drawn_and_said(tmp_path: Path) -> None:
    pq.write_table(pq.read_table(standin_path()).slice(100, 1), tmp_path / "one.parquet")
    with Gateway() as gateway:
        load_butter_e(gateway, tmp_path / "one.parquet")
        view: Any = Signatures(Exploration(gateway))
        assert np.nansum(radii(view)) == pytest.approx(np.isfinite(radii(view)).sum())
        assert [one["runs"] for one in view.picker.shown] == ["1 run"]
        assert "None of those shown has 5 selected runs" in view.answer


def test_the_table_has_a_row_for_each_that_is_shown(view: Any) -> None:
    table = view.table()
    assert len(table.header) == len(table.rows[0]) == 9
    assert [row[:2] for row in table.rows] == [["CPU node", 47_669], ["GPU node", 15_858]]
    gpu = view._found["GPU node"].means
    assert table.rows[1][3:] == pytest.approx([
        gpu["j_per_datum"] * 1e3, gpu["ms_per_batch"], gpu["working_set_bytes"] / 1024,
        gpu["energy_j"] / 3600, gpu["overhead_share"] * 100, gpu["power_w"],
    ])  # fmt: skip


def test_sources_keep_their_rows(view: Any, state: Exploration) -> None:
    drawings = view.radar, view.bars
    sources = [one for drawing in drawings for one in vars(drawing).values() if hasattr(one, "column_names")]
    before = [len(next(iter(source.data.values()))) for source in sources]
    for grouping in ("dataset", "size"):
        choose(view, grouping=grouping)
        state.brush_range("depth", 3, 4)
        assert [len(next(iter(source.data.values()))) for source in sources] == before
