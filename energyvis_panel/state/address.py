"""The study in the address: a link reopens the same view. What a link says is checked before it is used."""

import math
from collections.abc import Mapping
from dataclasses import fields
from urllib.parse import parse_qsl, urlencode

from energyvis_panel.domain.curve import AXES, MEASURES
from energyvis_panel.domain.edits import NO_EDITS, Edits
from energyvis_panel.domain.study import MOST_ALTERNATIVES, Choice
from energyvis_panel.state.edit_address import EDIT_NAMES, edits_from, edits_query
from energyvis_panel.state.study import MOST_FURTHER, Study

SHOWN_KEYS = ("profile", "compare", "further", "measure", "per", "over", "scale", "unit")
LONGEST_VALUE = 2000
LONGEST_NAMED = 100
"""So much of what a link asks for in vain is repeated in a sentence."""


def study_query(study: Study) -> dict[str, str | None]:
    """Query arguments that describe the study; None for what is as it is by default."""
    choice = study.choice or Choice("")
    return {
        "profile": linked_id(study, choice.baseline_id) or None,
        "compare": ",".join(linked_id(study, other_id) for other_id in choice.compared_ids) or None,
        **edits_query(choice.edits),
        "further": str(choice.further) if choice.further else None,
        "measure": study.measure if study.measure != MEASURES[0] else None,
        "per": None if study.cumulative else "epoch",
        "over": study.axis if study.axis != AXES[0] else None,
        "scale": "log" if study.log_scale else None,
        "unit": "lb" if study.pounds else None,
    }


def linked_id(study: Study, profile_id: str) -> str:
    """Name of a profile in the address: its id; for one that only this session has, where it came from.

    The id of an imported or estimated profile is made of its name, which is no business of the server's logs.
    """
    origin = next((entry.origin for entry in study.entries if entry.profile_id == profile_id), None)
    return origin if origin in {"imported", "estimate"} else profile_id


def follow_query(study: Study, query: Mapping[str, str]) -> None:
    """Bring the study to what a query says; what cannot be followed is left out and named in one sentence."""
    value = {key: query[key][:LONGEST_VALUE] for key in (*SHOWN_KEYS, *EDIT_NAMES) if query.get(key)}
    study.param.update(
        measure=value["measure"] if value.get("measure") in MEASURES else study.measure,
        axis=value["over"] if value.get("over") in AXES else study.axis,
        cumulative=value.get("per") != "epoch",
        log_scale=value.get("scale") == "log",
        pounds=value.get("unit") == "lb",
    )
    refused = []
    if "profile" in value and not _follow_profile(study, value["profile"]):
        refused.append(f"profile {value['profile']!r}")
    edits, refused_edits = edits_from(value)
    refused += refused_edits
    refused += _follow_edits(study, edits, value)
    if "compare" in value:
        refused += _follow_compared(study, value["compare"])
    if "further" in value and not _follow_further(study, value["further"]):
        refused.append(f"extrapolation by {value['further']!r}")
    study.forget_steps()
    named = ", ".join(one if len(one) <= LONGEST_NAMED else f"{one[:LONGEST_NAMED]}…'" for one in refused)
    study.notice = f"The link asks for what is not here: {named}. The rest is shown." if refused else ""


def _follow_profile(study: Study, profile_id: str) -> bool:
    study.select(profile_id)
    return study.choice is not None and study.choice.baseline_id == profile_id


def _follow_edits(study: Study, edits: Edits, value: Mapping[str, str]) -> list[str]:
    """Take over the edits, each group by itself, so that an unknown chip does not lose the others."""
    refused = []
    wanted = {field.name: getattr(edits, field.name) for field in fields(Edits)}
    groups = (
        (("region_id", "g_per_kwh"), "region"),
        (("pue", "price_per_kwh", "epoch_s", "watts"), "pue"),
        (("pieces", "original", "precision", "efficiency"), "machine"),
    )
    for names, key in groups:
        changes = {name: wanted[name] for name in names if wanted[name] != getattr(NO_EDITS, name)}
        if not changes:
            continue
        study.edit(**changes)
        if study.choice is None or any(getattr(study.choice.edits, n) != v for n, v in changes.items()):
            refused.append(f"{EDIT_NAMES[key]} {value.get(key, '')!r}")
    return refused


def _follow_compared(study: Study, text: str) -> list[str]:
    wanted = [profile_id for profile_id in text.split(",") if profile_id][:MOST_ALTERNATIVES]
    for profile_id in wanted:
        if study.choice is not None and profile_id not in study.choice.compared_ids:
            study.toggle_compared(profile_id)
    held = study.choice.compared_ids if study.choice else ()
    return [f"compared profile {profile_id!r}" for profile_id in wanted if profile_id not in held]


def _follow_further(study: Study, text: str) -> bool:
    further = number(text)
    if further is None or not 0 <= further <= MOST_FURTHER:
        return False
    study.set_further(int(further))
    return True


def changed_query(query: str, arguments: Mapping[str, str | None]) -> str:
    """Query string with arguments set, or taken away where they are None; '' where none is left."""
    kept = [(key, value) for key, value in parse_qsl(query.lstrip("?")) if key not in arguments]
    added = [(key, value) for key, value in arguments.items() if value is not None]
    return f"?{urlencode(kept + added, safe=',')}" if kept or added else ""


def number(text: str) -> float | None:
    """Finite number in ``text``, or None."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
