"""Profiles within reach of a session: shipped, of the lake, imported, estimated, followed live."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from energyvis_panel.domain.joined_epochs import joined
from energyvis_panel.domain.profile import EnergyProfile
from energyvis_panel.domain.run_summary import RunSummary

Origin = Literal["example", "run", "imported", "estimate", "live"]
ADDED: tuple[Origin, ...] = ("imported", "estimate", "live")
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


class ProfileShelf:
    """The profiles of one session by id; a run's is read from the lake when first asked for."""

    def __init__(self, store: Profiles) -> None:
        self._store = store
        self._examples = tuple(store.preloaded())
        self._loaded: dict[str, EnergyProfile] = {profile.id: profile for profile in self._examples}
        self._added: dict[str, tuple[Origin, bool]] = {}
        self._runs: Mapping[str, RunSummary] = {}

    def first(self) -> str | None:
        """Id of the first shipped profile."""
        return self._examples[0].id if self._examples else None

    def get(self, profile_id: str) -> EnergyProfile:
        """Profile by id.

        Raises
        ------
        EnergyVisError
            If it cannot be read.

        """
        if profile_id not in self._loaded:
            self._loaded[profile_id] = joined(self._store.from_run(profile_id))
        return self._loaded[profile_id]

    def put(self, profile: EnergyProfile, origin: Origin, *, live: bool) -> str:
        """Add a profile and return its id; another profile under the same id keeps its own.

        A live profile replaces what was followed, or read from the lake, under its id before.
        """
        profile, profile_id = joined(profile), profile.id
        known = self._added.get(profile_id, ("run", False))[0]
        is_example = any(example.id == profile_id for example in self._examples)
        # A run that is followed live takes the place of what the lake said about it.
        if origin != "live" or is_example or known not in {"live", "run"}:
            while profile_id in self._loaded and self._loaded[profile_id] != replace(profile, id=profile_id):
                profile_id += "+"
        self._loaded[profile_id] = replace(profile, id=profile_id)
        self._added[profile_id] = (origin, live)
        return profile_id

    def drop(self, profile_id: str) -> bool:
        """Take an added profile away; whether there was one."""
        if profile_id not in self._added:
            return False
        del self._added[profile_id], self._loaded[profile_id]
        return True

    def show_runs(self, runs: Sequence[RunSummary]) -> set[str]:
        """Take over which runs the lake holds; ids of those that were read and have grown since."""
        known = self._runs
        grown = {run.run_id for run in runs if known.get(run.run_id) not in {None, run}}
        self._runs = {run.run_id: run for run in runs}
        grown = (grown & set(self._loaded)) - set(self._added)
        for profile_id in grown:
            del self._loaded[profile_id]
        return grown

    def entries(self, shown: Collection[str]) -> list[Entry]:
        """Examples, then what was added, then the newest runs and those on show."""
        found = [
            Entry(profile.id, profile.name, "example", live=False, detail=profile.provenance.tool)
            for profile in self._examples
        ]
        found += [
            Entry(i, self._loaded[i].name, origin, live, self._loaded[i].provenance.tool)
            for i, (origin, live) in self._added.items()
        ]
        found += [
            Entry(run.run_id, run.name, "run", run.state in ACTIVE_STATES, run.detail)
            for place, run in enumerate(self._runs.values())
            if (place < MOST_RUNS or run.run_id in shown) and run.run_id not in self._added
        ]
        return found
