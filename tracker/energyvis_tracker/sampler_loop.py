"""The sampler's loop: its clients, its runs, its ticks."""

import contextlib
import gc
import os
import selectors
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from energyvis_tracker.client import Client
from energyvis_tracker.clock import NS_PER_S, WallClock
from energyvis_tracker.mark_handling import handle
from energyvis_tracker.meters import open_meters
from energyvis_tracker.meters.hub import MeterHub
from energyvis_tracker.rendezvous import listening, turn_path
from energyvis_tracker.session import Session

if TYPE_CHECKING:
    from energyvis_tracker.live_door import LiveDoor

# A connection that never says what it wants is closed after this.
HELLO_TIMEOUT_NS = 30 * NS_PER_S
CLOSING_STEP_NS = NS_PER_S // 20
# Below this interval the file libraries are loaded before the first tick: loading them stops everything for
# 100 ms.
QUICK_INTERVAL_S = 0.5


class SamplerLoop:
    """Holds what one sampler works on; `path` is where others find it, or none where it is alone."""

    def __init__(self, path: Path | None) -> None:
        self.clock = WallClock()
        self.meters = open_meters(time.monotonic_ns)
        self.hub = MeterHub(self.meters.meters, self.clock.read)
        self.path = path
        self.listener = None if path is None else listening(path)
        self.clients: dict[Client, int] = {}
        self.sessions: list[Session] = []
        self.live: LiveDoor | None = None
        self.selector: selectors.BaseSelector | None = None
        self.wake_inner, self.wake_outer = socket.socketpair()
        for end in (self.wake_inner, self.wake_outer):
            end.setblocking(False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close_listener()
        if self.live is not None:
            self.live.close()
        for client in self.clients:
            client.close()
        for end in (self.wake_inner, self.wake_outer):
            end.close()

    @property
    def has_work(self) -> bool:
        """Say whether a job or a file is left; who found the way here last is still let in."""
        if not self.clients and not self.sessions:
            self.close_listener(let_in=True)
        return bool(self.clients or self.sessions)

    def watch(self, selector: selectors.BaseSelector) -> None:
        """Have the loop's connections watched."""
        self.selector = selector
        selector.register(self.wake_outer, selectors.EVENT_READ, self.woken)
        if self.listener is not None:
            selector.register(self.listener, selectors.EVENT_READ, self.accept)
        for client in self.clients:
            self.watch_client(client)

    def wake(self) -> None:
        """Wake the loop, from any thread."""
        with contextlib.suppress(OSError):
            self.wake_inner.send(b"w")

    def woken(self) -> None:
        """Do what another thread has asked for."""
        with contextlib.suppress(BlockingIOError):
            self.wake_outer.recv(4096)
        for session in self.sessions:
            session.orders.take_requests()
            session.view.publish(time.monotonic_ns())

    def accept(self) -> None:
        """Let in those who knock."""
        with contextlib.suppress(OSError):
            while self.listener is not None:
                self.add(self.listener.accept()[0])

    def add(self, connection: socket.socket) -> None:
        """Take a connection in."""
        client = Client(connection)
        self.clients[client] = time.monotonic_ns()
        self.watch_client(client)

    def watch_client(self, client: Client) -> None:
        """Have a client's words, and the end of its process, noticed."""
        if self.selector is None:
            return
        self.selector.register(client.connection, selectors.EVENT_READ, lambda: self.hear(client))
        if client.end_of_process is not None:
            self.selector.register(
                client.end_of_process, selectors.EVENT_READ, lambda: self.hear(client, is_over=True)
            )

    def hear(self, client: Client, *, is_over: bool = False) -> None:
        """Handle what a client says; with its process over, everything that it still said comes first."""
        if client not in self.clients:
            return
        while marks := client.receive():
            for mark in marks:
                self.do(client, mark)
            if not is_over:
                break
        client.is_gone |= is_over or client.reader.is_closed

    def do(self, client: Client, mark: dict[str, Any]) -> None:
        """Handle one mark. One that cannot be meant ends its sender's connection, and nobody else's run."""
        try:
            if client.session is not None:
                handle(client.session, client, mark)
            elif mark.get("mark") == "hello":
                self.welcome(client, mark)
            elif mark.get("mark") == "list":
                client.answer({"runs": [self.entry(session) for session in self.sessions]})
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            if client.session is not None:
                client.session.note(f"A mark of the job could not be understood: {error!r}.")
            client.answer({"warnings": [f"The sampler could not do {mark.get('mark')!r}: {error!r}."]})
            client.is_gone = True

    def welcome(self, client: Client, hello: dict[str, Any]) -> None:
        """Begin a run, or let a further rank take part in one."""
        if time.monotonic_ns() > hello["until_ns"]:
            client.is_gone = True  # it has not waited
            return
        for session in self.sessions:
            if not session.end.is_closing and session.accepts(hello):
                session.add(client, hello)
                return
        session = Session(hello, self.hub, self.meters, self.clock, self.wake)
        # Runs with one interval tick together, so that one reading of the meters serves them all.
        alike = (
            other for other in self.sessions if other.schedule.interval_ns == session.schedule.interval_ns
        )
        if (other := next(alike, None)) is not None:
            session.schedule.start_ns = other.schedule.start_ns
            session.schedule.advance(session.started_ns)
            session.schedule.missed = 0
        session.begin()
        self.sessions.append(session)
        if hello["is_live"]:
            self.open_door(session)
        session.add(client, hello)
        if hello["interval_s"] < QUICK_INTERVAL_S:
            import pyarrow.parquet  # noqa: F401, PLC0415 - see QUICK_INTERVAL_S

            gc.freeze()  # see the sampler's main
            session.schedule.advance(time.monotonic_ns())
            session.schedule.missed = 0

    def open_door(self, session: Session) -> None:
        """Give a run its live URL, where that is possible."""
        from energyvis_tracker.live_door import LiveDoor  # noqa: PLC0415 - a run without it need not load it

        try:
            self.live = self.live or LiveDoor(self.wake)
            self.live.add(session)
        except OSError as error:
            session.note(f"The live URL could not be opened: {error}.")

    def entry(self, session: Session) -> dict[str, Any]:
        """Return what a list says of a run."""
        record = session.record
        return {
            "run_id": session.run_id,
            "name": record["name"],
            "state": record["state"],
            "started_at": record["started_at"],
            "url": session.view.url,
            "pid": os.getpid(),
        }

    def due_ns(self) -> int:
        """Return when the loop has to do something even if nobody speaks."""
        now_ns = time.monotonic_ns()
        times = [
            now_ns + CLOSING_STEP_NS if session.end.is_closing else session.schedule.due_ns
            for session in self.sessions
        ]
        times += [
            since_ns + HELLO_TIMEOUT_NS for client, since_ns in self.clients.items() if not client.is_known
        ]
        return min(times, default=now_ns + NS_PER_S)

    def tick(self) -> None:
        """Take the samples that are due."""
        now_ns = time.monotonic_ns()
        for session in self.sessions:
            if not session.end.is_closing and session.schedule.due_ns <= now_ns:
                session.tick()

    def close_journals(self) -> None:
        """Have everything that was sampled put into segments."""
        for session in self.sessions:
            session.close_journal()

    def tidy(self) -> None:
        """Let go of clients that have gone and of runs that are over."""
        now_ns = time.monotonic_ns()
        for client, since_ns in list(self.clients.items()):
            is_silent = not client.is_known and now_ns - since_ns > HELLO_TIMEOUT_NS
            if client.is_gone or is_silent:
                self.remove(client)
        for session in list(self.sessions):
            if session.end.is_closing:
                session.end.go_on()
            if session.end.is_over:
                self.sessions.remove(session)
                if self.live is not None:
                    self.live.remove(session)

    def remove(self, client: Client) -> None:
        """Let go of a client; a run that it has not left is told so."""
        del self.clients[client]
        if self.selector is not None:
            self.selector.unregister(client.connection)
            if client.end_of_process is not None:
                self.selector.unregister(client.end_of_process)
        if client.session is not None:
            client.session.end.lose(client)
        client.close()

    def close_listener(self, *, let_in: bool = False) -> None:
        """Be found no longer; who stands at the door already may still come in."""
        if self.listener is None or self.path is None:
            return
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)
            turn_path(self.path).unlink(missing_ok=True)
        if let_in:
            self.accept()
        if self.selector is not None:
            with contextlib.suppress(KeyError, ValueError):
                self.selector.unregister(self.listener)
        self.listener.close()
        self.listener = None
