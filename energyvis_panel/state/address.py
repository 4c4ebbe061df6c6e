"""The study in the address: a link reopens the same view. What a link says is checked before it is used."""

import math
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl, urlencode

from energyvis_panel.domain.curve import MEASURES
from energyvis_panel.domain.study import MOST_ALTERNATIVES, Choice
from energyvis_panel.state.study import MOST_FURTHER, Study

STUDY_KEYS = ("profile", "compare", "region", "pue", "further", "measure", "per", "unit")
LONGEST_VALUE = 400


def study_query(study: Study) -> dict[str, str | None]:
    """Query arguments that describe the study; None for what is as it is by default."""
    choice = study.choice or Choice("")
    return {
        "profile": choice.baseline_id or None,
        "compare": ",".join(choice.compared_ids) or None,
        "region": choice.region_id,
        "pue": None if choice.pue is None else f"{choice.pue:g}",
        "further": str(choice.further) if choice.further else None,
        "measure": study.measure if study.measure != MEASURES[0] else None,
        "per": None if study.cumulative else "epoch",
        "unit": "lb" if study.pounds else None,
    }


def follow_query(study: Study, query: Mapping[str, str]) -> None:
    """Bring the study to what a query says; what cannot be followed is left out and named in one sentence."""
    value = {key: query[key][:LONGEST_VALUE] for key in STUDY_KEYS if query.get(key)}
    study.param.update(
        measure=value["measure"] if value.get("measure") in MEASURES else study.measure,
        cumulative=value.get("per") != "epoch",
        pounds=value.get("unit") == "lb",
    )
    refused = [
        f"{name} {value[key]!r}"
        for key, (name, follow) in FOLLOWED.items()
        if key in value and not follow(study, value[key])
    ]
    study.forget_steps()
    named = ", ".join(refused)
    study.notice = f"The link asks for what is not here: {named}. The rest is shown." if refused else ""


def _follow_profile(study: Study, profile_id: str) -> bool:
    study.select(profile_id)
    return study.choice is not None and study.choice.baseline_id == profile_id


def _follow_compared(study: Study, text: str) -> bool:
    wanted = [profile_id for profile_id in text.split(",") if profile_id][:MOST_ALTERNATIVES]
    for profile_id in wanted:
        if study.choice is not None and profile_id not in study.choice.compared_ids:
            study.toggle_compared(profile_id)
    return study.choice is not None and set(wanted) <= set(study.choice.compared_ids)


def _follow_region(study: Study, region_id: str) -> bool:
    if region_id not in study.intensities:
        return False
    study.choose_region(region_id)
    return True


def _follow_pue(study: Study, text: str) -> bool:
    pue = number(text)
    if pue is None:
        return False
    study.set_pue(pue)
    return study.choice is not None and study.choice.pue == pue


def _follow_further(study: Study, text: str) -> bool:
    further = number(text)
    if further is None or not 0 <= further <= MOST_FURTHER:
        return False
    study.set_further(int(further))
    return True


FOLLOWED: dict[str, tuple[str, Callable[[Study, str], bool]]] = {
    "profile": ("profile", _follow_profile),
    "compare": ("compared profile", _follow_compared),
    "region": ("region", _follow_region),
    "pue": ("PUE", _follow_pue),
    "further": ("extrapolation by", _follow_further),
}
"""What each argument is called, and how it is followed: whether the study came to hold it."""


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
