"""Asks the questions of one session side by side, forgets what is stale, and remembers what all share."""

import itertools
import logging
import threading
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Final, NamedTuple, Protocol
from weakref import WeakKeyDictionary

import pyarrow as pa

from energyvis_panel.errors import EnergyVisError
from energyvis_panel.state.explore.axis import Axis
from energyvis_panel.state.explore.question import Answer, Asked

log = logging.getLogger(__name__)

POOL: Final = ThreadPoolExecutor(4, thread_name_prefix="explore")
"""Small questions run on one core each in DuckDB, so asking them side by side uses the others."""
MOST_REMEMBERED: Final = 64
"""Answers about all runs that one process keeps for its sessions."""
CANCEL_AGAIN_S: Final = 0.05
"""How often to cancel what was withdrawn before it began."""


class Token(NamedTuple):
    """Name of a question that is being asked.

    Attributes
    ----------
    session
        Whose it is.
    since
        How many times that session had withdrawn its questions before.
    serial
        Which of its questions it is.

    """

    session: int
    since: int
    serial: int


class Asks(Protocol):
    """What answers the questions."""

    def ask(self, question: str, *, token: object = None, **params: object) -> pa.Table:
        """Answer of a question as an Arrow table."""

    def cancel(self, token: object) -> None:
        """Withdraw the question that runs under ``token``, if one does."""


class Remembered:
    """Answers about all runs, which every session draws as its context."""

    def __init__(self) -> None:
        self._answers: dict[str, pa.Table] = {}
        self._lock = threading.Lock()

    def find(self, asked: Asked) -> pa.Table | None:
        """The answer, if it is remembered."""
        return None if asked.brushes else self._answers.get(asked.key)

    def keep(self, asked: Asked, answer: pa.Table) -> None:
        """Remember an answer about all runs; others are as many as there are brushes."""
        if asked.brushes:
            return
        with self._lock:
            while len(self._answers) >= MOST_REMEMBERED:
                self._answers.pop(next(iter(self._answers)))
            self._answers[asked.key] = answer


REMEMBERED: Final[WeakKeyDictionary[object, Remembered]] = WeakKeyDictionary()
"""By the gateway that answers."""


class Asking:
    """Asks for one session.

    Parameters
    ----------
    gateway
        What answers.
    axes
        Axes by quantity, on which lassos are laid.

    """

    def __init__(self, gateway: Asks, axes: Mapping[str, Axis]) -> None:
        self._gateway = gateway
        self._axes = axes
        self._remembered = REMEMBERED.setdefault(gateway, Remembered())
        self._running: set[Token] = set()
        self._serial = itertools.count()
        self._withdrawals = 0
        self._lock = threading.Lock()

    def answers(self, asked: Iterable[Asked]) -> list[Answer | None]:
        """Answers in the order of the questions; None for all that :meth:`withdraw` found unanswered.

        Equal questions are asked once. Touches nothing of the session's state, so any thread may call it.
        """
        ordered = list(asked)
        since = self._withdrawals
        futures: dict[str, Future[Answer | None]] = {}
        for one in ordered:
            if one.key not in futures:
                futures[one.key] = POOL.submit(self._answer, one, since)
        while wait(futures.values(), CANCEL_AGAIN_S).not_done:
            # A question that had not begun when it was withdrawn could not be cancelled then.
            if since != self._withdrawals:
                self._cancel(since)
        return [futures[one.key].result() for one in ordered]

    def withdraw(self) -> None:
        """Cancel what is being asked: nobody waits for it any more."""
        with self._lock:
            since = self._withdrawals
            self._withdrawals += 1
        self._cancel(since)

    def _cancel(self, since: int) -> None:
        with self._lock:
            stale = [token for token in self._running if token.since <= since]
        for token in stale:
            self._gateway.cancel(token)

    def _answer(self, asked: Asked, since: int) -> Answer | None:
        if (known := self._remembered.find(asked)) is not None:
            return known
        token = Token(id(self), since, next(self._serial))
        with self._lock:
            if since != self._withdrawals:
                return None
            self._running.add(token)
        answer: Answer
        try:
            answer = self._gateway.ask(
                f"explore/{asked.question.name}",
                token=token,
                brushes=asked.brushes.parameter(self._axes),
                **asked.question.values,
            )
            if asked.question.condense is not None:
                answer = asked.question.condense(answer)
        except EnergyVisError as error:
            answer = error
        except Exception as error:  # whatever befalls one question, the others are drawn
            log.exception("explore/%s failed", asked.question.name)
            answer = EnergyVisError(
                f"The question {asked.question.name!r} failed: {error}. The server's log says where."
            )
        finally:
            with self._lock:
                self._running.discard(token)
        if isinstance(answer, pa.Table):
            self._remembered.keep(asked, answer)
        return answer if since == self._withdrawals else None
