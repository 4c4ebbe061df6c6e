"""The port of the server, which one process can take over from another without a refused connection."""

import asyncio
import contextlib
import ctypes
import errno
import os
import signal
import socket
import struct
from collections.abc import Iterator
from typing import Any, Final

import bokeh.server.server
import psutil
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from energyvis_panel.errors import SettingsError

ATTACH_REUSEPORT_CBPF: Final = 51
"""Of Linux; Python has no name for it."""
BPF_RETURN: Final = 0x06
SETTLES_S: Final = 0.2
PROGRAM: Final = ("energyvis", "serve")
"""Words in the command of a process whose port may be taken over."""


@contextlib.contextmanager
def shared_port(*, take_over: bool) -> Iterator[None]:
    """Let Bokeh bind its port in a way that lets another process of this user bind it too.

    Raises
    ------
    SettingsError
        If another process has taken the port since it was looked at.

    """
    # Bokeh can be told address and port, but not how to bind them.
    module: Any = bokeh.server.server
    own = module.bind_sockets

    def bind(address: str | None, port: int) -> tuple[list[socket.socket], int]:
        try:
            sockets = bind_sockets(port, address, reuse_port=True)
        except OSError as error:
            raise cannot_listen(error, address or "*", port, take_over=take_over) from error
        return sockets, sockets[0].getsockname()[1]

    module.bind_sockets = bind
    try:
        yield
    finally:
        module.bind_sockets = own


def check_port(address: str, port: int, *, take_over: bool) -> None:
    """Refuse an address that cannot be listened on.

    Raises
    ------
    SettingsError
        If another process listens there, unless it is to be taken over, or if there is no such address.

    """
    try:
        for family, _, _, _, place in socket.getaddrinfo(address, port, type=socket.SOCK_STREAM):
            try:
                bind_once(family, place, shared=take_over)
            except OSError as error:
                # Many containers know localhost by an IPv6 address that they do not have.
                if not (address == "localhost" and error.errno in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}):
                    raise
    except OSError as error:
        raise cannot_listen(error, address, port, take_over=take_over) from error


def cannot_listen(error: OSError, address: str, port: int, *, take_over: bool) -> SettingsError:
    """Why an address cannot be listened on, and what to do."""
    if error.errno != errno.EADDRINUSE:
        return SettingsError(
            f"The server cannot listen on {address}:{port}: {error.strerror or error}. "
            "Choose another --address or --port."
        )
    way = (
        "It is no server that can be taken over: stop it first, or choose another --port."
        if take_over
        else "Choose another --port, stop it, or take it over with --take-over."
    )
    return SettingsError(f"Another process listens on {address}:{port}. {way}")


def bind_once(family: int, place: Any, *, shared: bool) -> None:
    """Bind an address for a moment, with ``shared`` beside others that share it."""
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if family == socket.AF_INET6:
            probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        probe.bind(place)


def others_on(port: int) -> list[int]:
    """Ids of the other processes of this program that listen where this one does, on a port."""
    found: list[int] = []
    listening: set[tuple[int, Any]] = set()
    with contextlib.suppress(psutil.Error):
        listening = {
            (connection.pid, connection.laddr)
            for connection in psutil.net_connections("tcp")
            if connection.status == psutil.CONN_LISTEN and connection.laddr[1:] == (port,) and connection.pid
        }
    # The same port of another address is another server.
    own = {place for pid, place in listening if pid == os.getpid()}
    for pid in {pid for pid, place in listening if place in own} - {os.getpid()}:
        with contextlib.suppress(psutil.Error):
            command = " ".join(psutil.Process(pid).cmdline())
            if all(word in command for word in PROGRAM):
                found.append(pid)
    return found


def stop_others(port: int) -> None:
    """Tell the other processes of this program on a port to stop, now that this one answers there."""
    for pid in others_on(port):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)


async def leave_port(http: HTTPServer) -> None:
    """Let the process that listens on the same port have all new connections, and stop listening."""
    # Tornado keeps its sockets to itself.
    for listening in http._sockets.values():  # noqa: SLF001
        with contextlib.suppress(OSError):
            send_to_second(listening)
    # Connections that are being made are still given to this process; it goes on accepting meanwhile.
    await asyncio.sleep(SETTLES_S)
    stop_listening(http)


def send_to_second(listening: socket.socket) -> None:
    """Have Linux give each new connection to the second of the sockets that share the port.

    The one that has listened for longer is the first. Without this, a connection that is made between the
    last look and the closing of a socket would be reset. Source: socket(7), SO_ATTACH_REUSEPORT_CBPF.
    """
    program = ctypes.create_string_buffer(struct.pack("HBBI", BPF_RETURN, 0, 0, 1))
    listening.setsockopt(
        socket.SOL_SOCKET, ATTACH_REUSEPORT_CBPF, struct.pack("HP", 1, ctypes.addressof(program))
    )


def stop_listening(http: HTTPServer) -> None:
    """Take what has connected, and leave the port.

    Closing a port alone would refuse those who have connected and wait to be accepted.
    """
    # Tornado keeps its sockets to itself, and lets go of them only by closing them.
    for listening in http._sockets.values():  # noqa: SLF001
        if listening.fileno() < 0:
            continue  # it has been left before
        with contextlib.suppress(BlockingIOError):
            while True:
                http._handle_connection(*listening.accept())  # noqa: SLF001
    http.stop()
