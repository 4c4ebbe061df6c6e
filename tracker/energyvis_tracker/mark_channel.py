"""The job's end of the socket to its sampler: it never keeps the job waiting for one that does not read."""

import contextlib
import select
import socket
from collections import deque
from collections.abc import Mapping
from typing import Any

from energyvis_tracker.marks import MarkReader, encoded

SEND_BUFFER_BYTES = 1 << 20
# About 20,000 marks: more than a sampler that is only held up for a while ever leaves unread.
MAX_OUTBOX_BYTES = 4 << 20


class MarkChannel:
    """Sends marks and receives answers; what the socket does not take waits in memory.

    A sampler that does not read is not gone: when it goes on it counts the energy of the whole time. So
    nothing here takes silence for death; once the memory for waiting marks is used up, further ones are
    `dropped`.
    """

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        connection.setblocking(False)
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        self.reader = MarkReader(connection)
        self.outbox: deque[bytes] = deque()
        self.outbox_bytes = 0
        self.dropped = 0

    @property
    def is_closed(self) -> bool:
        """Say whether the sampler has closed its end."""
        return self.reader.is_closed

    def send(self, mark: Mapping[str, Any]) -> None:
        """Send a mark, after all that still wait.

        Raises
        ------
        OSError
            If the other end is gone.
        """
        if self.outbox_bytes > MAX_OUTBOX_BYTES:
            self.dropped += 1
            self.flush()
            return
        line = encoded(mark)
        self.outbox.append(line)
        self.outbox_bytes += len(line)
        self.flush()

    def flush(self) -> None:
        """Send what waits, as far as the socket takes it now.

        Raises
        ------
        OSError
            If the other end is gone.
        """
        while self.outbox:
            try:
                sent = self.connection.send(self.outbox[0])
            except BlockingIOError:
                return
            self.outbox_bytes -= sent
            line = self.outbox.popleft()
            if sent < len(line):
                self.outbox.appendleft(line[sent:])

    def receive(self, timeout_s: float | None) -> list[dict[str, Any]]:
        """Return the answers that have come in, waiting for the first; none after `timeout_s`.

        Raises
        ------
        OSError
            If the other end is gone.
        ValueError
            If what came is no answer.
        """
        watch = select.poll()  # unlike select.select it takes a job's thousandth descriptor as well
        writes = select.POLLOUT if self.outbox else 0
        watch.register(self.connection, select.POLLIN | writes)
        ready = watch.poll(None if timeout_s is None else max(0, round(timeout_s * 1000)))
        self.flush()
        if not any(happened & ~select.POLLOUT for _, happened in ready):
            return []
        try:
            return self.reader.receive()
        except BlockingIOError:
            return []
