"""What the job and its sampler say to each other: one JSON object a line over a local socket."""

import json
import socket
from collections.abc import Mapping
from typing import Any

CHUNK_BYTES = 65536


def encoded(message: Mapping[str, Any]) -> bytes:
    """Return a message as one line."""
    return json.dumps(message, separators=(",", ":")).encode() + b"\n"


class MarkReader:
    """Cuts what a socket delivers into messages."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.rest = b""
        self.is_closed = False

    def receive(self) -> list[dict[str, Any]]:
        """Return the messages that one `recv` completed; sets `is_closed` when the other end has gone.

        Raises
        ------
        TimeoutError, BlockingIOError
            If nothing came within the socket's timeout.
        """
        try:
            chunk = self.connection.recv(CHUNK_BYTES)
        except ConnectionError:
            chunk = b""
        if not chunk:
            self.is_closed = True
            return []
        *lines, self.rest = (self.rest + chunk).split(b"\n")
        return [json.loads(line) for line in lines]
