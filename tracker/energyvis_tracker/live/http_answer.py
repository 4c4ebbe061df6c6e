"""An HTTP answer and its bytes. Every answer closes its connection and is kept by no cache."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from energyvis_tracker.live.feed import LiveFeed
from energyvis_tracker.live.http_request import RefusedRequest
from energyvis_tracker.live.json_text import json_bytes

JSON_TYPE = "application/json"
REASONS = {
    200: "OK",
    202: "Accepted",
    204: "No Content",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    409: "Conflict",
    411: "Length Required",
    413: "Content Too Large",
    414: "URI Too Long",
    421: "Misdirected Request",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    503: "Service Unavailable",
    505: "HTTP Version Not Supported",
}
ALWAYS = (
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Connection", "close"),
)
NO_CONTENT = 204

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, headers, and a body: bytes, or pieces that are made as the client takes them.

    With `stream`, a feed and the `Last-Event-ID` of the request, the body goes on as the feed does.
    """

    status: int
    content_type: str = JSON_TYPE
    body: bytes | Iterable[bytes] = b""
    headers: Headers = ()
    stream: tuple[LiveFeed, str] | None = None

    def head(self, *, is_chunked: bool) -> bytes:
        """Return the status line and all headers, with the empty line after them."""
        lines = [f"HTTP/1.1 {self.status} {REASONS[self.status]}"]
        fields = [*ALWAYS, *self.headers]
        if self.status != NO_CONTENT:
            fields.append(("Content-Type", self.content_type))
            if isinstance(self.body, bytes):
                fields.append(("Content-Length", str(len(self.body))))
            elif is_chunked and self.stream is None:
                fields.append(("Transfer-Encoding", "chunked"))
        lines += [f"{name}: {value}" for name, value in fields]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


def json_answer(status: int, value: Any, headers: Headers = ()) -> Answer:
    """Return `value` as an answer."""
    return Answer(status, JSON_TYPE, json_bytes(value), headers)


def refusal(error: RefusedRequest, headers: Headers = ()) -> Answer:
    """Return the answer to a request that is refused."""
    return json_answer(error.status, {"error": error.sentence}, headers)


def chunked(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the pieces in chunked transfer coding, so that a client can tell a whole body from a torn one."""
    for piece in pieces:
        if piece:
            yield b"%x\r\n%b\r\n" % (len(piece), piece)
    yield b"0\r\n\r\n"
