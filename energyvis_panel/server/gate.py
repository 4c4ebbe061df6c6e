"""Whether the server takes another session."""

import html
from collections.abc import Callable, Collection
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from bokeh.util.token import get_session_id
from tornado.httputil import HTTPServerRequest
from tornado.routing import Matcher
from tornado.web import RequestHandler

PAGE: Final = (Path(__file__).parent / "refused.html").read_text(encoding="utf-8")
MAKES_A_SESSION: Final = ("", "/autoload.js", "/ws")
"""What stands after the address of an app where a request makes a session."""
STOPPING: Final = "The server is being restarted. This page comes back by itself in a few seconds."
FULL: Final = "The server has as many pages open as it may. This page tries again by itself; close others."
STOPPING_RETRY_S: Final = 3
FULL_RETRY_S: Final = 15


class Gate:
    """Counts the sessions, and knows whether the server is being stopped.

    Parameters
    ----------
    most_sessions
        Most sessions at a time.

    """

    def __init__(self, most_sessions: int) -> None:
        self.most_sessions = most_sessions
        self.is_stopping = False
        self.sessions: Callable[[], Collection[Any]] = tuple
        """Gives the sessions that there are."""

    @property
    def refusal(self) -> tuple[str, int] | None:
        """Why no other session is made, and after how many seconds to ask again; None where one may be."""
        if self.is_stopping:
            return STOPPING, STOPPING_RETRY_S
        if len(self.sessions()) >= self.most_sessions:
            return FULL, FULL_RETRY_S
        return None

    def knows(self, session_id: str | None) -> bool:
        """Whether a session is there."""
        return any(session.id == session_id for session in self.sessions())


class OneTooMany(Matcher):
    """Matches the requests that would make a session where none may be made.

    Parameters
    ----------
    gate
        What tells.
    apps
        Addresses of the apps, each with the server's prefix.

    """

    def __init__(self, gate: Gate, apps: Collection[str]) -> None:
        self._gate = gate
        self._paths = {app.rstrip("/") + after for app in apps for after in MAKES_A_SESSION}

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        """``{}`` for such a request, else None."""
        path = (request.path or "").rstrip("/")
        if path not in self._paths or self._gate.refusal is None:
            return None
        return None if path.endswith("/ws") and self._gate.knows(asked_session(request)) else {}


class Refused(RequestHandler):
    """Says in one sentence why there is no page now; a browser asks again by itself."""

    def initialize(self, gate: Gate) -> None:
        """Take the gate, which knows why."""
        self._gate = gate

    def prepare(self) -> None:
        """Answer 503, whatever was asked."""
        sentence, retry_s = self._gate.refusal or (STOPPING, 0)
        self.set_status(HTTPStatus.SERVICE_UNAVAILABLE)
        self.set_header("Retry-After", str(retry_s))
        self.set_header("Cache-Control", "no-store")
        if (self.request.path or "").endswith((".js", "/ws")):
            self.set_header("Content-Type", "text/plain; charset=utf-8")
            self.finish(sentence)
        else:
            self.finish(PAGE.format(sentence=html.escape(sentence), retry_s=max(retry_s, 1)))


def asked_session(request: HTTPServerRequest) -> str | None:
    """Session that a websocket asks for; None where its token cannot be read."""
    offered = [part.strip() for part in request.headers.get("Sec-WebSocket-Protocol", "").split(",")]
    try:
        return str(get_session_id(offered[1]))
    except (IndexError, KeyError, ValueError, TypeError):
        return None
