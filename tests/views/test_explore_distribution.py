"""The distribution view without a browser: axes, heights, marks, choices, brush and click."""

from typing import Any

import numpy as np
import pytest
from bokeh.events import SelectionGeometry, Tap
from bokeh.models import CategoricalColorMapper, HoverTool, LinearScale, LogScale, Segment
from bokeh.models.renderers import GlyphRenderer

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.state.explore.axis import BINS
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.leaderboard import QUESTIONS as LEADERBOARD
from energyvis_panel.views.explore.distribution.distribution_marks import LETTER_BINS, label_place
from energyvis_panel.views.explore.distribution.energy_histogram import EnergyHistogram


@pytest.fixture
def state(butter_e: Gateway) -> Exploration:
    return Exploration(butter_e)


@pytest.fixture
def view(state: Exploration) -> Any:
    return EnergyHistogram(state)


def choose(view: Any, **chosen: str) -> None:
    """What the choices above the figure send."""
    view.choices.chosen = view.choices.chosen | chosen


def box_drawn(view: Any, x0: float, x1: float) -> None:
    geometry: Any = {"type": "rect", "x0": x0, "x1": x1, "y0": 0, "y1": 1}
    view.chart._trigger_event(SelectionGeometry(view.chart, geometry=geometry, final=True))


def tap(view: Any, x: float, y: float) -> None:
    view.chart._trigger_event(Tap(view.chart, x=x, y=y, sx=0, sy=0))


def marked_runs(state: Exploration) -> int:
    """How many of the selection the looked-at mark holds."""
    one = Exploration(state.asking._gateway)
    for name, bounds in (state.mark.ranges if state.mark else {}).items():
        one.brush_range(name, *bounds)
    for name, values in (state.mark.sets if state.mark else {}).items():
        one.brush_set(name, values)
    return one.run_count


def test_every_run_is_in_a_bar_on_a_log_energy_axis(view: Any) -> None:
    assert isinstance(view.chart.x_scale, LogScale)
    assert view.chart.xaxis.axis_label == "Energy (Wh)"
    assert view.chart.title.text == "Runs"
    bars = view.selected.data
    assert bars["runs"].sum() == 63_527
    assert set(bars["hardware"]) == {"CPU node", "GPU node"}
    assert bars["span"][0].endswith("Wh")
    on_gpu = np.array(bars["hardware"]) == "GPU node"
    assert (bars["height"][on_gpu] <= 0).all()
    assert (bars["height"][~on_gpu] >= 0).all()
    assert np.abs(bars["height"]) == pytest.approx(bars["runs"])


def test_the_hover_says_range_counts_and_shares(view: Any) -> None:
    (said,) = (one.tooltips for one in view.chart.select(HoverTool) if "@span" in one.tooltips)
    assert "Energy: @span" in said
    assert "@runs{0,0} of @of{0,0} runs" in said
    assert "@share{0.0} % of the selected" in said
    share = view.selected.data["share"].reshape(2, -1)
    assert share.sum(axis=1) == pytest.approx([100, 100])


def test_a_brush_of_its_own_keeps_the_bars_and_moves_the_quartiles(view: Any, state: Exploration) -> None:
    before = view.distribution.marks.source.data["median"]
    box_drawn(view, 100, 200)
    assert state.brushes.ranges == {"energy_j": (360_000, 720_000)}
    assert view.selected.data["runs"].sum() == 63_527
    assert view.distribution.marks.source.data["median"] != before
    state.brush_set("hardware", ("GPU node",))
    assert view.selected.data["runs"].sum() == state.categories["hardware"]["GPU node"]
    assert view.selected.data["of"].sum() == 63_527
    assert np.isfinite(view.distribution.marks.source.data["median"]).tolist() == [False, True]


def test_the_context_has_the_area_of_the_selection(view: Any, state: Exploration) -> None:
    state.brush_range("depth", 4, 6)
    bars = view.selected.data
    for half in (slice(0, 80), slice(80, 160)):
        assert bars["context"][half].sum() == pytest.approx(bars["height"][half].sum())


def test_quartiles_are_labelled_within_the_frame(view: Any, state: Exploration) -> None:
    marks, frame = view.distribution.marks.source.data, view.chart.y_range
    names = view.distribution.marks.names.data
    assert [text.rpartition(" ")[0].rpartition(" ")[0] for text in names["text"]] == [
        "CPU nodes: median", "GPU nodes: median",
    ]  # fmt: skip
    assert names["y"] == marks["y"]
    assert names["offset"] == [-7.0, 7.0]
    assert all(said.endswith("Wh") for said in marks["lower_said"] + marks["upper_said"])
    assert max(marks["y"]) < frame.end
    assert min(marks["y"]) > frame.start
    assert max(view.selected.data["height"]) < max(marks["y"])
    state.brush_range("energy_j", 2.9e7)
    assert view.distribution.marks.source.data["upper_said"] == [""] * len(
        view.distribution.marks.source.data["y"]
    )


@pytest.mark.parametrize(
    ("median_bin", "expected"),
    [
        (0, ("left", 0)),
        (60, ("left", 60)),
        (120, ("center", 120)),
        (180, ("right", 180)),
        (240, ("right", 240)),
    ],
)
def test_the_label_of_a_median_stays_within_a_narrow_figure(
    median_bin: float, expected: tuple[str, float]
) -> None:
    text = "CPU nodes: median 85.1 Wh"
    assert label_place(median_bin, text) == expected
    for at in range(BINS + 1):
        align, place = label_place(at, text)
        begins = place - {"left": 0.0, "center": 0.5, "right": 1.0}[align] * LETTER_BINS * len(text)
        assert 0 <= begins <= BINS - LETTER_BINS * len(text)


def test_a_class_of_one_run_and_of_none_say_so(view: Any, state: Exploration) -> None:
    state.pose(LEADERBOARD)
    leader = state.answer("leaderboard").to_pylist()[0]
    assert leader["hardware"] == "CPU node"
    state.brush_set("run_id", (leader["run_id"],))
    names = view.distribution.marks.names.data
    assert names["text"][0].startswith("CPU nodes: one run, ")
    assert names["text"][1] == "GPU nodes: no run"


def is_edge(glyph: Any) -> bool:
    return isinstance(glyph, Segment) and "hue" in str(glyph.line_color)


def test_bars_have_an_edge_that_is_seen_on_either_ground(view: Any) -> None:
    (edge,) = (one.glyph for one in view.chart.select(GlyphRenderer) if is_edge(one.glyph))
    assert edge.y0.field == edge.y1.field == "height"
    assert isinstance(edge.line_color.transform, CategoricalColorMapper)
    hues = view.selected.data["hue"]
    assert set(hues) <= set(edge.line_color.transform.factors)
    assert len(set(zip(hues, view.selected.data["hardware"], strict=True))) == 2


def test_share_and_density_say_their_unit(view: Any) -> None:
    choose(view, scale="share")
    assert view.chart.title.text == "Percent of its runs"
    assert np.abs(view.selected.data["height"]).sum() == pytest.approx(200)
    choose(view, form="density")
    assert view.chart.title.text == "Percent of its runs per decade"
    curves = view.distribution.curves.data
    decades_per_bin = np.log10(curves["x"][1] / curves["x"][0])
    assert curves["CPU node"].sum() * decades_per_bin == pytest.approx(100)
    assert curves["GPU node"].sum() * decades_per_bin == pytest.approx(-100)
    assert not view.selected.data["height"].any()
    choose(view, scale="runs", measure="power_w")
    assert view.chart.title.text == "Runs per 10 W"


def test_another_measure_has_its_own_axis_brush_and_sentence(view: Any, state: Exploration) -> None:
    first = view.chart
    choose(view, measure="power_w")
    assert view.chart is not first
    assert isinstance(view.chart.x_scale, LinearScale)
    assert view.chart.xaxis.axis_label == "Mean power (W)"
    assert view.selected.data["runs"].sum() == 63_527
    assert view.answer.startswith("The median run draws ")
    box_drawn(view, 300, 350)
    assert state.brushes.ranges == {"power_w": (300, 350)}
    assert view.selected.data["runs"].sum() == 63_527
    choose(view, measure="energy_j")
    assert view.chart is first
    assert view.selected.data["runs"].sum() == state.run_count


def test_only_the_shown_measure_is_asked(view: Any, state: Exploration) -> None:
    choose(view, measure="run_time_s")
    assert state._posed["energy_histogram"].values == {"quantity": "run_time_s"}
    assert len(state._posed) == 3


def test_a_part_of_energy_is_drawn_on_its_axis_without_a_brush(view: Any, state: Exploration) -> None:
    choose(view, measure="std_energy_j")
    assert view.chart.xaxis.axis_label == "Standardised energy (Wh)"
    assert view.chart.select_one({"name": "energy-histogram-brush"}) is None
    tap(view, 50, 1)
    assert state.mark is None


def test_a_click_on_a_bar_looks_at_its_runs(view: Any, state: Exploration) -> None:
    bars = view.selected.data
    for at in (30, 80 + 40):
        middle = np.sqrt(bars["left"][at] * bars["right"][at])
        tap(view, middle, 1.0 if at < 80 else -1.0)
        assert state.mark is not None
        assert state.mark.sets == {"hardware": (bars["hardware"][at],)}
        assert marked_runs(state) == bars["runs"][at] > 0
        assert state.mark_title == f"Energy {bars['span'][at]} on a {bars['hardware'][at]}"


def test_a_click_beside_the_axis_looks_at_nothing(view: Any, state: Exploration) -> None:
    tap(view, 1e-3, 1.0)
    assert state.mark is None


def test_a_choice_that_is_none_falls_back(view: Any) -> None:
    view.choices.chosen = {"measure": "colour", "form": "density"}
    assert view.distribution.measure.name == "energy_j"
    assert view._chosen == {"measure": "energy_j", "form": "density", "scale": "runs"}


def test_nothing_selected_is_drawn_as_context_alone(view: Any, state: Exploration) -> None:
    state.brush_range("depth", 2.1, 2.2)
    bars = view.selected.data
    assert not bars["height"].any()
    assert np.abs(bars["context"]).sum() == 63_527
    assert np.isnan(view.distribution.marks.source.data["y"]).all()
    assert view.chart.y_range.end > 0


def test_the_table_has_the_bars_that_hold_runs(view: Any) -> None:
    table = view.table()
    assert table.header[0] == "Energy"
    assert sum(row[2] for row in table.rows) == 63_527
    assert all(row[3] for row in table.rows)
