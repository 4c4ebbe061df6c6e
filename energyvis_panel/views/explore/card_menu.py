"""What stands behind a card: how to read it, its table, and ways to save and share it."""

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

import panel as pn
import param
from panel.custom import JSComponent

from energyvis_panel.domain.units import three_digits
from energyvis_panel.errors import EnergyVisError
from energyvis_panel.views.chart_export import chart_export, csv_text
from energyvis_panel.views.embed.embed_button import EmbedButton

if TYPE_CHECKING:
    from energyvis_panel.views.explore.view import ExploreView

HERE = Path(__file__).parent
TABLE_CSS: Final = (HERE / "chart_table.css").read_text(encoding="utf-8")
MOST_ROWS: Final = 200
"""Rows that the table of a card shows; the CSV holds all."""


class CardMenu(JSComponent):
    """Buttons that open the drawer of a card, and let the card fill the window."""

    opened = param.Boolean(default=False, doc="Whether the drawer is open.")
    subject = param.String(doc="Title of the card.")

    _esm = HERE / "card_menu.js"
    _stylesheets: ClassVar[list[str]] = [(HERE / "card_menu.css").read_text(encoding="utf-8")]

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        self.drawer = pn.Column(
            visible=False, margin=(8, 0, 0, 0), sizing_mode="stretch_width", styles={"gap": "6px"}
        )

    @classmethod
    def of(cls, view: "ExploreView") -> Self:
        """The menu of a view; its drawer is filled when first opened."""
        menu = cls(subject=view.question, margin=0)
        table = pn.pane.HTML("", stylesheets=[TABLE_CSS], margin=0, sizing_mode="stretch_width")

        def fill(*_events: Any) -> None:
            if menu.opened:
                table.object = f"<p>{escape(view.how_to_read)}</p>{table_html(view)}"
                if not menu.drawer.objects:
                    menu.drawer.objects = [tools(view), table]
            menu.drawer.visible = menu.opened

        menu.param.watch(fill, "opened")
        view.param.watch(fill, "answer")
        return menu


def tools(view: "ExploreView") -> Any:
    """Buttons that save and share a view."""

    def rows() -> str:
        table = view.table()
        note = "Synthetic data, not measured." if view.synthetic else ""
        return csv_text(table.header, table.rows, note=note)

    export = chart_export(view.address, rows, figure=view.chart.name if view.chart else "", margin=0)
    links = EmbedButton.of_explore(view.address)
    return pn.FlexBox(export, links, gap="8px", margin=0)


def table_html(view: "ExploreView") -> str:
    """The rows that are drawn as an HTML table, the first of them where they are many."""
    try:
        table = view.table()
    except EnergyVisError as error:
        return f"<p>{escape(str(error))}</p>"
    more = len(table.rows) - MOST_ROWS
    head = "".join(f'<th scope="col">{escape(title)}</th>' for title in table.header)
    body = "".join(f"<tr>{cells(row)}</tr>" for row in table.rows[:MOST_ROWS])
    rest = f"<p>The first {MOST_ROWS} of {len(table.rows):,} rows; the CSV holds all.</p>" if more > 0 else ""
    return (
        f'{rest}<div class="rows" tabindex="0" role="region" aria-label="Table: {escape(view.question)}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def cells(row: Sequence[object]) -> str:
    """The cells of one row; numbers with three digits, or whole."""
    return "".join(f"<td>{escape(cell_text(value))}</td>" for value in row)


def cell_text(value: object) -> str:
    """One value for people; nothing where there is none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return three_digits(value) if isinstance(value, float) else str(value)
