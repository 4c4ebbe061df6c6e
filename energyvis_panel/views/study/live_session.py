"""The live run of one session: what comes from the client's thread waits for the session's turn."""

from collections.abc import Callable
from typing import Any

import panel as pn
from panel.io.state import set_curdoc

from energyvis_panel.state.live import LiveRun, LiveSource
from energyvis_panel.state.study import Study


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

        document.add_next_tick_callback(together)

    live = LiveRun(study, source, later=later, **options)
    pn.state.on_session_destroyed(lambda _context: live.release())
    return live
