"""What the sources of the figure of depth hold, from curves."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from energyvis_panel.domain.segmented_regression import SegmentedFit
from energyvis_panel.state.explore.depth.depth_answer import Curves, layers
from energyvis_panel.state.explore.depth.depth_curves import LEFT_OUT, DepthCurve
from energyvis_panel.state.explore.sentences import HARDWARE
from energyvis_panel.views.explore.depth.panel_grid import in_panel
from energyvis_panel.views.explore.steady_rows import blank
from energyvis_panel.views.explore.view import HARDWARE_COLOURS

Columns = dict[str, Any]
Numbers = NDArray[np.float32]

ALL_SAID: Final = "All data sets"
STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)
MOST_STEPS: Final = 4
"""Lines across a box."""
HEADROOM: Final = 1.04
MARGIN: Final = 0.05
"""Of a box, left of the least depth and right of the greatest."""
BEND_COLUMNS: Final = ("x", "y", "low", "high", "text", "colour", "align", "baseline", "down")
NEAR_THE_GROUND: Final = 0.15
"""Share of a box within which a label below a mark would reach the numbers below the box."""
NEAR_AN_EDGE: Final = 0.38
"""Share of a box within which a label in its middle would reach beyond it, on a phone."""


@dataclass(frozen=True, slots=True)
class Panels:
    """Which data set each panel shows (empty = all), at which depths: the same whatever is selected."""

    datasets: Sequence[str]
    depths: Sequence[int]

    def across(self, depth: float) -> float:
        """Place of a depth across a box."""
        first, last = self.depths[0], self.depths[-1]
        share = (depth - first) / (last - first) if last > first else 0.5
        return MARGIN + (1 - 2 * MARGIN) * share

    def depth_at(self, place: float) -> int:
        """The depth nearest to a place across a box."""
        return min(self.depths, key=lambda depth: abs(self.across(depth) - place))

    def series(self) -> Iterator[tuple[int, str, bool]]:
        """Panel, data set and whether on a GPU node, in the order of all columns."""
        for panel, dataset in enumerate(self.datasets):
            for gpu in (False, True):
                yield panel, dataset, gpu

    @property
    def is_left_out(self) -> list[bool]:
        """Of each point, whether no line is laid through it."""
        return [(gpu, depth) in LEFT_OUT for _panel, _of, gpu in self.series() for depth in self.depths]


@dataclass(frozen=True, slots=True)
class Scale:
    """Energies up all boxes, from 0: the top, and the step between two lines, in mJ."""

    top_mj: float
    step_mj: float

    def up(self, energy_mj: float) -> float:
        """Place of an energy up a box."""
        return energy_mj / self.top_mj

    @property
    def lines_mj(self) -> list[float]:
        """Energies with a line, from 0."""
        return [at * self.step_mj for at in range(math.floor(self.top_mj / self.step_mj + 1e-9) + 1)]


def scale_of(*curves: Curves) -> Scale:
    """Scale that holds all of these curves."""
    most = max((max(one.energies_mj) for of in curves for one in of.values()), default=1.0) * HEADROOM
    decade = 10.0 ** math.floor(math.log10(most / MOST_STEPS))
    step = next(decade * step for step in STEPS if decade * step * MOST_STEPS >= most * (1 - 1e-9))
    return Scale(most, step)


def fixed_columns(panels: Panels) -> Columns:
    """Of each point, what stays: place across, colour, whose it is and at which depth."""
    series = list(panels.series())
    across = np.array([panels.across(depth) for depth in panels.depths])
    each = len(panels.depths)
    return {
        "x": np.concatenate([in_panel(panel, across) for panel, _of, _gpu in series]).astype(np.float32),
        "colour": [HARDWARE_COLOURS[gpu] for _panel, _of, gpu in series for _depth in range(each)],
        "dataset": [of or ALL_SAID for _panel, of, _gpu in series for _depth in range(each)],
        "hardware": [HARDWARE[gpu] for _panel, _of, gpu in series for _depth in range(each)],
        "depth": [depth for _series in series for depth in panels.depths],
    }


def point_columns(panels: Panels, curves: Curves, scale: Scale) -> Columns:
    """Of each point, what follows the selection: place up, energy, runs, and networks filled in."""
    found = np.full((4, len(panels.datasets) * 2, len(panels.depths)), np.nan, np.float32)
    at_depth = {depth: at for at, depth in enumerate(panels.depths)}
    for at, (panel, dataset, gpu) in enumerate(panels.series()):
        if (curve := curves.get((dataset, gpu))) is None:
            continue
        places = [at_depth[depth] for depth in curve.depths]
        energies_mj = np.asarray(curve.energies_mj)
        found[0, at, places] = in_panel(panel, energies_mj / scale.top_mj)
        found[1:, at, places] = energies_mj, curve.runs, curve.filled
    return dict(zip(("y", "energy_mj", "runs", "filled"), found.reshape(4, -1), strict=True))


def context_columns(panels: Panels, curves: Curves, scale: Scale) -> Columns:
    """Curves of all runs, one after the other, with a gap behind each."""
    y = point_columns(panels, curves, scale)["y"].reshape(-1, len(panels.depths))
    x = np.asarray(fixed_columns(panels)["x"]).reshape(y.shape)
    gap = np.full((len(y), 1), np.nan, np.float32)
    return {"x": np.hstack([x, gap]).ravel(), "y": np.hstack([y, gap]).ravel()}


def line_columns(panels: Panels, curves: Curves, scale: Scale) -> Columns:
    """Both pieces of each line; one that does not bend is cut in its middle."""
    found = np.full((4, len(panels.datasets) * 2, 2), np.nan, np.float32)
    for at, (panel, dataset, gpu) in enumerate(panels.series()):
        curve = curves.get((dataset, gpu))
        if curve is None or curve.fit is None:
            continue
        first, last = curve.depths[0], curve.depths[-1]
        bend = curve.fit.bend if curve.fit.bend is not None else (first + last) / 2
        ends = np.array([first, bend, last])
        x = in_panel(panel, np.array([panels.across(end) for end in ends]))
        # A steep piece may leave the box, below 0 or above all points.
        y = in_panel(panel, np.clip([scale.up(curve.fit.at(end)) for end in ends], -0.05, 1.05))
        found[:, at] = x[:-1], y[:-1], x[1:], y[1:]
    colours = [HARDWARE_COLOURS[gpu] for _panel, _of, gpu in panels.series() for _piece in range(2)]
    return dict(zip(("x0", "y0", "x1", "y1"), found.reshape(4, -1), strict=True)) | {"colour": colours}


def bend_columns(panels: Panels, curves: Curves, scale: Scale) -> Columns:
    """Mark, interval and label of each bend; a row a line, unseen where it has none."""
    found: list[Sequence[Any]] = []
    for panel, dataset, gpu in panels.series():
        curve = curves.get((dataset, gpu))
        if curve is None or curve.fit is None or curve.fit.bend is None:
            found.append([blank(name) for name in BEND_COLUMNS])
        else:
            found.append(bend_row(panels, panel, curve, curve.fit, scale))
    return dict(zip(BEND_COLUMNS, map(list, zip(*found, strict=True)), strict=True))


def bend_row(panels: Panels, panel: int, curve: DepthCurve, fit: SegmentedFit, scale: Scale) -> Sequence[Any]:
    """A line that bends; its label lies outside the bend, where its points are not."""
    bend, low, high = (math.nan if at is None else at for at in (fit.bend, fit.low, fit.high))
    across = in_panel(panel, np.array([panels.across(at) for at in (bend, low, high)])).tolist()
    place, up = panels.across(bend), min(max(scale.up(fit.at(bend)), 0.0), 1.0)
    align = "left" if place < NEAR_AN_EDGE else "right" if place > 1 - NEAR_AN_EDGE else "center"
    is_below = fit.is_steeper and up > NEAR_THE_GROUND
    first, last = curve.searched
    beyond = "\u2264 " if bend <= first else "\u2265 " if bend >= last else ""
    text = f"{'faster' if fit.is_steeper else 'slower'} from {beyond}{layers(bend)}"
    return (
        across[0], in_panel(panel, np.array(up)).item(), *across[1:], text, HARDWARE_COLOURS[curve.is_gpu],
        align, "top" if is_below else "bottom", 9 if is_below else -9,
    )  # fmt: skip
