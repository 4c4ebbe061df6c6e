"""Which shape stays cheapest as networks get deeper, in one sentence."""

import math
from typing import Final

import numpy as np

from energyvis_panel.domain.units import three_digits
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.sentences import HARDWARE, NOTHING_SELECTED
from energyvis_panel.state.explore.shapes.shapes import ShapeCurves
from energyvis_panel.state.explore.shapes.shapes_fit import FEWEST_SHAPES, SHALLOWEST

FEWEST_SETTINGS: Final = 30
"""With fewer, nothing is said of which shape is cheapest."""
RANGE_Z: Final = 3.03
"""Standard errors of a difference within which the largest of eight means lies above the least in 95 % of
samples, where all are equal: Tukey's studentized range of 4.29, divided by the square root of 2."""
DIP: Final = 6
"""Layers that CPU nodes handle for less energy than their neighbours; nobody knows why."""
LEAST_DIP: Final = 0.1
"""A smaller share below the neighbours is not worth a word."""


def dip_of(curves: ShapeCurves) -> float:
    """By which share six layers take less than five and seven: the mean of shapes that ran at all."""
    around = (DIP - 1, DIP, DIP + 1)
    if not set(around) <= set(curves.depths):
        return 0.0
    before, at, after = (curves.by_depth["log_level"][:, curves.depths.index(depth)] for depth in around)
    drops = at - (before + after) / 2
    drops = drops[np.isfinite(drops)]
    return 1.0 - math.exp(float(drops.mean())) if len(drops) else 0.0


def shapes_answer(state: Exploration, curves: ShapeCurves, *, is_gpu: bool) -> str:
    """Which shape stays cheapest on one kind of node, in one sentence."""
    nodes = f"{HARDWARE[is_gpu]}s"
    counted = f"({curves.run_count:,} of {state.total_runs:,} runs)"
    if not state.run_count:
        return NOTHING_SELECTED
    if not curves.run_count:
        return f"No selected run on {nodes} has an energy per datum, so nothing is said of shapes {counted}."
    shapes = curves.deep_names
    if not shapes:
        return f"Only networks of two layers are selected on {nodes}, where all shapes are one {counted}."
    if len(shapes) < FEWEST_SHAPES:
        return f"Only {shapes[0]} is selected on {nodes}, so nothing is said of which is cheapest {counted}."
    if curves.setting_count < FEWEST_SETTINGS:
        return (
            f"Fewer than {FEWEST_SETTINGS} settings are selected on {nodes}, so nothing is said of which "
            f"shape is cheapest {counted}."
        )
    return f"On {nodes} {lead_text(curves)}{overall_text(curves)}{dip_text(curves)} {counted}."


def lead_text(curves: ShapeCurves) -> str:
    """Which shape leads, at how many depths."""
    name, led, depths = curves.leads()
    if not depths:
        return "no two shapes ran at the same depth"
    deep = [depth for depth in curves.depths if depth > SHALLOWEST]
    span = f"from {deep[0]} to {deep[-1]} layers"
    if depths == 1:
        return f"{name} is cheapest at the only depth at which shapes can be compared"
    if led == depths:
        return f"{name} stays cheapest at all {depths} depths {span}"
    if 2 * led > depths:
        return f"{name} is cheapest at {led} of {depths} depths {span}"
    return f"no shape stays cheapest {span}"


def overall_text(curves: ShapeCurves) -> str:
    """How far the shapes lie apart over all depths, and whether that is more than chance."""
    level = curves.overall["log_level"]
    if not np.isfinite(level).any():
        return ""
    most, least = int(np.nanargmax(level)), int(np.nanargmin(level))
    behind, error = (float(curves.overall[name][most]) for name in ("log_behind", "behind_se"))
    more = three_digits(100 * math.expm1(behind))
    chance = "beyond chance" if behind > RANGE_Z * error else "no more than chance"
    names = f"{curves.names[most]} takes {more} % more than {curves.names[least]}"
    return f"; averaged over depths, {names}, {chance}"


def dip_text(curves: ShapeCurves) -> str:
    """That six layers are cheap, where they are."""
    dip = dip_of(curves)
    if dip < LEAST_DIP:
        return ""
    return f"; {DIP} layers take {three_digits(100 * dip)} % less than {DIP - 1} and {DIP + 1}, cause unknown"
