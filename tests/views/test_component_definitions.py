"""Each page learns of a component that is loaded after it was opened, once."""

import gc
import weakref
from typing import Any

import pytest
from bokeh.document import Document
from panel.custom import JSComponent, ReactiveESM

from energyvis_panel.views import component_definitions
from energyvis_panel.views.component_definitions import KNOWN, define_by_page


@pytest.fixture(autouse=True)
def panel_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ReactiveESM, "_get_properties", ReactiveESM._get_properties)
    monkeypatch.setattr(Document, "to_json", Document.to_json)
    define_by_page()


def late_component(name: str) -> Any:
    """A component whose module is loaded now."""
    return type(name, (JSComponent,), {"_esm": "export function render() {}", "__module__": __name__})


def shown(component: Any, document: Document) -> Any:
    """Model of a new instance, in the document."""
    model = component().get_root(document)
    document.add_root(model)
    return model


def opened() -> Document:
    """A document that a page has fetched."""
    document = Document()
    document.to_json()
    return document


def test_pages_that_were_opened_before_are_told_once_each() -> None:
    first, second = opened(), opened()
    component = late_component("LateForBoth")
    assert shown(component, first)._defs == [component._data_model]
    assert shown(component, second)._defs == [component._data_model]
    assert shown(component, first)._defs == []


def test_a_page_that_is_opened_later_or_again_finds_the_definition_among_all() -> None:
    before = opened()
    component = late_component("LateForOne")
    told = shown(component, before)
    again, later = before.to_json(), Document()
    assert shown(component, later)._defs == []
    for fetched in (again, later.to_json()):
        content: Any = getattr(fetched, "content", fetched)
        assert "LateForOne1" in {definition["name"] for definition in content["defs"]}
        assert "'id': 'LateForOne1'" not in str(content["roots"])
    assert told._defs == []


def test_a_document_that_goes_is_forgotten_and_to_begin_twice_is_to_begin_once() -> None:
    to_json = Document.to_json
    component_definitions.define_by_page()
    assert Document.to_json is to_json
    document = opened()
    assert document in KNOWN
    gone = weakref.ref(document)
    del document
    gc.collect()
    assert gone() is None
