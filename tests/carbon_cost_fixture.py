"""Profiles for a study that shares its circumstances with Explore."""

from collections.abc import Sequence

from energyvis_panel.domain.profile import EnergyProfile
from energyvis_panel.domain.run_summary import RunSummary


class OneProfile:
    """A single profile, or none."""

    def __init__(self, *profiles: EnergyProfile) -> None:
        self._profiles = profiles

    def preloaded(self) -> Sequence[EnergyProfile]:
        return self._profiles

    def runs(self) -> Sequence[RunSummary]:
        return ()

    def from_run(self, run_id: str) -> EnergyProfile:
        raise AssertionError(run_id)
