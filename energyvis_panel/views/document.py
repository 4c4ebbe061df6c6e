"""Where Bokeh models may be changed, whatever event brought the change about."""

import logging
import threading
from collections.abc import Callable
from functools import partial
from typing import Any, Final
from weakref import WeakKeyDictionary

import panel as pn
from bokeh.document import Document
from panel.io.document import hold
from tornado.ioloop import IOLoop

log = logging.getLogger(__name__)

WAITING: Final[WeakKeyDictionary[Document, list[Callable[[], None]]]] = WeakKeyDictionary()
"""Updates by document that its next tick will make."""
WAITING_LOCK: Final = threading.Lock()


def on_document(update: Callable[..., None]) -> Callable[..., None]:
    """Watcher that runs ``update`` at the document's next tick, when its lock is held.

    Panel's own parameters may be changed at any time; Bokeh models, such as a figure's data source, may not:
    Panel handles a message of the browser off the lock while another change is pending, and what is then
    changed directly raises an error that loses the message. Layouts of Panel need none of it. All updates of
    one tick reach the browser in one message, which repaints each figure once.
    """

    def run(*events: Any) -> None:
        document = pn.state.curdoc
        if document is None or document.session_context is None:
            pn.state.execute(partial(update, *events), schedule=True)
            return
        with WAITING_LOCK:
            waiting = WAITING.setdefault(document, [])
            waiting.append(partial(update, *events))
            is_first = len(waiting) == 1
        if is_first:
            pn.state.execute(partial(make_updates, document), schedule=True)

    return run


def at_next_tick(document: Document, act: Callable[[], Any]) -> None:
    """Run ``act`` at the document's next tick, whatever thread asks; not at all once its session is over.

    Another thread has the document's own loop ask: what it told the document itself, while the loop hands out
    what was held, could be lost.
    """
    loop = loop_of(document)
    if loop is None or loop is IOLoop.current(instance=False):
        add_next_tick(document, act)
    else:
        loop.add_callback(add_next_tick, document, act)


def loop_of(document: Document) -> IOLoop | None:
    """The event loop that serves the document's session; None without a server, or when it is gone."""
    server = getattr(document.session_context, "server_context", None)
    served = server.application_context if server is not None else None
    return served.io_loop if served is not None else None


def add_next_tick(document: Document, act: Callable[[], Any]) -> None:
    """Run ``act`` at the document's next tick, asked for on its own loop.

    Threads learn of a session's end just after Bokeh has taken its document apart, which has no ticks then.
    """
    try:
        document.add_next_tick_callback(act)
    except (AttributeError, RuntimeError):
        if document.session_context is not None:
            raise


def make_updates(document: Document) -> None:
    """Make the updates that wait for this tick of the document; one that fails costs no other."""
    with WAITING_LOCK:
        updates = WAITING.pop(document, [])
    with hold(document):
        for update in updates:
            try:
                update()
            except Exception:  # whatever befalls one part of the page, the others follow
                log.exception("a part of the page could not follow")
