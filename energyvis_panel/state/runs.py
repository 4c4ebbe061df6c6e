"""The Runs page's choices and the rows that follow from them."""

from dataclasses import dataclass
from typing import Any

import param

from energyvis_panel.data.lake import LakeStatus
from energyvis_panel.errors import EnergyVisError
from energyvis_panel.state.run_rows import LakeReader, LakeSnapshot, RunRow

MOST_TRACE_POINTS = 600


@dataclass(frozen=True, slots=True)
class PowerPoint:
    """Mean power of one kind of device in one bin: kind, seconds since the first reading, watts."""

    device_kind: str
    elapsed_s: float
    power_w: float


class RunsState(param.Parameterized):
    """Runs of a lake, filtered, and the one that is open, for one session.

    Parameters
    ----------
    lake
        Asked for the power of the run that is open; the rows come with :meth:`show`.

    """

    rows = param.List(item_type=RunRow, doc="Runs that match the filter, newest first.")
    total = param.Integer(default=0, bounds=(0, None), doc="Runs in the lake, whatever the filter.")
    filter_text = param.String(default="", doc="Words that must all occur in a run; '' = all runs.")
    selected_id = param.String(default="", doc="Id of the run that is open; '' = none.")
    selected = param.ClassSelector(class_=RunRow, allow_None=True, doc="The run that is open.")
    trace = param.List(item_type=PowerPoint, doc="Power of the open run over time.")
    trace_failure = param.String(default="", doc="Why there is no trace; '' = there is one.")
    status = param.ClassSelector(class_=LakeStatus, allow_None=True, doc="State of the lake.")
    failure = param.String(default="", doc="Why the lake could not be read; '' = it was.")

    def __init__(self, lake: LakeReader, **params: Any) -> None:
        self._lake = lake
        self._all: tuple[RunRow, ...] = ()
        super().__init__(**params)

    def show(self, snapshot: LakeSnapshot) -> None:
        """Take over what a watcher read; after a failure the rows read before stay."""
        if snapshot.failure:
            self.failure = snapshot.failure
            return
        self._all = snapshot.rows
        rows = self._matching()
        changed: dict[str, Any] = {} if rows == self.rows else {"rows": rows}
        self.param.update(total=len(self._all), status=snapshot.status, failure="", **changed)
        selected = self._find(self.selected_id)
        if selected != self.selected:
            self.selected = selected
            self._read_trace()

    def _find(self, run_id: str) -> RunRow | None:
        return next((row for row in self._all if row.run_id == run_id), None)

    @param.depends("filter_text", watch=True)
    def _filter(self) -> None:
        self.rows = self._matching()

    def _matching(self) -> list[RunRow]:
        words = self.filter_text.casefold().split()
        return [row for row in self._all if row.matches(words)]

    @param.depends("selected_id", watch=True)
    def _select(self) -> None:
        self.selected = self._find(self.selected_id)
        self._read_trace()

    def _read_trace(self) -> None:
        if not self.selected_id:
            self.param.update(trace=[], trace_failure="")
            return
        try:
            table = self._lake.ask("runs/power_trace", run_id=self.selected_id, n=MOST_TRACE_POINTS)
        except EnergyVisError as error:
            self.param.update(trace=[], trace_failure=str(error))
            return
        points = [
            PowerPoint(row["device_kind"], row["elapsed_s"], row["power_w"]) for row in table.to_pylist()
        ]
        failure = "" if points else "This run has no readings of power in the lake yet."
        self.param.update(trace=points, trace_failure=failure)
