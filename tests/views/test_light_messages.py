"""Messages say what Bokeh's own say, without a look at all that the page holds."""

import importlib
from typing import Any

import numpy as np
import pytest
from bokeh.core.serialization import Deserializer, Serializer
from bokeh.document import Document
from bokeh.document.events import ColumnDataChangedEvent, ModelChangedEvent, RootAddedEvent
from bokeh.document.models import DocumentModelManager
from bokeh.models import Column, ColumnDataSource, Model
from bokeh.models.widgets import Div
from bokeh.protocol import Protocol

from energyvis_panel.views.light_messages import SMALL_BYTES, LightSerializer, SyncedModels, send_lightly


def page(count: int = 3) -> tuple[Document, Column]:
    """A document whose page has all of it."""
    document, column = Document(), Column(children=[Div(text=f"part {n}") for n in range(count)])
    document.add_root(column)
    document.models.flush_synced()
    return document, column


def said(document: Document, column: Column) -> list[Any]:
    """Contents of messages of every kind of reference: to what is there, new, new twice, and gone again."""
    first, *_others = column.children
    new, data = Div(text="new"), ColumnDataSource({"x": [1, 2]})
    contents = []

    def say(event: Any) -> None:
        contents.append(Protocol().create("PATCH-DOC", [event]).content)

    say(ModelChangedEvent(document, first, "text", "other"))
    column.children = [*column.children, new]
    say(ModelChangedEvent(document, column, "children", column.children))
    say(ModelChangedEvent(document, column, "children", column.children))
    column.children = column.children[1:]
    say(ModelChangedEvent(document, column, "tags", [first, new]))
    document.add_root(data)
    say(RootAddedEvent(document, data))
    say(ColumnDataChangedEvent(document, data, "data", {"x": [3, 4]}))
    return contents


def without_ids(content: Any, known: dict[str, int]) -> Any:
    """The content with each id replaced by the number of its first appearance."""
    if isinstance(content, dict):
        return {
            key: known.setdefault(value, len(known)) if key == "id" else without_ids(value, known)
            for key, value in content.items()
        }
    if isinstance(content, (list, tuple)):
        return [without_ids(one, known) for one in content]
    if isinstance(content, Model):
        return known.setdefault(content.id, len(known))
    return content


@pytest.fixture
def bokeh_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    messages = importlib.import_module("bokeh.protocol.messages.patch_doc")
    monkeypatch.setattr(messages, "Serializer", Serializer)
    models = set_of_synced
    monkeypatch.setattr(DocumentModelManager, "synced_references", property(models))


def set_of_synced(models: DocumentModelManager) -> set[Model]:
    """What Bokeh lists."""
    return {model for model in models if model not in models._new_models}


@pytest.mark.usefixtures("bokeh_as_it_was")
def test_messages_say_what_bokeh_s_say() -> None:
    theirs = without_ids(said(*page()), {})
    send_lightly()
    assert without_ids(said(*page()), {}) == theirs
    assert "new" in str(theirs)


@pytest.mark.usefixtures("bokeh_as_it_was")
def test_the_parts_that_a_message_does_not_name_are_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    send_lightly()
    document, column = page(500)
    asked: list[Model] = []
    ref: Any = Model.__dict__["ref"]

    def noted(self: Model) -> Any:
        asked.append(self)
        return ref.fget(self)

    monkeypatch.setattr(Model, "ref", property(noted))
    Protocol().create("PATCH-DOC", [ModelChangedEvent(document, column.children[7], "text", "other")])
    assert asked == [column.children[7]]


def test_a_page_has_what_is_in_its_document_and_not_new() -> None:
    document, column = page()
    synced = SyncedModels(document.models)
    assert set(synced) == {column, *column.children}
    assert len(synced) == 4
    new = Div()
    column.children = [new]
    assert new not in synced
    assert column in synced
    document.models.flush_synced()
    assert new in SyncedModels(document.models)


def test_a_set_of_references_is_taken_as_bokeh_takes_it() -> None:
    known, other = Div(), Div(text="other")
    serializer = LightSerializer(references={known})
    assert serializer.encode(known) == known.ref
    assert serializer.encode(other)["attributes"] == {"text": "other"}
    assert serializer.has_ref(other)


def test_small_arrays_stand_within_a_message_and_large_ones_beside_it() -> None:
    values: dict[str, Any] = {
        "small": np.arange(3.5, 20),
        "largest small": np.arange(SMALL_BYTES // 8, dtype=float),
        "large": np.arange(SMALL_BYTES // 8 + 1, dtype=float),
        "bytes": b"some",
        "empty": np.zeros(0),
    }
    serialized = LightSerializer().serialize(values)
    assert serialized.buffers is not None
    assert [len(buffer.to_bytes()) for buffer in serialized.buffers] == [SMALL_BYTES + 8]
    read = Deserializer().deserialize(serialized)
    assert read.keys() == values.keys()
    for name, value in values.items():
        assert np.array_equal(read[name], value)
