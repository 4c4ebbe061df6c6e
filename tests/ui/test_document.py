"""What other threads ask of a page is asked on the page's own loop, and of a page that is gone not at all."""

import logging
import threading
from typing import Any

import panel as pn
import pytest
from bokeh.document import Document
from bokeh.io import curdoc
from panel.tests.util import serve_and_request

from energyvis_panel.views.document import at_next_tick, loop_of
from tests.ui.waiting import wait_until

pytestmark = pytest.mark.ui  # no browser, but a server in this process, which only those tests take down


@pytest.fixture
def served() -> tuple[Document, int]:
    """A document with a session, and the thread that serves it."""
    made: list[tuple[Document, int]] = []

    def build() -> pn.pane.Markdown:
        assert pn.state.curdoc is not None
        made.append((pn.state.curdoc, threading.get_ident()))
        return pn.pane.Markdown("Here")

    serve_and_request(build)
    return made[0]


def test_a_thread_has_the_loop_ask(served: tuple[Document, int]) -> None:
    document, serving = served
    asking: list[int] = []
    acting: list[int] = []
    document.on_change(lambda _event: asking.append(threading.get_ident()))
    at_next_tick(document, lambda: acting.append(threading.get_ident()))
    wait_until(lambda: bool(acting))
    assert set(asking) == {serving}
    assert acting == [serving]


def test_on_the_loop_itself_it_is_asked_at_once(served: tuple[Document, int]) -> None:
    document, _serving = served
    steps: list[str] = []

    def outer() -> None:
        document.on_change(lambda _event: steps.append("asked"))
        at_next_tick(document, lambda: steps.append("acted"))
        steps.append("went on")

    at_next_tick(document, outer)
    wait_until(lambda: "acted" in steps)
    assert steps.index("asked") < steps.index("went on") < steps.index("acted")


def test_a_page_that_is_gone_is_asked_nothing(
    served: tuple[Document, int], caplog: pytest.LogCaptureFixture
) -> None:
    document, _serving = served
    loop = loop_of(document)
    assert loop is not None
    session: Any = getattr(document.session_context, "session", None)
    steps: list[str] = []
    loop.add_callback(session.destroy)
    loop.add_callback(at_next_tick, document, lambda: steps.append("asked on the loop"))
    at_next_tick(document, lambda: steps.append("asked by another thread"))
    loop.add_callback(loop.call_later, 0.05, lambda: steps.append("later"))
    wait_until(lambda: "later" in steps)
    assert steps == ["later"]
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
    assert curdoc() is not document
