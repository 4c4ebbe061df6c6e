"""One HTTP request from the bytes of a socket, strict and bounded (RFC 9112).

Nothing is guessed: what the standard calls malformed is refused, with a sentence that repeats none of it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

MOST_LINE_BYTES = 8 * 1024
MOST_HEADER_BYTES = 16 * 1024
MOST_BODY_BYTES = 1024
MOST_HEADERS = 100
MOST_QUERY_FIELDS = 8
HEAD_END = b"\r\n\r\n"
REQUEST_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}) ([!-~]+) HTTP/([0-9])\.([0-9])")
HEADER = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*)")
# Two of these that differ would be read one way here and another way elsewhere.
ONLY_ONCE = {"host", "content-length", "transfer-encoding", "authorization", "origin"}


class RefusedRequest(Exception):  # noqa: N818 - an answer to be given, not an error of ours
    """A request that is answered with `status` and one sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks: names of headers in lower case, the first value of each field of the query."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    is_http_1_1: bool = True


class RequestReader:
    """Collects the bytes of one request."""

    def __init__(self) -> None:
        self.content = bytearray()
        self.searched = 0
        self.request: Request | None = None
        self.body_bytes = 0

    @property
    def has_begun(self) -> bool:
        """Say whether anything has come."""
        return self.request is not None or bool(self.content)

    def add(self, chunk: bytes) -> Request | None:
        """Return the request once it is whole.

        Raises
        ------
        RefusedRequest
            If it is malformed or too large.
        """
        self.content += chunk
        if self.request is None:
            head_end = self.content.find(HEAD_END, self.searched)
            self.searched = max(0, len(self.content) - len(HEAD_END) + 1)
            self.check_sizes(head_end)
            if head_end < 0:
                return None
            self.request = parsed_head(bytes(self.content[:head_end]))
            self.body_bytes = body_length(self.request)
            del self.content[: head_end + len(HEAD_END)]
        # A body is not used, but read, so that the answer does not cross it.
        return self.request if len(self.content) >= self.body_bytes else None

    def check_sizes(self, head_end: int) -> None:
        """Raise RefusedRequest where the request line or the headers are too long; -1 = no end so far."""
        line_end = self.content.find(b"\r\n", 0, MOST_LINE_BYTES + 2)
        if line_end < 0 and len(self.content) > MOST_LINE_BYTES + 1:
            raise RefusedRequest(414, f"A request line has at most {MOST_LINE_BYTES} bytes.")
        head_bytes = len(self.content) if head_end < 0 else head_end
        if line_end >= 0 and head_bytes - line_end > MOST_HEADER_BYTES:
            raise RefusedRequest(431, f"The headers have at most {MOST_HEADER_BYTES} bytes.")


def parsed_head(head: bytes) -> Request:
    """Return the request whose request line and headers these are.

    Raises
    ------
    RefusedRequest
        If they are malformed.
    """
    line, *header_lines = head.split(b"\r\n")
    match = REQUEST_LINE.fullmatch(line)
    if match is None:
        raise RefusedRequest(400, "This is no request line of HTTP/1.1.")
    method, target, major, minor = (part.decode("ascii") for part in match.groups())
    if major != "1":
        raise RefusedRequest(505, "Only HTTP/1.1 is spoken here.")
    if not target.startswith("/"):
        raise RefusedRequest(400, "A request names a path that begins with a slash.")
    path, _, query = target.partition("?")
    return Request(method, path, parsed_query(query), parsed_headers(header_lines), minor != "0")


def parsed_headers(lines: list[bytes]) -> dict[str, str]:
    """Return the headers; those that may be repeated are joined by commas."""
    if len(lines) > MOST_HEADERS:
        raise RefusedRequest(431, f"A request has at most {MOST_HEADERS} headers.")
    headers: dict[str, str] = {}
    for line in lines:
        match = HEADER.fullmatch(line)
        if match is None:
            raise RefusedRequest(400, "A header is malformed.")
        name, value = match[1].decode("ascii").lower(), match[2].decode("latin-1").rstrip(" \t")
        if name in headers and name in ONLY_ONCE:
            raise RefusedRequest(400, "A header that may stand once stands twice.")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def parsed_query(text: str) -> dict[str, str]:
    """Return the first value of each field of a query."""
    from urllib.parse import parse_qsl  # noqa: PLC0415 - not before a client asks

    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_QUERY_FIELDS)
    except ValueError:
        raise RefusedRequest(400, f"A query has at most {MOST_QUERY_FIELDS} fields.") from None
    return dict(reversed(pairs))


def body_length(request: Request) -> int:
    """Return how many bytes follow the headers.

    Raises
    ------
    RefusedRequest
        If that is not said plainly, or is too much.
    """
    if "transfer-encoding" in request.headers:
        raise RefusedRequest(411, "A body needs a Content-Length.")
    text = request.headers.get("content-length", "0")
    if not (text.isascii() and text.isdecimal()):
        raise RefusedRequest(400, "Content-Length is a number.")
    # Digits beyond reason are not turned into a number at all.
    if len(text.lstrip("0")) > len(str(MOST_BODY_BYTES)) or int(text) > MOST_BODY_BYTES:
        raise RefusedRequest(413, f"A body has at most {MOST_BODY_BYTES} bytes.")
    return int(text)
