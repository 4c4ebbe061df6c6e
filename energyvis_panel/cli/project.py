"""``energyvis project``: what a profile would have consumed under other circumstances."""

import argparse
from collections.abc import Sequence

from energyvis_panel.cli.open import open_lake
from energyvis_panel.cli.output import print_json
from energyvis_panel.cli.projection_output import print_projection, projection_object
from energyvis_panel.data.chips import find_chip
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.profile_store import ProfileStore
from energyvis_panel.data.reference import intensity_of_region
from energyvis_panel.domain.carbon import CarbonIntensity
from energyvis_panel.domain.hardware import DeviceKind, Piece, Precision, Replacement
from energyvis_panel.domain.profile import EnergyProfile
from energyvis_panel.domain.scenario import Scenario, project
from energyvis_panel.errors import DatasetError, SettingsError

MOST_FURTHER = 1_000_000
NO_PUE = 1.0


def project_profile(options: argparse.Namespace) -> int:
    """Print baseline and alternative; 0.

    Raises
    ------
    EnergyVisError
        If the profile, the region or a chip is not known, or a value is out of its range.

    """
    if not 0 <= options.extrapolate <= MOST_FURTHER:
        raise SettingsError(f"--extrapolate is {options.extrapolate}. Give 0 to {MOST_FURTHER:,} epochs.")
    notes: list[str] = []
    with open_lake() as lake:
        profile = ProfileStore(lake).find(options.profile)
        own = own_intensity(lake.gateway, profile, notes)
        other = intensity_of_region(lake.gateway, options.region) if options.region else own
    wanted: dict[DeviceKind, list[str]] = {"gpu": options.gpu, "cpu": options.cpu}
    replacements = tuple(
        replacement(profile, kind, texts, options.precision, notes) for kind, texts in wanted.items() if texts
    )
    own_pue = profile.pue if profile.pue is not None else NO_PUE
    if profile.pue is None:
        notes.append("The profile names no PUE, so the baseline counts 1: the energy of the machine alone.")
    baseline = project(profile, Scenario(intensity=own, pue=own_pue))
    alternative = project(
        profile,
        Scenario(
            intensity=other, pue=own_pue if options.pue is None else options.pue, replacements=replacements
        ),
    )
    if own and other and own.scope != other.scope:
        notes.append(f"The intensities differ in scope ({own.scope} and {other.scope}): compare with care.")
    notes += profile.provenance.assumptions
    if options.json:
        print_json(projection_object(profile, baseline, alternative, options.extrapolate, notes))
    else:
        print_projection(profile, baseline, alternative, options.extrapolate, notes)
    return 0


def own_intensity(gateway: Gateway, profile: EnergyProfile, notes: list[str]) -> CarbonIntensity | None:
    """Intensity of the profile's own region, None with a note where it is not known."""
    if profile.region_id is None:
        notes.append("The profile names no region, so the baseline has no emissions.")
        return None
    try:
        return intensity_of_region(gateway, profile.region_id)
    except DatasetError:
        notes.append(f"No intensity is known for the profile's region {profile.region_id!r}.")
        return None


def replacement(
    profile: EnergyProfile,
    kind: DeviceKind,
    texts: Sequence[str],
    precision: Precision | None,
    notes: list[str],
) -> Replacement:
    """Replacement of all the profile's chips of a kind by those that the command line names.

    Raises
    ------
    SettingsError
        If the profile has no chip of the kind to replace.
    DatasetError
        If a chip is not in the catalogue.

    """
    originals = [item for item in profile.hardware if item.kind == kind]
    if not originals:
        raise SettingsError(
            f"{profile.name} names no {kind.upper()}, so there is nothing that --{kind} could replace. "
            f"Leave --{kind} out."
        )
    if precision is None and profile.precision is None:
        notes.append(
            "Chips are compared at FP32, because neither the profile nor --precision names a format."
        )
    return Replacement(
        kind=kind,
        original=tuple(Piece(find_chip(item.chip_id or item.model), item.count) for item in originals),
        alternative=tuple(piece(text, kind) for text in texts),
        precision=precision or profile.precision or "fp32",
    )


def piece(text: str, kind: DeviceKind) -> Piece:
    """Chips named as ``CHIP=COUNT``, or ``CHIP`` for one.

    Raises
    ------
    SettingsError
        If the count is no number, or the chip is of another kind.
    DatasetError
        If the chip is not in the catalogue.

    """
    name, found, count = text.rpartition("=")
    if not found:
        name, count = text, "1"
    if not count.strip().isdecimal():
        raise SettingsError(f"--{kind} {text!r} has no count. Write it as {name or 'CHIP'}=8.")
    chip = find_chip(name.strip())
    if chip.kind != kind:
        raise SettingsError(f"{chip.name} is a {chip.kind.upper()}, but stands after --{kind}. Move it.")
    return Piece(chip, int(count))
