"""The Runs page's choices and the rows that follow from them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import param

from energyvis_panel.data.lake import LakeStatus
from energyvis_panel.data.run_diff import run_work
from energyvis_panel.domain.run_diff import RunWork
from energyvis_panel.domain.run_totals import NO_TOTALS, RunGroup, TimeTotals
from energyvis_panel.errors import EnergyVisError
from energyvis_panel.state.run_filter import (
    GROUPINGS,
    MEASURES,
    RunFilter,
    grouped,
    options,
    over_time,
)
from energyvis_panel.state.run_rows import LakeReader, LakeSnapshot, RunRow
from energyvis_panel.state.runs_frame import SHARED, SHOWN, runs_frame

MOST_TRACE_POINTS = 600
FILTERS = ("filter_text", "user", "project", "host", "run_state", "first_day", "last_day")


@dataclass(frozen=True, slots=True)
class PowerPoint:
    """Mean power of one kind of device in one bin: kind, seconds since the first reading, watts."""

    device_kind: str
    elapsed_s: float
    power_w: float


class RunsState(param.Parameterized):
    """Runs of a lake, filtered and summed, and the one that is open, for one session.

    Parameters
    ----------
    lake
        Asked for the power of the run that is open; the rows come with :meth:`show`.

    """

    rows = param.List(item_type=RunRow, doc="Runs that match the filter, newest first.")
    frame = param.DataFrame(default=runs_frame(()), doc="The same as columns; shared, never to be changed.")
    total = param.Integer(default=0, bounds=(0, None), doc="Runs in the lake, whatever the filter.")
    filter_text = param.String(default="", doc="Words that must all occur in a run; '' = all runs.")
    user = param.String(default="", doc="Whose runs; '' = everybody's.")
    project = param.String(default="", doc="Runs of which project; '' = of any or none.")
    host = param.String(default="", doc="A host, or a list of them, that took part; '' = any.")
    run_state = param.String(default="", doc="State of the runs; '' = any.")
    first_day = param.ClassSelector(class_=date, allow_None=True, doc="First day of a start; None = any.")
    last_day = param.ClassSelector(class_=date, allow_None=True, doc="Last day of a start; None = any.")
    choices = param.Dict(default={}, doc="Values that occur in the lake, by user, project, host, state.")
    group: param.Selector[str] = param.Selector(
        default="user", objects=list(GROUPINGS), doc="What the sums are by."
    )
    groups = param.List(item_type=RunGroup, doc="Sums over the runs on show, by group.")
    measure: param.Selector[str] = param.Selector(
        default="energy", objects=list(MEASURES), doc="What is summed over time."
    )
    totals = param.ClassSelector(
        class_=TimeTotals, default=NO_TOTALS, doc="Sums over time of the runs that match, whatever their day."
    )
    sort = param.String(
        default="", doc="Column and direction of the table, e.g. 'energy_kwh:desc'; '' = new."
    )
    columns = param.List(default=list(SHOWN), item_type=str, doc="Columns on show.")
    notice = param.String(default="", doc="What of a link or a field could not be used; '' = all could.")
    pending = param.String(default="", doc="What of the lake is still to be read; '' = nothing.")
    selected_id = param.String(default="", doc="Id of the run that is open; '' = none.")
    selected = param.ClassSelector(class_=RunRow, allow_None=True, doc="The run that is open.")
    trace = param.List(item_type=PowerPoint, doc="Power of the open run over time.")
    trace_failure = param.String(default="", doc="Why there is no trace; '' = there is one.")
    status = param.ClassSelector(class_=LakeStatus, allow_None=True, doc="State of the lake.")
    failure = param.String(default="", doc="Why the lake could not be read; '' = it was.")

    def __init__(self, lake: LakeReader, **params: Any) -> None:
        self._lake = lake
        self._all: tuple[RunRow, ...] = ()
        self._frame: pd.DataFrame = runs_frame(())
        super().__init__(**params)

    def show(self, snapshot: LakeSnapshot) -> None:
        """Take over what a watcher read; after a failure the rows read before stay."""
        if snapshot.failure:
            self.failure = snapshot.failure
            return
        is_new = snapshot.rows != self._all
        self._all = snapshot.rows
        changed: dict[str, Any] = {}
        if is_new:
            self._frame = SHARED.of(snapshot.rows)
            changed = {"choices": options(self._frame), **self._matching()}
        months = snapshot.pending_months
        pending = (
            f"The lake is being read: {months} older month{'s are' if months > 1 else ' is'} still to come."
            if months
            else ""
        )
        self.param.update(
            total=len(self._all), status=snapshot.status, failure="", pending=pending, **changed
        )
        selected = self._find(self.selected_id)
        if selected != self.selected:
            self.selected = selected
            self._read_trace()

    def filter(self) -> RunFilter:
        """The filter as it is set."""
        return RunFilter(
            self.filter_text,
            self.user,
            self.project,
            self.host,
            self.run_state,
            self.first_day,
            self.last_day,
        )

    def clear(self) -> None:
        """Show all runs."""
        self.param.update(
            filter_text="", user="", project="", host="", run_state="", first_day=None, last_day=None
        )

    def choose_group(self, name: str) -> None:
        """Show the runs of the group with this name only, or all again where it is shown already."""
        if self.group == "month":
            first = date.fromisoformat(f"{name}-01")
            last = date.fromordinal((first.replace(day=28).toordinal()) + 4).replace(day=1)
            days = (first, date.fromordinal(last.toordinal() - 1))
            is_chosen = (self.first_day, self.last_day) == days
            self.choose_days(*((None, None) if is_chosen else days))
            return
        field = "host" if self.group == "hosts" else self.group
        setattr(self, field, "" if getattr(self, field) == name else name)

    def chosen_group(self) -> str:
        """Name of the group that is shown only; '' = all are."""
        if self.group != "month":
            return str(getattr(self, "host" if self.group == "hosts" else self.group))
        first, last = self.first_day, self.last_day
        if not first or not last or first.day != 1 or (last.year, last.month) != (first.year, first.month):
            return ""
        return f"{first:%Y-%m}" if date.fromordinal(last.toordinal() + 1).day == 1 else ""

    def choose_days(self, first: date | None, last: date | None) -> None:
        """Show the runs that started from the one day to the other; None = no bound."""
        if first and last and first > last:
            first, last = last, first
        self.param.update(first_day=first, last_day=last)

    def read_work(self, run_id: str) -> RunWork:
        """What a run did and took.

        Raises
        ------
        DatasetError
            If there is no such run, or its files cannot be read.

        """
        return run_work(self._lake, run_id)

    def run(self, run_id: str) -> RunRow | None:
        """The run with this id, None where the lake has none."""
        return self._find(run_id)

    def _find(self, run_id: str) -> RunRow | None:
        return next((row for row in self._all if row.run_id == run_id), None) if run_id else None

    @param.depends(*FILTERS, watch=True)
    def _filter(self) -> None:
        self.param.update(**self._matching())

    @param.depends("group", watch=True)
    def _group(self) -> None:
        self.param.update(groups=self._groups(self.frame), totals=self._totals())

    @param.depends("measure", watch=True)
    def _measure(self) -> None:
        self.totals = self._totals()

    def _matching(self) -> dict[str, Any]:
        """Values of what follows from the filter."""
        mask = self.filter().passing(self._frame)
        if mask.all():
            rows, frame = list(self._all), self._frame
        else:
            places = np.flatnonzero(mask)
            rows, frame = [self._all[place] for place in places], self._frame.take(places)
        return {"frame": frame, "rows": rows, "groups": self._groups(frame), "totals": self._totals()}

    def _groups(self, frame: pd.DataFrame) -> list[RunGroup]:
        return list(grouped(frame, self.group))

    def _totals(self) -> TimeTotals:
        everything = self._frame[self.filter().passing(self._frame, days=False)]
        return over_time(everything, self.group if self.group != "month" else "user", self.measure)

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
