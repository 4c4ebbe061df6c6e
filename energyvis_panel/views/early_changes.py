"""What changes between a page's fetching of its document and its first message reaches the page.

Panel counts a page as connected from its first message on ("document ready"). Of a change made before,
it supposes that the document, which the page has still to fetch, holds it. That is not so once the page has
fetched it: between the two lie the time on the network and that of drawing, which for a full page on a busy
machine are seconds, and a run that ended then, or tables that someone else loaded, never reached the page.
"""

import importlib
import threading
from typing import Any, Final

import panel as pn
from bokeh.document import Document
from bokeh.document.events import SessionCallbackAdded, SessionCallbackRemoved

from energyvis_panel.views.component_definitions import has_fetched

CALLBACKS: Final = (SessionCallbackAdded, SessionCallbackRemoved)
"""What is for the server alone, and goes on at once."""


def keep_early_changes() -> None:
    """Have early changes sent to the pages of this process; more than once is once."""
    documents = importlib.import_module("panel.io.document")
    if not getattr(documents._drain_unconnected_events, "keeps_changes", False):  # noqa: SLF001 - Panel has no hook there
        keep_within(documents)


def keep_within(documents: Any) -> None:
    """Put what is kept between the end of a hold and what Panel would drop."""
    drain = documents._drain_unconnected_events  # noqa: SLF001 - likewise

    def kept(document: Document, lock: threading.Lock) -> list[Any]:
        """Events to be dispatched now, which were held before the page was connected."""
        if not has_fetched(document):
            to_dispatch: list[Any] = drain(document, lock)
            return to_dispatch
        with lock:
            held = list(document.callbacks._held_events)  # noqa: SLF001 - likewise
            document.callbacks._held_events = []  # noqa: SLF001 - likewise
            document.callbacks._hold = None  # noqa: SLF001 - likewise
        if is_locked_here(document):
            return held
        callbacks = [
            event for event in held if isinstance(event, SessionCallbackAdded | SessionCallbackRemoved)
        ]
        changes = [event for event in held if event not in callbacks]
        documents._UNCONNECTED_EVENTS.setdefault(document, []).extend(changes)  # noqa: SLF001 - likewise
        if pn.state._connected.get(document):  # noqa: SLF001 - it may have been, meanwhile
            documents._dispatch_unconnected_events(document)  # noqa: SLF001 - likewise
        return callbacks

    kept.keeps_changes = True  # type: ignore[attr-defined] # a mark on our own function
    documents._drain_unconnected_events = kept  # noqa: SLF001 - likewise


def is_locked_here(document: Document) -> bool:
    """Whether this thread may change the document's models now, as at its ticks and for its messages."""
    session = getattr(document.session_context, "session", None)
    thread = pn.state._thread_id_.get(document)
    return (
        session is not None
        and session._pending_writes is not None  # noqa: SLF001 - Bokeh's mark of its lock
        and thread in {None, threading.get_ident()}
    )
