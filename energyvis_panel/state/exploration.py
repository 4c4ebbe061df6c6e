"""The Explore page without its looks: brushes, the questions they ask, and the answers."""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, Protocol

import numpy as np
import param
import pyarrow as pa

from energyvis_panel.errors import EnergyVisError, SettingsError
from energyvis_panel.state.brushes import CATEGORIES, DIMENSIONS, Brushes, brushes_from_link, link_text
from energyvis_panel.state.selection import (
    AXIS_ORDER,
    Axis,
    Selected,
    density_grid,
    histogram_grid,
)

ONE_STEP_S: Final = 1.0
"""Changes of one brush within this time of each other are one step to undo: a drag, not its hundred moves."""
UNDO_STEPS: Final = 100
NO_CHANGE: Final[tuple[tuple[str, ...], float]] = ((), -np.inf)
"""Brushed dimensions and time of the last change, before there was one."""

OWN_BRUSHES: Final = {
    "energy_histogram": ("energy_j",),
    "runtime_energy_density": ("run_time_s", "energy_j"),
    "pareto_frontier": (),
    "parallel_coordinates": (),
    "selection_summary": (),
}
"""Questions, each with the brushes it leaves out: a view shows what lies beyond the brush drawn in itself."""

VIEWS: Final = {
    "energy-histogram": ("energy_histogram",),
    "runtime-energy": ("runtime_energy_density", "pareto_frontier"),
    "parallel-coordinates": ("parallel_coordinates",),
}
"""Views by their name in ``?view=``, each with the questions it needs."""

STATUS_SCOPES: Final = {
    "All runs": (),
    "Kept": ("below_overhead", "overhead_estimate", "standardised"),
    "Published": ("standardised",),
}
"""What the analysis keeps: everything; what passes the quality filters; the published table."""

POOL: Final = ThreadPoolExecutor(4, thread_name_prefix="explore")
"""Small questions run on one core each in DuckDB, so asking them side by side uses the others."""


class Asks(Protocol):
    """What answers the questions."""

    def ask(self, question: str, *, token: object = None, **params: object) -> pa.Table:
        """Answer of a question as an Arrow table."""


class Exploration(param.Parameterized):
    """One visitor's brushes over the BUTTER-E runs, and what is selected by them."""

    brushes = param.ClassSelector(class_=Brushes, default=Brushes(), allow_None=False, doc="What is brushed.")
    link = param.String(default="", doc="The brushes as text for a URL; setting it sets the brushes.")
    refusal = param.String(
        default="", doc="Why the last link or question was refused; empty when all is well."
    )
    revision = param.Integer(default=0, bounds=(0, None), doc="How many times the answers have changed.")
    can_undo = param.Boolean(default=False, doc="Whether there is a step to take back.")
    can_redo = param.Boolean(default=False, doc="Whether a step taken back can be taken again.")

    def __init__(
        self,
        gateway: Asks,
        *,
        views: tuple[str, ...] = tuple(VIEWS),
        clock: Callable[[], float] = time.monotonic,
        **params: Any,
    ) -> None:
        self._gateway = gateway
        self._clock = clock
        self._questions = ("selection_summary", *(question for view in views for question in VIEWS[view]))
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
        self.context = self._ask(Brushes())
        """All runs, asked once: the grey behind each selection."""
        self.selected = self.context
        super().__init__(**params)

    def brush_range(self, dimension: str, low: float = -np.inf, high: float = np.inf) -> None:
        """Select ``low`` to ``high`` of a quantity, both included, in its unit."""
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

    def clear(self, *dimensions: str) -> None:
        """Take away the brushes on ``dimensions``, all brushes if none is named."""
        self._change(self.brushes.without(*(dimensions or DIMENSIONS)))

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

    def refresh(self) -> None:
        """Ask the questions of the shown views and publish the answers."""
        self.publish(self.answers(self.brushes))

    def publish(self, answers: Selected | EnergyVisError) -> None:
        """Show ``answers`` in all views at once; after a failure the last answers stay."""
        if isinstance(answers, EnergyVisError):
            self.refusal = f"The selection could not be counted; the last one is still shown. {answers}"
            return
        self.selected = answers
        self.param.update(revision=self.revision + 1, refusal="")

    def answers(self, brushes: Brushes) -> Selected | EnergyVisError:
        """What ``brushes`` select, or why that is unknown; touches nothing, so any thread may call it."""
        try:
            return self._ask(brushes)
        except EnergyVisError as error:
            return error

    def _ask(self, brushes: Brushes) -> Selected:
        parameters = {
            question: brushes.without(*OWN_BRUSHES[question]).parameter() for question in self._questions
        }
        asked = {
            question: POOL.submit(self._gateway.ask, f"explore/{question}", brushes=parameter)
            for question, parameter in parameters.items()
        }
        answered = {question: answer.result() for question, answer in asked.items()}
        unasked = pa.table({})
        return Selected(
            summary=answered["selection_summary"],
            energy_histogram=histogram_grid(answered.get("energy_histogram", unasked)),
            runtime_energy=density_grid(answered.get("runtime_energy_density", unasked)),
            frontier=answered.get("pareto_frontier", unasked),
            parallel_coordinates=answered.get("parallel_coordinates", unasked),
        )

    def _change(self, brushes: Brushes, *dimensions: str) -> None:
        if brushes == self.brushes:
            return
        now = self._clock()
        last_dimensions, last_s = self._last_change
        if not dimensions or dimensions != last_dimensions or now - last_s > ONE_STEP_S:
            self._past = [*self._past[-UNDO_STEPS + 1 :], self.brushes]
        self._future.clear()
        self._last_change = (dimensions, now)
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
            for dimension, values in brushes.sets.items():
                self._check_values(dimension, values)
        except SettingsError as error:
            # The link goes back to what is shown, so that it never promises another selection.
            self.param.update(refusal=str(error), link=link_text(self.brushes))
            return
        self.refusal = ""
        self._change(brushes)

    def _check_values(self, dimension: str, values: tuple[str, ...]) -> None:
        known = self.categories.get(dimension, {})
        unknown = [value for value in values if value not in known]
        if unknown:
            raise SettingsError(
                f"The data hold no {dimension} {unknown[0]!r}. Use one of {', '.join(known)}."
            )


__all__ = ["AXIS_ORDER", "STATUS_SCOPES", "VIEWS", "Asks", "Exploration"]
