"""Countries and territories of the world map: ISO 3166 codes, names, and where the atlas says otherwise."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from registry_packages import ISO_COUNTRIES, read_member

__all__ = ["DROPPED", "MERGED", "PARTS", "POINTS", "UNCODED", "Box", "Codes", "iso_codes"]


@dataclass(frozen=True, slots=True)
class Box:
    """Window of degrees east and north."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, east: float, north: float) -> bool:
        """Whether a point lies in the window."""
        return self.west <= east <= self.east and self.south <= north <= self.north


DROPPED = frozenset({"AQ"})
"""Antarctica: nobody generates for a grid there, and on an equal-area map it takes a sixth of the height."""
UNCODED = {
    # ISO 3166-1 leaves XA to XZ to its users. XK is in common use; the others are ours, for areas that
    # Natural Earth draws apart and no series has a value for.
    "Kosovo": ("XK", "Kosovo"),
    "N. Cyprus": ("XN", "Northern Cyprus"),
    "Somaliland": ("XS", "Somaliland"),
    "Siachen Glacier": ("XJ", "Siachen Glacier"),
    "Indian Ocean Ter.": ("CC", "Cocos (Keeling) Islands"),
}
"""Code and name by the atlas's name, for the shapes that it gives no number."""
MERGED = {"Ashmore and Cartier Is.": "AU"}
"""Shapes that bear the number of another country, as an uninhabited reef of Australia does."""
PARTS = {
    ("FR", "GF"): Box(-55, 2, -51, 6),
    ("FR", "MQ"): Box(-61.3, 14.3, -60.7, 15),
    ("FR", "GP"): Box(-61.9, 15.7, -61, 16.6),
    ("FR", "RE"): Box(55, -21.5, 56, -20.8),
    ("FR", "YT"): Box(44.9, -13.1, 45.4, -12.6),
    ("CC", "CX"): Box(105, -11, 106, -10),
}
"""Parts of a shape that ISO 3166-1 codes apart, by the window in which they lie whole."""
POINTS = {"GI": (-5.35, 36.14)}
"""Degrees east and north of places with a value that are too small for the atlas."""


@dataclass(frozen=True, slots=True)
class Codes:
    """ISO 3166-1: alpha-2 code by three-digit number, English name by code."""

    alpha2: dict[str, str]
    names: dict[str, str]


def iso_codes(cache: Path) -> Codes:
    """Codes and names as the package of them spells them, which the intensities are named after too."""
    rows: list[list[str]] = json.loads(read_member(ISO_COUNTRIES, "codes.json", cache))
    english: dict[str, Any] = json.loads(read_member(ISO_COUNTRIES, "langs/en.json", cache))["countries"]
    names = {code: name if isinstance(name, str) else name[0] for code, name in english.items()}
    return Codes({number: code for code, _alpha3, number, *_rest in rows}, names)
