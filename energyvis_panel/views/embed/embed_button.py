"""The button that opens a view alone, and the one that writes the code that embeds it in another page."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Final, Self

import param
from panel.custom import JSComponent

from energyvis_panel.views.embed.offers import (
    EXPLORE_KEPT,
    EXPLORE_OFFERS,
    RUNS_KEPT,
    RUNS_OFFERS,
    STUDY_KEPT,
    STUDY_OFFERS,
    Offer,
)

HERE = Path(__file__).parent
HOST_SCRIPT: Final = "embed.js"
"""Script that a page includes so that its frames get their height and its theme."""


class EmbedButton(JSComponent):
    """The two buttons and the sheet with the code, which is written from the page's own address."""

    offers = param.List(doc="Views to choose from: name in the address, title, height in pixels.")
    chosen = param.List(doc="Names of the views that are chosen at first.")
    kept = param.List(doc="Arguments of the present address that describe these views.")
    script = param.String(
        default=f"components/{__name__}/EmbedButton/_js/{HOST_SCRIPT}",
        doc="Path of the script for the host page, from the folder of the app.",
    )
    is_of_page = param.Boolean(default=False, doc="Whether it is the button of a whole page, not of a card.")

    _esm = HERE / "embed_button.js"
    _stylesheets: ClassVar[list[str]] = [(HERE / "embed_button.css").read_text(encoding="utf-8")]
    # Panel serves to anybody what a component lists here.
    _js: ClassVar[list[Path]] = [HERE / HOST_SCRIPT]

    @classmethod
    def over(cls, offers: Sequence[Offer], kept: Sequence[str], chosen: str, **params: Any) -> Self:
        """The buttons of a page or a card; ``chosen`` is the view that is ticked at first."""
        return cls(
            offers=[[offer.name, offer.title, offer.height_px] for offer in offers],
            chosen=[chosen],
            kept=list(kept),
            **({"margin": 0} | params),
        )

    @classmethod
    def of_study(cls) -> Self:
        """The button of the Study page."""
        return cls.over(STUDY_OFFERS, STUDY_KEPT, "consumption", is_of_page=True)

    @classmethod
    def of_runs(cls) -> Self:
        """The button of the Runs page."""
        return cls.over(RUNS_OFFERS, RUNS_KEPT, "runs", is_of_page=True, align="center")

    @classmethod
    def of_explore(cls, name: str) -> Self:
        """The buttons of one card of the Explore page."""
        return cls.over(EXPLORE_OFFERS, EXPLORE_KEPT, name)
