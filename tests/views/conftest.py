"""Views are tested without a browser: set state, read the element."""

import weakref
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import holoviews as hv
import panel as pn
import pytest
from bokeh.document import Document
from panel.io.document import _cleanup_doc
from panel.models.esm import DataEvent

from tests.served_here import end_servers


@pytest.fixture(scope="session", autouse=True)
def bokeh_backend() -> None:
    hv.extension("bokeh", logo=False)


def send(component: Any, message: object) -> None:
    """Hand a component a message as if the browser had sent it."""
    component._process_event(DataEvent(model=None, data=message))


@pytest.fixture(autouse=True)
def fresh_panel_state() -> Iterator[None]:
    yield
    end_servers()
    pn.state.reset()


class Session:
    """As much of Bokeh's session context as Panel looks at."""

    id = "a-session"
    request = SimpleNamespace(arguments={}, cookies={}, headers={})
    session = None
    server_context = None


@pytest.fixture
def unheard() -> Iterator[Document]:
    """A document of a session that no browser has yet."""
    document = Document()
    context: Any = Session()
    document._session_context = weakref.ref(context)
    yield document
    _cleanup_doc(document, destroy=True)
