"""A call that fails leaves the current document as it was."""

from importlib import import_module
from typing import Any

import pytest
from bokeh.document import Document
from bokeh.io import curdoc
from bokeh.models.widgets import Div

from energyvis_panel.views.current_document import end_current_document


@pytest.fixture(autouse=True)
def bokeh_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    noting: Any = import_module("bokeh.io.doc")
    monkeypatch.setattr(noting, "patch_curdoc", noting.patch_curdoc)
    monkeypatch.setattr(noting, "_PATCHED_CURDOCS", [])
    end_current_document()


def listened(document: Document, heard: list[Document], *, fails: bool) -> Div:
    """A text of the document, whose changes are heard."""

    def hear(_event: object) -> None:
        heard.append(curdoc())
        if fails:
            raise ZeroDivisionError

    text = Div(text="before")
    document.add_root(text)
    document.on_change(hear)
    return text


def test_during_a_call_its_document_is_current_and_afterwards_the_one_before() -> None:
    before, document = curdoc(), Document()
    heard: list[Document] = []
    listened(document, heard, fails=False).text = "after"
    assert heard == [document]
    assert curdoc() is before


def test_so_it_is_when_the_call_fails() -> None:
    before, document = curdoc(), Document()
    heard: list[Document] = []
    text = listened(document, heard, fails=True)
    with pytest.raises(ZeroDivisionError):
        text.text = "after"
    assert heard == [document]
    assert curdoc() is before
