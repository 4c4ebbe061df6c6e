"""The place of one view on the page: kept free for it, filled when it comes near the window."""

from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path
from typing import Any, Final

import panel as pn

from energyvis_panel.state.explore.workbench import BenchCard
from energyvis_panel.views.card import CARD_STYLES
from energyvis_panel.views.explore.layout.cell_tools import CellTools
from energyvis_panel.views.explore.layout.chapters import SPANNING, Place
from energyvis_panel.views.explore.selection.selection_bar import message_of
from energyvis_panel.views.explore.sight import Sight

CELL_CSS: Final = (Path(__file__).parent / "cell.css").read_text(encoding="utf-8")
WAITING_HTML: Final = (
    '<h3 style="margin:0;font-size:16px;font-weight:600;line-height:1.3;color:var(--ev-text)">{}</h3>'
    '<p style="margin:2px 0 0;font-size:14px;color:var(--ev-muted)">Is drawn when it comes into view.</p>'
)

Heard = Callable[[Mapping[str, Any]], None]


class Cell:
    """A column with tools for the workbench, the view or what stands for it, and what tells where it is.

    Parameters
    ----------
    place
        The view and its room.
    moved
        Hears the tools: ``{action: move | place | resize | remove, name, ...}``.
    sighted
        Hears where the cell is: ``{seen: true | false}`` or ``{near: true}``.

    """

    def __init__(self, place: Place, moved: Heard, sighted: Heard) -> None:
        self.place = place
        self.tools = CellTools(subject=place.view.question, visible=False, margin=0)
        self.sight = Sight(filled=False)
        self.tools.on_msg(lambda event: moved(message_of(event) | {"name": place.name}))
        self.sight.on_msg(lambda event: sighted(message_of(event)))
        empty = pn.pane.HTML(
            WAITING_HTML.format(escape(place.view.question)),
            sizing_mode="stretch_width",
            margin=0,
            styles=CARD_STYLES,
            css_classes=["body"],
        )
        self.column = pn.Column(
            self.tools, empty, self.sight,
            margin=0,
            sizing_mode="stretch_width",
            stylesheets=[CELL_CSS],
            css_classes=["cell", f"cell-{place.name}"],
        )  # fmt: skip
        self.stand(None, 0, 0)

    def fill(self, body: Any) -> None:
        """Put the view into its place."""
        self.column.objects = [self.tools, body, self.sight]
        self.sight.filled = True

    def stand(self, card: BenchCard | None, at: int, of: int) -> None:
        """Stand at place ``at`` of ``of``, counted from 0, on the workbench; in the story without a card."""
        is_wide = card.is_full if card else self.place.name in SPANNING
        styles = {
            "min-width": "0",
            "height": "auto",
            "min-height": f"{self.place.height_px}px",
            "grid-column": "1 / -1" if is_wide else "auto",
        }
        if self.column.styles != styles:
            self.column.styles = styles
        self.tools.param.update(visible=card is not None, at=at, of=of, is_full=bool(card and card.is_full))
