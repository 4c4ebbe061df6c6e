"""The guided tour: which step is open, what it tells, and the visitor's own brushes, kept meanwhile."""

from typing import Final

import param

from energyvis_panel.errors import SettingsError
from energyvis_panel.state.explore.brushes import Brushes
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.tour.steps import STEPS, Step
from energyvis_panel.state.explore.tour.told import Told

SLOT: Final = "tour"
ASKING: Final = Told("Counting.")


class Tour(param.Parameterized):
    """Goes through :data:`STEPS`; each sets its brushes, and its numbers follow what is brushed by hand.

    Parameters
    ----------
    state
        The exploration that is brushed and asked.

    """

    number: param.Integer[int] = param.Integer(
        default=0, bounds=(0, len(STEPS)), doc="Which step is open, from 1; 0 = the tour is not taken."
    )
    told = param.ClassSelector(class_=Told, default=ASKING, allow_None=False, doc="What the step tells.")
    is_changed = param.Boolean(default=False, doc="Whether the selection is not the one of the step.")

    def __init__(self, state: Exploration) -> None:
        super().__init__()
        self._state = state
        self._kept = Brushes()
        state.param.watch(self._follow, "revision")
        state.param.watch(self._brushed, "brushes")

    @property
    def step(self) -> Step | None:
        """The open step."""
        return STEPS[self.number - 1] if self.number else None

    def open(self, number: int) -> None:
        """Open a step by its number from 1; the last or first one for a number beyond."""
        if not self.number:
            self._kept = self._state.brushes
        number = min(max(number, 1), len(STEPS))
        step = STEPS[number - 1]
        self._state.drop(SLOT)
        self.param.update(number=number, told=ASKING, is_changed=False)
        try:
            self._state.brush(step.brushes)
        except SettingsError as error:  # a table of one's own may know no status that is published
            self._state.refusal = str(error)
        self._state.pose({SLOT: step.question}, later=True)
        self._state.schedule(self._state.refresh)

    def next(self) -> None:
        """Go to the step after; after the last one, leave."""
        if self.number == len(STEPS):
            self.leave()
        else:
            self.open(self.number + 1)

    def back(self) -> None:
        """Go to the step before."""
        self.open(self.number - 1)

    def again(self) -> None:
        """Brush what the open step brushes."""
        if self.number:
            self.open(self.number)

    def leave(self) -> None:
        """End the tour and give the visitor's own brushes back; to undo that is one step."""
        if not self.number:
            return
        self._state.drop(SLOT)
        self.param.update(number=0, told=ASKING, is_changed=False)
        self._state.brush(self._kept)

    def _brushed(self, *_events: object) -> None:
        step = self.step
        self.is_changed = step is not None and self._state.brushes != step.brushes

    def _follow(self, *_events: object) -> None:
        """Tell what has been answered."""
        step, state = self.step, self._state
        if step is not None and state.has_answer(SLOT) and state.asked(SLOT) == step.question:
            self.told = step.tell(state.answer(SLOT))
