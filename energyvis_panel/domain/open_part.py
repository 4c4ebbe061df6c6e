"""The epoch that a followed run is in, under the same circumstances as its finished epochs."""

from dataclasses import replace

from energyvis_panel.domain.live_reading import OpenEpoch
from energyvis_panel.domain.profile import EnergyByKind, EnergyProfile, Epoch, Outside, total_energy
from energyvis_panel.domain.scenario import ProjectedEpoch, Projection, project


def projected_open(projection: Projection, part: OpenEpoch) -> ProjectedEpoch | None:
    """What the open epoch has used so far, changed by the factors that hold for the finished ones.

    None where the profile is not divided into the run's own epochs, or has none: it then has no place.
    """
    profile, scenario = projection.profile, projection.scenario
    if profile.division != "epoch" or not profile.epochs:
        return None
    own = Epoch(part.index, part.duration_s, part.energy)
    if not scenario.watts and scenario.epoch_s is None:
        alone = replace(profile, epochs=(own,), outside=None)
        return project(alone, scenario).epochs[-1]
    return _beside_finished(profile, projection, own)


def _beside_finished(profile: EnergyProfile, projection: Projection, own: Epoch) -> ProjectedEpoch | None:
    """The open epoch where factors depend on the whole run: its finished epochs stand beside it as one."""
    scenario = projection.scenario
    seconds = [epoch.duration_s for epoch in profile.epochs]
    if None in seconds:
        return None
    finished_s, own_s = sum(second or 0.0 for second in seconds), own.duration_s or 0.0
    finished = Epoch(0, finished_s, total_energy(epoch.energy for epoch in profile.epochs))
    epoch_s = scenario.epoch_s
    if epoch_s is not None and finished_s:
        # The mean of two parts that leaves the factor as it is for the finished epochs.
        epoch_s *= len(profile.epochs) * (finished_s + own_s) / (2 * finished_s)
    both = replace(profile, epochs=(finished, own), outside=_without(profile.outside, own))
    return project(both, replace(scenario, epoch_s=epoch_s)).epochs[-1]


def _without(outside: Outside | None, own: Epoch) -> Outside | None:
    """What lies outside of the finished epochs, less the open one, which is part of it."""
    if outside is None:
        return None
    left = {
        kind: max(0.0, (outside.energy.of(kind) or 0.0) - (own.energy.of(kind) or 0.0))
        for kind in outside.energy.measured()
    }
    seconds = outside.duration_s
    left_s = None if seconds is None else max(0.0, seconds - (own.duration_s or 0.0))
    return Outside(left_s, EnergyByKind(**left))
