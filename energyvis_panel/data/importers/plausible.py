"""Figures that no machine can have: most often joules where kilowatt-hours are meant."""

from collections.abc import Iterator, Mapping

from energyvis_panel.data.importers.findings import Findings
from energyvis_panel.domain.hardware import DeviceKind
from energyvis_panel.domain.imported_profile import ImportedProfile
from energyvis_panel.domain.profile import EnergyByKind, EnergyProfile
from energyvis_panel.domain.units import JOULES_PER_KWH, SECONDS_PER_HOUR, energy_text, power_text
from energyvis_panel.errors import ProfileError

MOST_DEVICE_W = 1e6
"""No device draws a megawatt: the largest boards of 2026 draw about 1.4 kW, a whole rack about 130 kW."""
MOST_PART_J = 1e9 * JOULES_PER_KWH
"""1 TWh, what the world generates in about a quarter of an hour (Ember: 30,900 TWh in 2024, or 3.5 a "
"hour)."""
MOST_PART_S = 100 * 365.25 * 24 * SECONDS_PER_HOUR
"""A hundred years."""
REMARKABLE_J = 1e8 * JOULES_PER_KWH
"""100 GWh, far above any training run with a published figure (GPT-3: 1.29 GWh, Patterson et al. 2021)."""

Part = tuple[str, float | None, EnergyByKind]


def check_plausible(
    profile: EnergyProfile, name: str, devices: Mapping[DeviceKind, int] | None = None
) -> None:
    """Raise ProfileError for a part that no machine can have consumed.

    Parameters
    ----------
    profile
        What was read.
    name
        What to call the file in the error.
    devices
        How many devices of a kind are in a figure; else as many as the hardware names, or one.

    """
    counts = device_counts(profile) | dict(devices or {})
    for label, duration_s, energy in suspicious_parts(profile):
        check_part(f"{name} is not usable: {label}", duration_s, energy, counts)


def check_part(
    start: str, duration_s: float | None, energy: EnergyByKind, counts: Mapping[DeviceKind, int]
) -> None:
    """Raise ProfileError, its sentence beginning with ``start``, for a part that is out of bounds."""
    if duration_s is not None and duration_s > MOST_PART_S:
        raise ProfileError(f"{start} lasts {duration_s:.3g} s, more than 100 years. Correct the duration.")
    total_j = energy.total_j()
    if total_j > MOST_PART_J:
        raise ProfileError(f"{start} has {total_j:.3g} J, more than 1 TWh. Check the unit of the energies.")
    if not duration_s:
        return
    for kind in energy.measured():
        power_w = (energy.of(kind) or 0.0) / duration_s
        count = counts.get(kind, 1)
        if power_w > MOST_DEVICE_W * count:
            raise ProfileError(
                f"{start} has a mean power of {power_text(power_w / count)} for each {kind.upper()} device, "
                f"more than {power_text(MOST_DEVICE_W)}. Check that energies are in the unit that the format "
                "asks for, not in joules."
            )


def remarks(profile: EnergyProfile) -> ImportedProfile:
    """``profile`` as it is, with a sentence where its figures are hard to believe."""
    findings = Findings()
    counts = device_counts(profile)
    for label, duration_s, energy in suspicious_parts(profile):
        try:
            check_part(label, duration_s, energy, counts)
        except ProfileError as error:
            findings.defect(f"{error}"[0].upper() + f"{error}"[1:])
            break
    total_j = sum(joules(energy) for _, energy in parts_of(profile))
    if total_j > REMARKABLE_J:
        findings.defect(
            f"The whole run has {energy_text(total_j)}, more than {energy_text(REMARKABLE_J)}, which is far "
            "above any published training run. Check the unit of the energies."
        )
    return ImportedProfile(profile, profile.provenance.assumptions, tuple(findings.defects))


def suspicious_parts(profile: EnergyProfile) -> Iterator[Part]:
    """Name, seconds and joules of each part that may be out of bounds: more than one device could draw."""
    for place, (duration_s, energy) in enumerate(parts_of(profile)):
        total_j = joules(energy)
        if duration_s is None:
            fine = total_j <= MOST_PART_J
        else:
            fine = duration_s <= MOST_PART_S and total_j <= min(MOST_PART_J, MOST_DEVICE_W * duration_s)
        if not fine:
            inside = place < len(profile.epochs)
            name = f"{profile.division} {profile.epochs[place].index:,}" if inside else "what lies outside"
            yield name, duration_s, energy


def parts_of(profile: EnergyProfile) -> Iterator[tuple[float | None, EnergyByKind]]:
    """Seconds and joules of each part."""
    for epoch in profile.epochs:
        yield epoch.duration_s, epoch.energy
    if profile.outside:
        yield profile.outside.duration_s, profile.outside.energy


def joules(energy: EnergyByKind) -> float:
    """Sum over the kinds; spelled out, since it is asked of each of up to a million parts."""
    return (energy.gpu or 0.0) + (energy.cpu or 0.0) + (energy.dram or 0.0) + (energy.other or 0.0)


def device_counts(profile: EnergyProfile) -> dict[DeviceKind, int]:
    """Devices by kind as the hardware names them."""
    counts: dict[DeviceKind, int] = {}
    for item in profile.hardware:
        counts[item.kind] = counts.get(item.kind, 0) + item.count
    return counts
