"""Latest wins: brushes that come faster than they can be answered are answered once, with the last."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

import panel as pn
from bokeh.document import Document
from panel.io.document import hold
from panel.io.state import set_curdoc

from energyvis_panel.state.exploration import Exploration

GATHER_MS: Final = 12
"""How long to gather brushes: a drag moves two edges in two messages, and more wait in the socket."""


class LatestWins:
    """Asks one session's questions off the event loop, and draws the answers in one message."""

    def __init__(self, state: Exploration, document: Document) -> None:
        self._state = state
        self._document = document
        self._waiting = False

    def __call__(self, _refresh: Callable[[], None]) -> None:
        """Have the present brushes answered soon, unless that is already on its way."""
        if self._waiting:
            return
        self._waiting = True
        # Only the next-tick call may come from another thread; the timeout is then set on the loop itself.
        self._document.add_next_tick_callback(self._gather)

    def _gather(self) -> None:
        answer: Any = self._answer  # Bokeh awaits a coroutine, though its types do not say so
        self._document.add_timeout_callback(answer, GATHER_MS)

    async def _answer(self) -> None:
        self._waiting = False
        brushes = self._state.brushes
        answers = await asyncio.get_running_loop().run_in_executor(None, self._state.answers, brushes)
        with set_curdoc(self._document), hold(self._document):
            self._state.publish(answers)


def redraw_latest(state: Exploration) -> None:
    """Let ``state`` answer through a :class:`LatestWins` of the present session, if there is one."""
    document = pn.state.curdoc
    if document is not None and document.session_context is not None:
        state.schedule = LatestWins(state, document)
