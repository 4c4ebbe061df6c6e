"""Refuses to show a session that an address names: who sent the address could be in it too."""

from http import HTTPStatus
from typing import Any, Final

from tornado.httputil import HTTPServerRequest
from tornado.routing import Matcher
from tornado.web import RequestHandler

ARGUMENTS: Final = frozenset({"bokeh-session-id", "bokeh-token"})
HEADER: Final = "Bokeh-Session-Id"
SENTENCE: Final = "An address cannot name a session. Take bokeh-session-id and bokeh-token out of it."


class ChosenSession(Matcher):
    """Matches the requests that name a session; Bokeh would show it to whoever asks."""

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        """``{}`` for such a request, else None."""
        return {} if ARGUMENTS & request.arguments.keys() or HEADER in request.headers else None


class SessionRefused(RequestHandler):
    """Says so."""

    def prepare(self) -> None:
        """Answer 403, whatever was asked."""
        self.set_status(HTTPStatus.FORBIDDEN)
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(SENTENCE)
