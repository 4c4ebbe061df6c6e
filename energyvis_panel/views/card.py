"""The card: a question as title, an answer as one sentence, the plot below."""

from collections.abc import Sequence
from html import escape
from typing import Any, Final

import panel as pn

from energyvis_panel.views import theme

# Plain layout and HTML, not Material components: each of those starts a React root, and cards are many.
CARD_STYLES: Final = {
    "border": "1px solid var(--ev-line)",
    "border-radius": "6px",
    "background": "var(--ev-paper)",
    "padding": "12px 16px",
    "box-sizing": "border-box",
    "overflow": "hidden",
}
TITLE: Final = (
    '<h{level} style="margin:0;font-size:16px;font-weight:600;line-height:1.3;color:var(--ev-text)">'
    "{{}}</h{level}>"
)
WRAPPED: Final = (
    ":host { flex-wrap: wrap !important; gap: 4px 8px !important; } div { align-self: center !important; }"
)
"""Lets what has no room in a row move to the next line; all of a line stands on one height."""
NO_SCROLL_BUTTON: Final = ".scroll-button { display: none !important; }"
"""Panel ends each column with an unseen button, which would take a gap or a cell of a grid."""
ANSWER: Final = '<p style="margin:0 0 4px;font-size:14px;line-height:1.45;color:var(--ev-muted)">{}</p>'


def card(
    title: Any,
    *body: Any,
    answer: Any = None,
    actions: Any = None,
    framed: bool = True,
    heading_level: int = 2,
    **params: Any,
) -> Any:
    """Outlined box with a heading row, an optional answer sentence, and the body.

    Parameters
    ----------
    title, answer
        Text, or anything that Panel can resolve to text (a bound function, a parameter); None = none. It is
        shown as it is, never as HTML.
    body
        Views below the heading.
    actions
        Small controls at the right end of the heading row.
    framed
        Whether there are border and title; not where another card holds this one.
    heading_level
        Level of the title among the headings of the page.
    params
        Further parameters of the column, e.g. ``visible``.

    """
    head: list[Any] = []
    if title is not None and framed:
        heading = text_pane(TITLE.format(level=heading_level), title)
        heading.styles = {"flex": "1 1 240px", "min-width": "0"}
        controls = [actions] if actions is not None else []
        row = pn.Row(heading, *controls, margin=0, sizing_mode="stretch_width", stylesheets=[WRAPPED])
        head.append(row)
    if answer is not None:
        head.append(text_pane(ANSWER, answer))
    params.setdefault("sizing_mode", "stretch_width")
    params.setdefault("margin", 0)
    return pn.Column(*head, *body, styles=CARD_STYLES if framed else {}, **params)


def text_pane(template: str, text: Any) -> Any:
    """Pane with ``text``, escaped, in an HTML template with one place."""

    def html(words: str) -> str:
        return template.format(escape(words or ""))

    shown = html(text) if isinstance(text, str) else pn.bind(html, text)
    return pn.pane.HTML(shown, sizing_mode="stretch_width", margin=0)


def side_by_side(*views: Any, shares: Sequence[int], narrowest: int = 380) -> Any:
    """Views of one height in one row that share its width as given; they stack where one gets too narrow.

    Parameters
    ----------
    views
        Two or more views.
    shares
        Part of the width for each.
    narrowest
        Least width in pixels of the narrowest view.

    """
    tracks = " ".join(f"minmax(0, {share}fr)" for share in shares)
    least = narrowest * sum(shares) // min(shares)
    grid = (
        f":host {{ display: grid !important; grid-template-columns: {tracks}; gap: {theme.SPACE}px; "
        "align-items: stretch; }"
        f"@media (max-width: {least}px) {{ :host {{ grid-template-columns: minmax(0, 1fr); }} }}"
        + NO_SCROLL_BUTTON
    )
    for view in views:
        view.styles = {**view.styles, "height": "auto", "min-width": "0"}
    return pn.Column(*views, sizing_mode="stretch_width", margin=0, stylesheets=[grid])


def stacked(*views: Any) -> Any:
    """Views one above the other, a step of the grid apart; those that are unseen take no room."""
    return pn.Column(
        *views,
        sizing_mode="stretch_width",
        margin=0,
        styles={"gap": f"{theme.SPACE}px"},
        stylesheets=[NO_SCROLL_BUTTON],
    )


def tool_row(wide: Any, *tools: Any) -> Any:
    """A view that takes what is left of a row beside its tools; without room they move below it."""
    place = pn.Column(
        wide, styles={"flex": "1 1 320px", "min-width": "0"}, sizing_mode="stretch_width", margin=0
    )
    row = ":host { display: flex !important; flex-flow: row wrap !important; gap: 8px !important; }"
    return pn.Column(
        place,
        *tools,
        sizing_mode="stretch_width",
        margin=0,
        stylesheets=[row, "div { align-self: center !important; }", NO_SCROLL_BUTTON],
    )
