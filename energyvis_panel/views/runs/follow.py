"""Keeps a session's runs up to date for as long as the session lives."""

import threading
from collections.abc import Callable, Sequence
from typing import Protocol

import panel as pn

from energyvis_panel.state.lake_watch import LakeWatch
from energyvis_panel.state.run_rows import LakeSnapshot
from energyvis_panel.views.document import at_next_tick


class Follower(Protocol):
    """What is kept up to date."""

    def show(self, snapshot: LakeSnapshot) -> None:
        """Take over what was read."""


class Feed:
    """Hands the lake to the followers of one session, each time the latest that was read.

    Readings come from the watcher's thread, and go on at a tick of the document. Those that come before the
    browser says that it has the document wait for that: they would be lost to it.
    """

    def __init__(self, followers: Sequence[Follower]) -> None:
        self._followers = followers
        self._document = pn.state.curdoc
        self._waiting: list[LakeSnapshot] = []
        self._lock = threading.Lock()
        self._is_heard = threading.Event()
        if self._document is None or self._document.session_context is None:
            self._is_heard.set()
        else:
            pn.state.onload(self._heard)

    def show(self, snapshot: LakeSnapshot) -> None:
        """Show what was read."""
        for follower in self._followers:
            follower.show(snapshot)

    def arrived(self, snapshot: LakeSnapshot) -> None:
        """Show this soon, unless a later one comes first."""
        with self._lock:
            self._waiting.append(snapshot)
            if len(self._waiting) > 1 or not self._is_heard.is_set():
                return
        if self._document is None:
            self._show_latest()
        else:
            at_next_tick(self._document, self._show_latest)

    def _heard(self) -> None:
        self._is_heard.set()
        self._show_latest()

    def _show_latest(self) -> None:
        with self._lock:
            latest = self._waiting[-1:]
            self._waiting.clear()
        for snapshot in latest:
            self.show(snapshot)


def follow_lake(watch: LakeWatch, *followers: Follower) -> Callable[[], None]:
    """Show the lake now and after each of the watcher's readings; the result ends that, as does the session.

    A session that is behind gets the latest reading only.
    """
    feed = Feed(followers)
    feed.show(watch.snapshot())
    unsubscribe = watch.subscribe(feed.arrived)
    if pn.state.curdoc is not None:
        pn.state.on_session_destroyed(lambda _context: unsubscribe())
    return unsubscribe
