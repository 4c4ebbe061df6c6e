"""Profiles in the JSON of EnergyVis (Shaikh et al., CHI EA 2021): kWh per epoch before PUE, without times.

``{name, author?, components: {cpu: {model: count}, gpu: {slug: count}}, serverData: {cpu: {epoch: [kWh]},
gpu: {epoch: [kWh]}}, location, PUE}``
"""

import hashlib
import json
import re
import sys
from collections.abc import Callable
from typing import TypeGuard

from energyvis_panel.data.importers.places import named_region
from energyvis_panel.domain.hardware import DeviceKind
from energyvis_panel.domain.profile import EnergyByKind, EnergyProfile, Epoch, HardwareItem, Provenance
from energyvis_panel.domain.units import JOULES_PER_KWH, kwh
from energyvis_panel.errors import ProfileError

TOOL = "EnergyVis"
KINDS: tuple[DeviceKind, ...] = ("cpu", "gpu")
MOST_COUNT = 100_000
MOST_EPOCHS = 1_000_000
MOST_EPOCH_KWH = 1e9
"""1 TWh: no epoch has it."""
LONGEST_NAME = 200
NO_DURATIONS = "The file records no times, so durations are not known."
NO_DRAM = "The file records CPU and GPU only, so memory counts as not measured."

PlaceFinder = Callable[[str], str | None]


def is_energyvis(raw: object) -> bool:
    """Whether a parsed JSON value looks like an EnergyVis profile."""
    return isinstance(raw, dict) and "serverData" in raw and "format" not in raw


def profile_from_energyvis(
    raw: object, name: str = "The file", *, region_of: PlaceFinder | None = None
) -> tuple[EnergyProfile, tuple[str, ...]]:
    """Profile from a parsed EnergyVis file, with what had to be assumed.

    Parameters
    ----------
    raw
        The parsed file.
    name
        What to call the file in an error.
    region_of
        Finds the code of a region by its name; US states and countries by default.

    Raises
    ------
    ProfileError
        If a part is missing or no number.

    """
    if not isinstance(raw, dict):
        raise ProfileError(f"{name} is not an EnergyVis profile: it is no JSON object. Choose another file.")
    title = raw.get("name")
    if not isinstance(title, str) or not title.strip():
        raise ProfileError(f"{name} is not a usable EnergyVis profile: name is missing. Add it.")
    series = {kind: energy_series(raw, kind, name) for kind in KINDS}
    length = series_length(series, name)
    assumptions = [NO_DURATIONS, NO_DRAM]
    location = raw.get("location")
    region_id = (region_of or named_region)(location) if isinstance(location, str) else None
    if location and region_id is None:
        assumptions.append(
            f"The location {str(location)[:100]!r} is not known here, so the region is left open."
        )
    pue = power_usage_effectiveness(raw.get("PUE"), assumptions)
    author = raw.get("author")
    digest = hashlib.sha256(json.dumps(raw, sort_keys=True).encode()).hexdigest()[:8]
    profile = EnergyProfile(
        id=f"{re.sub(r'[^a-z0-9]+', '-', title.lower()).strip('-')[:100] or 'profile'}-{digest}",
        name=title.strip()[:LONGEST_NAME],
        author=author[:500] if isinstance(author, str) and author else None,
        region_id=region_id,
        pue=pue,
        hardware=components(raw, name),
        epochs=tuple(
            Epoch(
                index=index,
                duration_s=None,
                energy=EnergyByKind(**{k: s[index] * JOULES_PER_KWH for k, s in series.items() if s}),
            )
            for index in range(length)
        ),
        provenance=Provenance(tool=TOOL, source="imported", assumptions=tuple(assumptions)),
    )
    return profile, tuple(assumptions)


def energyvis_from_profile(profile: EnergyProfile, location: str | None) -> dict[str, object]:
    """EnergyVis file for a profile: what EnergyVis knows, and no more.

    Parameters
    ----------
    profile
        Any profile; memory and other devices, times and metrics have no place in the format.
    location
        Name of the region as EnergyVis spells it, e.g. ``"Georgia"``.

    Raises
    ------
    ProfileError
        If the profile has neither CPU nor GPU energy, which is all that the format holds.

    """
    measured = [kind for kind in KINDS if any(epoch.energy.of(kind) is not None for epoch in profile.epochs)]
    if not measured:
        raise ProfileError(
            f"{profile.name} has neither CPU nor GPU energy, which is all that EnergyVis JSON holds. "
            "Export it in another format."
        )
    counts: dict[DeviceKind, dict[str, int]] = {kind: {} for kind in KINDS}
    for item in profile.hardware:
        if item.kind in counts:
            models = counts[item.kind]
            models[item.model] = models.get(item.model, 0) + item.count
    value: dict[str, object] = {
        "name": profile.name,
        "components": counts,
        "serverData": {
            kind: {"epoch": [kwh(epoch.energy.of(kind) or 0.0) for epoch in profile.epochs]}
            for kind in measured
        },
    }
    if profile.author:
        value["author"] = profile.author
    if location:
        value["location"] = location
    if profile.pue is not None:
        value["PUE"] = profile.pue
    return value


def energy_series(raw: dict[str, object], kind: DeviceKind, name: str) -> list[float]:
    """KWh per epoch of one kind; empty where the file has none."""
    data = raw["serverData"]
    part = data.get(kind) if isinstance(data, dict) else None
    if part is None:
        return []
    series = part.get("epoch") if isinstance(part, dict) else None
    if not isinstance(series, list) or len(series) > MOST_EPOCHS:
        raise ProfileError(
            f"{name} is not a usable EnergyVis profile: serverData.{kind}.epoch is not a list of at most "
            f"{MOST_EPOCHS:,} numbers. Correct it."
        )
    for place, value in enumerate(series):
        if not is_amount(value):
            raise ProfileError(
                f"{name} is not a usable EnergyVis profile: serverData.{kind}.epoch[{place}] is "
                f"{str(value)[:60]!r}, not a number of kWh from 0. Correct it."
            )
        if value > MOST_EPOCH_KWH:
            raise ProfileError(
                f"{name} is not a usable EnergyVis profile: serverData.{kind}.epoch[{place}] is {value:.3g} "
                f"kWh, more than 1 TWh. Check that the energies are in kWh."
            )
    return [float(value) for value in series]


def series_length(series: dict[DeviceKind, list[float]], name: str) -> int:
    """Number of epochs, equal for all kinds."""
    lengths = {len(values) for values in series.values() if values}
    if not lengths:
        raise ProfileError(
            f"{name} is not a usable EnergyVis profile: serverData holds no epoch. Record at least one."
        )
    if len(lengths) > 1:
        counts = " and ".join(f"{len(values)} of {kind}" for kind, values in series.items())
        raise ProfileError(
            f"{name} is not a usable EnergyVis profile: it has {counts} epochs. Give both the same number."
        )
    return lengths.pop()


def components(raw: dict[str, object], name: str) -> tuple[HardwareItem, ...]:
    """Hardware that the file names."""
    found = raw.get("components")
    items: list[HardwareItem] = []
    for kind in KINDS:
        part = found.get(kind) if isinstance(found, dict) else None
        for model, count in part.items() if isinstance(part, dict) else ():
            if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MOST_COUNT:
                raise ProfileError(
                    f"{name} is not a usable EnergyVis profile: components.{kind} has {str(count)[:60]!r} of "
                    f"{model[:60]!r}, not a whole number from 1 to {MOST_COUNT:,}. Correct it."
                )
            items.append(HardwareItem(kind, model[:LONGEST_NAME], count))
    return tuple(items)


def power_usage_effectiveness(value: object, assumptions: list[str]) -> float | None:
    """PUE of the file, or None where it has none that is possible, which is then noted."""
    if value is None:
        return None
    if is_amount(value) and 1 <= value <= 10:  # noqa: PLR2004 - the range of a PUE, as in the schema
        return float(value)
    assumptions.append(f"The PUE {str(value)[:60]!r} is not a number from 1 to 10, so it is left open.")
    return None


def is_amount(value: object) -> TypeGuard[float]:
    """Whether the value is a number from 0 that a float can hold."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= sys.float_info.max
