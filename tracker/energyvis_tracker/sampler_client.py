"""The job's end of the socket to its sampler; nothing here raises into the job or keeps it waiting long."""

import contextlib
import logging
import os
import socket
import threading
import time
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from energyvis_tracker.mark_channel import MarkChannel

if TYPE_CHECKING:
    import subprocess

FOUND_TIMEOUT_S = 3.0  # one that is there already answers at once, or it hangs
READY_TIMEOUT_S = 10.0  # Python may have to be read from a cold network file system first
BOUNDARY_TIMEOUT_S = 1.0
STOP_TIMEOUT_S = 12.0  # longer than the sampler's own limit for its last files
CONNECT_TIMEOUT_S = 1.0
HELLO_MARGIN_S = 0.5
log = logging.getLogger("energyvis_tracker")


class SamplerClient:
    """Starts a sampler and talks to it.

    After the first thing that goes wrong it says so once in the log, and does nothing more. In a forked
    child of the job it does nothing at all.
    """

    def __init__(self) -> None:
        self.owner_pid = os.getpid()
        self.lock = threading.RLock()
        self.channel: MarkChannel | None = None
        self.process: subprocess.Popen[bytes] | None = None
        self.last_id = 0
        self.orders: list[dict[str, Any]] = []
        # After one answer that came too late the next ones are not waited for, until one has come in time.
        self.answers_in_time = True

    @property
    def connection(self) -> socket.socket | None:
        """Return the socket, or none where there is no sampler at the other end."""
        return None if self.channel is None else self.channel.connection

    @property
    def is_ours(self) -> bool:
        """Say whether this process started the sampler and still has a connection to it."""
        return self.channel is not None and os.getpid() == self.owner_pid

    def start(self, hello: Mapping[str, Any]) -> dict[str, Any] | None:
        """Find the sampler of this lake or start one; return its first answer, none where that failed."""
        from energyvis_tracker import rendezvous  # noqa: PLC0415 - a job that only imports the package need not pay

        path = rendezvous.socket_path(Path(hello["lake"]))
        try:
            with rendezvous.start_turn(path):
                if (found := rendezvous.connected(path, CONNECT_TIMEOUT_S)) is not None:
                    answer = self.introduce(found, hello, FOUND_TIMEOUT_S)
                    if answer is not None:
                        return answer
                    self.close()
                return self.start_new(hello, path)
        except (OSError, ValueError) as error:
            log.warning("The sampler cannot be started, so the job is not measured: %s", error)
            return None

    def start_new(self, hello: Mapping[str, Any], path: Path) -> dict[str, Any] | None:
        """Start a sampler, and return its first answer.

        Raises
        ------
        OSError
            If no process can be started.
        """
        from energyvis_tracker.sampler_process import spawn  # noqa: PLC0415 - subprocess costs 10 ms

        ours, theirs = socket.socketpair()
        with theirs:
            self.process = spawn(theirs.fileno(), path)
        answer = self.introduce(ours, hello, READY_TIMEOUT_S)
        if answer is None and self.is_ours:
            log.warning("The sampler did not answer within %g s; the job goes on.", READY_TIMEOUT_S)
        return answer

    def introduce(
        self, connection: socket.socket, hello: Mapping[str, Any], timeout_s: float
    ) -> dict[str, Any] | None:
        """Say who we are over a new connection, and return the answer."""
        self.channel = MarkChannel(connection)
        close_in_children(self)
        # A sampler that was held up must not begin a run for somebody who has gone elsewhere meanwhile.
        until_ns = time.monotonic_ns() + round((timeout_s - HELLO_MARGIN_S) * 1e9)
        if not self.send({"mark": "hello", "until_ns": until_ns, **hello}):
            return None
        return self.wait_for("ready", True, timeout_s)

    def send(self, mark: Mapping[str, Any]) -> bool:
        """Send a mark, and return whether the sampler is there to read it."""
        with self.lock:
            if not self.is_ours or self.channel is None:
                return False
            try:
                self.channel.send(mark)
            except OSError as error:
                self.give_up(error)
                return False
            if self.channel.dropped == 1:
                log.warning(
                    "The sampler has read nothing for long; epochs and spans are left out until it does."
                )
            return True

    def ask(self, mark: Mapping[str, Any], timeout_s: float | None) -> dict[str, Any] | None:
        """Send a mark and return its answer; none where it did not come in time."""
        with self.lock:
            self.last_id += 1
            if not self.send({**mark, "id": self.last_id}):
                return None
            return self.wait_for("ack", self.last_id, timeout_s)

    def mark_boundary(self, mark: Mapping[str, Any]) -> str | None:
        """Send the start or end of a stretch, wait a little for the reading; return what the job is told."""
        with self.lock:
            answer = self.ask(mark, BOUNDARY_TIMEOUT_S if self.answers_in_time else 0.0)
            if answer is None and self.answers_in_time and self.is_ours:
                log.warning("The sampler is late; epochs end without waiting for it until it has caught up.")
            self.answers_in_time = answer is not None
            return None if answer is None else answer.get("control")

    def poll(self) -> list[dict[str, Any]]:
        """Return the orders that have come in unasked; does not wait."""
        with self.lock:
            if self.is_ours:
                self.receive(0.0)
            orders, self.orders = self.orders, []
            return orders

    def hear(self, answers: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the answers, with warnings passed on to the log and orders put aside."""
        for answer in answers:
            for sentence in answer.get("warnings", ()):
                log.warning("%s", sentence)
            if "order" in answer:
                self.orders.append(answer)
        return answers

    def wait_for(self, key: str, value: object, timeout_s: float | None) -> dict[str, Any] | None:
        """Return the answer in which `key` is `value`; answers before it are stale and dropped."""
        deadline_s = None if timeout_s is None else time.monotonic() + timeout_s
        while self.channel is not None:
            left_s = None if deadline_s is None else max(0.0, deadline_s - time.monotonic())
            for answer in self.receive(left_s):
                if answer.get(key) == value:
                    return answer
            if deadline_s is not None and time.monotonic() >= deadline_s:
                return None
        return None

    def receive(self, timeout_s: float | None) -> list[dict[str, Any]]:
        """Return the answers that come within a time; gives the sampler up if it is gone."""
        channel = self.channel
        if channel is None:
            return []
        try:
            answers = self.hear(channel.receive(timeout_s))
        except (OSError, ValueError) as error:
            self.give_up(error)
            return []
        if channel.is_closed:
            self.give_up("it has ended")
        return answers

    def give_up(self, reason: object) -> None:
        """Say once that the sampler is gone, and stop talking to it."""
        log.warning("The sampler is gone (%s); the job goes on unmeasured.", reason)
        self.close()

    def close(self) -> None:
        """Close the connection, which ends the sampler, and reap it."""
        with self.lock:
            if self.connection is not None:
                self.connection.close()
            self.channel = None
            if self.process is not None and os.getpid() == self.owner_pid:
                from energyvis_tracker.sampler_process import reap  # noqa: PLC0415 - loaded by the start already

                reap(self.process)
                self.process = None


living_clients: "weakref.WeakSet[SamplerClient]" = weakref.WeakSet()


def close_in_children(client: SamplerClient) -> None:
    """Have forked children of the job close their copy of the socket, lest it outlive the job."""
    if not living_clients and hasattr(os, "register_at_fork"):
        register_fork_hook()
    living_clients.add(client)


is_hook_registered = threading.Event()


def register_fork_hook() -> None:
    """Register the hook, once a process."""
    if not is_hook_registered.is_set():
        os.register_at_fork(after_in_child=close_copies)
        is_hook_registered.set()


def close_copies() -> None:
    """Close the sockets that this forked child has inherited."""
    for client in list(living_clients):
        client.lock = threading.RLock()  # another thread of the parent may have held it
        with contextlib.suppress(OSError):
            if client.connection is not None:
                client.connection.close()
        client.channel = client.process = None
