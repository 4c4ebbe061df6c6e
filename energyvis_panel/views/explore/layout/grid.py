"""The cells of all views in one grid: by chapters, or as the workbench has them."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

import panel as pn

from energyvis_panel.state.explore.workbench import Workbench
from energyvis_panel.views.explore.layout.cell import Cell
from energyvis_panel.views.explore.layout.chapters import CHAPTERS, PLACES, Chapter

VIEWS_CSS: Final = (Path(__file__).parents[1] / "views.css").read_text(encoding="utf-8")
CHAPTER_HTML: Final = (
    '<h2 style="margin:8px 0 0;font-size:18px;font-weight:600;line-height:1.3;color:var(--ev-text)">{}</h2>'
)
WIDE: Final[dict[str, Any]] = {"sizing_mode": "stretch_width", "margin": 0}


class Grid:
    """Headings and cells; a change of the mode moves them and builds nothing.

    Parameters
    ----------
    bench
        The mode, and the cards of the workbench.
    sighted
        Hears of a view, by its name, where its cell is: ``{seen: true | false}`` or ``{near: true}``.

    """

    def __init__(self, bench: Workbench, sighted: Callable[[str, Mapping[str, Any]], None]) -> None:
        self._bench = bench
        self.cells = {
            name: Cell(place, self._arranged, partial(sighted, name)) for name, place in PLACES.items()
        }
        self._headings = {chapter.name: heading(chapter) for chapter in CHAPTERS}
        self.column = pn.Column(stylesheets=[VIEWS_CSS], css_classes=["views"], **WIDE)
        self.arrange()

    @property
    def shown(self) -> tuple[str, ...]:
        """Names of the views that the page has in its present mode, in order."""
        return self._bench.names if self._bench.is_shown else tuple(PLACES)

    def arrange(self) -> None:
        """Lay the cells out as the mode says."""
        is_bench, shown = self._bench.is_shown, self.shown
        cards = {card.name: card for card in self._bench.cards} if is_bench else {}
        for name, cell in self.cells.items():
            cell.stand(cards.get(name), shown.index(name) if name in shown else 0, len(shown))
            cell.column.visible = name in shown
        for one in self._headings.values():
            one.visible = not is_bench
        objects = self._in_order(shown)
        if list(self.column.objects) != objects:
            self.column.objects = objects

    def dim(self, *, is_dim: bool) -> None:
        """Show that what is drawn is about earlier brushes."""
        self.column.css_classes = ["views", "waiting"] if is_dim else ["views"]

    def _in_order(self, shown: tuple[str, ...]) -> list[Any]:
        """All parts in the order in which the eye and the keyboard meet them, the unseen last."""
        if self._bench.is_shown:
            rest = [name for name in PLACES if name not in shown]
            return [*self._headings.values(), *(self.cells[name].column for name in (*shown, *rest))]
        parts: list[Any] = []
        for chapter in CHAPTERS:
            parts += [self._headings[chapter.name], *(self.cells[one.name].column for one in chapter.places)]
        return parts

    def _arranged(self, message: Mapping[str, Any]) -> None:
        """Do what the tools of a card ask for; what comes from a browser may be anything."""
        name = str(message.get("name"))
        match message.get("action"):
            case "move" if isinstance(message.get("by"), int):
                self._bench.move(name, message["by"])
            case "place" if isinstance(message.get("at"), int):
                self._bench.place(name, message["at"])
            case "resize":
                self._bench.resize(name, is_full=bool(message.get("is_full")))
            case "remove":
                self._bench.remove(name)


def heading(chapter: Chapter) -> Any:
    """The heading of a chapter, over the whole width."""
    return pn.pane.HTML(
        CHAPTER_HTML.format(chapter.title),
        css_classes=["chapter", f"chapter-{chapter.name}"],
        styles={"grid-column": "1 / -1", "scroll-margin-top": "56px"},
        **WIDE,
    )
