"""Asks the questions of one session side by side, forgets what is stale, and remembers what all share."""

import itertools
import threading
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Protocol
from weakref import WeakKeyDictionary

import pyarrow as pa

from energyvis_panel.errors import EnergyVisError
from energyvis_panel.state.explore.axis import Axis
from energyvis_panel.state.explore.brushes import Brushes
from energyvis_panel.state.explore.question import Answer, Asked

POOL: Final = ThreadPoolExecutor(4, thread_name_prefix="explore")
"""Small questions run on one core each in DuckDB, so asking them side by side uses the others."""
MOST_REMEMBERED: Final = 64
"""Answers about all runs that one process keeps for its sessions."""


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
        return None if asked.brushes else self._answers.get(self._key(asked))

    def keep(self, asked: Asked, answer: Answer) -> None:
        """Remember an answer about all runs."""
        if asked.brushes or not isinstance(answer, pa.Table):
            return
        with self._lock:
            while len(self._answers) >= MOST_REMEMBERED:
                self._answers.pop(next(iter(self._answers)))
            self._answers[self._key(asked)] = answer

    @staticmethod
    def _key(asked: Asked) -> str:
        return f"{asked.question.name} {sorted(asked.question.values.items())}"


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
        self._running: set[object] = set()
        self._serial = itertools.count()
        self._lock = threading.Lock()

    def answers(self, asked: Iterable[Asked]) -> list[Answer | None]:
        """Answers in the order of the questions; None where :meth:`withdraw` was quicker.

        Touches nothing of the session's state, so any thread may call it.
        """
        return [future.result() for future in [POOL.submit(self._answer, one) for one in asked]]

    def withdraw(self) -> None:
        """Cancel what is being asked: nobody waits for it any more."""
        with self._lock:
            running = list(self._running)
            self._running.clear()
        for token in running:
            self._gateway.cancel(token)

    def _answer(self, asked: Asked) -> Answer | None:
        if (known := self._remembered.find(asked)) is not None:
            return known
        token = (id(self), next(self._serial))
        with self._lock:
            self._running.add(token)
        try:
            answer: Answer = self._gateway.ask(
                f"explore/{asked.question.name}",
                token=token,
                brushes=asked.brushes.parameter(self._axes),
                **asked.question.values,
            )
        except EnergyVisError as error:
            with self._lock:
                withdrawn = token not in self._running
            answer = error
            if withdrawn:
                return None
        finally:
            with self._lock:
                self._running.discard(token)
        self._remembered.keep(asked, answer)
        return answer


def unbrushed(asked: Asked) -> Asked:
    """The same question about all runs."""
    return Asked(asked.question, Brushes())
