"""A card that is built when it is first opened, so that a page opens without what few look at."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import panel as pn
import param
from panel.custom import JSComponent
from panel.viewable import Viewer

from energyvis_panel.views.card import CARD_STYLES
from energyvis_panel.views.frame import guarded

HERE = Path(__file__).parent


class Opener(JSComponent):
    """Heading of the card: a button over its whole width that opens and closes it."""

    heading = param.String(doc="Title of the card.")
    opened = param.Boolean(default=False, doc="Whether the card is open.")

    _esm = HERE / "on_demand.js"
    _stylesheets: ClassVar[list[str]] = [(HERE / "on_demand.css").read_text(encoding="utf-8")]


class OnDemand(Viewer):
    """Card with a title that is closed at first.

    Parameters
    ----------
    title
        Its heading.
    build
        Makes its body when it is first opened; the body is kept from then on.

    """

    opened = param.Boolean(default=False, doc="Whether the card is open.")

    def __init__(self, title: str, build: Callable[[], Any], **params: Any) -> None:
        super().__init__(**params)
        self.build = build
        self.opener = Opener(heading=title, opened=self.opened, sizing_mode="stretch_width", margin=0)
        self.body = pn.Column(visible=self.opened, sizing_mode="stretch_width", margin=(0, 16, 12, 16))
        self.opener.link(self, opened="opened", bidirectional=True)
        self.param.watch(self._turned, "opened")
        self._turned()

    def _turned(self, *_events: Any) -> None:
        if self.opened and not self.body.objects:
            self.body.objects = [guarded(self.build)]
        self.body.visible = self.opened

    def __panel__(self) -> Any:
        """Return the card."""
        styles = {**CARD_STYLES, "padding": "0"}
        return pn.Column(self.opener, self.body, styles=styles, sizing_mode="stretch_width", margin=0)
