"""The websocket of a page: quiet about a page that is gone, and about what went wrong within the server."""

import asyncio
from typing import Any, Final

from bokeh.protocol.messages.error import error
from bokeh.server.urls import per_app_patterns
from panel.io.server import WSHandler
from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketClosedError, WebSocketHandler

NOT_HANDLED: Final = "The server could not do what the page asked for. Its log says why."


class PageSocket(WSHandler):
    """Panel's websocket, quiet about a page that is gone, and to a page about the inside of the server.

    When a connection breaks off, Tornado still reads what had arrived. Bokeh has let the session go by then,
    and takes each such message, and the second notice that the page is gone, for an error of its own. And it
    answers a message that fails with the traceback, which has paths and values that are not the page's.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._unflushed: list[Any] = []

    async def on_message(self, fragment: str | bytes) -> None:
        """Take a message, unless the page is gone."""
        if not self.is_gone:
            await super().on_message(fragment)

    async def send_message(self, message: Any) -> None:
        """Send a message; of an error only that there was one."""
        if isinstance(message, error):
            message.content = {"text": NOT_HANDLED, "traceback": None}
        await super().send_message(message)
        flushed, self._unflushed = self._unflushed, []
        await asyncio.gather(*flushed, return_exceptions=True)

    async def write_message(  # type: ignore[override] # Bokeh's own is no other
        self,
        message: Any,
        binary: bool = False,
        locked: bool = True,
    ) -> None:
        """Write a part of a message; parts that follow one another wait for nothing.

        Bokeh waits for each part, so that each takes a round of the loop. Where others kept it busy, a
        message of a thousand parts took minutes.
        """
        if locked:
            await super().write_message(message, binary, locked)
        else:
            self._unflushed.append(WebSocketHandler.write_message(self, message, binary))

    def on_close(self) -> None:
        """Let the session go, once."""
        if not self.is_gone:
            super().on_close()

    @property
    def is_gone(self) -> bool:
        """Whether the session was let go already."""
        connection: Any = self.connection
        return connection is not None and connection._session is None  # noqa: SLF001 - its property raises


def pass_over_closed(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What the loop does with an error that nobody awaits: a page that closes as it is sent to is none."""
    if not isinstance(context.get("exception"), (WebSocketClosedError, StreamClosedError)):
        loop.default_exception_handler(context)


def use_page_sockets() -> None:
    """Have the servers that are made from now on use :class:`PageSocket`."""
    patterns: list[Any] = per_app_patterns  # entries of two parts or three
    for place, (path, handler, *options) in enumerate(patterns):
        if issubclass(handler, WSHandler):
            patterns[place] = (path, PageSocket, *options)
