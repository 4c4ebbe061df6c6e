"""Brushes as text for a URL, and back."""

import math
from typing import Final
from urllib.parse import unquote

from energyvis_panel.errors import SettingsError
from energyvis_panel.state.explore.brushes import Brushes, Point
from energyvis_panel.state.explore.dimensions import NAMES, PLANES, SETS

LONGEST_QUOTE: Final = 60
"""So much of a link is repeated in a sentence about it."""
NOT: Final = "!"
"""Stands before the name of an inverted brush."""
ESCAPED: Final = str.maketrans({"%": "%25", ";": "%3B", "|": "%7C"})
"""What a value of a category may hold, though it parts the text."""


def link_text(brushes: Brushes) -> str:
    """The brushes as text, e.g. ``"energy_j:10000..2e+06;!hardware:CPU node"``; empty for none."""
    parts = {name: f"{number(low)}..{number(high)}" for name, (low, high) in sorted(brushes.ranges.items())}
    parts |= {
        name: "|".join(value.translate(ESCAPED) for value in values)
        for name, values in sorted(brushes.sets.items())
    }
    parts |= {
        name: "|".join(f"{number(x)},{number(y)}" for x, y in vertices)
        for name, vertices in sorted(brushes.lassos.items())
    }
    return ";".join(f"{NOT if name in brushes.inverted else ''}{name}:{said}" for name, said in parts.items())


def brushes_from_link(text: str) -> Brushes:
    """The brushes that ``text`` from a URL names; the inverse of :func:`link_text`.

    Raises
    ------
    SettingsError
        If a part is not ``quantity:low..high``, ``category:value|value`` or ``plane:x,y|x,y|x,y``.

    """
    brushes = Brushes()
    for part in filter(None, text.split(";")):
        name, colon, said = part.removeprefix(NOT).partition(":")
        if not colon or name not in NAMES:
            raise SettingsError(
                f"The link's brush {part[:LONGEST_QUOTE]!r} names no dimension. "
                f"Use one of {', '.join(NAMES)}."
            )
        if name in SETS:
            brushes = brushes.with_set(name, tuple(unquote(value) for value in said.split("|") if value))
        elif name in PLANES:
            brushes = brushes.with_lasso(name, tuple(point(part, corner) for corner in said.split("|")))
        else:
            brushes = with_range_said(brushes, name, part, said)
        if part.startswith(NOT) != (name in brushes.inverted):
            brushes = brushes.turned(name)
    return brushes


def with_range_said(brushes: Brushes, name: str, part: str, said: str) -> Brushes:
    """``brushes`` with the range that ``said`` writes as ``low..high``."""
    low, dots, high = said.partition("..")
    if not dots:
        raise SettingsError(f"The link's brush {part[:LONGEST_QUOTE]!r} needs the form {name}:low..high.")
    return brushes.with_range(name, bound(part, low, -math.inf), bound(part, high, math.inf))


def number(value: float) -> str:
    """``value`` in the fewest characters that read back exactly; nothing for an open end."""
    if math.isinf(value):
        return ""
    short = f"{value:g}"
    return short if float(short) == value else repr(value)


def point(part: str, text: str) -> Point:
    """The corner of a lasso that ``text`` says as ``x,y``."""
    x, _comma, y = text.partition(",")
    return bound(part, x, math.nan), bound(part, y, math.nan)


def bound(part: str, text: str, open_end: float) -> float:
    """The number ``text`` says, or ``open_end`` where it says nothing and an end may be open."""
    try:
        value = float(text) if text else open_end
    except ValueError:
        value = math.nan
    if math.isnan(value) or (text and math.isinf(value)):
        raise SettingsError(
            f"The link's brush {part[:LONGEST_QUOTE]!r} holds {text[:LONGEST_QUOTE]!r}, "
            "which is not a number."
        )
    return value
