"""Runs of one's own that are marked among BUTTER-E's: which can be compared, and which are chosen."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import param
import pyarrow as pa

from energyvis_panel.data.lab_runs import LabRuns
from energyvis_panel.domain.units import duration_text, energy_text
from energyvis_panel.errors import EnergyVisError
from energyvis_panel.state.explore.companion import Companion
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.run_rows import utc_now

MOST_MARKS: Final = 8
COMPARABLE: Final = {"measured": "measured", "integrated": "integrated from power readings"}
"""Statuses of a run that can be compared, with how its energy was obtained."""
RULE: Final = (
    "A run can be compared that has ended without failure and whose energy was measured, or integrated from "
    "power readings, without a gap. It counts the devices that were measured; BUTTER-E counts whole nodes."
)
REASONS: Final = {
    "unfinished": "it has not ended",
    "failed": "it ended with an error, or was lost",
    "no_energy": "no energy was measured",
    "gaps": "the energy of a part of it is unknown",
    "estimated": "its energy is estimated, if only in part",
    "imported": "another tool gave its energy",
}
"""Why a run of another status cannot."""
LONGEST_NAME: Final = 16


@dataclass(frozen=True, slots=True)
class OwnRun:
    """A run of the lab.

    Attributes
    ----------
    run_id, name, hardware, status
        As in ``lab/runs``.
    values
        Energy, run time, power and energy per datum by name, in the stored unit; None where not known.
    kinds
        Kinds of the devices that were measured, e.g. ``"cpu, gpu"``.
    detail
        When it began, for people.

    """

    run_id: str
    name: str
    hardware: str
    status: str
    values: Mapping[str, float | None]
    kinds: str = ""
    detail: str = ""

    @property
    def reason(self) -> str:
        """Why it cannot be compared; empty where it can."""
        if self.status not in COMPARABLE:
            return REASONS.get(self.status, f"its status is {self.status}")
        return "" if self.values["energy_j"] and self.values["run_time_s"] else "it lasted no time"

    @property
    def short_name(self) -> str:
        """Its name, cut where it is long."""
        return self.name if len(self.name) <= LONGEST_NAME else f"{self.name[: LONGEST_NAME - 1]}…"

    @property
    def label(self) -> str:
        """Name, energy, time and how the energy was obtained, e.g. ``"net: 1.20 kWh, 40.0 s, measured"``."""
        energy, time = self.values["energy_j"], self.values["run_time_s"]
        said = [energy_text(energy) if energy else "", duration_text(time) if time else "", self.status]
        return f"{self.short_name}: {', '.join(filter(None, said))}"


def own_runs(table: pa.Table) -> tuple[OwnRun, ...]:
    """The rows of ``lab/runs``, newest first."""
    measured = ("energy_j", "run_time_s", "power_w", "j_per_datum")
    return tuple(
        OwnRun(
            row["run_id"],
            row["name"] or row["run_id"],
            row["hardware"],
            row["status"],
            {name: row[name] for name in measured},
            row["kinds"] or "",
            f"{row['started_at']:%Y-%m-%d %H:%M} UTC",
        )
        for row in reversed(table.to_pylist())
    )


class OwnRuns(Companion):
    """The lab's runs that can be marked, and those that are, at most eight."""

    runs: Any = param.ClassSelector(class_=tuple, default=(), doc="All runs, newest first, once read.")
    marked: Any = param.ClassSelector(class_=tuple, default=(), doc="Ids of the chosen runs, in order.")
    marks: Any = param.ClassSelector(class_=tuple, default=(), doc="The chosen runs that can be compared.")
    refusal = param.String(default="", doc="Why the last choice was refused; empty when all is well.")

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        self.read: Callable[[], pa.Table] | None = None
        """Gives the rows of ``lab/runs``; None where no runs are offered. May take seconds, in any thread."""

    @property
    def link(self) -> str:
        """The chosen runs as text for a URL: their ids with commas between."""
        return ",".join(self.marked)

    def follow_link(self, text: str) -> None:
        """Choose the runs that ``text`` names; those that are unknown are said when the runs are read."""
        self.marked = tuple(dict.fromkeys(filter(None, text.split(","))))[:MOST_MARKS]

    def answer(self) -> pa.Table | EnergyVisError:
        """What :attr:`read` gives, or why it gives nothing; any thread may call it."""
        try:
            return self.read() if self.read else EnergyVisError("No runs of the lab are offered here.")
        except EnergyVisError as error:
            return error

    def show(self, answer: pa.Table | EnergyVisError) -> None:
        """Take over what was read; what is chosen and gone, or cannot be compared, is chosen no longer."""
        if isinstance(answer, EnergyVisError):
            self.refusal = str(answer)
            return
        self.runs = own_runs(answer)
        known = {run.run_id: run for run in self.runs}
        gone = [run_id for run_id in self.marked if run_id not in known or known[run_id].reason]
        refusal = f"Not marked: {'; '.join(refused(run_id, known) for run_id in gone)}." if gone else ""
        self._mark(tuple(run_id for run_id in self.marked if run_id not in gone), refusal)

    def toggle(self, run_id: str) -> None:
        """Choose a run, or choose it no longer."""
        known = {run.run_id: run for run in self.runs}
        if run_id in self.marked:
            self._mark(tuple(one for one in self.marked if one != run_id))
        elif run_id not in known or known[run_id].reason:
            self.refusal = f"Not marked: {refused(run_id, known)}."
        elif len(self.marked) >= MOST_MARKS:
            self.refusal = f"At most {MOST_MARKS} runs are marked. Take one away first."
        else:
            self._mark((*self.marked, run_id))

    def clear(self) -> None:
        """Mark none."""
        self._mark(())

    def _mark(self, marked: tuple[str, ...], refusal: str = "") -> None:
        known = {run.run_id: run for run in self.runs}
        marks = tuple(known[run_id] for run_id in marked)
        self.param.update(marked=marked, marks=marks, refusal=refusal)


def offer_own_runs(state: Exploration, lab: LabRuns, link: str = "") -> OwnRuns:
    """Let runs of the lab be marked in an exploration of others; those of ``link`` are at first."""
    own = OwnRuns.of(state)
    own.read = lambda: lab.runs(utc_now())
    own.follow_link(link)
    return own


def refused(run_id: str, known: Mapping[str, OwnRun]) -> str:
    """A run and why it is not marked."""
    run = known.get(run_id)
    return f"{run.short_name}, {run.reason}" if run else f"{run_id[:26]!r}, which the lake does not hold"
