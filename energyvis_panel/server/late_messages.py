"""What a page has sent before it went, and the server reads after: nothing is made of it."""

from typing import Any

from bokeh.server.urls import per_app_patterns
from panel.io.server import WSHandler


class PageSocket(WSHandler):
    """Panel's websocket, quiet about a page that is gone.

    When a connection breaks off, Tornado still reads what had arrived. Bokeh has let the session go by then,
    and takes each such message, and the second notice that the page is gone, for an error of its own.
    """

    async def on_message(self, fragment: str | bytes) -> None:
        """Take a message, unless the page is gone."""
        if not self.is_gone:
            await super().on_message(fragment)

    def on_close(self) -> None:
        """Let the session go, once."""
        if not self.is_gone:
            super().on_close()

    @property
    def is_gone(self) -> bool:
        """Whether the session was let go already."""
        connection: Any = self.connection
        return connection is not None and connection._session is None  # noqa: SLF001 - its property raises


def hear_no_late_messages() -> None:
    """Have the servers that are made from now on use :class:`PageSocket`."""
    patterns: list[Any] = per_app_patterns  # entries of two parts or three
    for place, (path, handler, *options) in enumerate(patterns):
        if issubclass(handler, WSHandler):
            patterns[place] = (path, PageSocket, *options)
