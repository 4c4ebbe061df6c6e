"""One process of a job, as its sampler sees it: a connection, and what it asked for."""

import contextlib
import os
import socket
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from energyvis_tracker.marks import MarkReader, encoded
from energyvis_tracker.rendezvous import peer

if TYPE_CHECKING:
    from energyvis_tracker.session import Session

SEND_TIMEOUT_S = 0.05


class Client:
    """A connected process.

    `pid` is the process as the kernel of this host names it, whatever the process believes; `end_of_process`
    is a descriptor that becomes readable when it has ended, or none where the system has none.
    """

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        # A message to a client that does not read must not hold up the others.
        connection.settimeout(SEND_TIMEOUT_S)
        self.reader = MarkReader(connection)
        self.session: Session | None = None
        self.rank = 0
        self.is_command = False
        self.is_known = False
        self.is_gone = False
        self.paused_id: int | None = None
        self.warnings: list[str] = []
        self.pid = peer(connection)[0]
        self.end_of_process: int | None = None
        if self.pid:
            self.watch(self.pid)

    def watch(self, pid: int) -> None:
        """Notice the end of the process: a child of it can hold the connection open."""
        self.pid = pid
        with contextlib.suppress(AttributeError, OSError):
            self.end_of_process = os.pidfd_open(pid)

    def receive(self) -> list[dict[str, Any]]:
        """Return the marks that have come in, without waiting; nonsense ends the client."""
        self.connection.setblocking(False)
        try:
            return self.reader.receive()
        except BlockingIOError:
            return []
        except (OSError, ValueError):
            self.reader.is_closed = True
            return []
        finally:
            self.connection.settimeout(SEND_TIMEOUT_S)

    def answer(self, message: Mapping[str, Any]) -> None:
        """Send a message, unless the process does not listen any more."""
        if self.warnings:
            message = {**message, "warnings": self.warnings}
            self.warnings = []
        with contextlib.suppress(OSError):
            self.connection.sendall(encoded(message))

    def close(self) -> None:
        """Let go of the connection."""
        self.connection.close()
        if self.end_of_process is not None:
            os.close(self.end_of_process)
            self.end_of_process = None
