"""Latest wins: brushes that come faster than they can be answered are answered once, with the last."""

import asyncio
import time
from collections.abc import Callable
from typing import Any, Final

import panel as pn
from bokeh.document import Document
from panel.io.document import hold
from panel.io.state import set_curdoc

from energyvis_panel.state.explore.exploration import Exploration

GATHER_MS: Final = 12
"""How long to gather brushes: a drag moves two edges in two messages, and more wait in the socket."""
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
        self._gathering = False
        self._asking = False
        self._again = False
        self._drawn_s = -1.0

    def __call__(self, _refresh: Callable[[], None]) -> None:
        """Have the present brushes answered soon, unless that is already on its way."""
        if self._gathering:
            return
        self._gathering = True
        # Only the next-tick call may come from another thread; the timeout is then set on the loop itself.
        self._document.add_next_tick_callback(self._gather)

    def _gather(self) -> None:
        answer: Any = self._answer  # Bokeh awaits a coroutine, though its types do not say so
        self._document.add_timeout_callback(answer, GATHER_MS)

    async def _answer(self) -> None:
        self._gathering = False
        if self._asking:
            self._again = True
            if time.monotonic() - self._drawn_s < PATIENCE_S:
                self._state.asking.withdraw()
            return
        self._asking = True
        try:
            await self._rounds()
        finally:
            self._asking = False

    async def _rounds(self) -> None:
        slow = False
        while True:
            self._again = False
            wanted = self._state.stale(slow=slow)
            answers = await asyncio.get_running_loop().run_in_executor(None, self._state.answered, wanted)
            withdrawn = self._again and len(answers) < len(wanted)
            if not withdrawn and (answers or not slow):
                with set_curdoc(self._document), hold(self._document):
                    self._state.publish(answers)
                self._drawn_s = time.monotonic()
            if self._again:
                slow = False
            elif slow:
                return
            else:
                slow = True


def redraw_latest(state: Exploration) -> None:
    """Let ``state`` answer through a :class:`LatestWins` of the present session, if there is one."""
    document = pn.state.curdoc
    if document is not None and document.session_context is not None:
        state.schedule = LatestWins(state, document)
