"""What the figure of shapes draws: heights by mode, the vertical range, labels that leave each other room."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from energyvis_panel.domain.units import three_digits
from energyvis_panel.state.explore.dimensions import QUANTITIES
from energyvis_panel.state.explore.shapes.shapes import ShapeCurves
from energyvis_panel.state.explore.shapes.shapes_fit import SHALLOWEST, Codes, Floats

SAID: Final = ("level_said", "half_said", "ratio_said", "interval_said")
COUNTS: Final = ("run_count", "setting_count")
MILLI: Final = QUANTITIES["j_per_datum"].per_unit
ALL_SHAPES: Final = "all shapes"
"""Name of the point at two layers."""
LEAST_SPAN: Final = 4.0
"""Percent to either side of the rectangle that the axis holds at least: chance must not look large."""
ROOM: Final = 0.06
"""Room above and below what is drawn, as a share of it."""


@dataclass(frozen=True, slots=True)
class Mode:
    """One way to draw the shapes: its name for a choice, and the title of its axis."""

    title: str
    label: str


MODES: Final[Mapping[str, Mode]] = {
    "ratio": Mode("To rectangle", "Energy per datum against rectangle (%)"),
    "energy": Mode("Energy", "Energy per datum (mJ)"),
    "rank": Mode("Rank", "Rank (1 = cheapest)"),
}


def percent(log_ratio: Floats) -> Floats:
    """By how many percent a ratio lies above 1."""
    return np.asarray(100.0 * np.expm1(log_ratio))


def heights(curves: ShapeCurves, mode: str) -> Floats:
    """Heights of the lines, shape x depth, in the unit of the axis."""
    if mode == "energy":
        return np.asarray(np.exp(curves.by_depth["log_level"]) / MILLI)
    if mode == "ratio":
        return percent(curves.by_depth["log_ratio"])
    return curves.ranks


def band(curves: ShapeCurves, mode: str, focus: Sequence[int]) -> tuple[Floats, Floats]:
    """Lower and upper edge of the band by depth, NaN where there is none.

    Against the rectangle it holds differences that are no more than chance, in the median of the shapes; of
    energies, the middle half of the settings of the one shape in focus.
    """
    if mode == "ratio":
        half = (curves.by_depth["high"] - curves.by_depth["low"]) / 2
        half[half == 0] = np.nan
        is_known = np.isfinite(half).any(axis=0)
        chance = np.full(len(curves.depths), np.nan)
        chance[is_known] = np.nanmedian(half[:, is_known], axis=0)
        return percent(-chance), percent(chance)
    if mode == "energy" and len(focus) == 1:
        low, high = (np.exp(curves.by_depth[name][focus[0]]) / MILLI for name in ("lower", "upper"))
        return low, high
    nothing = np.full(len(curves.depths), np.nan)
    return nothing, nothing


def frame(mode: str, *drawn: Floats) -> tuple[float, float]:
    """From where to where the axis runs, so that it holds all that is drawn and its natural zero."""
    values = np.concatenate([np.ravel(one) for one in drawn])
    values = values[np.isfinite(values)]
    if mode == "rank":
        return 0.4, max(values.max(initial=1.0), 2.0) + 0.6
    low, high = values.min(initial=0.0), values.max(initial=0.0)
    if mode == "ratio":
        low, high = min(low, -LEAST_SPAN), max(high, LEAST_SPAN)
        room = ROOM * (high - low)
        return float(low - room), float(high + room)
    return 0.0, float(high * (1 + ROOM)) or 1.0


def spread_apart(wanted: Floats, gap: float, low: float, high: float) -> Floats:
    """Places as near as can be to those wanted, in their order, ``gap`` apart and within the frame."""
    order = np.argsort(wanted, kind="stable")
    steps = gap * np.arange(len(wanted))
    blocks: list[list[float]] = []
    for place in wanted[order] - steps:
        blocks.append([float(place), 1])
        # Two that overlap share a place; that may push them into the ones below.
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (one, count), (other, more) = blocks[-2], blocks.pop()
            blocks[-1] = [(one * count + other * more) / (count + more), count + more]
    joined = np.repeat([place for place, _count in blocks], [int(count) for _place, count in blocks])
    last = steps[-1] if len(steps) else 0.0
    found = np.empty(len(wanted))
    found[order] = np.clip(joined, low, max(high - last, low)) + steps
    return found


def last_points(drawn: Floats) -> tuple[Codes, Floats]:
    """Column and height of the last point of each line; column -1 where a line has none."""
    if not drawn.shape[1]:
        return np.full(len(drawn), -1), np.full(len(drawn), np.nan)
    is_there = np.isfinite(drawn)
    column = np.where(is_there.any(axis=1), drawn.shape[1] - 1 - is_there[:, ::-1].argmax(axis=1), -1)
    return column, drawn[np.arange(len(drawn)), column]


def point_columns(curves: ShapeCurves, drawn: Floats) -> dict[str, Any]:
    """Columns of the points, shape by shape: place, whether the difference is clear, and what is said.

    Places and counts are of 32 bits: they are sent at every brush.
    """
    at = curves.by_depth
    clear = (at["low"] > 0) | (at["high"] < 0) | (at["log_ratio"] == 0)
    said = [point_texts(curves, cell) for cell in np.ndindex(drawn.shape)]
    names = np.repeat(np.array(curves.names, object)[:, None], len(curves.depths), axis=1)
    y = drawn.copy()
    if SHALLOWEST in curves.depths:
        # One point for all shapes, which says so once.
        column = curves.depths.index(SHALLOWEST)
        names[:, column], y[1:, column] = ALL_SHAPES, np.nan
        y[0, column] = np.nan if np.isnan(drawn[:, column]).all() else np.nanmax(drawn[:, column])
    return {
        "x": np.tile(np.array(curves.depths, float), len(curves.names)),
        "y": y.ravel().astype(np.float32),
        "fill": np.where(clear, 1.0, 0.0).ravel(),
        "name": names.ravel().tolist(),
        **{name: at[name].ravel().astype(np.float32) for name in COUNTS},
        **{name: [texts[place] for texts in said] for place, name in enumerate(SAID)},
    }


def point_texts(curves: ShapeCurves, cell: tuple[int, ...]) -> tuple[str, ...]:
    """What the hover says of one point: its level and quartiles in mJ, its ratio with interval in percent."""
    one = {name: float(grid[cell]) for name, grid in curves.by_depth.items()}
    if math.isnan(one["log_level"]):
        return ("",) * len(SAID)
    level, lower, upper = (
        three_digits(math.exp(one[name]) / MILLI) for name in ("log_level", "lower", "upper")
    )
    ratio, low, high = (signed(100 * math.expm1(one[name])) for name in ("log_ratio", "low", "high"))
    return level, f"{lower} to {upper}", ratio, f"{low} to {high}"


def signed(value: float) -> str:
    """Three digits with a sign that is seen."""
    return f"{'+' if value > 0 else ''}{three_digits(value)}".replace("-", "\N{MINUS SIGN}")
