"""One client of the live server: bytes in, one answer out, and a deadline for everything that it does."""

import contextlib
import socket
from enum import Enum
from typing import TYPE_CHECKING

from energyvis_tracker.live.event_stream import EventStream
from energyvis_tracker.live.http_answer import Answer, chunked, refusal
from energyvis_tracker.live.http_request import RefusedRequest, Request, RequestReader
from energyvis_tracker.live.routes import Routes

if TYPE_CHECKING:
    from collections.abc import Iterator

READ_TIMEOUT_NS = 5_000_000_000
WRITE_TIMEOUT_NS = 5_000_000_000
FRESH_TIMEOUT_NS = 300_000_000
LINGER_NS = 1_000_000_000
# In this time a client that means it has sent its request.
IDLE_NS = 500_000_000
CHUNK_BYTES = 16 * 1024
# A client that takes whatever it is given would keep the others waiting.
PIECES_A_TURN = 8
KERNEL_BUFFER_BYTES = 64 * 1024
DEAD_PEER_MS = 15_000


class Phase(Enum):
    """What a connection is doing."""

    READING = "reading"  # the request
    WAITING = "waiting"  # for a summary that is new enough
    ANSWERING = "answering"
    STREAMING = "streaming"
    LINGERING = "lingering"  # answered; a close now could destroy the answer on its way
    CLOSED = "closed"


class Connection:
    """A client, served without ever waiting for it.

    Parameters
    ----------
    client
        Its socket.
    routes
        Answers its request.
    now_ns
        The monotonic clock.
    """

    def __init__(self, client: socket.socket, routes: Routes, now_ns: int) -> None:
        self.client = client
        self.routes = routes
        self.phase = Phase.READING
        self.deadline_ns = now_ns + READ_TIMEOUT_NS
        self.reader = RequestReader()
        self.request: Request | None = None
        self.pieces: Iterator[bytes] = iter(())
        self.stream: EventStream | None = None
        self.out = memoryview(b"")
        self.hears = True
        self.waited_for = 0  # what the server's selector waits for
        prepare(client)

    @property
    def wants_to_write(self) -> bool:
        """Say whether the client should be sent something as soon as its socket takes it."""
        return bool(self.out) or self.phase is Phase.ANSWERING

    @property
    def is_closed(self) -> bool:
        """Say whether the client has been dropped."""
        return self.phase is Phase.CLOSED

    @property
    def is_waiting(self) -> bool:
        """Say whether an answer waits for a new summary."""
        return self.phase is Phase.WAITING

    @property
    def is_served(self) -> bool:
        """Say whether the client counts among those served."""
        return self.phase not in {Phase.LINGERING, Phase.CLOSED}

    def is_idle(self, now_ns: int) -> bool:
        """Say whether the client takes unusually long over its request."""
        return self.phase is Phase.READING and now_ns >= self.deadline_ns - READ_TIMEOUT_NS + IDLE_NS

    def receive(self, now_ns: int) -> None:
        """Take what the client has sent."""
        try:
            chunk = self.client.recv(CHUNK_BYTES)
        except BlockingIOError:
            return
        except OSError:
            self.close()
            return
        if self.phase is Phase.READING and chunk:
            self.read(chunk, now_ns)
        elif not chunk and self.phase in {Phase.WAITING, Phase.ANSWERING}:
            self.hears = False  # it has said all it wants to say, and may still listen
        elif not chunk or self.phase is Phase.STREAMING:
            self.close()  # gone, or talking into its own stream

    def read(self, chunk: bytes, now_ns: int) -> None:
        """Read on in the request, and begin to answer it when it is whole."""
        try:
            self.request = self.reader.add(chunk)
        except RefusedRequest as error:
            self.refuse(error.status, error.sentence, now_ns)
            return
        if self.request is None:
            return
        if stale := self.routes.stale_feeds(self.request, now_ns):
            self.phase, self.deadline_ns = Phase.WAITING, now_ns + FRESH_TIMEOUT_NS
            for feed in stale:
                feed.is_asked = True
            self.routes.wake()
        else:
            self.begin(self.routes.answer(self.request), now_ns)

    def refuse(self, status: int, sentence: str, now_ns: int) -> None:
        """Answer with a refusal."""
        self.begin(refusal(RefusedRequest(status, sentence)), now_ns)

    def begin(self, answer: Answer, now_ns: int) -> None:
        """Begin to send an answer."""
        is_chunked = self.request is not None and self.request.is_http_1_1
        self.phase = Phase.ANSWERING
        self.put(answer.head(is_chunked=is_chunked), now_ns)
        if self.request is not None and self.request.method == "HEAD":
            pass
        elif answer.stream is not None:
            self.phase = Phase.STREAMING
            self.stream = EventStream(*answer.stream, now_ns)
            self.stream.feed.watchers += 1
        elif isinstance(answer.body, bytes):
            self.pieces = iter((answer.body,))
        else:
            self.pieces = chunked(answer.body) if is_chunked else iter(answer.body)
        self.send(now_ns)

    def send(self, now_ns: int) -> None:
        """Send what there is until the socket takes no more or it is somebody else's turn."""
        for _ in range(PIECES_A_TURN):
            if not self.out:
                piece = self.next_piece(now_ns)
                if not piece:
                    return
                self.put(piece, now_ns)
            try:
                sent = self.client.send(self.out)
            except BlockingIOError:
                return
            except OSError:
                self.close()
                return
            self.out = self.out[sent:]

    def put(self, piece: bytes, now_ns: int) -> None:
        """Make `piece` the next to go out; it must have gone before the deadline."""
        self.out = memoryview(piece)
        self.deadline_ns = now_ns + WRITE_TIMEOUT_NS

    def next_piece(self, now_ns: int) -> bytes:
        """Return the next bytes for the client; none now, or, after the last, none ever."""
        piece = b""
        if self.stream is not None:
            piece = self.stream.next_piece(now_ns)
            is_over = self.stream.is_over and not piece
        else:
            while not piece and (found := next(self.pieces, None)) is not None:
                piece = found
            is_over = not piece
        if is_over:
            self.linger(now_ns)
        return piece

    def linger(self, now_ns: int) -> None:
        """Say that nothing more comes, and give the client a moment to take the end."""
        self.leave_stream()
        self.phase, self.deadline_ns = Phase.LINGERING, now_ns + LINGER_NS
        try:
            self.client.shutdown(socket.SHUT_WR)
        except OSError:
            self.close()
        if not self.hears:
            self.close()

    def attend(self, now_ns: int) -> None:
        """Do what is due by time: go on with a stream, give up waiting, drop a client that hangs."""
        if self.phase is Phase.WAITING and self.request is not None:
            if now_ns >= self.deadline_ns or not self.routes.stale_feeds(self.request, now_ns):
                self.begin(self.routes.answer(self.request), now_ns)
        elif self.phase is Phase.STREAMING and not self.out:
            self.send(now_ns)
        elif now_ns >= self.deadline_ns and self.phase is Phase.READING and self.reader.has_begun:
            self.refuse(408, "The request did not come in time.", now_ns)
        elif now_ns >= self.deadline_ns:
            self.close()

    def leave_stream(self) -> None:
        """Stop counting as a watcher."""
        if self.stream is not None:
            self.stream.feed.watchers -= 1
            self.stream = None

    def close(self) -> None:
        """Drop the client."""
        self.leave_stream()
        self.phase = Phase.CLOSED
        self.out = memoryview(b"")
        self.client.close()


def prepare(client: socket.socket) -> None:
    """Set a socket so that it never blocks and that a client that hangs costs the kernel little."""
    client.setblocking(False)
    with contextlib.suppress(OSError):
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BUFFER_BYTES)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            # A machine that has vanished acknowledges nothing; the kernel would try for a quarter of an hour.
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, DEAD_PEER_MS)
