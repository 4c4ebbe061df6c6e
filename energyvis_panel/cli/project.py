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
from energyvis_panel.domain.edits import PieceChoice, References
from energyvis_panel.domain.hardware import DeviceKind, HardwareChange, Piece
from energyvis_panel.domain.hardware_effect import effect_of, remarks
from energyvis_panel.domain.profile import EnergyProfile
from energyvis_panel.domain.scenario import Scenario, project
from energyvis_panel.domain.study import recorded_pieces
from energyvis_panel.errors import DatasetError, SettingsError

MOST_FURTHER = 1_000_000
NO_PUE = 1.0
NONE = "none"
OWN_PARTS = 3
"""Parts of a chip described by hand: name, watts, TFLOP/s."""


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
    change = hardware_change(profile, options, notes)
    own_pue = profile.pue if profile.pue is not None else NO_PUE
    if profile.pue is None:
        notes.append("The profile names no PUE, so the baseline counts 1: the energy of the machine alone.")
    baseline = project(profile, Scenario(intensity=own, pue=own_pue))
    alternative = project(
        profile,
        Scenario(intensity=other, pue=own_pue if options.pue is None else options.pue, hardware=change),
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


def hardware_change(
    profile: EnergyProfile, options: argparse.Namespace, notes: list[str]
) -> HardwareChange | None:
    """Change of the machine that the command line asks for, None where it stays.

    Raises
    ------
    EnergyVisError
        If a chip is not known, or the change makes no machine.

    """
    wanted: dict[DeviceKind, list[str]] = {"gpu": options.gpu, "cpu": options.cpu}
    if not any(wanted.values()):
        return None
    before = recorded_pieces(profile, References(chip=find_chip))
    after: list[Piece] = []
    for kind, texts in wanted.items():
        own = [piece for piece in before if piece.chip.device_kind == kind]
        after += pieces(texts, kind) if texts else own
        if kind == "cpu" and texts and not own and _has_gpu(before) and _has_gpu(after):
            raise SettingsError(
                f"{profile.name} names no CPU, so there is nothing that --cpu could replace. "
                "Leave --cpu out, or move the work to CPUs with --gpu none."
            )
    if not before:
        raise SettingsError(f"{profile.name} names no hardware, so there is nothing to replace.")
    if options.precision is None and profile.precision is None:
        notes.append(
            "Chips are compared at FP32, because neither the profile nor --precision names a format."
        )
    change = HardwareChange(
        original=before,
        alternative=tuple(after),
        precision=options.precision or profile.precision or "fp32",
        efficiency=options.efficiency,
    )
    band = effect_of(profile, change).band_text()
    notes += [text for text in (band, *remarks(profile, change)) if text]
    return change


def _has_gpu(machine: Sequence[Piece]) -> bool:
    return any(piece.chip.device_kind == "gpu" for piece in machine)


def pieces(texts: Sequence[str], kind: DeviceKind) -> list[Piece]:
    """Chips of one kind that the command line names; ``none`` stands for no chip.

    Raises
    ------
    SettingsError
        If a count is no number, or a chip is of another kind.
    EnergyVisError
        If a chip is not in the catalogue, or one described by hand is out of range.

    """
    return [piece(text, kind) for text in texts if text.strip().lower() != NONE]


def piece(text: str, kind: DeviceKind) -> Piece:
    """Chips named as ``CHIP=COUNT``, or ``CHIP`` for one; an own chip as ``NAME:WATTS:TFLOPS=COUNT``.

    Raises
    ------
    SettingsError
        If the count is no number, or the chip is of another kind.
    EnergyVisError
        If the chip is not in the catalogue, or one described by hand is out of range.

    """
    name, found, count = text.rpartition("=")
    if not found:
        name, count = text, "1"
    if not count.strip().isdecimal():
        raise SettingsError(f"--{kind} {text!r} has no count. Write it as {name or 'CHIP'}=8.")
    parts = name.strip().rsplit(":", OWN_PARTS - 1)
    if len(parts) == OWN_PARTS:
        return own_chip(*parts, kind=kind, count=int(count))
    chip = find_chip(name.strip())
    if chip.device_kind != kind:
        raise SettingsError(
            f"{chip.name} is a {chip.device_kind.upper()}, but stands after --{kind}. Move it."
        )
    return Piece(chip, int(count))


def own_chip(name: str, watts: str, tflops: str, *, kind: DeviceKind, count: int) -> Piece:
    """Chips described by hand.

    Raises
    ------
    SettingsError
        If watts or TFLOP/s are no numbers.
    EditError
        If a value is out of its range.

    """
    try:
        choice = PieceChoice(kind, "", count, name, float(watts), float(tflops))
    except ValueError:
        raise SettingsError(
            f"--{kind} {name}:{watts}:{tflops}: watts and TFLOP/s must be numbers. Write NAME:300:15.7=8."
        ) from None
    return choice.piece(find_chip)
