"""What closed pages leave behind, collected once a minute at most.

Panel has the interpreter look through every object of the process 5 s after each page that closes. With sixty
pages open that takes a second, in which nobody is answered, and where pages come and go all the time it was a
fifth of the server's whole work.
"""

import gc
import time
from typing import Final

from panel.io import document
from tornado.ioloop import IOLoop

LEAST_BETWEEN_S: Final = 60.0


class Collecting:
    """Collects garbage when asked, and where that was just done, later.

    Parameters
    ----------
    least_between_s
        Time from one collection to the next.

    """

    def __init__(self, least_between_s: float = LEAST_BETWEEN_S) -> None:
        self._least_between_s = least_between_s
        self._last_s = float("-inf")
        self._is_due = False

    def ask(self) -> None:
        """Collect as soon as the time has come; called on the server's loop."""
        if self._is_due:
            return
        self._is_due = True
        wait_s = self._last_s + self._least_between_s - time.monotonic()
        IOLoop.current().call_later(max(wait_s, 0.0), self._collect)

    def _collect(self) -> None:
        self._is_due = False
        gc.collect()
        self._last_s = time.monotonic()


def collect_seldom() -> None:
    """Have Panel ask a :class:`Collecting`; what the process holds by now is never looked through again."""
    document._garbage_collect = Collecting().ask  # noqa: SLF001 - Panel has no setting for it
    gc.collect()
    gc.freeze()
