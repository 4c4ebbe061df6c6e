"""The live run of one session: what comes from the client's thread waits for the session's turn."""

from collections.abc import Callable
from typing import Any, Final
from weakref import WeakSet

import panel as pn
from panel.io.state import set_curdoc

from energyvis_panel.state.live import LiveRun, LiveSource
from energyvis_panel.state.study import Study
from energyvis_panel.views.document import at_next_tick

PER_SECOND: Final = 6
"""So many pages of a growing run are redrawn in a second, by all sessions together (F5): where more follow
runs, each is redrawn more seldom. The live bar tells each reading of a second all the same."""
SESSIONS: Final[WeakSet[LiveRun]] = WeakSet()


def pace_s() -> float:
    """Seconds between two redrawings of a session's growing run."""
    return max(1.0, sum(live.is_following for live in list(SESSIONS)) / PER_SECOND)


def live_run(study: Study, source: LiveSource, **options: Any) -> LiveRun:
    """Live run of the session that is being built; it lets the source go when the session ends."""
    document = pn.state.curdoc
    if document is None:
        return LiveRun(study, source, **options)

    def later(act: Callable[[], None]) -> None:
        def together() -> None:
            # The connection's thread carries the context of the session that opened it, which may be another.
            # All that changes on the page goes in one message, so that no half of it is ever drawn.
            with set_curdoc(document), pn.io.hold(document):
                act()

        at_next_tick(document, together)

    live = LiveRun(study, source, later=later, pace_s=pace_s, **options)
    SESSIONS.add(live)
    pn.state.on_session_destroyed(lambda _context: live.release())
    return live
