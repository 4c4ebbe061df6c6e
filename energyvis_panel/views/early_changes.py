"""What changes between a page's fetching of its document and its first message reaches the page.

Panel counts a page as connected from its first message on ("document ready"). Of a change made before,
it supposes that the document, which the page has still to fetch, holds it. That is not so once the page has
fetched it: between the two lie the time on the network and that of drawing, which for a full page on a busy
machine are seconds, and a run that ended then, or tables that someone else loaded, never reached the page.
"""

import importlib
import threading
from functools import partial
from typing import Any

from bokeh.document import Document
from bokeh.document.events import DocumentPatchedEvent, MessageSentEvent
from tornado.ioloop import IOLoop

from energyvis_panel.views.component_definitions import has_fetched
from energyvis_panel.views.document import at_next_tick, loop_of


def keep_early_changes() -> None:
    """Have early changes sent to the pages of this process; more than once is once."""
    documents: Any = importlib.import_module("panel.io.document")
    drain = documents._drain_unconnected_events  # noqa: SLF001 - Panel has no hook there
    if getattr(drain, "keeps_changes", False):
        return

    def kept(document: Document, lock: threading.Lock) -> list[Any]:
        """Events to be dispatched now, which were held before the page was connected."""
        if not has_fetched(document):
            return list(drain(document, lock))
        if is_locked_here(document):
            document.unhold()
            return []
        held = [event for event in document.callbacks._held_events if is_change(event)]  # noqa: SLF001 - likewise
        to_dispatch = list(drain(document, lock))
        if held:
            at_next_tick(document, partial(documents.retrigger_events, document, held))
        return to_dispatch

    kept.keeps_changes = True  # type: ignore[attr-defined] # a mark on our own function
    documents._drain_unconnected_events = kept  # noqa: SLF001 - likewise


def is_change(event: object) -> bool:
    """Whether Panel takes an event for one that the fetched document holds; it keeps all others itself."""
    return isinstance(event, DocumentPatchedEvent) and not isinstance(event, MessageSentEvent)


def is_locked_here(document: Document) -> bool:
    """Whether the document's models may be changed now, as at its ticks and for its messages."""
    session = getattr(document.session_context, "session", None)
    if session is None or session._pending_writes is None:  # noqa: SLF001 - Bokeh's mark of its lock
        return False
    return loop_of(document) is IOLoop.current(instance=False)
