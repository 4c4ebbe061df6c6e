"""Which axes parallel coordinates show, in which order, and which way up: settings of a view, with a link."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Self

import param

from energyvis_panel.errors import SettingsError
from energyvis_panel.state.explore.axis import Axis
from energyvis_panel.state.explore.companion import Companion
from energyvis_panel.state.explore.dimensions import QUANTITIES
from energyvis_panel.state.explore.exploration import Exploration

FEWEST_AXES: Final = 2
MOST_AXES: Final = 10
OTHER_CATEGORIES: Final = (
    "hardware",
    "dataset",
    "shape",
    "optimizer",
    "batch_size",
    "learning_rate",
    "batch",
)
"""Categories of few enough values for an axis."""
SHOWN_FIRST: Final = ("dataset", "shape")
HIDDEN_FIRST: Final = ("working_set_bytes", "started_s")
"""Quantities that are not shown until somebody chooses them: what else they say follows from the others."""
FLIPPED: Final = "flipped"
RESCALED: Final = "rescaled"
LONGEST_QUOTE: Final = 60
"""So much of a link is repeated in a sentence about it."""
LINEAR_ONLY: Final = frozenset({"started_s"})
"""Quantities whose zero means nothing, so that logarithms would not either."""


@dataclass(frozen=True, slots=True)
class AxisChoice:
    """One shown axis: its name, whether it is upside down, and whether on the scale that is not its usual."""

    name: str
    flipped: bool = False
    rescaled: bool = False

    @property
    def text(self) -> str:
        """The axis as text for a link, e.g. ``"power_w:rescaled:flipped"``."""
        marks = [RESCALED] * self.rescaled + [FLIPPED] * self.flipped
        return ":".join([self.name, *marks])


class ParallelAxes(Companion):
    """The axes that are shown, from left to right."""

    shown = param.ClassSelector(class_=tuple, default=(), doc="Choices of axes, from left to right.")
    link = param.String(default="", doc="The axes as text for a URL; '' = as at first. Setting it sets them.")
    refusal = param.String(default="", doc="Why the last link or change was refused; '' when all is well.")

    def __init__(
        self, axes: Mapping[str, Axis], categories: Mapping[str, Mapping[str, int]], **params: Any
    ) -> None:
        self._axes = axes
        self.choosable: tuple[str, ...] = (
            *(name for name in OTHER_CATEGORIES if categories.get(name)),
            *(name for name in QUANTITIES if name in axes),
        )
        """Names of all axes that the data have."""
        first = (
            *(name for name in SHOWN_FIRST if name in self.choosable),
            *(name for name in QUANTITIES if name in axes and name not in HIDDEN_FIRST),
        )
        self.first = tuple(AxisChoice(name) for name in first[:MOST_AXES])
        super().__init__(**{"shown": self.first} | params)

    @classmethod
    def made_for(cls, state: Exploration) -> Self:
        """The axes of the data of ``state``, as they are shown at first."""
        return cls(state.axes, state.categories)

    def other_scale(self, name: str) -> Axis | None:
        """The axis of a quantity on its other scale, None where there is none."""
        axis = self._axes.get(name)
        if axis is None or name in LINEAR_ONLY or axis.low <= 0:
            return None
        return Axis(not axis.is_log, axis.low, axis.high)

    def move(self, name: str, to: int) -> None:
        """Put a shown axis at place ``to``, counted from 0 on the left."""
        choice = next((choice for choice in self.shown if choice.name == name), None)
        if choice is not None:
            rest = [other for other in self.shown if other != choice]
            rest.insert(min(max(to, 0), len(rest)), choice)
            self._change(tuple(rest))

    def flip(self, name: str) -> None:
        """Turn a shown axis upside down, or back."""
        self._replace(name, lambda choice: replace(choice, flipped=not choice.flipped))

    def rescale(self, name: str) -> None:
        """Draw a shown axis on its other scale, logarithms or not, where it has one."""
        if self.other_scale(name) is not None:
            self._replace(name, lambda choice: replace(choice, rescaled=not choice.rescaled))

    def choose(self, names: tuple[str, ...]) -> None:
        """Show the axes of these names: those that are shown stay, new ones come on the right."""
        stay = [choice for choice in self.shown if choice.name in names]
        known = {choice.name for choice in stay}
        self._ask((*stay, *(AxisChoice(name) for name in names if name not in known)))

    def reset(self) -> None:
        """Show the axes as at first."""
        self._change(self.first)

    def _replace(self, name: str, changed: Any) -> None:
        self._change(tuple(changed(choice) if choice.name == name else choice for choice in self.shown))

    def _ask(self, wanted: tuple[AxisChoice, ...]) -> None:
        try:
            self._check(wanted)
        except SettingsError as error:
            # Emptied first, so that the same refusal twice is seen twice.
            self.refusal = ""
            self.refusal = str(error)
            return
        self._change(wanted)

    def _change(self, shown: tuple[AxisChoice, ...]) -> None:
        self.param.update(shown=shown, link=self._link_text(shown), refusal="")

    def _link_text(self, shown: tuple[AxisChoice, ...]) -> str:
        return "" if shown == self.first else ",".join(choice.text for choice in shown)

    @param.depends("link", watch=True, on_init=True)
    def _follow_link(self) -> None:
        if self.link == self._link_text(self.shown):
            return
        try:
            wanted = tuple(choice_said(part) for part in self.link.split(",")) if self.link else self.first
            self._check(wanted)
        except SettingsError as error:
            # The link goes back to what is shown, so that it never promises other axes.
            self.param.update(refusal=str(error), link=self._link_text(self.shown))
            return
        self._change(wanted)

    def _check(self, wanted: tuple[AxisChoice, ...]) -> None:
        names = [choice.name for choice in wanted]
        unknown = [name for name in names if name not in self.choosable]
        if unknown:
            raise SettingsError(
                f"There is no axis {unknown[0][:LONGEST_QUOTE]!r}. Use some of {', '.join(self.choosable)}."
            )
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise SettingsError(f"The axis {twice!r} is named twice. Name each axis once.")
        if not FEWEST_AXES <= len(names) <= MOST_AXES:
            raise SettingsError(
                f"Parallel coordinates show {FEWEST_AXES} to {MOST_AXES} axes, not {len(names)}. "
                f"Choose {'more' if len(names) < FEWEST_AXES else 'fewer'}."
            )
        for choice in wanted:
            if choice.rescaled and self.other_scale(choice.name) is None:
                raise SettingsError(f"The axis {choice.name!r} has one scale only. Leave out {RESCALED!r}.")


def choice_said(part: str) -> AxisChoice:
    """The axis that a part of a link says.

    Raises
    ------
    SettingsError
        If there is something else than ``rescaled`` or ``flipped`` behind its name.

    """
    name, *marks = part.split(":")
    strange = [mark for mark in marks if mark not in {FLIPPED, RESCALED}]
    if strange:
        raise SettingsError(
            f"The link's axis {part[:LONGEST_QUOTE]!r} holds {strange[0][:LONGEST_QUOTE]!r}. "
            f"Use {FLIPPED!r}, {RESCALED!r}, or nothing."
        )
    return AxisChoice(name, flipped=FLIPPED in marks, rescaled=RESCALED in marks)
