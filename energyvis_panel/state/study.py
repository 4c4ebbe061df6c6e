"""The Study page's choices and the comparison that follows from them."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

import param

from energyvis_panel.domain.carbon import CarbonIntensity
from energyvis_panel.domain.curve import MEASURES
from energyvis_panel.domain.equivalence import Equivalence
from energyvis_panel.domain.profile import EnergyProfile
from energyvis_panel.domain.run_summary import RunSummary
from energyvis_panel.domain.scenario import MOST_PUE
from energyvis_panel.domain.study import Choice, Comparison, compare
from energyvis_panel.errors import EnergyVisError

log = logging.getLogger(__name__)

Origin = Literal["example", "run", "imported"]
MOST_FURTHER = 1000
MOST_RUNS = 12
"""Runs on the strip; the others are opened from the Runs page."""
ACTIVE_STATES = frozenset({"running", "paused"})


@dataclass(frozen=True, slots=True)
class Entry:
    """A profile on the strip: where it came from, whether it is still growing, and one line about it."""

    profile_id: str
    name: str
    origin: Origin
    live: bool
    detail: str


class Profiles(Protocol):
    """Where profiles come from; the data layer's profile store fits it."""

    def preloaded(self) -> Sequence[EnergyProfile]:
        """Profiles that ship with the product."""

    def runs(self) -> Sequence[RunSummary]:
        """Runs in the lake, newest first."""

    def from_run(self, run_id: str) -> EnergyProfile:
        """Profile of a run in the lake."""

    def parse(self, content: bytes, filename: str) -> EnergyProfile:
        """Profile in an uploaded file."""

    def dump(self, profile: EnergyProfile) -> bytes:
        """File content for a profile."""


class Study(param.Parameterized):
    """Baseline, alternatives and how they are drawn, for one session."""

    choice = param.ClassSelector(class_=Choice, allow_None=True, doc="What is compared; None = nothing yet.")
    comparison = param.ClassSelector(class_=Comparison, allow_None=True, doc="What follows from the choice.")
    preview_id = param.String(default="", doc="Region under the pointer; '' = none.")
    preview = param.ClassSelector(class_=Comparison, allow_None=True, doc="The comparison in that region.")
    entries = param.List(item_type=Entry, doc="Profiles on the strip.")
    measure: param.Selector[str] = param.Selector(
        default="carbon", objects=list(MEASURES), doc="Quantity on the chart."
    )
    cumulative = param.Boolean(default=True, doc="Sum over epochs, or each epoch alone.")
    pounds = param.Boolean(default=False, doc="Emissions in lb instead of kg.")
    notice = param.String(default="", doc="One sentence about what could not be done; '' = all is well.")

    def __init__(
        self,
        profiles: Profiles,
        intensities: Mapping[str, CarbonIntensity],
        equivalences: Sequence[Equivalence] = (),
        **params: Any,
    ) -> None:
        self._store = profiles
        self.intensities = intensities
        self.equivalences = tuple(equivalences)
        self._loaded: dict[str, EnergyProfile] = {}
        self._imported: list[str] = []
        self._runs: dict[str, RunSummary] = {}
        self._undo: list[Choice] = []
        self._redo: list[Choice] = []
        super().__init__(**params)
        for profile in profiles.preloaded():
            self._loaded[profile.id] = profile
        self.show_runs(profiles.runs())
        if self._loaded:
            self._choose(Choice(next(iter(self._loaded))), remember=False)

    def profile(self, profile_id: str) -> EnergyProfile:
        """Profile by id, read from the lake when first asked for.

        Raises
        ------
        EnergyVisError
            If it cannot be read.

        """
        if profile_id not in self._loaded:
            self._loaded[profile_id] = self._store.from_run(profile_id)
        return self._loaded[profile_id]

    # -- what the user does ---------------------------------------------------------------------------

    def select(self, profile_id: str) -> None:
        """Make a profile the baseline; what was edited stays edited, comparison with itself ends."""

        def selected(choice: Choice | None) -> Choice:
            base = choice or Choice(profile_id)
            compared = tuple(other for other in base.compared_ids if other != profile_id)
            return replace(base, baseline_id=profile_id, compared_ids=compared)

        self._try(selected)

    def toggle_compared(self, profile_id: str) -> None:
        """Load a profile as an alternative, or remove it again."""
        if self.choice is None or profile_id == self.choice.baseline_id:
            self.notice = "This profile is the baseline already. Compare it with another one."
            return
        self._try(lambda choice: choice.toggled(profile_id) if choice else Choice(profile_id))

    def choose_region(self, region_id: str) -> None:
        """Keep a region as the alternative; choosing it again releases it."""

        def moved(choice: Choice) -> Choice:
            released = not region_id or region_id == choice.region_id
            return replace(choice, region_id=None if released else region_id)

        self._try(moved)

    def set_pue(self, pue: float | None) -> None:
        """Set the PUE of the alternatives; None returns to each profile's own."""
        if pue is not None and not 1.0 <= pue <= MOST_PUE:
            self.notice = f"PUE {pue:g} was not taken: it must lie from 1 to {MOST_PUE:g}."
            return
        self._try(lambda choice: replace(choice, pue=pue))

    def set_further(self, further: int) -> None:
        """Extrapolate by this many epochs."""
        bounded = min(max(further, 0), MOST_FURTHER)
        self._try(lambda choice: replace(choice, further=bounded))

    def reset(self) -> None:
        """Drop every alternative."""
        self._try(lambda choice: choice.without_alternatives())

    def undo(self) -> None:
        """Go back one step, if there is one."""
        self._step(self._undo, self._redo)

    def redo(self) -> None:
        """Go forward again, if a step was taken back."""
        self._step(self._redo, self._undo)

    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self._undo)

    def can_redo(self) -> bool:
        """Whether there is a step to take again."""
        return bool(self._redo)

    def forget_steps(self) -> None:
        """Forget what could be undone: where a link leads is where its reader starts."""
        self._undo.clear()
        self._redo.clear()

    def import_file(self, content: bytes, filename: str) -> None:
        """Add the profile in a file to the strip and select it; a bad file leaves all as it was."""
        try:
            profile = self._store.parse(content, filename)
        except EnergyVisError as error:
            self.notice = str(error)
            return
        profile_id = profile.id
        while profile_id in self._loaded and self._loaded[profile_id] != profile:
            profile_id += "+"
        self._loaded[profile_id] = replace(profile, id=profile_id)
        if profile_id not in self._imported:
            self._imported.append(profile_id)
        self._list_entries()
        self.select(profile_id)

    def export(self) -> tuple[str, bytes]:
        """File name and content of the baseline's profile; empty content where there is none."""
        if self.choice is None:
            return "profile.json", b""
        profile = self.profile(self.choice.baseline_id)
        safe = "".join(c if c.isalnum() or c in "-_" else "-" for c in profile.name).strip("-") or "profile"
        return f"{safe}.energyvis.json", self._store.dump(profile)

    def show_runs(self, runs: Sequence[RunSummary]) -> None:
        """Take over which runs the lake holds; those on show that have grown are read again."""
        grown = {run.run_id for run in runs if self._runs.get(run.run_id) not in {None, run}}
        self._runs = {run.run_id: run for run in runs}
        for profile_id in grown & set(self._loaded):
            del self._loaded[profile_id]
        self._list_entries()
        shown = {self.choice.baseline_id, *self.choice.compared_ids} if self.choice else set()
        if grown & shown:
            self._recompute()

    def _list_entries(self) -> None:
        """Examples, then imports, then the newest runs and those on show."""
        entries = [
            Entry(profile.id, profile.name, "example", live=False, detail=profile.provenance.tool)
            for profile in self._store.preloaded()
        ]
        entries += [
            Entry(i, self._loaded[i].name, "imported", live=False, detail=self._loaded[i].provenance.tool)
            for i in self._imported
        ]
        shown = {self.choice.baseline_id, *self.choice.compared_ids} if self.choice else set()
        entries += [
            Entry(run.run_id, run.name, "run", run.state in ACTIVE_STATES, run.detail)
            for place, run in enumerate(self._runs.values())
            if place < MOST_RUNS or run.run_id in shown
        ]
        if entries != self.entries:
            self.entries = entries

    # -- what follows ---------------------------------------------------------------------------------

    @param.depends("preview_id", watch=True)
    def _preview(self) -> None:
        if self.choice is None or not self.preview_id or self.preview_id not in self.intensities:
            self.preview = None
            return
        self.preview = self._compared(replace(self.choice, region_id=self.preview_id))

    def _try(self, change: Callable[[Choice], Choice]) -> None:
        """Apply a change of the choice; on an error keep the old one and say why."""
        if self.choice is None:
            return
        try:
            self._choose(change(self.choice))
        except EnergyVisError as error:
            self.notice = str(error)

    def _choose(self, choice: Choice, *, remember: bool = True) -> None:
        if choice == self.choice:
            return
        comparison = self._compared(choice)
        if remember and self.choice is not None:
            self._undo.append(self.choice)
            self._redo.clear()
        self.param.update(choice=choice, comparison=comparison, notice="")
        self._list_entries()

    def _step(self, source: list[Choice], target: list[Choice]) -> None:
        if not source or self.choice is None:
            return
        choice = source.pop()
        target.append(self.choice)
        self.param.update(choice=choice, comparison=self._compared(choice), notice="")

    def _recompute(self) -> None:
        if self.choice is None:
            return
        try:
            self.comparison = self._compared(self.choice)
        except EnergyVisError as error:
            self.notice = str(error)

    def _compared(self, choice: Choice) -> Comparison:
        wanted = (choice.baseline_id, *choice.compared_ids)
        return compare({i: self.profile(i) for i in wanted}, self.intensities, choice)
