"""Latest wins: brushes that come faster than they can be answered are answered once, with the last."""

import asyncio
import logging
import math
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

import panel as pn
from bokeh.document import Document, without_document_lock
from panel.io.document import hold
from panel.io.state import set_curdoc

from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.question import Answer, Asked
from energyvis_panel.views.document import at_next_tick

log = logging.getLogger(__name__)

GATHER_MS: Final = 5
"""How long to gather brushes: a drag moves two edges in two messages, and more wait in the socket."""
DIMMED_S: Final = 0.2
"""After so long without the answer to a brush, what is drawn is dimmed."""
PATIENCE_S: Final = 0.4
"""A stale answer is withdrawn if something was drawn this lately: a drag without pause is still drawn."""


class LatestWins:
    """Asks one session's questions off the event loop, and draws the answers in one message.

    Prompt questions are asked and drawn first, slow ones after them. One set of brushes is asked at a time;
    when others come meanwhile, what is being asked for the old ones is withdrawn, unless nothing was drawn
    for long.
    """

    def __init__(self, state: Exploration, document: Document) -> None:
        self._state = state
        self._document = document
        self._begun = False
        self._gathering = False
        self._asking = False
        self._again = False
        self._slow = False
        self._ended = False
        self._published: asyncio.Future[None] | None = None
        self._drawn_s = -math.inf

    def __call__(self, _refresh: Callable[[], None]) -> None:
        """Have the present brushes answered soon, unless that is already on its way."""
        if self._gathering or self._ended:
            return
        self._gathering = True
        if self._begun:
            self._gather_soon()

    def begin(self) -> None:
        """Answer from now on: the browser has the document, what changes before is lost to it."""
        self._begun = True
        if self._gathering:
            self._gather_soon()

    def _gather_soon(self) -> None:
        # Only the next-tick call may come from another thread; the timeout is then set on the loop itself.
        at_next_tick(self._document, self._gather)

    def end(self) -> None:
        """Ask no more: the session is over, and its document has no next tick."""
        self._ended = True
        self._state.asking.withdraw()
        if self._published is not None and not self._published.done():
            self._published.set_result(None)

    def _gather(self) -> None:
        # With the document's lock held until the answer is there, the next brush could not come in meanwhile.
        answer: Any = without_document_lock(self._answer)  # Bokeh awaits it, though its types do not say so
        self._document.add_timeout_callback(answer, GATHER_MS)

    async def _answer(self) -> None:
        self._gathering = False
        if self._asking:
            self._again = True
            # Slow questions give way always: the prompt ones have been drawn, and come first again.
            if self._slow or time.monotonic() - self._drawn_s < PATIENCE_S:
                self._state.asking.withdraw()
            return
        self._asking = True
        self._slow = False
        try:
            while not self._ended:
                self._again = False
                await self._round()
                if not self._again and self._slow:
                    break
                self._slow = not self._again
        finally:
            self._asking = False

    async def _round(self) -> None:
        wanted = self._state.stale(slow=self._slow)
        if self._slow and not wanted:
            return
        loop = asyncio.get_running_loop()
        told = loop.call_later(DIMMED_S, self._tell_waiting)
        try:
            answers = await loop.run_in_executor(None, self._state.answered, wanted)
        finally:
            told.cancel()
        withdrawn = self._again and len(answers) < len(wanted)
        if withdrawn or self._ended:
            return
        self._published = published = loop.create_future()
        self._document.add_next_tick_callback(partial(self._publish, answers, published))
        await published
        self._drawn_s = time.monotonic()

    def _tell_waiting(self) -> None:
        """Let the page show that what is drawn is about earlier brushes."""
        if not self._slow and not self._ended:
            self._document.add_next_tick_callback(self._show_waiting)

    def _show_waiting(self) -> None:
        self._state.waiting = True

    def _publish(self, answers: Mapping[str, tuple[Asked, Answer]], published: asyncio.Future[None]) -> None:
        try:
            with set_curdoc(self._document), hold(self._document):
                self._state.publish(answers)
                self._state.waiting = False
        except Exception:  # a view that cannot be drawn must not cost the next brush its answer
            log.exception("the selection could not be drawn")
        finally:
            if not published.done():
                published.set_result(None)


def redraw_latest(state: Exploration) -> None:
    """Let ``state`` answer through a :class:`LatestWins` of the present session, if there is one."""
    document = pn.state.curdoc
    if document is not None and document.session_context is not None:
        latest = LatestWins(state, document)
        state.schedule = latest
        pn.state.onload(latest.begin)
        pn.state.on_session_destroyed(lambda _context: latest.end())
