"""Whether the process answers (``/health``), and whether it can serve pages (``/ready``)."""

import asyncio
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from http import HTTPStatus
from typing import Final

from tornado.web import RequestHandler

from energyvis_panel import __version__
from energyvis_panel.data.workspace import Workspace
from energyvis_panel.errors import EnergyVisError
from energyvis_panel.server.gate import Gate

LONGEST_S: Final = 2.0


class Readiness:
    """Looks at the lake and the database, in a thread, since a file system may not answer for long.

    Parameters
    ----------
    gate
        Knows whether the server is being stopped.
    look
        Looks, and gives the reason why pages cannot be served, or None.

    """

    def __init__(self, gate: Gate, look: Callable[[], str | None]) -> None:
        self._gate = gate
        self._look = look
        self._looking: Future[str | None] | None = None

    async def refusal(self) -> str | None:
        """Why pages cannot be served, in a sentence; None where they can."""
        if self._gate.is_stopping:
            return "The server is being stopped."
        # However often it is asked, one thread at most waits for a file system.
        if self._looking is None or self._looking.done():
            self._looking = begun(self._look)
        try:
            return await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(self._looking)), LONGEST_S)
        except TimeoutError:
            return f"The lake did not answer within {LONGEST_S:g} s."


class ReadyHandler(RequestHandler):
    """``GET /ready``."""

    def initialize(self, readiness: Readiness) -> None:
        """Take what looks."""
        self._readiness = readiness

    async def get(self) -> None:
        """Answer 200, or 503 with one sentence."""
        self.set_header("Cache-Control", "no-store")
        reason = await self._readiness.refusal()
        if reason is None:
            self.write({"status": "ready"})
        else:
            self.set_status(HTTPStatus.SERVICE_UNAVAILABLE)
            self.write({"status": "not ready", "reason": reason})


class HealthHandler(RequestHandler):
    """``GET /health``, and ``GET /liveness`` as Panel's server names it."""

    def get(self) -> None:
        """Answer 200: the process is there."""
        self.set_header("Cache-Control", "no-store")
        self.write({"status": "ok", "version": __version__})


def look_at(shared: Workspace) -> str | None:
    """Why the lake or the database cannot be used; None where they can. A lake need not exist yet."""
    try:
        with suppress(FileNotFoundError), os.scandir(shared.lake.path) as entries:
            next(entries, None)
    except OSError as error:
        return f"The lake cannot be listed: {error.strerror or 'it is not there'}."
    try:
        return (
            None
            if all(gateway.is_answering() for gateway in shared.gateways)
            else "The database does not answer."
        )
    except EnergyVisError:
        return "The database does not answer."


def begun(look: Callable[[], str | None]) -> Future[str | None]:
    """Result to come of ``look``, called in a thread that keeps no process from ending."""
    result: Future[str | None] = Future()

    def run() -> None:
        try:
            result.set_result(look())
        except Exception as error:  # noqa: BLE001 - whoever waits for the result is told
            result.set_exception(error)

    threading.Thread(target=run, name="readiness", daemon=True).start()
    return result
