"""The events of a live URL as a client receives them, across lost connections."""

import contextlib
import json
import queue
import threading
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlencode, urlsplit

from energyvis_tracker.errors import ConfigurationError

# The server says something at least every 10 s.
SILENCE_TIMEOUT_S = 25.0
REQUEST_TIMEOUT_S = 10.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 8.0
LONGEST_LINE_BYTES = 4_000_000
CONNECTED, LOST, REFUSED, OVER = "connected", "lost", "refused", "over"


class LiveAddress(NamedTuple):
    """A live URL in its parts; `run` is empty where the URL names none."""

    host: str
    port: int
    token: str
    run: str

    @classmethod
    def parsed(cls, url: str) -> "LiveAddress":
        """Return the parts of the URL that a tracker printed.

        Raises
        ------
        ConfigurationError
            If it is none.
        """
        try:
            parts = urlsplit(url)
            port = parts.port or 80
        except ValueError:
            parts, port = urlsplit(""), 0
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.scheme != "http" or not parts.hostname or not query.get("token"):
            raise ConfigurationError(
                "A live URL looks like http://127.0.0.1:43210/?token=..., as the tracker prints it at start."
            )
        return cls(parts.hostname, port, query["token"], query.get("run", ""))

    def path(self, path: str) -> str:
        """Return a path of this server, with the run where one is named."""
        return f"{path}?{urlencode({'run': self.run})}" if self.run else path

    @property
    def headers(self) -> dict[str, str]:
        """Return the header that opens the run."""
        return {"Authorization": f"Bearer {self.token}"}


class Notice(NamedTuple):
    """An event of the run, or, with the names above, of the connection."""

    name: str
    content: Any = None


class EventReader:
    """Reads the events in a thread of its own, into `notices`.

    Parameters
    ----------
    address
        Where from.
    """

    def __init__(self, address: LiveAddress) -> None:
        self.address = address
        self.notices: queue.Queue[Notice] = queue.Queue()
        self.last_event_id = ""
        self.pause_s = FIRST_PAUSE_S
        self.is_ended = threading.Event()
        self.thread = threading.Thread(target=self.read, name="live-events", daemon=True)
        self.thread.start()

    def close(self) -> None:
        """Read no more; the thread is left to itself, since a socket may keep it for a while."""
        self.is_ended.set()

    def read(self) -> None:
        """Read until the run has ended, and connect again whenever the connection is lost."""
        while not self.is_ended.is_set():
            try:
                is_over = self.read_once()
            except (OSError, ValueError) as error:
                self.notices.put(Notice(LOST, str(error)))
                is_over = False
            if is_over:
                return
            self.is_ended.wait(self.pause_s)
            self.pause_s = min(2 * self.pause_s, LONGEST_PAUSE_S)

    def read_once(self) -> bool:
        """Follow one connection, and return whether there is nothing more to come.

        Raises
        ------
        OSError, ValueError
            If the connection is lost, or what answers is no live server.
        """
        from http.client import HTTPConnection, HTTPException  # noqa: PLC0415 - slow to import

        connection = HTTPConnection(self.address.host, self.address.port, timeout=SILENCE_TIMEOUT_S)
        headers = self.address.headers | ({"Last-Event-ID": self.last_event_id} if self.last_event_id else {})
        with contextlib.closing(connection):
            try:
                connection.request("GET", self.address.path("/api/v1/events"), headers=headers)
                answer = connection.getresponse()
                if answer.status in {401, 404}:
                    self.notices.put(Notice(REFUSED, refusal_text(answer.read(LONGEST_LINE_BYTES))))
                    return True
                if answer.status != 200:  # noqa: PLR2004 - OK
                    raise OSError(f"the server answers with status {answer.status}")
                self.notices.put(Notice(CONNECTED))
                self.pause_s = FIRST_PAUSE_S
                return self.follow(iter(lambda: answer.readline(LONGEST_LINE_BYTES), b""))
            except HTTPException as error:
                raise OSError(f"the connection broke: {error!r}") from error

    def follow(self, lines: Iterable[bytes]) -> bool:
        """Hand on the events in `lines`, and return whether the run has ended with them.

        Raises
        ------
        OSError
            If the lines end before the run.
        """
        state = ""
        for event_id, name, data in events_in(lines):
            if self.is_ended.is_set():
                return True
            self.last_event_id = event_id or self.last_event_id
            content = json.loads(data)
            if name in {"run", "state"}:
                state = content.get("state", "")
            self.notices.put(Notice(name, content))
        if state not in {"finished", "stopped", "failed", "lost"}:
            raise OSError("the server has closed the connection")
        self.notices.put(Notice(OVER))
        return True


def events_in(lines: Iterable[bytes]) -> Iterator[tuple[str, str, str]]:
    """Yield id, name and data of each event in the lines of a stream (WHATWG HTML, "Server-sent events")."""
    fields: dict[str, str] = {}
    for line in lines:
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        if not text:
            if "data" in fields:
                yield fields.get("id", ""), fields.get("event", "message"), fields["data"]
            fields = {}
            continue
        name, _, value = text.partition(":")
        fields[name] = value.removeprefix(" ")


def refusal_text(body: bytes) -> str:
    """Return the sentence in the answer to a request that was refused."""
    try:
        return str(json.loads(body)["error"])
    except (ValueError, KeyError, TypeError):
        return "The server refuses."


def ask_for(address: LiveAddress, action: str) -> str:
    """Ask for pause, resume or stop, and return what became of that in one sentence."""
    from http.client import HTTPConnection, HTTPException  # noqa: PLC0415 - slow to import

    connection = HTTPConnection(address.host, address.port, timeout=REQUEST_TIMEOUT_S)
    with contextlib.closing(connection):
        try:
            connection.request("POST", address.path(f"/api/v1/{action}"), headers=address.headers)
            answer = connection.getresponse()
            body = answer.read(LONGEST_LINE_BYTES)
        except (OSError, HTTPException):
            return "The request did not get through."
    if answer.status == 202:  # noqa: PLR2004 - Accepted
        return f"Asked to {action}; it happens at the next boundary of an epoch."
    return refusal_text(body)
