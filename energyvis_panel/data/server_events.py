"""Server-sent events from the bytes of a stream, bounded (WHATWG HTML, "Server-sent events")."""

from typing import NamedTuple

MOST_LINE_BYTES = 1_000_000
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class ServerEvent(NamedTuple):
    """One event: its name, its data, and its id, which is "" where it has none."""

    name: str
    data: bytes
    event_id: str = ""


class LineTooLong(Exception):  # noqa: N818 - a finding about what was sent
    """A line, or the data of one event, is longer than any tracker sends."""


class EventParser:
    """Collects the bytes of a stream into events; holds at most two lines' worth of them."""

    def __init__(self) -> None:
        self.lines = 0
        """Whole lines so far, comments included: what counts as a sign of life."""
        self._rest = bytearray()
        self._searched = 0
        self._name = b""
        self._id = b""
        self._data: list[bytes] = []
        self._data_bytes = 0

    def feed(self, chunk: bytes) -> list[ServerEvent]:
        """Events that are whole with these bytes.

        Raises
        ------
        LineTooLong
            If the server sends a longer line than any tracker does.

        """
        self._rest += chunk
        found: list[ServerEvent] = []
        begin = 0
        while (end := self._rest.find(b"\n", max(begin, self._searched))) >= 0:
            line = bytes(self._rest[begin:end]).removesuffix(b"\r")
            begin = end + 1
            if not self.lines:
                line = line.removeprefix(BYTE_ORDER_MARK)
            self.lines += 1
            if event := self._take(line):
                found.append(event)
        del self._rest[:begin]
        self._searched = len(self._rest)
        if len(self._rest) > MOST_LINE_BYTES:
            raise LineTooLong
        return found

    def _take(self, line: bytes) -> ServerEvent | None:
        """The event that ``line`` completes, if it is the empty line after one."""
        if not line:
            data = b"\n".join(self._data)
            event = ServerEvent(text(self._name) or "message", data, text(self._id)) if self._data else None
            self._name, self._id, self._data, self._data_bytes = b"", b"", [], 0
            return event
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"event":
            self._name = value
        elif name == b"id" and b"\0" not in value:
            self._id = value
        elif name == b"data":
            self._data_bytes += len(value) + 1
            self._data.append(value)
        if max(len(line), self._data_bytes) > MOST_LINE_BYTES:
            raise LineTooLong
        return None


def text(value: bytes) -> str:
    """Text of a name or an id."""
    return value.decode("utf-8", "replace")
