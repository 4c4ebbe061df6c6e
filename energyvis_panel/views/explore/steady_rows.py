"""Columns of a text glyph, with as many rows as before."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from energyvis_panel.views.theme import GREY

BLANKS: Final[Mapping[str, object]] = {
    "colour": GREY,
    "align": "left",
    "baseline": "top",
    "right": 0,
    "down": 0,
    "offset": 0,
    "name": "",
    "text": "",
    "label": "",
    "fill": 0.0,
    "size": 0.0,
}
"""What an unseen row holds in a column of this name; nothing in a text, no number elsewhere."""


def steady(columns: Mapping[str, Sequence[Any]], rows: int) -> dict[str, Any]:
    """``columns`` with unseen rows at the end, up to ``rows`` rows.

    Bokeh lays texts out asynchronously, by the rows that there were when it began: a source of texts that is
    patched twice in short order, the second time with fewer rows, ends in an error that leaves the figure
    undrawn.
    """
    return {name: [*values, *[blank(name)] * (rows - len(values))] for name, values in columns.items()}


def blank(column: str) -> object:
    """What an unseen row holds in a column."""
    if column.endswith("_said"):
        return ""
    return BLANKS.get(column, math.nan)
