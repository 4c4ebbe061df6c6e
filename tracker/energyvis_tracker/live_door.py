"""Opens the sampler's live server to its runs."""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from energyvis_tracker.live.access import live_settings, new_token
from energyvis_tracker.live.feed import LiveFeed
from energyvis_tracker.live.server import LiveServer

if TYPE_CHECKING:
    from energyvis_tracker.session import Session

CLOSE_TIMEOUT_S = 2.0


class LiveDoor:
    """The live server with the feeds of this sampler's runs.

    Parameters
    ----------
    wake
        Wakes the sampler's loop when somebody asks for something.

    Raises
    ------
    OSError
        If the address or port cannot be had.
    """

    def __init__(self, wake: Callable[[], None]) -> None:
        self.settings = live_settings(os.environ)
        self.server: LiveServer | None = None
        if self.settings.is_on:
            self.server = LiveServer(
                address=self.settings.address,
                port=self.settings.port,
                origins=self.settings.origins,
                wake=wake,
            )
            self.server.start()

    def add(self, session: "Session") -> None:
        """Give a run its feed and its URL, if the server is on."""
        if self.server is None:
            return
        shared = self.settings.token
        feed = LiveFeed(
            session.run_id,
            shared or new_token(),
            shares_token=shared is not None,
            started_ns=session.started_ns,
        )
        feed.refusal = session.orders.refusal
        self.server.add(feed)
        session.view.attach(feed, self.server.url_of(feed))

    def remove(self, session: "Session") -> None:
        """Show a run no longer."""
        if self.server is not None and session.view.feed is not None:
            self.server.remove(session.view.feed)

    def close(self) -> None:
        """End the server; its streams get what is left."""
        if self.server is not None:
            self.server.close(CLOSE_TIMEOUT_S)
