"""The guided tour as a strip at the lower edge: what a step says, published against found, and the way on."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar, Final

import panel as pn
import param
from panel.custom import JSComponent

from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.tour.steps import STEPS
from energyvis_panel.state.explore.tour.tour import Tour
from energyvis_panel.views.explore.controls import stylesheets
from energyvis_panel.views.explore.selection.selection_bar import message_of

HERE: Final = Path(__file__).parent
SYNTHETIC: Final = "Synthetic runs, made to agree with the published figures."


class TourCard(JSComponent):
    """What the strip says.

    It sends messages ``{action: open, number}`` and ``{action: next | back | again | leave}``.
    """

    number = param.Integer(doc="Number of the step from 1; 0 = the strip is not there.")
    titles = param.List(doc="Titles of all steps.")
    lead = param.String(doc="What is behind the finding.")
    text = param.String(doc="What the present selection tells.")
    figures = param.List(doc="Rows of texts: what, published, found, difference.")
    source = param.String(doc="Where the published figures come from.")
    synthetic = param.String(doc="That the runs are synthetic; empty where they are not.")
    is_changed = param.Boolean(doc="Whether the selection is not the one of the step.")

    _esm = HERE / "tour_strip.js"
    _stylesheets: ClassVar[list[str]] = stylesheets(HERE / "tour_strip.css")


class TourStrip(pn.viewable.Viewer):
    """Shows a :class:`Tour`; unseen while it is not taken.

    Parameters
    ----------
    state
        The exploration that is toured.
    reveal
        Brings the view of a name into the window.

    """

    def __init__(self, state: Exploration, reveal: Callable[[str], None], **params: Any) -> None:
        super().__init__(**params)
        self._state = state
        self._reveal = reveal
        self._revealed = 0
        self.tour = Tour(state)
        self.card = TourCard(
            titles=[step.title for step in STEPS], css_classes=["tour"], margin=0, sizing_mode="stretch_width"
        )
        self.card.on_msg(lambda event: self.hear(message_of(event)))
        self.tour.param.watch(self.follow, ["number", "told", "is_changed"])

    def __panel__(self) -> Any:
        return self.card

    def open(self, number: int = 1) -> None:
        """Take the tour from a step on."""
        self.tour.open(number)

    def hear(self, message: Mapping[str, Any]) -> None:
        """Do what a button of the strip asks for; what comes from a browser may be anything."""
        match message.get("action"):
            case "open" if isinstance(message.get("number"), int):
                self.tour.open(message["number"])
            case "next":
                self.tour.next()
            case "back":
                self.tour.back()
            case "again":
                self.tour.again()
            case "leave":
                self.tour.leave()

    def follow(self, *_events: object) -> None:
        """Show the step and what it tells, and bring its view into the window when it is opened."""
        tour, step = self.tour, self.tour.step
        if step is None:
            self._revealed = 0
            self.card.number = 0
            return
        told = tour.told
        self.card.param.update(
            number=tour.number,
            lead=step.lead,
            text=told.text,
            figures=[[one.what, one.published, one.found, one.difference] for one in told.figures],
            source=step.source,
            synthetic=SYNTHETIC if self._state.synthetic_runs else "",
            is_changed=tour.is_changed,
        )
        if self._revealed != tour.number:
            self._revealed = tour.number
            self._reveal(step.view)
