"""The orderly end of the server: nobody new, what runs is finished, pages are told, all in time."""

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Iterable
from typing import Any, Final

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.server.gate import Gate
from energyvis_panel.server.listening import leave_port, others_on, stop_listening

log = logging.getLogger(__name__)

LOOKS_AGAIN_S: Final = 0.05
TELLING_S: Final = 0.5
"""What is left of the grace for telling the pages."""
GOING_AWAY: Final = 1001
"""The websocket's code for a server that ends."""


class Stopping:
    """Ends the server at a signal.

    Parameters
    ----------
    gate
        Is closed at once.
    gateways
        What answers the questions that are let finish.
    grace_s
        Longest time until the process has ended.

    """

    def __init__(self, gate: Gate, gateways: Iterable[Gateway], grace_s: float) -> None:
        self._gate = gate
        self._gateways = tuple(gateways)
        self._grace_s = grace_s
        self._asked = asyncio.Event()

    def at_signals(self) -> None:
        """Stop at SIGTERM and SIGINT; a second one ends the process at once."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._signalled, number)

    async def asked(self) -> None:
        """Wait until the server is to stop."""
        await self._asked.wait()

    async def finish(self, server: Any) -> None:
        """Let what runs finish, close the websockets and end the server."""
        end_s = asyncio.get_running_loop().time() + max(self._grace_s - TELLING_S, 0)
        if await asyncio.to_thread(others_on, server.port):
            await leave_port(server._http)  # noqa: SLF001 - Bokeh has no name for it
        while self._is_busy() and asyncio.get_running_loop().time() < end_s:  # noqa: ASYNC110 - nothing else tells
            await asyncio.sleep(LOOKS_AGAIN_S)
        stop_listening(server._http)  # noqa: SLF001 - as above
        for connection in list(server._tornado._clients):  # noqa: SLF001 - as above
            connection._socket.close(GOING_AWAY, "The server is being restarted.")  # noqa: SLF001 - as above
        server.stop()
        await server._http.close_all_connections()  # noqa: SLF001 - as above

    def _signalled(self, number: int) -> None:
        if self._gate.is_stopping:
            os._exit(128 + number)
        log.info("Stopping within %g s", self._grace_s)
        self._gate.is_stopping = True
        self._asked.set()
        # A thread that does not end, as on a file system that does not answer, must not hold up a restart.
        last = threading.Timer(self._grace_s, os._exit, (0,))
        last.daemon = True
        last.start()

    def _is_busy(self) -> bool:
        """Whether a question is being answered or a page's message worked on."""
        return any(gateway.running for gateway in self._gateways) or any(
            session.expiration_blocked for session in self._gate.sessions()
        )
