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
    '<h2 style="margin:0;font-size:16px;font-weight:600;line-height:1.3;color:var(--ev-text)">{}</h2>'
)
ANSWER: Final = '<p style="margin:0 0 4px;font-size:14px;line-height:1.45;color:var(--ev-muted)">{}</p>'


def card(
    title: Any, *body: Any, answer: Any = None, actions: Any = None, framed: bool = True, **params: Any
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
    params
        Further parameters of the column, e.g. ``visible``.

    """
    head: list[Any] = []
    if title is not None and framed:
        heading = text_pane(TITLE, title)
        heading.styles = {"flex": "1 1 0", "min-width": "0", "padding-right": "8px"}
        controls = [actions] if actions is not None else []
        head.append(pn.Row(heading, *controls, margin=0, sizing_mode="stretch_width"))
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
    )
    for view in views:
        view.styles = {**view.styles, "height": "auto", "min-width": "0"}
    return pn.Column(*views, sizing_mode="stretch_width", margin=0, stylesheets=[grid])
