"""The story of the Explore page: its chapters, and the views of each in order."""

from dataclasses import dataclass
from typing import Final

from energyvis_panel.views.explore.anomaly.anomalies import AnomalyTimeline
from energyvis_panel.views.explore.cache_spill.cache_spill import CacheSpill
from energyvis_panel.views.explore.carbon_cost.carbon_cost import CarbonCost
from energyvis_panel.views.explore.compare.comparison import ComparisonView
from energyvis_panel.views.explore.composition.composition import Composition
from energyvis_panel.views.explore.depth.depth import Depth
from energyvis_panel.views.explore.distribution.energy_histogram import EnergyHistogram
from energyvis_panel.views.explore.frontier.runtime_energy import RuntimeEnergy
from energyvis_panel.views.explore.leader.leaderboard import Leaderboard
from energyvis_panel.views.explore.overhead.overhead import Overhead
from energyvis_panel.views.explore.parallel.parallel_coordinates import ParallelCoordinates
from energyvis_panel.views.explore.shapes.shapes import Shapes
from energyvis_panel.views.explore.signatures.signatures import Signatures
from energyvis_panel.views.explore.view import ExploreView


@dataclass(frozen=True, slots=True)
class Place:
    """Where a view stands.

    Attributes
    ----------
    view
        The view.
    is_wide
        Whether it takes the whole width rather than half of it.
    height_px
        Height of its card on a wide screen, kept free for it, so that nothing jumps when it comes.

    """

    view: type[ExploreView]
    is_wide: bool = False
    height_px: int = 480

    @property
    def name(self) -> str:
        """Name of the view in the address."""
        return self.view.address


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of the story: its name in the page, its heading, and its views in order."""

    name: str
    title: str
    places: tuple[Place, ...]


CHAPTERS: Final = tuple(
    chapter
    for chapter in (
        Chapter(
            "what-is-in-here",
            "What is in here",
            (Place(EnergyHistogram, height_px=450), Place(Composition, is_wide=True, height_px=593)),
        ),
        Chapter(
            "what-trades-off",
            "What trades off",
            (Place(RuntimeEnergy, height_px=453), Place(ParallelCoordinates, is_wide=True, height_px=533)),
        ),
        Chapter(
            "where-it-goes",
            "Where it goes",
            (
                Place(Overhead, height_px=598),
                Place(CacheSpill, height_px=598),
                Place(Depth, is_wide=True, height_px=743),
                Place(Shapes, is_wide=True, height_px=463),
            ),
        ),
        Chapter("what-is-odd", "What is odd", (Place(AnomalyTimeline, is_wide=True, height_px=868),)),
        Chapter(
            "what-it-means",
            "What it means",
            (Place(CarbonCost, is_wide=True, height_px=581), Place(Signatures, is_wide=True, height_px=565)),
        ),
        Chapter(
            "who-is-best",
            "Who is best",
            (
                Place(Leaderboard, is_wide=True, height_px=541),
                Place(ComparisonView, is_wide=True, height_px=599),
            ),
        ),
    )
    if chapter.places
)
"""A new view is one `Place` in its chapter; a chapter without views is not shown."""
PLACES: Final = {place.name: place for chapter in CHAPTERS for place in chapter.places}


def spanning(places: tuple[Place, ...]) -> frozenset[str]:
    """Names of the views that take the whole width: the wide ones, and a half one that is alone."""
    found, half = [], ""
    for place in places:
        if not place.is_wide:
            half = "" if half else place.name
            continue
        found += [place.name, half]
        half = ""
    return frozenset(filter(None, [*found, half]))


SPANNING: Final = frozenset(name for chapter in CHAPTERS for name in spanning(chapter.places))
"""Views that take the whole width of the overview."""
VIEW_CLASSES: Final[dict[str, type[ExploreView]]] = {name: place.view for name, place in PLACES.items()}
"""Views by their name in ``?view=``, in the order of the story."""
