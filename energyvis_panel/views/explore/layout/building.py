"""Builds views one by one, after their questions were answered off the event loop."""

import logging
import threading
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import panel as pn
from panel.io.state import set_curdoc

from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.question import Answer, Asked, Question
from energyvis_panel.views.document import at_next_tick

log = logging.getLogger(__name__)


class Building:
    """Views that are wanted are built in the order in which they were wanted, each at a tick of its own.

    Nobody waits for the last chart to see the first, and asked together, the questions of several views take
    no longer than the longest. Where there is no page in a browser, they are built at once.

    Parameters
    ----------
    state
        Answers the questions.
    questions
        Questions by slot of each view, by its name.
    build
        Builds the view of a name and puts it into its place.

    """

    def __init__(
        self,
        state: Exploration,
        questions: Mapping[str, Mapping[str, Question]],
        build: Callable[[str], None],
    ) -> None:
        self._state = state
        self._questions = questions
        self._build = build
        self._document: Any = pn.state.curdoc if served() else None
        self.is_served = self._document is not None
        self._begun = not self.is_served
        self._ended = False
        self._wanted: list[str] = []
        self._known: set[str] = set()
        self._asking = False
        if self._document is not None:
            # What changes before the browser says that it has the document is lost to it.
            pn.state.onload(self._begin)
            pn.state.on_session_destroyed(lambda _context: self._end())

    def want(self, *names: str) -> None:
        """Have these views built, unless they are or will be."""
        new = [name for name in dict.fromkeys(names) if name not in self._known]
        self._known.update(new)
        self._wanted += new
        if self._document is None:
            while self._wanted:
                self._build(self._wanted.pop(0))
        elif self._begun and not self._asking:
            self._ask()

    def _begin(self) -> None:
        self._begun = True
        if not self._asking:
            self._ask()

    def _end(self) -> None:
        self._ended = True

    def _ask(self) -> None:
        """Ask the questions of all that are wanted, in a thread of its own."""
        names, self._wanted = self._wanted, []
        self._asking = bool(names)
        if not names:
            return
        asked = {slot: one for name in names for slot, one in self._questions[name].items()}

        def work() -> None:
            try:
                answers = self._state.asked_ahead(asked)
            except Exception:  # the views then ask for themselves, and say what fails
                log.exception("The questions of %s could not be asked ahead", ", ".join(names))
                answers = {}
            if not self._ended:
                at_next_tick(self._document, partial(self._build_next, names, asked, answers))

        threading.Thread(target=work, name="explore-views", daemon=True).start()

    def _build_next(
        self,
        names: list[str],
        asked: Mapping[str, Question],
        answers: Mapping[str, tuple[Asked, Answer]],
    ) -> None:
        """Build the first of ``names`` and go on with the rest at the next tick."""
        first, *rest = names
        # Arranged before the work is done: a view that fails costs no other.
        then = partial(self._build_next, rest, {}, {}) if rest else self._ask
        at_next_tick(self._document, then)
        with set_curdoc(self._document):
            if answers:
                self._state.pose(answered_whole(asked, answers), later=True)
                self._state.publish(answers, count=False)
            self._build(first)


def answered_whole(
    asked: Mapping[str, Question], answers: Mapping[str, tuple[Asked, Answer]]
) -> dict[str, Question]:
    """The questions that need not be asked again.

    A brush withdraws what is being asked; an answer may then be here without the one about all runs, and a
    view that found its question posed would look for both.
    """
    return {
        slot: one
        for slot, one in asked.items()
        if slot in answers and (not one.in_context or f"{slot}@context" in answers)
    }


def served() -> bool:
    """Whether this runs for a page in a browser."""
    return pn.state.curdoc is not None and pn.state.curdoc.session_context is not None
