"""Which map shows which regions, and by which scope of emissions."""

from collections.abc import Mapping
from typing import Final, Literal, get_args

MapName = Literal["us", "europe", "world"]
MAPS: tuple[MapName, ...] = get_args(MapName)

SCOPE_OF_MAP: Final[Mapping[str, str]] = {"us": "direct", "europe": "lifecycle", "world": "lifecycle"}
"""Each map shows one scope only: the two differ in what they count, so they never share a colour scale."""
STATE_PREFIX: Final = "US-"
EUROPE: Final = frozenset(
    {
        *(
            "AD",
            "AL",
            "AT",
            "AX",
            "BA",
            "BE",
            "BG",
            "BY",
            "CH",
            "CY",
            "CZ",
            "DE",
            "DK",
            "EE",
            "ES",
            "FI",
            "FO",
        ),
        *(
            "FR",
            "GB",
            "GG",
            "GI",
            "GR",
            "HR",
            "HU",
            "IE",
            "IM",
            "IS",
            "IT",
            "JE",
            "LI",
            "LT",
            "LU",
            "LV",
            "MC",
        ),
        *(
            "MD",
            "ME",
            "MK",
            "MT",
            "NL",
            "NO",
            "PL",
            "PT",
            "RO",
            "RS",
            "SE",
            "SI",
            "SK",
            "SM",
            "UA",
            "VA",
            "XK",
        ),
    }
)
"""Regions that the map of Europe is for; it shows their neighbours in the window too."""


def is_on(region_id: str, map_name: str) -> bool:
    """Whether a map is for a region."""
    if map_name == "us":
        return region_id.startswith(STATE_PREFIX)
    return not region_id.startswith(STATE_PREFIX) and (map_name == "world" or region_id in EUROPE)


def map_for(region_id: str) -> MapName:
    """Closest map on which a region lies; without a region, that of the states."""
    return next((name for name in MAPS if is_on(region_id, name)), "us") if region_id else "us"
