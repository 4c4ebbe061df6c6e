"""Changes that are held before a page's first message are sent to it all the same, in their order."""

import threading
from collections.abc import Callable
from typing import Any

import panel as pn
import pytest
from bokeh.document import Document
from bokeh.document.events import ModelChangedEvent, SessionCallbackAdded
from bokeh.models.widgets import Div
from panel.custom import ReactiveESM
from panel.io import document as documents
from panel.io.document import hold

from energyvis_panel.views.component_definitions import define_by_page
from energyvis_panel.views.early_changes import keep_early_changes


@pytest.fixture(autouse=True)
def panel_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ReactiveESM, "_get_properties", ReactiveESM._get_properties)
    monkeypatch.setattr(Document, "to_json", Document.to_json)
    monkeypatch.setattr(documents, "_drain_unconnected_events", documents._drain_unconnected_events)
    define_by_page()
    keep_early_changes()


@pytest.fixture
def shown() -> tuple[Document, Div, list[Any]]:
    """A document with a text, the text, and what a page would be told of it."""
    document, text, told = Document(), Div(text="as built"), []
    document.add_root(text)
    document.on_change(lambda event: told.append(event.new) if isinstance(event, ModelChangedEvent) else None)
    return document, text, told


def change(document: Document, text: Div, *words: str) -> Callable[[], None]:
    def act() -> None:
        for word in words:
            with hold(document):
                text.text = word

    return act


def test_what_changes_before_the_document_is_fetched_is_in_it(shown: tuple[Document, Div, list[Any]]) -> None:
    document, text, told = shown
    change(document, text, "early")()
    fetched: Any = document.to_json()
    assert "early" in str(fetched)
    pn.state._on_load(document)
    assert told == []


def ticks(document: Document) -> Callable[[], None]:
    """Calls what is asked for the document's next tick, in order, as a server would: there is none here."""
    waiting: list[Callable[[], Any]] = []

    def note(event: object) -> None:
        if isinstance(event, SessionCallbackAdded):
            waiting.append(event.callback.callback)

    document.on_change(note)

    def call() -> None:
        for act in waiting:
            act()

    return call


def test_what_changes_after_it_is_told_at_the_next_tick(shown: tuple[Document, Div, list[Any]]) -> None:
    document, text, told = shown
    tick = ticks(document)
    document.to_json()
    change(document, text, "one", "other")()
    assert told == []
    tick()
    assert told == ["one", "other"]
    pn.state._on_load(document)
    assert told == ["one", "other"]


def test_so_is_what_another_thread_changes(shown: tuple[Document, Div, list[Any]]) -> None:
    document, text, told = shown
    tick = ticks(document)
    document.to_json()
    beside = threading.Thread(target=change(document, text, "from beside"))
    beside.start()
    beside.join()
    tick()
    assert told == ["from beside"]


def test_a_callback_goes_on_at_once(shown: tuple[Document, Div, list[Any]]) -> None:
    document, _text, _told = shown
    added: list[str] = []
    document.on_change(lambda event: added.append(type(event).__name__))
    document.to_json()
    with hold(document):
        document.add_next_tick_callback(lambda: None)
    assert added == ["SessionCallbackAdded"]


def test_to_begin_twice_is_to_begin_once() -> None:
    kept = documents._drain_unconnected_events
    keep_early_changes()
    assert documents._drain_unconnected_events is kept
