"""Profiles that differ in what they record: with and without times, regions, and time outside the epochs."""

from collections.abc import Sequence
from dataclasses import replace

from energyvis_panel.domain.profile import EnergyByKind, EnergyProfile, Epoch, HardwareItem
from energyvis_panel.domain.run_summary import RunSummary
from tests.profiles_fixture import small_profile


def untimed(profile_id: str) -> EnergyProfile:
    epochs = tuple(Epoch(index, None, EnergyByKind(gpu=3.6e6)) for index in range(4))
    return replace(small_profile(profile_id, region_id=None, pue=None, source="estimate"), epochs=epochs)


class Shelf:
    """Profiles that differ in what they record."""

    def preloaded(self) -> Sequence[EnergyProfile]:
        gpus = (HardwareItem("gpu", "Old <GPU>", 8),)
        return (
            replace(small_profile("one"), hardware=gpus),
            small_profile("two", epochs=8, source="integrated"),
            untimed("untimed"),
            small_profile("outside", outside=True),
        )

    def runs(self) -> Sequence[RunSummary]:
        return ()

    def from_run(self, run_id: str) -> EnergyProfile:
        raise AssertionError(run_id)
