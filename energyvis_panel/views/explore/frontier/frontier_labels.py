"""Names of the ends and of the knee of a frontier, beside their bubbles."""

from dataclasses import dataclass
from typing import Any, Final

from energyvis_panel.state.explore.dimensions import QUANTITIES
from energyvis_panel.state.explore.frontier.pareto import Run, frontier_ends
from energyvis_panel.views.explore.frontier.plane_window import PlaneWindow

NARROW: Final = 0.15
"""Nearer to the frame than this share, a label has no room on that side."""
NEAR_PX: Final = 24
"""Nearer to each other than this, both ends share one label: above them lie the other runs."""

MOST_LABELS: Final = 3


@dataclass(frozen=True, slots=True)
class EndLabel:
    """A word beside a run of the frontier: by how many pixels it stands to the right and down of it."""

    run: Run
    text: str
    right: int
    down: int
    align: str
    baseline: str


def end_labels(frontier: list[Run], window: PlaneWindow) -> list[EndLabel]:
    """Names of the ends and of the knee of a frontier."""
    if not frontier:
        return []
    ends = frontier_ends(frontier)
    if ends.fastest["run_time_s"] == ends.thriftiest["run_time_s"]:
        return [EndLabel(ends.fastest, "fastest and thriftiest", 14, 0, "left", "middle")]
    both = [(run["run_time_s"], run["energy_j"]) for run in (ends.fastest, ends.thriftiest)]
    if window.distance_px(*both) < NEAR_PX:
        labels = [EndLabel(ends.thriftiest, "fastest, thriftiest", 16, 0, "left", "middle")]
    else:
        labels = [
            EndLabel(ends.fastest, "fastest", -12, 0, "right", "middle")
            if window.share(*both[0])[0] > NARROW
            else EndLabel(ends.fastest, "fastest", 0, -13, "left", "bottom"),
            EndLabel(ends.thriftiest, "thriftiest", 14, 0, "left", "middle"),
        ]
    if ends.knee:
        right, up = window.share(ends.knee["run_time_s"], ends.knee["energy_j"])
        has_room = right > NARROW and up > NARROW
        labels.append(
            EndLabel(ends.knee, "knee", -10, 8, "right", "top")
            if has_room
            else EndLabel(ends.knee, "knee", 10, -8, "left", "bottom")
        )
    return labels


def label_columns(labels: list[EndLabel]) -> dict[str, Any]:
    """Labels as columns, in the units of the axes."""
    return {
        "run_time": [label.run["run_time_s"] / QUANTITIES["run_time_s"].per_unit for label in labels],
        "energy": [label.run["energy_j"] / QUANTITIES["energy_j"].per_unit for label in labels],
        "text": [label.text for label in labels],
        "right": [label.right for label in labels],
        "down": [label.down for label in labels],
        "align": [label.align for label in labels],
        "baseline": [label.baseline for label in labels],
    }
