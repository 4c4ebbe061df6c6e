"""Workbenches to begin with, each for one purpose."""

from dataclasses import dataclass
from typing import Final

from energyvis_panel.state.explore.workbench import BenchCard, bench_text
from energyvis_panel.views.explore.layout.chapters import PLACES


@dataclass(frozen=True, slots=True)
class Preset:
    """Views that together answer something: a title, what for, and their cards."""

    title: str
    purpose: str
    cards: tuple[BenchCard, ...]

    @property
    def link(self) -> str:
        """The preset as text, without views that this server does not have."""
        return bench_text(tuple(card for card in self.cards if card.name in PLACES))


PRESETS: Final = (
    Preset(
        "Choose a configuration",
        "What is fast, what is thrifty, and what one choice changes.",
        (
            BenchCard("runtime-energy"),
            BenchCard("energy-histogram"),
            BenchCard("comparison", is_full=True),
            BenchCard("leaderboard", is_full=True),
        ),
    ),
    Preset(
        "Find the cause",
        "Which settings drive energy, and where the joules go.",
        (
            BenchCard("parallel-coordinates", is_full=True),
            BenchCard("overhead"),
            BenchCard("cache-spill"),
            BenchCard("depth", is_full=True),
        ),
    ),
    Preset(
        "Check the data",
        "What is in here, and which runs are out of the ordinary.",
        (
            BenchCard("composition"),
            BenchCard("energy-histogram"),
            BenchCard("anomalies", is_full=True),
            BenchCard("leaderboard", is_full=True),
        ),
    ),
)
