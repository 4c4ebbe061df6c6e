"""One visitor's brushes over the BUTTER-E runs, the questions of the shown views, and their answers."""

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import numpy as np
import param
import pyarrow as pa

from energyvis_panel.errors import EnergyVisError, SettingsError
from energyvis_panel.state.explore.asking import Asking, Asks
from energyvis_panel.state.explore.axis import Axis
from energyvis_panel.state.explore.brush_link import brushes_from_link, link_text
from energyvis_panel.state.explore.brushes import Brushes, Point
from energyvis_panel.state.explore.dimensions import CATEGORIES, NAMES, STATUS_SCOPES
from energyvis_panel.state.explore.question import Answer, Asked, Question

ONE_STEP_S: Final = 1.0
"""Changes of one brush within this time of each other are one step to undo: a drag, not its hundred moves."""
UNDO_STEPS: Final = 100
NO_CHANGE: Final[tuple[tuple[str, ...], float]] = ((), -np.inf)
"""Brushed dimensions and time of the last change, before there was one."""
SUMMARY: Final = {"summary": Question("selection_summary")}
"""Asked always: how many runs are selected stands beside every view."""


class Exploration(param.Parameterized):
    """Brushes, questions and answers.

    Views tell with :meth:`pose` what they ask; at each brush all is asked again whose answer can have
    changed, and ``revision`` counts up when the answers are there. A view then reads :meth:`answer` and
    :meth:`context`.
    """

    brushes = param.ClassSelector(class_=Brushes, default=Brushes(), allow_None=False, doc="What is brushed.")
    link = param.String(default="", doc="The brushes as text for a URL; setting it sets the brushes.")
    mark = param.ClassSelector(
        class_=Brushes,
        default=None,
        allow_None=True,
        doc="What of the selection is looked at; None = nothing.",
    )
    mark_title = param.String(default="", doc="What is looked at, for people.")
    origin = param.String(default="", doc="Where the runs come from; empty = the shipped stand-in.")
    scores = param.Parameter(default=None, doc="What scores the runs for anomalies; None = nothing does.")
    refusal = param.String(
        default="", doc="Why the last link or question was refused; empty when all is well."
    )
    revision = param.Integer(default=0, bounds=(0, None), doc="How many times the answers have changed.")
    waiting = param.Boolean(default=False, doc="Whether an answer has been on its way for a while.")
    can_undo = param.Boolean(default=False, doc="Whether there is a step to take back.")
    can_redo = param.Boolean(default=False, doc="Whether a step taken back can be taken again.")

    def __init__(self, gateway: Asks, *, clock: Callable[[], float] = time.monotonic, **params: Any) -> None:
        self._clock = clock
        self._past: list[Brushes] = []
        self._future: list[Brushes] = []
        self._last_change = NO_CHANGE
        self.schedule: Callable[[Callable[[], None]], None] = lambda refresh: refresh()
        """How a refresh is started. At once by default; a page puts its latest-wins scheduler here."""
        self.axes: dict[str, Axis] = {
            row["dimension"]: Axis(row["is_log"], row["low"], row["high"])
            for row in gateway.ask("explore/axes").to_pylist()
        }
        categories = gateway.ask("explore/categories").to_pylist()
        self.categories: dict[str, dict[str, int]] = {
            name: {row["category"]: row["run_count"] for row in categories if row["dimension"] == name}
            for name in CATEGORIES
        }
        statuses = [row for row in categories if row["dimension"] == "status"]
        self.total_runs: int = sum(row["run_count"] for row in statuses)
        self.synthetic_runs: int = sum(row["synthetic_count"] for row in statuses)
        self.asking = Asking(gateway, self.axes)
        self.companions: dict[type, Any] = {}
        """Settings of views that stand beside this exploration, by class; see :class:`Companion`."""
        self.out_of_sight: frozenset[str] = frozenset()
        """Slots of views beyond the window: they wait until the others are drawn."""
        self.at_rest: frozenset[str] = frozenset()
        """Slots of views that are not on the page at present: nothing is asked for them."""
        self._posed: dict[str, Question] = {}
        self._answers: dict[str, tuple[Asked, Answer]] = {}
        self._contexts: dict[str, tuple[Asked, Answer]] = {}
        super().__init__(**params)
        self.pose(SUMMARY)

    # Questions and answers

    def pose(self, questions: Mapping[str, Question], *, later: bool = False) -> None:
        """Ask these questions from now on, by slot; what stood in a slot before is asked no longer.

        Slots that are new are answered before the return, unless it may be ``later``; a changed question is
        answered with the next revision.
        """
        new = {slot: one for slot, one in questions.items() if self._posed.get(slot) != one}
        self._posed.update(new)
        if not new:
            return
        unanswered = [] if later else [slot for slot in new if slot not in self._answers]
        if unanswered:
            self.publish(self.answered(self.stale(unanswered)), count=False)
        if len(unanswered) < len(new):
            self.schedule(self.refresh)

    def asked_ahead(self, questions: Mapping[str, Question]) -> dict[str, tuple[Asked, Answer]]:
        """Answers to questions that are not posed yet, for :meth:`publish` after they are.

        Touches nothing, so any thread may call it.
        """
        wanted = {slot: Asked.under(question, self.brushes) for slot, question in questions.items()}
        wanted |= {
            f"{slot}@context": Asked(question, Brushes())
            for slot, question in questions.items()
            if question.in_context
        }
        return self.answered(wanted)

    def drop(self, *slots: str) -> None:
        """Ask the questions in these slots no longer."""
        for slot in slots:
            for held in (self._posed, self._answers, self._contexts):
                held.pop(slot, None)

    @property
    def posed(self) -> tuple[str, ...]:
        """Slots whose questions are asked."""
        return tuple(self._posed)

    def has_answer(self, slot: str) -> bool:
        """Whether a slot was answered, for these brushes or earlier ones."""
        return slot in self._answers

    def stale(self, slots: Iterable[str] | None = None, *, slow: bool | None = None) -> dict[str, Asked]:
        """What is to be asked for the present brushes, by place; a place is a slot, or ``slot@context``.

        Parameters
        ----------
        slots
            Slots to look at; by default all but those at rest.
        slow
            Only slow questions and those of views that nobody sees, only the others, or (None) all.

        """
        wanted: dict[str, Asked] = {}
        asking = [slot for slot in self._posed if slot not in self.at_rest]
        for slot in asking if slots is None else slots:
            question = self._posed[slot]
            if slow not in {None, question.slow or slot in self.out_of_sight}:
                continue
            asked = Asked.under(question, self.brushes)
            if slot not in self._answers or self._answers[slot][0] != asked:
                wanted[slot] = asked
            everything = Asked(question, Brushes())
            if question.in_context and (slot not in self._contexts or self._contexts[slot][0] != everything):
                wanted[f"{slot}@context"] = everything
        return wanted

    def answered(self, wanted: Mapping[str, Asked]) -> dict[str, tuple[Asked, Answer]]:
        """Answers by place; touches nothing, so any thread may call it. What was withdrawn is left out."""
        answers = self.asking.answers(wanted.values())
        return {
            place: (asked, answer)
            for (place, asked), answer in zip(wanted.items(), answers, strict=True)
            if answer is not None
        }

    def publish(self, answers: Mapping[str, tuple[Asked, Answer]], *, count: bool = True) -> None:
        """Show answers in all views at once; where a question failed, its last answer stays."""
        refusal = ""
        for place, (asked, answer) in answers.items():
            slot, _at, context = place.partition("@")
            if slot not in self._posed:
                continue
            held = self._contexts if context else self._answers
            if isinstance(answer, EnergyVisError):
                refusal = f"The selection could not be counted; the last one is still shown. {answer}"
                if slot in held:
                    continue
            held[slot] = asked, answer
        if count:
            self.param.update(revision=self.revision + 1, refusal=refusal)
        elif refusal:
            self.refusal = refusal

    def refresh(self) -> None:
        """Ask what is stale and publish the answers."""
        self.publish(self.answered(self.stale()))

    def answer(self, slot: str) -> pa.Table:
        """The last answer in a slot.

        Raises
        ------
        EnergyVisError
            If it was never answered.

        """
        return self._table(self._answers[slot][1])

    def asked(self, slot: str) -> Question:
        """The question to which :meth:`answer` gives the last answer; the one posed now may be another."""
        return self._answers[slot][0].question

    def context(self, slot: str) -> pa.Table:
        """The answer in a slot about all runs.

        Raises
        ------
        EnergyVisError
            If it was never answered.

        """
        return self._table(self._contexts[slot][1])

    @staticmethod
    def _table(answer: Answer) -> pa.Table:
        if isinstance(answer, EnergyVisError):
            raise answer
        return answer

    def is_current(self, slot: str) -> bool:
        """Whether the answer in a slot is about the present brushes."""
        return not self.stale([slot])

    @property
    def run_count(self) -> int:
        """How many runs pass all brushes."""
        row = self.answer("summary").to_pylist()[0]
        return int(row["cpu_runs"] + row["gpu_runs"])

    # Brushes

    def brush(self, brushes: Brushes) -> None:
        """Set all brushes in one step; those that are not among them are taken away.

        Raises
        ------
        SettingsError
            If the data hold no such value of a category.

        """
        self._check(brushes)
        self._change(brushes)

    def brush_range(self, dimension: str, low: float = -np.inf, high: float = np.inf) -> None:
        """Select ``low`` to ``high`` of a quantity, both included, in its stored unit."""
        self._change(self.brushes.with_range(dimension, low, high), dimension)

    def brush_ranges(self, ranges: Mapping[str, tuple[float, float]]) -> None:
        """Select several ranges in one step, as a box does."""
        brushes = self.brushes
        for dimension, (low, high) in ranges.items():
            brushes = brushes.with_range(dimension, low, high)
        self._change(brushes, *ranges)

    def brush_set(self, dimension: str, values: tuple[str, ...]) -> None:
        """Admit only ``values`` of a category; none admits all.

        Raises
        ------
        SettingsError
            If the data hold no such value.

        """
        self._check_values(dimension, values)
        self._change(self.brushes.with_set(dimension, values), dimension)

    def brush_lasso(self, plane: str, vertices: tuple[Point, ...]) -> None:
        """Select what lies inside a polygon in a plane of two quantities, in their stored units."""
        self._change(self.brushes.with_lasso(plane, vertices), plane)

    def invert(self, name: str) -> None:
        """Let a brush admit what it left out, or turn it back."""
        self._change(self.brushes.turned(name))

    def clear(self, *names: str) -> None:
        """Take away the brushes of these names, all brushes if none is named."""
        self._change(self.brushes.without(*(names or NAMES)))

    def undo(self) -> None:
        """Take back the last step."""
        if self._past:
            self._future.append(self.brushes)
            self._last_change = NO_CHANGE
            self._show(self._past.pop())

    def redo(self) -> None:
        """Take the step again that was taken back last."""
        if self._future:
            self._past.append(self.brushes)
            self._last_change = NO_CHANGE
            self._show(self._future.pop())

    def look_at(self, mark: Brushes | None, title: str = "") -> None:
        """Show the runs of a mark: what of the selection passes ``mark`` too; None closes it."""
        self.param.update(mark=mark, mark_title=title)

    def _change(self, brushes: Brushes, *dimensions: str) -> None:
        if brushes == self.brushes:
            return
        now = self._clock()
        last_dimensions, last_s = self._last_change
        if not dimensions or dimensions != last_dimensions or now - last_s > ONE_STEP_S:
            self._past = [*self._past[-UNDO_STEPS + 1 :], self.brushes]
        self._future.clear()
        self._last_change = (dimensions, now)
        if self._past[-1] == brushes:
            # A drag that ended where it began is no step: to take it back would change nothing.
            self._past.pop()
            self._last_change = NO_CHANGE
        self._show(brushes)

    def _show(self, brushes: Brushes) -> None:
        self.param.update(
            brushes=brushes,
            link=link_text(brushes),
            can_undo=bool(self._past),
            can_redo=bool(self._future),
        )
        self.schedule(self.refresh)

    @param.depends("link", watch=True, on_init=True)
    def _follow_link(self) -> None:
        if self.link == link_text(self.brushes):
            return
        try:
            brushes = brushes_from_link(self.link)
            self._check(brushes)
        except SettingsError as error:
            # The link goes back to what is shown, so that it never promises another selection.
            self.param.update(refusal=str(error), link=link_text(self.brushes))
            return
        self.refusal = ""
        self._change(brushes)

    def _check(self, brushes: Brushes) -> None:
        for dimension, values in brushes.sets.items():
            self._check_values(dimension, values)

    def _check_values(self, dimension: str, values: tuple[str, ...]) -> None:
        if dimension not in self.categories:
            return
        known = self.categories[dimension]
        unknown = [value for value in values if value not in known]
        if unknown:
            raise SettingsError(
                f"The data hold no {dimension} {unknown[0][:60]!r}. Use one of {', '.join(known)}."
            )


__all__ = ["STATUS_SCOPES", "Asks", "Exploration"]
