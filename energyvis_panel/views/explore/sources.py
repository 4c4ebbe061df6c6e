"""The Explore page over the runs that are chosen: BUTTER-E's, or the lab's own. One page replaces another."""

import logging
import threading
from collections.abc import Callable, Mapping
from functools import partial
from html import escape
from typing import Any, Final

import panel as pn
from bokeh.document import Document
from panel.io.state import set_curdoc

from energyvis_panel.errors import EnergyVisError, SettingsError
from energyvis_panel.state.explore.brush_link import brushes_from_link
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.lab.data_choice import BUTTER_E, LAB, SOURCES, DataChoice, fitting
from energyvis_panel.state.explore.lab.lab_exploration import EmptyLakeError
from energyvis_panel.views.card import card
from energyvis_panel.views.document import at_next_tick
from energyvis_panel.views.explore.layout.building import served
from energyvis_panel.views.explore.redraw import LatestWins
from energyvis_panel.views.explore.selection.data_bar import DataBar

log = logging.getLogger(__name__)

UNCHANGED: Final = "The lake holds what it held before."
SAID: Final = (
    '<p style="margin:8px 0 0;font-size:14px;line-height:1.45;color:var(--ev-text)" role="{role}">{said}</p>'
)
NEXT_STEP: Final = (
    '<p style="margin:8px 0 0;font-size:13px;line-height:1.5;color:var(--ev-muted)">Say with tags what is '
    "trained, and the views can tell it apart: <code>--tag optimizer=adam --tag parameters=1200000</code>."
    "</p>"
)

Open = Callable[[], Exploration]
Chosen = Callable[[str, Exploration], None]


class ExploreSources(pn.viewable.Viewer):
    """Shows the page of the chosen runs, and another page when others are chosen in its rail.

    Parameters
    ----------
    openers
        Gives a new exploration by name of its runs; may take seconds, is called in a thread of its own.
    build
        Builds the page of an exploration.
    source
        Name of the runs that are shown first; one that is unknown is BUTTER-E's.
    link
        Brushes that are set at first, as in the address.
    chosen
        Called with the name of the runs and their exploration when other runs are shown.

    """

    def __init__(
        self,
        openers: Mapping[str, Open],
        build: Callable[[Exploration], Any],
        *,
        source: str = BUTTER_E,
        link: str = "",
        chosen: Chosen = lambda _source, _state: None,
        **params: Any,
    ) -> None:
        super().__init__(**params)
        self._openers, self._build, self._chosen = openers, build, chosen
        self.state: Exploration | None = None
        self.page: Any = None
        self._choice = DataChoice(others=True)
        self.body = pn.Column(sizing_mode="stretch_width", margin=0)
        source = source if source in openers else BUTTER_E
        if source == BUTTER_E:
            self._opened(source, link, self._result(source))
        else:
            self._stand_in(source, link, "Your runs are read from the lake.", role="status")
            self._choice.busy = True
            if served():
                # What changes before the browser says that it has the document is lost to it.
                pn.state.onload(partial(self.open_data, source, link))
            else:
                self.open_data(source, link)

    def __panel__(self) -> Any:
        return self.body

    def open_data(self, source: str, link: str) -> None:
        """Show the runs of this name, read anew, with the brushes of ``link`` that fit them."""
        self._choice.busy = True
        if not served():
            self._opened(source, link, self._result(source))
            return
        document: Any = pn.state.curdoc

        def read() -> None:
            at_next_tick(document, partial(self._opened_in, document, source, link, self._result(source)))

        threading.Thread(target=read, name="explore-data", daemon=True).start()

    def _opened_in(self, document: Document, *opened: Any) -> None:
        with set_curdoc(document):
            self._opened(*opened)

    def _result(self, source: str) -> Exploration | EnergyVisError:
        try:
            return self._openers[source]()
        except EnergyVisError as error:
            return error
        except Exception:  # whatever it is, the page does not wait for ever
            log.exception("The runs of %s could not be opened", source)
            return EnergyVisError("These runs could not be read. The server's log says why.")

    def _opened(self, source: str, link: str, opened: Exploration | EnergyVisError) -> None:
        """Show what was opened, or why it could not be."""
        self._choice.busy = False
        if isinstance(opened, EnergyVisError):
            if self.page is not None and not isinstance(opened, EmptyLakeError):
                self._choice.notice = str(opened)
                return
            self._stand_in(source, link, str(opened), role="alert")
            return
        choice = DataChoice.of(opened)
        if self.page is not None and choice.source == LAB and choice.version is self._choice.version:
            self._choice.notice = UNCHANGED
            return
        is_first = self.state is None
        self._put_away()
        self.state, self._choice = opened, choice
        choice.param.update(others=len(self._openers) > 1, notice=brushed(opened, link, fit=not is_first))
        choice.takes_focus = not is_first
        choice.open = lambda wanted: self.open_data(wanted, opened.link)
        self.page = self._build(opened)
        self.body.objects = [self.page]
        self._chosen(source, opened)

    def _put_away(self) -> None:
        """Let the page before ask no more."""
        if self.state is not None and isinstance(self.state.schedule, LatestWins):
            self.state.schedule.end()

    def _stand_in(self, source: str, link: str, said: str, *, role: str) -> None:
        """Show a card in place of the page, from which other runs can be chosen."""
        self._put_away()
        self.page = None
        self._choice = DataChoice(source=source, others=True)
        self._choice.open = lambda wanted: self.open_data(wanted, link)
        text = SAID.format(role=role, said=escape(said)) + (NEXT_STEP if role == "alert" else "")
        words = pn.pane.HTML(text, margin=0, sizing_mode="stretch_width")
        self.body.objects = [card(SOURCES[source], DataBar.of(self._choice), words)]


def brushed(state: Exploration, link: str, *, fit: bool) -> str:
    """Set the brushes of ``link``; a sentence on those that do not fit the runs, empty where all do.

    A link that cannot be read is refused by the exploration; so is one that does not ``fit`` where it must.
    """
    try:
        brushes, said = fitting(brushes_from_link(link), state)
    except SettingsError:
        state.link = link
        return ""
    if not (fit or DataChoice.of(state).is_lab):
        state.link = link
        return ""
    state.brush(brushes)
    return said
