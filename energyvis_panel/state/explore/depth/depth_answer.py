"""From which depth on energy grows faster than the depth: the sentence."""

from collections.abc import Mapping
from typing import Final

from energyvis_panel.domain.segmented_regression import FEWEST_POINTS, SegmentedFit
from energyvis_panel.domain.units import three_digits
from energyvis_panel.state.explore.depth.depth_curves import DepthCurve
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.sentences import HARDWARE, NOTHING_SELECTED, counted

Curves = Mapping[tuple[str, bool], DepthCurve]

CONDITIONS: Final = {
    True: "with the same networks at every depth",
    False: "over runs as they are, whose networks differ from depth to depth",
}
"""By whether networks are compared with themselves."""


def depth_answer(state: Exploration, curves: Curves, *, same_networks: bool) -> str:
    """Where the lines through all data sets bend, in one sentence with the number of runs."""
    if not state.run_count:
        return NOTHING_SELECTED
    behind = counted(state)
    of_all = [curves["", gpu] for gpu in (False, True) if ("", gpu) in curves]
    if not of_all:
        why = "No network was run at more than half of the selected depths with an energy per datum"
        return f"{why if same_networks else 'None of the selected runs has an energy per datum'} ({behind})."
    compared = sum(sum(curve.runs) for curve in of_all)
    if compared < state.run_count:
        behind += f", {compared:,} of them {'compared' if same_networks else 'with an energy per datum'}"
    fits = [(curve, curve.fit) for curve in of_all]
    if not any(fit for _curve, fit in fits):
        return f"Fewer than {FEWEST_POINTS} depths are selected, so nothing is said of a bend ({behind})."
    said = " and ".join(line_text(curve, fit) for curve, fit in fits)
    return f"{verdict(fits)}: {CONDITIONS[same_networks]}, energy per datum follows {said} ({behind})."


def verdict(fits: list[tuple[DepthCurve, SegmentedFit | None]]) -> str:
    """Short answer: from how many layers on, on which nodes."""
    faster = [
        f"{bend_text(curve, fit.bend)} on {hardware(curve)}s"
        for curve, fit in fits
        if fit and fit.bend is not None and fit.is_steeper and fit.slope_after > 0
    ]
    return f"From {' and '.join(faster)}" if faster else "From no depth on"


def line_text(curve: DepthCurve, fit: SegmentedFit | None) -> str:
    """One line with its slopes."""
    on = f"on {hardware(curve)}s"
    if fit is None:
        return f"no line {on}, where there are fewer than {FEWEST_POINTS} depths"
    if fit.bend is None or fit.low is None or fit.high is None:
        return f"a straight line of {slope_text(fit.slope)} mJ a layer {on}"
    turn = "up" if fit.is_steeper else "down"
    interval = f"95 % interval {layers(fit.low)} to {layers(fit.high)}"
    slopes = f"from {slope_text(fit.slope)} to {slope_text(fit.slope_after)} mJ a layer"
    return f"a line {on} that turns {turn} at {bend_text(curve, fit.bend)} ({interval}), {slopes}"


def bend_text(curve: DepthCurve, bend: float) -> str:
    """A bend; one at an end of where it was looked for may lie beyond."""
    first, last = curve.searched
    beyond = " or fewer" if bend <= first else " or more" if bend >= last else ""
    return f"{layers(bend)} layers{beyond}"


def hardware(curve: DepthCurve) -> str:
    """Kind of node of a curve."""
    return HARDWARE[curve.is_gpu]


def layers(depth: float) -> str:
    """A place between depths, to a tenth of a layer."""
    return f"{depth:.1f}".removesuffix(".0")


def slope_text(slope: float) -> str:
    """A slope with its sign and three digits."""
    sign = "+" if slope >= 0 else "\N{MINUS SIGN}"
    return f"{sign}{three_digits(abs(slope))}"
