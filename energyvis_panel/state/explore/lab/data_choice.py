"""Over which runs an exploration is: BUTTER-E's, or the lab's own, and what of a selection fits both."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import param

from energyvis_panel.state.explore.brushes import Brushes, Range
from energyvis_panel.state.explore.companion import Companion
from energyvis_panel.state.explore.dimensions import CATEGORIES, PLANES, STATUS_SCOPES, STATUS_TEXT
from energyvis_panel.state.explore.exploration import Exploration

BUTTER_E: Final = "butter-e"
LAB: Final = "lab"
SOURCES: Final = {BUTTER_E: "BUTTER-E", LAB: "The lab's own runs"}
"""Names as in ``?data=``, the first where none is given, with what people read."""
LAB_STATUS_TEXT: Final = {
    "unfinished": "runs, stands paused, or gave no sign of its end; energy and time so far",
    "failed": "ended with an error, or was lost",
    "no_energy": "no device was measured, or all read zero",
    "gaps": "the energy of some intervals is unknown",
    "estimated": "energy was estimated, if only a part",
    "imported": "another tool measured the energy",
    "integrated": "energy is a sum of power readings",
    "measured": "energy comes from the devices' own counters",
}
"""What the status of a run of the lab says, for people."""
LAB_SCOPES: Final = {
    "All runs": (),
    "Ended": ("estimated", "gaps", "imported", "integrated", "measured", "no_energy"),
    "Measured": ("integrated", "measured"),
}
"""What to include of the lab's runs: everything; what ended without failure; what was measured whole."""


class DataChoice(Companion):
    """Which runs an exploration is over, which others there are, and what was lost on the way to them."""

    source: Any = param.Selector(default=BUTTER_E, objects=list(SOURCES), doc="Name of the runs.")
    others = param.Boolean(default=False, doc="Whether the other runs can be chosen.")
    since = param.String(default="", doc="When the lab's runs were read, for people; empty for BUTTER-E.")
    notice = param.String(default="", doc="What became of the selection at the last change of the data.")
    busy = param.Boolean(default=False, doc="Whether runs are being read.")
    version: Any = param.Parameter(default=None, doc="The same object while the runs are the same.")
    takes_focus = param.Boolean(default=False, doc="Whether somebody has just chosen these runs.")

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        self.open: Callable[[str], None] = lambda _source: None
        """Shows runs by name, the present ones read anew; a page puts its own here."""

    @property
    def is_lab(self) -> bool:
        """Whether the runs are the lab's own."""
        return bool(self.source == LAB)

    def scopes(self, statuses: Mapping[str, int]) -> dict[str, tuple[str, ...]]:
        """What can be included, by name: the statuses among those that the runs have; none for all runs.

        A scope of the lab that no run is in, or every run, is left out.
        """
        if not self.is_lab:
            return dict(STATUS_SCOPES)
        scopes = {name: tuple(one for one in among if one in statuses) for name, among in LAB_SCOPES.items()}
        return {
            name: among
            for name, among in scopes.items()
            if not LAB_SCOPES[name] or 0 < len(among) < len(statuses)
        }

    def status_text(self, status: str) -> str:
        """A status with what it says, for a list."""
        texts = LAB_STATUS_TEXT if self.is_lab else STATUS_TEXT
        return f"{status}: {texts[status]}" if status in texts else status


def fitting(brushes: Brushes, state: Exploration) -> tuple[Brushes, str]:
    """The brushes that fit the runs of ``state``, and one sentence on the others; empty where all fit.

    A range fits where it meets the axis, a lasso where its corners do, a category as far as the runs have its
    values. Brushes of single runs never fit: no run is in both data.
    """
    fit, said = brushes, brushes.sentences()
    dropped = []
    for name in brushes.names:
        if name in brushes.ranges:
            keeps = meets(state, name, brushes.ranges[name])
        elif name in brushes.lassos:
            keeps = all(
                meets(state, quantity, (min(values), max(values)))
                for quantity, values in zip(
                    PLANES[name], zip(*brushes.lassos[name], strict=True), strict=True
                )
            )
        else:
            known = tuple(v for v in brushes.sets[name] if name in CATEGORIES and v in state.categories[name])
            keeps = bool(known)
            fit = fit.with_set(name, known) if known else fit
        if not keeps:
            fit = fit.without(name)
            dropped.append(said[name])
        elif fit.sentences()[name] != said[name]:
            dropped.append(f"a part of {said[name]}")
    if not dropped:
        return fit, ""
    return fit, f"These runs have nothing of what was selected before: {'; '.join(dropped)}. It was dropped."


def meets(state: Exploration, quantity: str, bounds: Range) -> bool:
    """Whether a range of a quantity holds a part of its axis."""
    axis = state.axes[quantity]
    return bounds[0] <= axis.high and bounds[1] >= axis.low
