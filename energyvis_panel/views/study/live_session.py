"""The live run of one session: what comes from the client's thread waits for the session's turn."""

from collections.abc import Callable
from typing import Any

import panel as pn

from energyvis_panel.state.live import LiveRun, LiveSource
from energyvis_panel.state.study import Study


def live_run(study: Study, source: LiveSource, **options: Any) -> LiveRun:
    """Live run of the session that is being built; it lets the source go when the session ends."""
    document = pn.state.curdoc
    if document is None:
        return LiveRun(study, source, **options)

    def later(act: Callable[[], None]) -> None:
        document.add_next_tick_callback(act)

    live = LiveRun(study, source, later=later, **options)
    pn.state.on_session_destroyed(lambda _context: live.release())
    return live
