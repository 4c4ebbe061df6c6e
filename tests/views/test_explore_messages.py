"""What a brush sends to the browser: what changed, once."""

from typing import Any

import pytest
from bokeh.document import Document
from bokeh.document.events import ColumnDataChangedEvent

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.views.explore.distribution.energy_histogram import EnergyHistogram
from energyvis_panel.views.explore.parallel.parallel_coordinates import ParallelCoordinates


@pytest.fixture
def state(butter_e: Gateway) -> Exploration:
    """An exploration whose brushes are answered when the test says so."""
    state = Exploration(butter_e)
    state.schedule = lambda _refresh: None
    return state


def answered(state: Exploration, *, slow: bool) -> None:
    state.publish(state.answered(state.stale(slow=slow)))


def sent(figure: Any, state: Exploration, *, slow: bool) -> list[ColumnDataChangedEvent]:
    """The columns that go to a browser when the prompt or the slow questions are answered."""
    document = Document()
    document.add_root(figure)
    events: list[Any] = []
    document.on_change(events.append)
    try:
        answered(state, slow=slow)
    finally:
        document.remove_root(figure)
    return [event for event in events if isinstance(event, ColumnDataChangedEvent)]


def test_bars_send_their_numbers_and_neither_edges_nor_texts(state: Exploration) -> None:
    view = EnergyHistogram(state)
    state.brush_range("depth", 2, 4)
    (bars,) = (event for event in sent(view.chart, state, slow=False) if event.model is view.selected)
    assert bars.cols is not None
    assert set(bars.cols) == {"runs", "of", "share", "of_share", "height", "context", "reach"}
    assert view.selected.data["runs"].sum() < state.total_runs
    assert len(view.selected.data["span"]) == len(view.selected.data["runs"])


def test_lines_are_drawn_with_the_prompt_answers_and_not_again_with_the_slow_ones(
    state: Exploration,
) -> None:
    view: Any = ParallelCoordinates(state)
    state.brush_range("depth", 2, 4)
    assert {event.model for event in sent(view.chart, state, slow=False)} >= set(view.images)
    said = view.answer
    assert sent(view.chart, state, slow=True) == []
    assert view.answer != said
    state.brush_range("depth", 2, 5)
    assert {event.model for event in sent(view.chart, state, slow=False)} >= set(view.images)
