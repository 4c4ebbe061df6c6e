"""What the anomaly timeline asks, and the thresholds beyond which it flags a run."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Self

from energyvis_panel.errors import SettingsError
from energyvis_panel.state.explore.anomaly.anomaly_planes import MEASURES, STARTED, anomaly_planes
from energyvis_panel.state.explore.brush_link import number
from energyvis_panel.state.explore.dimensions import NAMES
from energyvis_panel.state.explore.question import Question

MOST_MARKS: Final = 1500
"""Flagged runs that are marked one by one, those furthest off; the rasters hold all runs."""
MOST_NODES: Final = 5
OUTER_FENCE: Final = 3.0
INNER_FENCE: Final = 1.5
"""Interquartile ranges beyond the quartiles, as Tukey set them."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Beyond what a run is flagged, by each method.

    Attributes
    ----------
    z
        Robust standard deviations off the prediction, either way.
    fence
        Interquartile ranges beyond the nearer quartile of the group.
    forest
        Score of the Isolation Forest.

    """

    z: float = 4.0
    fence: float = OUTER_FENCE
    forest: float = 0.7

    def moved(self, name: str, text: str) -> Self:
        """These thresholds with one of them as typed.

        Raises
        ------
        SettingsError
            If that is no threshold.

        """
        about, most = ABOUT[name]
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not 0 < value <= most:
            raise SettingsError(f"{text!r} is no {about}. Type a number above 0, up to {most:g}.")
        return replace(self, **{name: value})

    def changed(self) -> dict[str, str]:
        """Thresholds that are not as at first, as text by name."""
        first = Thresholds()
        said = {name: getattr(self, name) for name in ABOUT}
        return {name: number(value) for name, value in said.items() if value != getattr(first, name)}

    def values(self) -> dict[str, object]:
        """The thresholds as values of a question."""
        return {"z": self.z, "fence": self.fence, "forest": self.forest}


ABOUT: Final = {
    "z": ("threshold of z in robust standard deviations", 60.0),
    "fence": ("distance of a fence in interquartile ranges", 40.0),
    "forest": ("threshold of the forest's score", 1.0),
}


def said_thresholds(said: Mapping[str, str]) -> tuple[Thresholds, list[str]]:
    """The thresholds whose :meth:`Thresholds.changed` is ``said``, and what of it is none."""
    thresholds, refused = Thresholds(), []
    for name, text in said.items():
        try:
            thresholds = thresholds.moved(name, text)
        except (KeyError, SettingsError):
            refused.append(f"{name}:{text}")
    return thresholds, refused


def anomaly_questions(thresholds: Thresholds) -> dict[str, Question]:
    """Questions of the timeline by slot; they can be asked once the runs have their scores."""
    own, values = ("started_s",), thresholds.values()
    return {
        "anomaly_density": Question(
            "chosen_columns", own=own, values={"columns": [STARTED, *MEASURES]}, condense=anomaly_planes
        ),
        "anomaly_batches": Question("anomaly_batches", own=NAMES, in_context=False),
        "anomaly_counts": Question("anomaly_counts", values=values, slow=True, in_context=False),
        "anomaly_runs": Question(
            "anomaly_runs", own=own, values=values | {"n": MOST_MARKS}, slow=True, in_context=False
        ),
        "anomaly_nodes": Question(
            "anomaly_nodes", own=("node",), values=values | {"n": MOST_NODES}, slow=True, in_context=False
        ),
    }
