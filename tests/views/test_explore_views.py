"""The explore views without a browser: axes, units, sources, hover, and what a brush does to them."""

import re
from html import unescape
from typing import Any

import numpy as np
import panel as pn
import pytest
from bokeh.events import SelectionGeometry
from bokeh.models import Text
from bokeh.models.renderers import GlyphRenderer

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.views.explore.distribution.energy_histogram import EnergyHistogram
from energyvis_panel.views.explore.page import VIEW_CLASSES, ExplorePage, explore_view
from energyvis_panel.views.explore.raster import equalised
from tests.scored_runs import scored_gateway
from tests.views.conftest import send
from tests.views.selected_tables import check_table


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


def test_axis_and_value_are_inverse(state: Exploration) -> None:
    for axis in state.axes.values():
        for value in np.linspace(axis.low, axis.high, 7):
            assert axis.value(axis.position(value)) == pytest.approx(value)


def test_a_brush_shows_in_every_figure_that_has_its_axis(state: Exploration) -> None:
    page = ExplorePage(state)
    parallel: Any = page.views["parallel-coordinates"]
    state.brush_range("energy_j", 3.6e5, 3.6e6)
    histogram = page.views["energy-histogram"].chart.select_one({"name": "energy-histogram-brush"})
    assert (histogram.visible, histogram.left, histogram.right) == (True, 100, 1000)
    axis_brush = parallel._brushes[6].annotation
    assert axis_brush.visible
    assert axis_brush.bottom == pytest.approx(state.axes["energy_j"].position(3.6e5))
    state.clear()
    assert not histogram.visible
    assert not axis_brush.visible


def test_dragging_a_box_brushes_and_is_not_answered_back(state: Exploration) -> None:
    box = EnergyHistogram(state).chart.select_one({"name": "energy-histogram-brush"})
    state.brush_range("energy_j", 3.6e5, 3.6e6)
    box.left = 123.456789
    assert state.brushes.ranges["energy_j"] == (444_400, 3.6e6)
    assert box.left == 123.456789
    box.left = 2000.0  # inside out: the other edge is still on its way
    assert state.brushes.ranges["energy_j"] == (444_400, 3.6e6)


def scored_state() -> Exploration:
    """An exploration whose runs have their scores."""
    gateway, scores = scored_gateway()
    return Exploration(gateway, scores=scores)


@pytest.mark.parametrize("name", VIEW_CLASSES)
def test_every_card_has_its_question_answer_and_the_mark_of_synthetic_data(name: str) -> None:
    view = explore_view(name, scored_state())
    shown = texts(view.__panel__())
    assert view.question in shown
    assert re.search(r"(of 63,527|13,\d{3} matched settings)", view.answer)
    assert "Synthetic data" in shown


@pytest.mark.parametrize("name", VIEW_CLASSES)
def test_an_empty_selection_is_drawn_empty_and_said(name: str) -> None:
    state = scored_state()
    view = explore_view(name, state)
    state.brush_range("depth", 2.1, 2.9)
    assert view.answer == "No run matches all brushes. Clear one."
    images = [source.data["image"][0] for source in getattr(view, "images", [])]
    assert all(image.max() == 0 for image in images)


SELECTIONS = {
    "all runs": ("", "TRUE"),
    "one on a CPU node": ("hardware = 'CPU node' AND j_per_datum > 0", "run_id = '{run}'"),
    "none": ("", "FALSE"),
    "some": ("", "power_w BETWEEN 200 AND 400 AND optimizer = 'SGD'"),
    "one on a GPU node": ("hardware = 'GPU node' AND j_per_datum > 0", "run_id = '{run}'"),
    "one without energy per datum": ("j_per_datum IS NULL", "run_id = '{run}'"),
    "all runs again": ("", "TRUE"),
}
"""Of which runs the first is taken, and what the selected ones have in common."""
DIFFERENT = 4
"""So many sentences at least a view says of them."""


def select(state: Exploration, gateway: Gateway, name: str) -> str:
    """Brush one of ``SELECTIONS``; gives what holds of its runs alone, in SQL."""
    first_of, where = SELECTIONS[name]
    state.clear()
    if first_of:
        statement = f"SELECT run_id FROM butter_e_runs WHERE {first_of} ORDER BY run_id LIMIT 1"  # noqa: S608
        ((run,),) = gateway._database.connection.cursor().sql(statement).fetchall()
        state.brush_set("run_id", (run,))
        return where.format(run=run)
    if name == "none":
        state.brush_range("depth", 2.1, 2.9)
    if name == "some":
        # No view has an axis of these that its own brush would be drawn on, and left out of its question.
        state.brush_range("power_w", 200, 400)
        state.brush_set("optimizer", ("SGD",))
    return where


def rows_of_texts(view: Any) -> dict[str, int]:
    """How many rows each source of texts in a view's figure has."""
    glyphs = view.chart.select({"type": GlyphRenderer}) if view.chart else ()
    return {
        glyph.data_source.id: len(next(iter(glyph.data_source.data.values())))
        for glyph in glyphs
        if isinstance(glyph.glyph, Text)
    }


def said_runs(name: str, state: Exploration) -> str:
    """How the sentence of a view ends or begins that says its number of runs."""
    if name == "anomalies":
        return rf"\b{state.run_count:,} runs? with known energy"
    if name == "shapes":
        return rf"\([\d,]+ of {state.total_runs:,} runs\)"
    if name == "signatures":
        return rf"\({state.run_count:,} of {state.total_runs:,} runs\)"
    return rf"\b{state.run_count:,} of {state.total_runs:,} runs"


@pytest.mark.parametrize("name", VIEW_CLASSES)
def test_each_view_is_right_for_every_selection(name: str) -> None:
    gateway, scores = scored_gateway()
    state = Exploration(gateway, scores=scores)
    view: Any = explore_view(name, state)
    drawn = rows_of_texts(view)
    said = set()
    for selection in SELECTIONS:
        where = select(state, gateway, selection)
        assert not state.stale()
        assert state.refusal == ""
        if state.run_count:
            assert re.search(said_runs(name, state), view.answer)
        else:
            assert view.answer == "No run matches all brushes. Clear one."
        check_table(view, gateway, where)
        assert rows_of_texts(view) == drawn
        if view.chart is None:
            assert name == "leaderboard"  # a table itself
        else:
            label = view.chart.html_attributes["aria-label"]
            assert label == f"{view.question} {view.answer}"
        said.add(view.answer)
    assert len(said) >= DIFFERENT


def test_drawing_asks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    state = scored_state()
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


def test_the_page_is_served(state: Exploration) -> None:
    page: Any = pn.panel(ExplorePage(state))
    assert page.get_root() is not None


def test_a_brush_from_elsewhere_is_kept_to_the_last_digit(state: Exploration) -> None:
    ExplorePage(state)
    state.brush_range("energy_j", 1e5, 1e6)
    state.brush_range("energy_j", 123_456.7, 234_567.8)
    assert state.brushes.ranges == {"energy_j": (123_456.7, 234_567.8)}


def test_views_beyond_the_window_wait_for_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    state = scored_state()
    page = ExplorePage(state)
    sights = {name: cell.objects[-1] for name, cell in page.cells.items()}
    send(sights["leaderboard"], {"seen": False})
    send(sights["anomalies"], {"seen": False})
    monkeypatch.setattr(state, "schedule", lambda _refresh: None)
    state.brush_range("depth", 2, 4)
    prompt, later = state.stale(slow=False), state.stale(slow=True)
    assert {"summary", "energy_histogram"} <= set(prompt)
    assert not any(slot.startswith(("leaderboard", "anomaly")) for slot in prompt)
    assert any(slot.startswith("leaderboard") for slot in later)
    assert any(slot.startswith("anomaly") for slot in later)
    send(sights["leaderboard"], {"seen": True})
    assert any(slot.startswith("leaderboard") for slot in state.stale(slow=False))
    assert set(state.stale()) == set(prompt) | set(later)
