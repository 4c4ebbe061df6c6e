"""Serves the live URLs of a sampler's runs with one thread, which waits for nobody.

The thread sleeps until a client connects, and looks at the feeds ten times a second while one is there. The
sampler's own thread so never has to wake it, which would cost it its turn at the interpreter.
"""

import contextlib
import selectors
import socket
import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from energyvis_tracker.live.access import DEFAULT_ADDRESS
from energyvis_tracker.live.feed import LiveFeed

if TYPE_CHECKING:
    from energyvis_tracker.live.connection import Connection
    from energyvis_tracker.live.routes import Routes

MOST_CONNECTIONS = 32
# Those that have their answer and only have to take it are not counted above.
MOST_SOCKETS = 64
BACKLOG = 128
LOOK_S = 0.1
LOOK_WHILE_WAITING_S = 0.02
ACCEPT_PAUSE_S = 0.1
THREAD_GRACE_S = 0.2


class LiveServer:
    """The server of a sampler process.

    Parameters
    ----------
    address, port
        Where to listen, from now on; port 0 takes any free one.
    origins
        Origins of foreign pages that may ask.
    wake
        Is called, in the server's thread, when a session should look at its feed: a request was queued, or
        a summary is wanted. It must return at once.

    Raises
    ------
    OSError
        If the address or port cannot be had.
    """

    def __init__(
        self,
        *,
        address: str = DEFAULT_ADDRESS,
        port: int = 0,
        origins: Sequence[str] = (),
        wake: Callable[[], None],
    ) -> None:
        self.address = address
        self.origins = tuple(origins)
        self.wake = wake
        self.listener = bound_listener(address, port)
        self.port: int = self.listener.getsockname()[1]
        self.feeds: tuple[LiveFeed, ...] = ()
        self.connections: dict[socket.socket, Connection] = {}
        self.routes: Routes | None = None
        self.failures = 0  # clients dropped for an error of ours
        self.bell, self.bell_rope = socket.socketpair()
        self.bell.setblocking(False)
        self.selector = selectors.DefaultSelector()
        self.is_closing = False
        self.closing_ns = 0
        self.thread = threading.Thread(target=self.serve, name="live-server", daemon=True)

    def start(self) -> None:
        """Begin to serve."""
        self.thread.start()

    def add(self, feed: LiveFeed) -> None:
        """Serve a feed."""
        self.feeds = (*self.feeds, feed)

    def remove(self, feed: LiveFeed) -> None:
        """Serve a feed no longer; its streams get their last state and end."""
        feed.closed.set()
        self.feeds = tuple(other for other in self.feeds if other is not feed)

    def url_of(self, feed: LiveFeed) -> str:
        """Return the URL of a feed's page."""
        host = self.address
        if host in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
            host = socket.gethostname()
        run = f"&run={feed.run_id}" if feed.shares_token else ""
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/?token={feed.token}{run}"

    def close(self, timeout_s: float) -> None:
        """End within `timeout_s`: streams get what is left, then everything is closed."""
        for feed in self.feeds:
            feed.closed.set()
        self.closing_ns = time.monotonic_ns() + round(timeout_s * 1e9)
        self.is_closing = True
        if self.thread.is_alive():
            with contextlib.suppress(OSError):
                self.bell_rope.send(b"!")
            self.thread.join(timeout_s + THREAD_GRACE_S)
        elif self.thread.ident is None:
            self.let_go()

    def serve(self) -> None:
        """Serve until closed; runs in the server's thread."""
        self.selector.register(self.listener, selectors.EVENT_READ)
        self.selector.register(self.bell, selectors.EVENT_READ)
        try:
            while not self.is_done():
                self.turn()
        finally:
            self.let_go()

    def turn(self) -> None:
        """Wait for something to do, and do it."""
        ready = self.selector.select(self.patience_s())
        now_ns = time.monotonic_ns()
        for key, happened in ready:
            if key.fileobj is self.listener:
                self.accept(now_ns)
            elif key.fileobj is self.bell:
                self.selector.unregister(self.bell)
                self.selector.unregister(self.listener)
            elif (connection := self.connections.get(key.fileobj)) is not None:  # type: ignore[call-overload]  # a socket
                self.guarded(connection, happened, now_ns)
        for connection in list(self.connections.values()):
            self.guarded(connection, 0, now_ns)

    def guarded(self, connection: "Connection", happened: int, now_ns: int) -> None:
        """Serve one client; whatever goes wrong there is the end of that client only."""
        try:
            if happened & selectors.EVENT_READ:
                connection.receive(now_ns)
            if happened & selectors.EVENT_WRITE and connection.wants_to_write:
                connection.send(now_ns)
            if not happened:
                connection.attend(now_ns)
        except Exception:  # noqa: BLE001 - a bug in one answer must not end the others
            self.failures += 1
            connection.close()
        self.watch(connection)

    def watch(self, connection: "Connection") -> None:
        """Have the selector wait for what the client is waited for, and forget one that is done."""
        if connection.is_closed:
            self.connections.pop(connection.client, None)
            if connection.waited_for:
                self.selector.unregister(connection.client)
            connection.waited_for = 0
            return
        wanted = connection.hears * selectors.EVENT_READ | connection.wants_to_write * selectors.EVENT_WRITE
        if wanted == connection.waited_for:
            return
        if not wanted:
            self.selector.unregister(connection.client)
        elif connection.waited_for:
            self.selector.modify(connection.client, wanted)
        else:
            self.selector.register(connection.client, wanted)
        connection.waited_for = wanted

    def accept(self, now_ns: int) -> None:
        """Take in a client, or tell it that there are too many."""
        try:
            client, _ = self.listener.accept()
        except BlockingIOError:
            return
        except OSError:
            time.sleep(
                ACCEPT_PAUSE_S
            )  # no descriptor is free: the listener stays ready, and would be all we do
            return
        if len(self.connections) >= MOST_SOCKETS:
            client.close()
            return
        connection = self.new_connection(client, now_ns)
        is_full = sum(other.is_served for other in self.connections.values()) >= MOST_CONNECTIONS
        self.connections[client] = connection
        if is_full and not self.drop_idle(now_ns):
            connection.refuse(503, f"Not more than {MOST_CONNECTIONS} clients are served at once.", now_ns)
        self.watch(connection)

    def new_connection(self, client: socket.socket, now_ns: int) -> "Connection":
        """Return a connection; loads what answers need when the first client comes."""
        from energyvis_tracker.live.connection import Connection  # noqa: PLC0415 - many samplers never have a client
        from energyvis_tracker.live.routes import Routes  # noqa: PLC0415 - likewise

        if self.routes is None:
            self.routes = Routes(self.address, self.origins, lambda: self.feeds, self.wake)
        return Connection(client, self.routes, now_ns)

    def drop_idle(self, now_ns: int) -> bool:
        """Drop the client whose request takes longest to come, and return whether there was one."""
        idle = [other for other in self.connections.values() if other.is_idle(now_ns)]
        if idle:
            oldest = min(idle, key=lambda other: other.deadline_ns)
            oldest.close()
            self.watch(oldest)
        return bool(idle)

    def patience_s(self) -> float | None:
        """Return how long there is nothing to do unless a client does something; none without a client."""
        if self.is_closing or any(other.is_waiting for other in self.connections.values()):
            return LOOK_WHILE_WAITING_S
        return LOOK_S if self.connections else None

    def is_done(self) -> bool:
        """Say whether the server has been closed and its clients have what they are due."""
        return self.is_closing and (not self.connections or time.monotonic_ns() >= self.closing_ns)

    def let_go(self) -> None:
        """Close every socket."""
        for connection in list(self.connections.values()):
            connection.close()
        self.connections.clear()
        self.selector.close()
        for end in (self.listener, self.bell, self.bell_rope):
            end.close()


def bound_listener(address: str, port: int) -> socket.socket:
    """Return a socket that listens and never blocks."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.create_server((address, port), family=family, backlog=BACKLOG)
    listener.setblocking(False)
    return listener
