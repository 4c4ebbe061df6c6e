"""Energy profiles from and to JSON: our own format, version 1, and recognition of the EnergyVis format."""

import json
import math

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from energyvis_panel.data.energyvis_json import is_energyvis, profile_from_energyvis
from energyvis_panel.data.profile_model import EnergyJson, EpochJson, ProfileJson
from energyvis_panel.data.text_file import offered_text
from energyvis_panel.domain.hardware import DeviceKind
from energyvis_panel.domain.profile import (
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
LONGEST_QUOTE = 60


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
    raw = parsed(offered_text(data, name), name)
    if is_energyvis(raw):
        return profile_from_energyvis(raw, name)
    return profile_from_object(raw, name), ()


def parsed(text: str, name: str) -> object:
    """Value of JSON ``text``, in which NaN and infinity are errors.

    Raises
    ------
    ProfileError
        If the text is not JSON.

    """

    def refuse(constant: str) -> float:
        raise ProfileError(f"{name} holds {constant}, which is not a number in JSON. Replace or remove it.")

    try:
        value: object = json.loads(text, parse_constant=refuse)
        # An escaped half of a surrogate pair is JSON, but no text that could be written again.
        json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise ProfileError(
            f"{name} is not JSON: {error.msg} in line {error.lineno}, column {error.colno}. Correct it there."
        ) from None
    except RecursionError:
        raise ProfileError(f"{name} is nested too deeply to be a profile. Choose another file.") from None
    except UnicodeEncodeError:
        raise ProfileError(f"{name} holds half of a Unicode character. Save it as UTF-8.") from None
    except ValueError:
        raise ProfileError(f"{name} holds a number with too many digits. Shorten it.") from None
    return value


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
    try:
        # Python values would let a list pass for no tuple in strict mode; JSON knows but one kind of list.
        model = ProfileJson.model_validate_json(json.dumps(raw))
    except ValidationError as error:
        raise ProfileError(f"{name} is not a usable profile: {sentence(error.errors()[0])}") from None
    check_whole(model, name)
    return profile_from_model(model)


def check_whole(model: ProfileJson, name: str) -> None:
    """Raise ProfileError for what no single field shows."""
    for before, after in zip(model.epochs, model.epochs[1:], strict=False):
        if after.index <= before.index:
            raise ProfileError(
                f"{name} is not a usable profile: epoch {after.index} stands after epoch {before.index}. "
                "Sort the epochs by index and keep each once."
            )
    parts = [epoch.energy_j for epoch in model.epochs]
    if model.outside_epochs:
        parts.append(model.outside_epochs.energy_j)
    if not math.isfinite(sum(part.gpu + part.cpu + part.dram + part.other for part in parts)):
        raise ProfileError(f"{name} is not a usable profile: its joules add up to infinity. Correct them.")


def sentence(error: ErrorDetails) -> str:
    """What is wrong with one field and how to mend it."""
    place = field_path(error["loc"])
    match error["type"]:
        case "missing":
            return f"{place} is missing. Add it."
        case "extra_forbidden":
            return f"{place} is not a field of a profile. Remove it."
        case "value_error":
            what = str(error["ctx"]["error"])
        case _:
            what = error["msg"].removeprefix("Input ").replace("should", "must", 1)
            what = what[0].lower() + what[1:]
    return f"{place} is {quoted(error['input'])}, but {what}. Correct it."


def field_path(steps: tuple[int | str, ...]) -> str:
    """Place of a field in a file, e.g. ``epochs[3].energy_j.gpu``."""
    path = ""
    for step in steps:
        path += f"[{step}]" if isinstance(step, int) else f".{step}"
    return path.removeprefix(".") or "the whole file"


def quoted(value: object) -> str:
    """A value from a file, short enough to stand in a sentence."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else f"a list of {len(value)}"
    text = json.dumps(value)
    return text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}..."


def profile_from_model(model: ProfileJson) -> EnergyProfile:
    """The program's own profile for a checked file."""
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
        epochs=tuple(epoch_from_model(epoch) for epoch in model.epochs),
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
        metrics=epoch.metrics,
    )


def energy_from_model(energy: EnergyJson) -> EnergyByKind:
    """Joules by kind; a kind that the file does not name was not measured."""
    return EnergyByKind(**energy.model_dump(include=energy.model_fields_set))


def profile_to_json(profile: EnergyProfile) -> str:
    """Text of a profile in our own format; reading it gives the same profile to the last bit."""
    provenance = profile.provenance
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
        "epochs": [
            {
                "index": e.index,
                "duration_s": e.duration_s,
                "energy_j": energy_to_object(e.energy),
                "units": e.units,
                "unit": e.unit,
                "metrics": dict(e.metrics),
            }
            for e in profile.epochs
        ],
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
    return json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def energy_to_object(energy: EnergyByKind) -> dict[DeviceKind, float | None]:
    """Joules of the kinds that were measured."""
    return {kind: energy.of(kind) for kind in energy.measured()}
