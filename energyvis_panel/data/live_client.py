"""The live runs that sessions of this process follow: one thread, and one connection a URL for all of them.

Sessions come and go with :meth:`LiveClient.follow`. What they are told is built once a second at most and
shared; a session that is slow delays nobody, since it takes over the latest reading only.
"""

import asyncio
import functools
import logging
import threading
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

from energyvis_panel.data.followed_run import FollowedRun
from energyvis_panel.data.live_address import LiveAddress, live_address
from energyvis_panel.domain.live_hosts import HostRule
from energyvis_panel.domain.live_reading import Action, LiveReading
from energyvis_panel.errors import SettingsError

log = logging.getLogger(__name__)

MOST_RUNS = 32
"""Live URLs that one process follows at once."""

Listener = Callable[[LiveReading], Any]
Answered = Callable[[str], Any]


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """One session's hold on a run that is followed."""

    client: "LiveClient"
    run: FollowedRun
    listener: Listener

    @property
    def place(self) -> str:
        """Host and port, as the URL names them."""
        return self.run.address.place

    def ask(self, action: Action, answered: Answered) -> None:
        """Ask the job to pause, resume or stop; ``answered`` gets why not, or "" once it is taken."""
        self.client.submit(self.run.asked_for(action, answered))

    def close(self) -> None:
        """Follow no longer; the connection ends with the last who follows."""
        self.client.leave(self.run, self.listener)


class LiveClient:
    """Follows live URLs for all sessions of a process.

    Parameters
    ----------
    rules
        Hosts that may be asked.

    """

    def __init__(self, rules: Sequence[HostRule]) -> None:
        self.rules = tuple(rules)
        self._lock = threading.Lock()
        self._runs: dict[LiveAddress, FollowedRun] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None

    def follow(self, text: str, listener: Listener) -> Followed:
        """Follow the run whose live URL is in ``text``; ``listener`` is called from the client's thread.

        It gets the latest reading at once where the run is followed already.

        Raises
        ------
        SettingsError
            If there is no live URL, or too many are followed.

        """
        address = live_address(text)
        with self._lock:
            run = self._runs.get(address)
            if run is None or run.is_done:
                if len(self._runs) >= MOST_RUNS:
                    raise SettingsError(f"At most {MOST_RUNS} live URLs are followed at once. Close one.")
                run = self._runs[address] = FollowedRun(address, self.rules)
                loop = self._running_loop()
                loop.call_soon_threadsafe(run.start)
            run.listeners.append(listener)
            loop = self._running_loop()
            loop.call_soon_threadsafe(run.tell, listener)
        return Followed(self, run, listener)

    def leave(self, run: FollowedRun, listener: Listener) -> None:
        """Take a listener away, and end what nobody follows any more."""
        with self._lock:
            if listener not in run.listeners:
                return
            run.listeners.remove(listener)
            if run.listeners:
                return
            if self._runs.get(run.address) is run:
                del self._runs[run.address]
            if self._loop is not None:
                self._loop.call_soon_threadsafe(run.stop)
            if not self._runs and self._loop is not None and self._stop is not None:
                self._loop.call_soon_threadsafe(self._stop.set)
                self._loop = self._stop = None

    def submit(self, work: Coroutine[Any, Any, None]) -> None:
        """Do ``work`` in the client's thread; nothing where no run is followed any more."""
        with self._lock:
            if self._loop is not None:
                asyncio.run_coroutine_threadsafe(work, self._loop)
                return
        work.close()

    @property
    def followed(self) -> int:
        """How many URLs are followed."""
        return len(self._runs)

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        """The loop of the client's thread, which is started with the first run; the lock is held."""
        if self._loop is None:
            ready = threading.Event()
            threading.Thread(target=self._serve, args=(ready,), name="live-client", daemon=True).start()
            ready.wait()
        if self._loop is None:
            raise RuntimeError("The thread of the live client did not start.")
        return self._loop

    def _serve(self, ready: threading.Event) -> None:
        async def until_stopped() -> None:
            stop = asyncio.Event()
            self._loop, self._stop = asyncio.get_running_loop(), stop
            ready.set()
            await stop.wait()

        asyncio.run(until_stopped())


@functools.cache
def live_client(rules: tuple[HostRule, ...]) -> LiveClient:
    """The client of this process for these rules, made once."""
    return LiveClient(rules)
