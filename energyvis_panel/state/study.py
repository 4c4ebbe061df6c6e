"""The Study page's choices and the comparison that follows from them."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

import param

from energyvis_panel.domain.carbon import CarbonIntensity
from energyvis_panel.domain.curve import AXES, MEASURES
from energyvis_panel.domain.edits import NO_EDITS, Edits, References
from energyvis_panel.domain.equivalence import Equivalence
from energyvis_panel.domain.profile import EnergyProfile
from energyvis_panel.domain.run_summary import RunSummary
from energyvis_panel.domain.study import Choice, Comparison, compare
from energyvis_panel.errors import EnergyVisError
from energyvis_panel.state.profile_shelf import Entry, Origin, Profiles, ProfileShelf

log = logging.getLogger(__name__)

MOST_FURTHER = 1000


class Study(param.Parameterized):
    """Baseline, alternatives and how they are drawn, for one session.

    Parameters
    ----------
    profiles
        Where profiles come from.
    references
        Intensities, prices and chips.
    equivalences
        Things with a known footprint.

    """

    choice = param.ClassSelector(class_=Choice, allow_None=True, doc="What is compared; None = nothing yet.")
    comparison = param.ClassSelector(class_=Comparison, allow_None=True, doc="What follows from the choice.")
    preview_id = param.String(default="", doc="Region under the pointer; '' = none.")
    preview = param.ClassSelector(class_=Comparison, allow_None=True, doc="The comparison in that region.")
    entries = param.List(item_type=Entry, doc="Profiles on the strip.")
    measure: param.Selector[str] = param.Selector(
        default="carbon", objects=list(MEASURES), doc="Quantity on the chart."
    )
    axis: param.Selector[str] = param.Selector(
        default="epoch", objects=list(AXES), doc="What the chart runs over: epochs, or hours."
    )
    cumulative = param.Boolean(default=True, doc="Sum over epochs, or each epoch alone.")
    log_scale = param.Boolean(default=False, doc="Amounts on a logarithmic axis.")
    pounds = param.Boolean(default=False, doc="Emissions in lb instead of kg.")
    open_parts = param.Dict(
        default={}, doc="Epoch in progress (OpenEpoch) of each profile followed live, by id."
    )
    notice = param.String(default="", doc="One sentence about what could not be done; '' = all is well.")

    def __init__(
        self,
        profiles: Profiles,
        references: References,
        equivalences: Sequence[Equivalence] = (),
        **params: Any,
    ) -> None:
        self.references = references
        self.equivalences = tuple(equivalences)
        self._shelf = ProfileShelf(profiles)
        self._undo: list[Choice] = []
        self._redo: list[Choice] = []
        super().__init__(**params)
        self.show_runs(profiles.runs())
        if first := self._shelf.first():
            self._choose(Choice(first), remember=False)

    @property
    def intensities(self) -> Mapping[str, CarbonIntensity]:
        """Carbon intensity by region."""
        return self.references.intensities

    def profile(self, profile_id: str) -> EnergyProfile:
        """Profile by id, read from the lake when first asked for.

        Raises
        ------
        EnergyVisError
            If it cannot be read.

        """
        return self._shelf.get(profile_id)

    # -- what the user does ---------------------------------------------------------------------------

    def select(self, profile_id: str) -> None:
        """Make a profile the baseline; edits of the site stay, those of the old machine end."""

        def selected(choice: Choice | None) -> Choice:
            base = choice or Choice(profile_id)
            if profile_id == base.baseline_id:
                return base
            compared = tuple(other for other in base.compared_ids if other != profile_id)
            return replace(base, baseline_id=profile_id, compared_ids=compared, edits=base.edits.site())

        self._try(selected)

    def toggle_compared(self, profile_id: str) -> None:
        """Load a profile as an alternative, or remove it again."""
        if self.choice is None or profile_id == self.choice.baseline_id:
            self.notice = "This profile is the baseline already. Compare it with another one."
            return
        self._try(lambda choice: choice.toggled(profile_id) if choice else Choice(profile_id))

    def choose_region(self, region_id: str) -> None:
        """Keep a region as the alternative; choosing it again releases it. An own intensity gives way."""
        chosen = self.choice.edits.region_id if self.choice else None
        released = not region_id or region_id == chosen
        self.edit(region_id=None if released else region_id, g_per_kwh=None)

    def edit(self, **changes: Any) -> None:
        """Change fields of the choice's :class:`Edits`; a value out of range is refused in one sentence."""
        self._try(lambda choice: replace(choice, edits=replace(choice.edits, **changes)))

    def release(self, field: str) -> None:
        """Take one edit back, named by its field in :class:`Edits`."""
        if field in {part.name for part in fields(Edits)}:
            self.edit(**{field: getattr(NO_EDITS, field)})

    def set_pue(self, pue: float | None) -> None:
        """Set the PUE of the alternatives; None returns to each profile's own."""
        self.edit(pue=pue)

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

    # -- profiles --------------------------------------------------------------------------------------

    def put(self, profile: EnergyProfile, origin: Origin, *, live: bool = False, select: bool = True) -> str:
        """Add a profile to the strip, or replace one that is followed live; its id on the strip."""
        profile_id = self._shelf.put(profile, origin, live=live)
        self._list_entries()
        if select:
            self.select(profile_id)
        if self.choice and profile_id in self._shown():
            self._recompute()
        return profile_id

    def drop(self, profile_id: str) -> None:
        """Take an added profile off the strip; what showed it falls back to the first example."""
        if not self._shelf.drop(profile_id):
            return

        def without(choice: Choice) -> Choice | None:
            compared = tuple(other for other in choice.compared_ids if other != profile_id)
            if choice.baseline_id != profile_id:
                return replace(choice, compared_ids=compared)
            first = self._shelf.first()
            return replace(choice, baseline_id=first, compared_ids=(), edits=NO_EDITS) if first else None

        for steps in (self._undo, self._redo):
            steps[:] = [kept for step in steps if (kept := without(step))]
        choice = without(self.choice) if self.choice else None
        self.param.update(choice=choice, comparison=self._compared(choice) if choice else None, notice="")
        self._list_entries()

    def show_runs(self, runs: Sequence[RunSummary]) -> None:
        """Take over which runs the lake holds; those on show that have grown are read again."""
        grown = self._shelf.show_runs(runs)
        self._list_entries()
        if grown & self._shown():
            self._recompute()

    def _shown(self) -> set[str]:
        return {self.choice.baseline_id, *self.choice.compared_ids} if self.choice else set()

    def _list_entries(self) -> None:
        entries = self._shelf.entries(self._shown())
        if entries != self.entries:
            self.entries = entries

    # -- what follows ---------------------------------------------------------------------------------

    @param.depends("preview_id", "choice", watch=True)
    def _preview(self) -> None:
        if self.choice is None or not self.preview_id or self.preview_id not in self.intensities:
            self.preview = None
            return
        edits = replace(self.choice.edits, region_id=self.preview_id, g_per_kwh=None)
        try:
            self.preview = self._compared(replace(self.choice, edits=edits))
        except EnergyVisError:
            # All places for alternatives may be taken; the line that the browser draws alone still shows it.
            self.preview = None

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
        return compare({i: self.profile(i) for i in wanted}, self.references, choice)
