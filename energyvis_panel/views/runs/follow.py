"""Keeps a session's runs up to date for as long as the session lives."""

from collections.abc import Callable
from typing import Protocol

import panel as pn

from energyvis_panel.state.lake_watch import LakeWatch
from energyvis_panel.state.run_rows import LakeSnapshot


class Follower(Protocol):
    """What is kept up to date."""

    def show(self, snapshot: LakeSnapshot) -> None:
        """Take over what was read."""


def follow_lake(watch: LakeWatch, *followers: Follower) -> Callable[[], None]:
    """Show the lake now and after each of the watcher's readings; the result ends that, as does the session.

    A session that is behind gets the latest reading only.
    """

    def show(snapshot: LakeSnapshot) -> None:
        for follower in followers:
            follower.show(snapshot)

    show(watch.snapshot())
    document = pn.state.curdoc
    waiting: list[LakeSnapshot] = []

    def show_latest() -> None:
        snapshot = waiting[-1]
        waiting.clear()
        show(snapshot)

    def arrived(snapshot: LakeSnapshot) -> None:
        waiting.append(snapshot)
        if len(waiting) > 1:
            return
        if document is None:
            show_latest()
        else:
            document.add_next_tick_callback(show_latest)

    unsubscribe = watch.subscribe(arrived)
    if document is not None:
        pn.state.on_session_destroyed(lambda _context: unsubscribe())
    return unsubscribe
