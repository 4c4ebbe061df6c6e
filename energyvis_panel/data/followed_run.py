"""One live URL that is followed: connected, read, lost, tried again, and told to whoever listens."""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from http import HTTPStatus
from typing import Any

from energyvis_panel.data.bounded_http import Answer, asked
from energyvis_panel.data.live_address import LiveAddress, LiveRefusal, LiveTrouble, allowed_addresses
from energyvis_panel.data.profile_json import read_profile
from energyvis_panel.data.run_so_far import RunSoFar
from energyvis_panel.data.server_events import EventParser, LineTooLong
from energyvis_panel.domain.live_hosts import HostRule
from energyvis_panel.domain.live_reading import Action, Connection, LiveReading
from energyvis_panel.domain.profile import EnergyProfile
from energyvis_panel.errors import ProfileError

log = logging.getLogger(__name__)

SILENCE_S = 15.0
"""A tracker says something every 10 s at least."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0
SPACING_S = 1.0
SHARE_OF_TIME = 0.25
"""At most this part of the time is spent on what a server sends, however fast it sends."""
MOST_DIVIDED_BYTES = 4_000_000
MOST_REFUSAL_BYTES = 4000
LONGEST_SENTENCE = 300
GONE = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}

Listener = Callable[[LiveReading], Any]


class RunGone(LiveRefusal):
    """The server is there, and shows the run no longer."""


class FollowedRun:
    """A run at a live URL. Everything but ``listeners`` belongs to the client's thread.

    Parameters
    ----------
    address
        The URL.
    rules
        Hosts that may be asked.
    clock
        The process's monotonic clock in seconds.

    """

    def __init__(
        self, address: LiveAddress, rules: Sequence[HostRule], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.address = address
        self.listeners: list[Listener] = []
        self.is_done = False
        self.reading = LiveReading("connecting", address.place)
        self._rules = rules
        self._clock = clock
        self._so_far = RunSoFar(clock)
        self._task: asyncio.Task[None] | None = None
        self._due: asyncio.TimerHandle | None = None
        self._told_s = -SPACING_S
        self._heard_s: float | None = None
        self._has_named_run = False

    # -- from the client -------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to follow."""
        self._task = asyncio.get_running_loop().create_task(self._follow())

    def stop(self) -> None:
        """Follow no longer."""
        if self._task is not None:
            self._task.cancel()
        if self._due is not None:
            self._due.cancel()

    def tell(self, listener: Listener) -> None:
        """Tell one listener how things are."""
        try:
            listener(self.reading)
        except Exception:
            log.exception("A listener of a live run failed")

    async def asked_for(self, action: Action, answered: Callable[[str], Any]) -> None:
        """Ask the job for something, and hand on why it was refused, or "" once it was taken."""
        try:
            async with self._open("POST", f"/api/v1/{action}") as answer:
                taken = answer.status == HTTPStatus.ACCEPTED
                sentence = "" if taken else await refusal(answer, self.address)
        except LiveTrouble as error:
            sentence = str(error)
        try:
            answered(sentence)
        except Exception:
            log.exception("A listener of a live run failed")

    # -- the connection --------------------------------------------------------------------------------

    async def _follow(self) -> None:
        """Follow the run to its end, through every loss of the connection."""
        pause_s = FIRST_PAUSE_S
        try:
            while True:
                heard_s = self._heard_s
                try:
                    if await self._read_events():
                        self._show("ended", ended_sentence(self._so_far))
                        return
                    trouble = f"{self.address.place} closed the connection."
                except RunGone as error:
                    self._show("ended", str(error))
                    return
                except LiveRefusal as error:
                    self._show("failed", str(error))
                    return
                except LiveTrouble as error:
                    trouble = str(error)
                if self._so_far.facts is None:
                    self._show("failed", trouble)
                    return
                pause_s = FIRST_PAUSE_S if self._heard_s != heard_s else pause_s
                self._show("lost", trouble, retry_s=self._clock() + pause_s)
                await asyncio.sleep(pause_s)
                pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
        except Exception:
            log.exception("Following a live run failed")
            self._show("failed", "The run cannot be followed. The log says why.")
        finally:
            self.is_done = True

    async def _read_events(self) -> bool:
        """Follow one connection, and return whether the run has ended with it."""
        last_id = self._so_far.last_event_id
        async with self._open(
            "GET", "/api/v1/events", {"Last-Event-ID": last_id} if last_id else {}
        ) as answer:
            if answer.status != HTTPStatus.OK:
                sentence = await refusal(answer, self.address)
                gone = answer.status in GONE
                if gone and self._so_far.facts is not None:
                    raise RunGone(
                        f"{self.address.place} no longer shows this run: it has ended while the connection "
                        "was lost. How it ended stands in the lake."
                    )
                raise LiveRefusal(sentence) if gone else LiveTrouble(sentence)
            if not answer.headers.get("content-type", "").startswith("text/event-stream"):
                raise LiveRefusal("What answers there is no tracker. Check the port.")
            divider = asyncio.create_task(self._divide())
            try:
                await self._take_all(answer)
            finally:
                divider.cancel()
        return self._so_far.is_over

    async def _take_all(self, answer: Answer) -> None:
        """Take the events of a stream until it ends."""
        parser, line_s = EventParser(), self._clock()
        opened_s = line_s
        async with aclosing(answer.pieces()) as pieces:
            while True:
                try:
                    async with asyncio.timeout(line_s + SILENCE_S - self._clock()):
                        piece = await anext(pieces, None)
                except TimeoutError:
                    raise LiveTrouble(f"No sign of {self.address.place} for {SILENCE_S:g} s.") from None
                if piece is None:
                    return
                begin_s, lines = self._clock(), parser.lines
                self._take(parser, piece)
                if parser.lines > lines:
                    line_s = self._clock()
                    self._heard_s = line_s if self._so_far.facts else None
                if not self._has_named_run and self._clock() - opened_s > SILENCE_S:
                    raise LiveRefusal(
                        f"The server sends for {SILENCE_S:g} s without naming a run, so it is no tracker."
                    )
                await asyncio.sleep((self._clock() - begin_s) * (1 / SHARE_OF_TIME - 1))

    def _take(self, parser: EventParser, piece: bytes) -> None:
        """Take the events that are whole with ``piece``."""
        try:
            events = parser.feed(piece)
        except LineTooLong:
            raise LiveRefusal(
                "The server sends longer lines than any tracker, so it is not followed."
            ) from None
        for event in events:
            self._so_far.take(event.name, event.data, event.event_id)
            self._has_named_run = self._has_named_run or event.name in {"run", "state"}
        if events:
            self._changed(is_urgent=any(event.name in {"run", "state"} for event in events))

    async def _divide(self) -> None:
        """Keep the intervals of a run without epochs up to date, as the tracker divides it."""
        pause_s = SPACING_S
        while not self._so_far.has_epochs:
            await asyncio.sleep(pause_s)
            begin_s, width_s = self._clock(), SPACING_S
            try:
                if profile := await self._divided():
                    self._so_far.divided = profile
                    width_s = profile.epochs[0].duration_s or SPACING_S
                    self._changed(is_urgent=False)
            except (LiveTrouble, ProfileError) as error:
                log.info("No profile came from %s: %s", self.address.place, error)
            spent_s = self._clock() - begin_s
            pause_s = min(max(SPACING_S, width_s, 10 * spent_s), 10 * SPACING_S)

    async def _divided(self) -> EnergyProfile | None:
        """Profile of the run in intervals of time; None where it has none."""
        async with self._open("GET", "/api/v1/profile") as answer:
            if answer.status != HTTPStatus.OK or self._so_far.has_epochs:
                return None
            profile, _ = read_profile(await answer.whole(MOST_DIVIDED_BYTES), "The profile")
        is_this = profile.id == self._so_far.run_id and profile.division == "interval"
        return profile if is_this else None

    @asynccontextmanager
    async def _open(
        self, method: str, path: str, headers: dict[str, str] | None = None
    ) -> AsyncIterator[Answer]:
        """Answer of the server to one request about this run."""
        if method == "POST" and not self._so_far.run_id:
            # Nothing is asked of a server before it has shown itself to be a tracker.
            raise LiveTrouble("The run is not known yet. Wait until it is connected.")
        addresses = await allowed_addresses(self.address, self._rules)
        address = self.address.with_run(self._so_far.run_id) if self._so_far.run_id else self.address
        async with asked(address, addresses, method, path, headers) as answer:
            yield answer

    # -- what is told ----------------------------------------------------------------------------------

    def _changed(self, *, is_urgent: bool) -> None:
        """Tell everybody soon: at once where it is urgent or a second has passed."""
        if self._so_far.facts is None:
            return
        wait_s = self._told_s + SPACING_S - self._clock()
        if is_urgent or wait_s <= 0:
            self._show("live")
        elif self._due is None:
            self._due = asyncio.get_running_loop().call_later(wait_s, self._show, "live")

    def _show(self, connection: Connection, sentence: str = "", retry_s: float | None = None) -> None:
        """Make a reading and tell everybody."""
        if self._due is not None:
            self._due.cancel()
            self._due = None
        self._told_s = self._clock()
        # Set before anybody is told, since whoever is told may try again at once.
        self.is_done = connection in {"ended", "failed"}
        self.reading = LiveReading(
            connection,
            self.address.place,
            sentence,
            self._so_far.now(),
            self._heard_s,
            self._so_far.sampled_s,
            retry_s,
        )
        for listener in list(self.listeners):
            self.tell(listener)


async def refusal(answer: Answer, address: LiveAddress) -> str:
    """Sentence about an answer that grants nothing."""
    if answer.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return (
            f"The token opens no run at {address.place}. Copy the whole URL that the tracker printed; it is "
            "good until the run ends."
        )
    try:
        said = str(json.loads(await answer.whole(MOST_REFUSAL_BYTES))["error"])
    except (LiveTrouble, ValueError, KeyError, TypeError, RecursionError):
        said = ""
    plain = "".join(letter for letter in said[:LONGEST_SENTENCE] if letter.isprintable())
    return plain or f"{address.place} answers with status {answer.status}, not as a tracker does."


def ended_sentence(so_far: RunSoFar) -> str:
    """How the run ended."""
    state = so_far.facts.state if so_far.facts else ""
    return {
        "finished": "The run has finished.",
        "stopped": "The run was stopped.",
        "failed": "The run has failed.",
        "lost": "The run was lost: its process ended without a word.",
    }.get(state, "The run has ended.")
