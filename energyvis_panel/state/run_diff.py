"""Two runs that were picked, and what differs between them."""

from collections.abc import Callable
from typing import Any

import param

from energyvis_panel.domain.rate_change import RateChange
from energyvis_panel.domain.run_diff import EPOCH, TOTAL, RunDiff, RunWork, change_per, run_diff, units_of
from energyvis_panel.errors import EnergyVisError

ReadWork = Callable[[str], RunWork]


class RunDiffState(param.Parameterized):
    """Up to two picked runs, for one session; with two, their comparison.

    Parameters
    ----------
    read_work
        Reads what a run did and took.

    """

    picked = param.List(item_type=str, doc="Ids of the picked runs: the one before, then the one after.")
    diff = param.ClassSelector(class_=RunDiff, allow_None=True, doc="The comparison; None = not asked for.")
    pers = param.List(item_type=str, doc="What joules can be counted per in both runs, best first.")
    per = param.String(default=TOTAL, doc="What joules are counted per.")
    change = param.ClassSelector(class_=RateChange, allow_None=True, doc="Change of joules per ``per``.")
    failure = param.String(
        default="", doc="Why there is no comparison; '' = there is one, or none asked for."
    )

    def __init__(self, read_work: ReadWork, **params: Any) -> None:
        self._read_work = read_work
        super().__init__(**params)

    def pick(self, run_id: str) -> None:
        """Pick a run, or put it back; a third takes the second's place."""
        if run_id in self.picked:
            self.picked = [one for one in self.picked if one != run_id]
        elif run_id:
            self.picked = [*self.picked[:1], run_id]

    def clear(self) -> None:
        """Put both back."""
        self.picked = []

    def swap(self) -> None:
        """Take the run after for the run before; an open comparison is made anew."""
        is_open = self.diff is not None
        self.picked = self.picked[::-1]
        if is_open:
            self.compare()

    def compare(self) -> None:
        """Compare the two picked runs; what goes wrong becomes a sentence."""
        if len(self.picked) != 2:  # noqa: PLR2004 - a comparison has two sides
            return
        try:
            before, after = (self._read_work(run_id) for run_id in self.picked)
        except EnergyVisError as error:
            self.param.update(diff=None, change=None, failure=str(error))
            return
        diff = run_diff(before, after)
        pers = common_units(diff)
        self.param.update(failure="", pers=pers, per=pers[0], diff=diff)
        self._count()

    @param.depends("picked", watch=True)
    def _close(self) -> None:
        self.param.update(diff=None, change=None, failure="")

    @param.depends("per", watch=True)
    def _count(self) -> None:
        if self.diff is None:
            return
        try:
            self.change = change_per(self.diff, self.per)
        except EnergyVisError as error:
            self.param.update(change=None, failure=str(error))
        else:
            self.failure = ""


def common_units(diff: RunDiff) -> list[str]:
    """What joules can be counted per in both runs: units of work, epochs, all."""
    after = units_of(diff.b)
    units = [unit for unit in units_of(diff.a) if unit in after]
    return [*units, *([EPOCH] if diff.a.epochs and diff.b.epochs and EPOCH not in units else []), TOTAL]
