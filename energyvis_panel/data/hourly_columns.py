"""Which columns of a table of intensities hold the time and the value, and in which unit?

Known spellings: Electricity Maps (``Datetime (UTC)``, ``Carbon intensity gCO₂eq/kWh (direct)`` and
``(Life cycle)``, ``Zone name``), NESO of Great Britain (``from``, ``to``, ``forecast``, ``actual``, or
``DATETIME`` and ``CARBON_INTENSITY``), and whatever says its unit in its name.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from energyvis_panel.domain.units import GRAMS_PER_LB
from energyvis_panel.errors import DatasetError

UNIT: Final = re.compile(
    r"(?<![a-z])(lbs?|pounds?|kg|g|t)[\s_-]*(?:of[\s_-]*)?(?:co[2₂][\s_-]*(?:equivalent|eq|e)?)?"
    r"[\s_-]*(?:/|per|p)?[\s_-]*([km])wh"
)
GRAMS: Final = {
    "g": 1.0, "kg": 1e3, "t": 1e6, "lb": GRAMS_PER_LB, "lbs": GRAMS_PER_LB, "pound": GRAMS_PER_LB,
    "pounds": GRAMS_PER_LB,
}  # fmt: skip
KWH: Final = {"k": 1.0, "m": 1000.0}
TIME_NAMES: Final = (
    "datetime", "timestamp", "date time", "from", "start", "time", "date", "ts", "period", "hour",
)  # fmt: skip
VALUE_WORDS: Final = re.compile(r"intensity|emission (rate|factor)|^(actual|forecast|value|avg ci|ci)$")
NO_VALUE: Final = re.compile(r"percent|%|index|share|renewable|carbon free|estimat|source|method|price")
ZONE_NAMES: Final = ("zone name", "zone", "region", "country", "zone id", "zone key", "balancing authority")
SHOWN_NAMES: Final = 8


@dataclass(frozen=True, slots=True)
class HourlyColumns:
    """Places of the columns in the header, counted from 0; ``factor`` turns a value into g/kWh.

    ``unit`` is '' where the header names none, ``fallback`` the forecast where actual values may be absent.
    """

    time: int
    value: int
    fallback: int | None
    zone: int | None
    is_utc: bool
    unit: str
    factor: float
    scope: str | None
    other_scope: bool


def find_columns(header: Sequence[str], name: str, scope: str) -> HourlyColumns:
    """Columns of a file with this header; of direct and lifecycle values those of ``scope``.

    Raises
    ------
    DatasetError
        If there is no column of times or of intensities.

    """
    plain = [re.sub(r"[^a-z0-9₂%]+", " ", title.lower()).strip() for title in header]
    time = _time_column(plain)
    if time is None:
        raise DatasetError(f"{name} has no column of times ({_names(header)}). Name one datetime.")
    candidates = _value_columns(header, plain, time)
    if not candidates:
        raise DatasetError(
            f"{name} has no column of carbon intensities ({_names(header)}). Name one g_per_kwh."
        )
    scopes = {place: _scope(plain[place]) for place in candidates}
    value = next((place for place in candidates if scopes[place] == scope), candidates[0])
    fallback = next(
        (p for p in candidates if plain[value].startswith("actual") and "forecast" in plain[p]), None
    )
    unit, factor = _unit(header[value])
    return HourlyColumns(
        time=time,
        value=value,
        fallback=fallback,
        zone=next((plain.index(known) for known in ZONE_NAMES if known in plain), None),
        is_utc=bool(re.search(r"\b(utc|gmt)\b", plain[time])),
        unit=unit,
        factor=factor,
        scope=scopes[value],
        other_scope=len({found for found in scopes.values() if found}) > 1,
    )


def _time_column(plain: Sequence[str]) -> int | None:
    """The column named for a time; one in UTC goes before one in local time."""
    named = [
        (place, known)
        for known in TIME_NAMES
        for place, title in enumerate(plain)
        if re.fullmatch(rf"(.* )?{known}( .*)?", title) and not VALUE_WORDS.search(title)
    ]
    in_utc = [place for place, _ in named if re.search(r"\b(utc|gmt)\b", plain[place])]
    return in_utc[0] if in_utc else named[0][0] if named else None


def _value_columns(header: Sequence[str], plain: Sequence[str], time: int) -> list[int]:
    """Columns of intensities, those that say so most plainly first."""
    others = [place for place in range(len(header)) if place != time and not NO_VALUE.search(plain[place])]
    with_unit = [place for place in others if UNIT.search(header[place].lower())]
    by_word = [place for place in others if VALUE_WORDS.search(plain[place])]
    by_word.sort(key=lambda place: "forecast" in plain[place])
    found = with_unit + [place for place in by_word if place not in with_unit]
    return found or (others if len(header) == 2 else [])  # noqa: PLR2004 - a time and its value


def _unit(title: str) -> tuple[str, float]:
    """Unit as people write it, and the factor that makes g/kWh of it; '' and 1 where none is named."""
    found = UNIT.search(title.lower())
    if not found:
        return "", 1.0
    mass, prefix = found.groups()
    energy = {"k": "kWh", "m": "MWh"}[prefix]
    return f"{mass}/{energy}", GRAMS[mass] / KWH[prefix]


def _scope(title: str) -> str | None:
    if re.search(r"life ?cycle|lca", title):
        return "lifecycle"
    return "direct" if "direct" in title else None


def _names(header: Sequence[str]) -> str:
    shown = ", ".join(repr(title[:40]) for title in header[:SHOWN_NAMES])
    return f"its columns are {shown}{' ...' if len(header) > SHOWN_NAMES else ''}"
