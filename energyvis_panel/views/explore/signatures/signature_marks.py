"""Where signatures lie on the axes of a radar and in the rows of bars, and in which marks."""

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from energyvis_panel.domain.units import three_digits
from energyvis_panel.state.explore.sentences import HARDWARE
from energyvis_panel.state.explore.shapes.shapes_fit import Floats
from energyvis_panel.state.explore.signatures.signatures import AMOUNTS, MOST, Signature, largest
from energyvis_panel.views.explore.view import HARDWARE_COLOURS
from energyvis_panel.views.theme import PURPLE, TIME, VERMILLION

LETTERS: Final = ("A", "B", "C", "D")
COLOURS: Final = (VERMILLION, TIME, PURPLE, "#8C7A1E")
"""Colours by place; nothing rests on them alone, for places have letters, dashes and markers too."""
DASHES: Final = ("solid", [7, 3], [2, 3], [8, 3, 2, 3])
MARKERS: Final = ("circle", "square", "triangle", "diamond")
ANGLES: Final = np.pi / 2 - 2 * np.pi * np.arange(len(AMOUNTS)) / len(AMOUNTS)
"""Of the axes, the first upwards, the others clockwise."""
TAKEN: Final = 0.3
"""An axis that has a letter counts as so much nearer to the others, that letters stay apart."""
HOVER: Final = ("name", "amount_said", "value_said", "share_said", "runs_said")
POINT_COLUMNS: Final = ("x", "y", "colour", "marker", *HOVER)
TOOLTIPS: Final = [
    ("Configuration", "@name"),
    ("@amount_said", "@value_said"),
    ("Of the largest shown", "@share_said"),
    ("Runs", "@runs_said"),
]

Places = Sequence[Signature | None]
"""What is shown at each of the four places."""


def place_colours(shown: Places) -> list[str]:
    """Colour of each place; hardware has its own."""
    of_hardware = dict(zip(HARDWARE, HARDWARE_COLOURS, strict=True))
    found = list(COLOURS)
    for place, one in enumerate(shown):
        if one is not None and one.label in of_hardware:
            found[place] = of_hardware[one.label]
    return found


def shares(shown: Places, ends: Sequence[float]) -> Floats:
    """Means as shares of the ends of the axes: place x axis; NaN where there is none."""
    grid = np.full((MOST, len(AMOUNTS)), np.nan)
    for place, one in enumerate(shown):
        if one is not None:
            grid[place] = [one.means[amount.name] / end for amount, end in zip(AMOUNTS, ends, strict=True)]
    return grid


def axis_ends(shown: Places, everything: Places) -> list[float]:
    """Where each axis ends: the largest mean of those shown, all their runs included; NaN where none is."""
    drawn = [one for one in (*shown, *everything) if one is not None]
    return [largest(drawn, amount.name) for amount in AMOUNTS]


def point_texts(shown: Places, grid: Floats) -> dict[str, list[str]]:
    """What the hover says of each place and axis, place by place."""
    said: dict[str, list[str]] = {name: [] for name in HOVER}
    for place, axis in np.ndindex(grid.shape):
        one, amount = shown[place] if place < len(shown) else None, AMOUNTS[axis]
        is_there = one is not None and not math.isnan(grid[place, axis])
        texts = ("", "", "", "", "")
        if one is not None and is_there:
            share = f"{three_digits(100 * float(grid[place, axis]))} %"
            value = amount.text(one.means[amount.name])
            runs = f"{one.run_count:,}"
            texts = (f"{LETTERS[place]}: {one.label}", amount.title, value, share, runs)
        for name, text in zip(HOVER, texts, strict=True):
            said[name].append(text)
    return said


def radar_xy(grid: Floats) -> tuple[Floats, Floats]:
    """Across and up of shares on their axes: place x axis."""
    return grid * np.cos(ANGLES), grid * np.sin(ANGLES)


def closed(line: Floats) -> Floats:
    """A line round all axes back to where it began."""
    return np.append(line, line[:1])


def letter_axes(grid: Floats) -> list[int]:
    """At which axis each place is lettered: where it lies farthest from the others; -1 if it is nowhere."""
    found: list[int] = []
    for place, line in enumerate(grid):
        others = np.delete(grid, place, axis=0)
        apart = np.where(np.isnan(others), 2.0, np.abs(others - line)).min(axis=0)
        apart = np.where(np.isin(np.arange(grid.shape[1]), found), TAKEN * apart, apart)
        apart = np.where(np.isnan(line), -1.0, apart)
        found.append(int(apart.argmax()) if np.isfinite(line).any() else -1)
    return found


def point_columns(shown: Places, grid: Floats) -> dict[str, Any]:
    """Columns of the points of a radar, place by place."""
    x, y = radar_xy(grid)
    axes = len(AMOUNTS)
    return {
        "x": x.ravel(),
        "y": y.ravel(),
        "colour": np.repeat(place_colours(shown), axes).tolist(),
        "marker": np.repeat(MARKERS, axes).tolist(),
        **point_texts(shown, grid),
    }
