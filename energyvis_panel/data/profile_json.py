"""Energy profiles from and to JSON: our own format, version 1, and recognition of the EnergyVis format."""

import json
import math
from itertools import pairwise
from typing import Any

from pydantic import TypeAdapter, ValidationError

from energyvis_panel.data.energyvis_json import is_energyvis, profile_from_energyvis
from energyvis_panel.data.json_text import parsed, quoted, sentence
from energyvis_panel.data.profile_model import EnergyJson, EpochJson, ProfileJson
from energyvis_panel.data.text_file import offered_text
from energyvis_panel.domain.hardware import DEVICE_KINDS, DeviceKind
from energyvis_panel.domain.profile import (
    NO_METRICS,
    EnergyByKind,
    EnergyProfile,
    Epoch,
    HardwareItem,
    Outside,
    Provenance,
)
from energyvis_panel.errors import ProfileError

FORMAT = "energyvis-profile"
VERSION = 1
MOST_EPOCHS = 1_000_000
AT_ONCE = 10_000
EPOCHS = TypeAdapter(list[EpochJson])
MOST_INDENTED = 10_000
"""Epochs up to which a file is laid out for people; a larger one is written as short as it can be."""


def read_profile(data: bytes, name: str = "The file") -> tuple[EnergyProfile, tuple[str, ...]]:
    """Profile in a JSON file, our own or EnergyVis's, with what had to be assumed on the way.

    Parameters
    ----------
    data
        The file as it came.
    name
        What to call the file in an error.

    Raises
    ------
    ProfileError
        If the file holds no usable profile; one sentence says what, where and how to mend it.

    """
    return read_profile_text(offered_text(data, name), name)


def read_profile_text(text: str, name: str = "The file") -> tuple[EnergyProfile, tuple[str, ...]]:
    """Profile in the text of a JSON file, as :func:`read_profile` has it.

    Raises
    ------
    ProfileError
        If the text holds no usable profile.

    """
    raw = parsed(text, name)
    if is_energyvis(raw):
        return profile_from_energyvis(raw, name)
    return profile_from_object(raw, name), ()


def profile_from_object(raw: object, name: str = "The file") -> EnergyProfile:
    """Profile from a parsed JSON value of our own format.

    Raises
    ------
    ProfileError
        If a field is missing, unknown or out of its range.

    """
    if not isinstance(raw, dict) or raw.get("format") != FORMAT:
        raise ProfileError(
            f'{name} is not an energy profile: it does not say "format": "{FORMAT}". Export one, or import '
            "the file of another tool with `energyvis profile import`."
        )
    if raw.get("version") != VERSION:
        raise ProfileError(
            f"{name} is a profile of version {quoted(raw.get('version'))}, but this program reads version "
            f"{VERSION}. Upgrade EnergyVis Panel."
        )
    rows = raw.get("epochs")
    listed = rows if isinstance(rows, list) and 1 < len(rows) <= MOST_EPOCHS else []
    try:
        # Python values would let a list pass for no tuple in strict mode; JSON knows but one kind of list.
        model = ProfileJson.model_validate_json(json.dumps(raw | {"epochs": listed[:1]} if listed else raw))
    except ValidationError as error:
        raise ProfileError(f"{name} is not a usable profile: {sentence(error.errors()[0])}") from None
    first = tuple(epoch_from_model(epoch) for epoch in model.epochs)
    profile = profile_from_model(model, epochs_of(listed, name) if listed else first)
    check_whole(profile, name)
    return profile


def epochs_of(rows: list[object], name: str) -> tuple[Epoch, ...]:
    """Epochs of a parsed file, checked a part at a time: a million models at once take 2 GB.

    Raises
    ------
    ProfileError
        If one is not as the format has it.

    """
    found: list[Epoch] = []
    for start in range(0, len(rows), AT_ONCE):
        try:
            models = EPOCHS.validate_json(json.dumps(rows[start : start + AT_ONCE]))
        except ValidationError as error:
            details = error.errors()[0]
            place, *inner = details["loc"]
            details["loc"] = ("epochs", start + int(place), *inner)
            raise ProfileError(f"{name} is not a usable profile: {sentence(details)}") from None
        found.extend(epoch_from_model(model) for model in models)
    return tuple(found)


def check_whole(profile: EnergyProfile, name: str) -> None:
    """Raise ProfileError for what no single field shows."""
    for before, after in pairwise(profile.epochs):
        if after.index <= before.index:
            raise ProfileError(
                f"{name} is not a usable profile: epoch {after.index} stands after epoch {before.index}. "
                "Sort the epochs by index and keep each once."
            )
    parts = [epoch.energy for epoch in profile.epochs]
    if profile.outside:
        parts.append(profile.outside.energy)
    if not math.isfinite(sum(part.of(kind) or 0.0 for kind in DEVICE_KINDS for part in parts)):
        raise ProfileError(f"{name} is not a usable profile: its joules add up to infinity. Correct them.")


def profile_from_model(model: ProfileJson, epochs: tuple[Epoch, ...]) -> EnergyProfile:
    """The program's own profile for a checked file and its epochs."""
    outside = model.outside_epochs
    return EnergyProfile(
        id=model.id,
        name=model.name,
        author=model.author,
        url=model.url,
        created_at=model.created_at,
        region_id=model.region_id,
        pue=model.pue,
        division=model.division,
        hardware=tuple(HardwareItem(h.kind, h.model, h.count, h.chip_id) for h in model.hardware),
        epochs=epochs,
        outside=Outside(outside.duration_s, energy_from_model(outside.energy_j)) if outside else None,
        provenance=Provenance(
            tool=model.provenance.tool,
            version=model.provenance.version,
            source=model.provenance.source,
            assumptions=model.provenance.assumptions,
        ),
        precision=model.precision,
    )


def epoch_from_model(epoch: EpochJson) -> Epoch:
    """One epoch of a checked file."""
    return Epoch(
        index=epoch.index,
        duration_s=epoch.duration_s,
        energy=energy_from_model(epoch.energy_j),
        units=epoch.units,
        unit=epoch.unit,
        metrics=epoch.metrics or NO_METRICS,
    )


def energy_from_model(energy: EnergyJson) -> EnergyByKind:
    """Joules by kind; a kind that the file does not name was not measured."""
    return EnergyByKind(**{kind: getattr(energy, kind) for kind in energy.model_fields_set})


def profile_to_json(profile: EnergyProfile) -> str:
    """Text of a profile in our own format; reading it gives the same profile to the last bit."""
    provenance = profile.provenance
    indented = len(profile.epochs) <= MOST_INDENTED
    value = {
        "format": FORMAT,
        "version": VERSION,
        "id": profile.id,
        "name": profile.name,
        "author": profile.author,
        "url": profile.url,
        "created_at": profile.created_at,
        "region_id": profile.region_id,
        "pue": profile.pue,
        "division": profile.division,
        "hardware": [
            {"kind": h.kind, "model": h.model, "chip_id": h.chip_id, "count": h.count}
            for h in profile.hardware
        ],
        "epochs": [epoch_to_object(epoch, whole=indented) for epoch in profile.epochs],
        "outside_epochs": {
            "duration_s": profile.outside.duration_s,
            "energy_j": energy_to_object(profile.outside.energy),
        }
        if profile.outside
        else None,
        "provenance": {
            "tool": provenance.tool,
            "version": provenance.version,
            "source": provenance.source,
            "assumptions": list(provenance.assumptions),
        },
        "precision": profile.precision,
    }
    layout: dict[str, Any] = {"indent": 1} if indented else {"separators": (",", ":")}
    return json.dumps(value, ensure_ascii=False, allow_nan=False, **layout) + "\n"


def epoch_to_object(epoch: Epoch, *, whole: bool) -> dict[str, object]:
    """One epoch as JSON; where not ``whole``, what reads back the same is left out."""
    value: dict[str, object] = {
        "index": epoch.index,
        "duration_s": epoch.duration_s,
        "energy_j": energy_to_object(epoch.energy),
        "units": epoch.units,
        "unit": epoch.unit,
        "metrics": dict(epoch.metrics),
    }
    if whole:
        return value
    optional = ("units", "unit", "metrics")
    return {key: part for key, part in value.items() if key not in optional or part not in (None, {})}


def energy_to_object(energy: EnergyByKind) -> dict[DeviceKind, float | None]:
    """Joules of the kinds that were measured."""
    return {kind: energy.of(kind) for kind in energy.measured()}
