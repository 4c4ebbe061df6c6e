"""Which views can be embedded: names in ``?view=``, titles, heights, and the arguments that describe them."""

from dataclasses import dataclass
from typing import Final

from energyvis_panel.state.address import SHOWN_KEYS
from energyvis_panel.state.edit_address import EDIT_NAMES
from energyvis_panel.state.runs_address import RUNS_KEYS


@dataclass(frozen=True, slots=True)
class Offer:
    """A view that can be embedded.

    Attributes
    ----------
    name
        Name in ``?view=``.
    title
        What it is called in the list.
    height_px
        Height of a frame that holds it at 800 px of width.

    """

    name: str
    title: str
    height_px: int


STUDY_OFFERS: Final = (
    Offer("consumption", "Consumption chart", 340),
    Offer("totals", "Totals", 190),
    Offer("region-map", "Region map", 520),
    Offer("equations", "Equations", 190),
    Offer("hardware", "Hardware", 150),
    Offer("accuracy", "Energy against accuracy", 400),
    Offer("when", "When to run", 400),
    Offer("network", "Which network", 900),
    Offer("equivalences", "What is that like", 840),
    Offer("cite", "How to cite it", 440),
)
RUNS_OFFERS: Final = (Offer("runs", "Runs of the lab", 900),)
EXPLORE_OFFERS: Final = (
    Offer("energy-histogram", "Energy of a run", 455),
    Offer("composition", "What is in here", 540),
    Offer("runtime-energy", "Run time and energy", 490),
    Offer("parallel-coordinates", "Parallel coordinates", 575),
    Offer("overhead", "Overhead", 560),
    Offer("cache-spill", "Cache spill", 555),
    Offer("depth", "Depth", 955),
    Offer("shapes", "Shapes", 485),
    Offer("anomalies", "Anomalies", 870),
    Offer("carbon-cost", "Carbon and cost", 600),
    Offer("signatures", "Signatures", 585),
    Offer("leaderboard", "Leaderboard", 595),
    Offer("comparison", "Comparison", 620),
)

STUDY_KEPT: Final = (*SHOWN_KEYS, *EDIT_NAMES)
"""Arguments of an address that describe a view of a study."""
RUNS_KEPT: Final = RUNS_KEYS
EXPLORE_KEPT: Final = ("data", "brushes", "own", "axes", "views", *STUDY_KEPT)
"""Carbon and cost are where the study is."""
