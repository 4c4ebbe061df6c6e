"""Profiles of very many epochs, joined until they can be redrawn at every step."""

from dataclasses import replace

from energyvis_panel.domain.profile import EnergyProfile, Epoch, total_energy

MOST_EPOCHS = 5000
"""More are not told apart on a screen, and every edit computes each of them anew."""


def joined(profile: EnergyProfile, most: int = MOST_EPOCHS) -> EnergyProfile:
    """The profile with neighbouring epochs added up until at most ``most`` are left, and a note of it.

    Joules, seconds and units add up; of the metrics the last of each group stays. A profile short enough
    is returned as it is.
    """
    count = len(profile.epochs)
    if count <= most:
        return profile
    group = -(-count // most)
    epochs = tuple(
        _sum(index, profile.epochs[start : start + group])
        for index, start in enumerate(range(0, count, group))
    )
    note = (
        f"The {count:,} {profile.division}s of the record are shown joined by {group:,}: sums are exact, "
        "and the file keeps them all."
    )
    provenance = replace(profile.provenance, assumptions=(*profile.provenance.assumptions, note))
    return replace(profile, epochs=epochs, division="interval", provenance=provenance)


def _sum(index: int, epochs: tuple[Epoch, ...]) -> Epoch:
    units = [epoch.units for epoch in epochs]
    durations = [epoch.duration_s for epoch in epochs]
    return Epoch(
        index=index,
        duration_s=None if None in durations else sum(seconds or 0.0 for seconds in durations),
        energy=total_energy(epoch.energy for epoch in epochs),
        units=None if None in units else sum(amount or 0.0 for amount in units),
        unit=epochs[-1].unit,
        metrics=epochs[-1].metrics,
    )
