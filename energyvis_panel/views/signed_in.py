"""Who has signed in? The name with the link that signs out, for the top bar, or below it on a phone."""

from html import escape
from typing import Any, Final

import panel as pn

CSS: Final = """
.signed-in {
  display: flex; gap: 8px; align-items: center; font-size: 12px; color: var(--ev-muted); white-space: nowrap;
}
.user { max-width: 200px; overflow: hidden; text-overflow: ellipsis; }
a {
  display: inline-flex; align-items: center; min-height: 34px; padding: 0 8px; color: var(--ev-text);
  border-radius: 6px;
}
a:focus-visible { outline: 2px solid var(--ev-baseline); outline-offset: 1px; }
@media (max-width: 700px) { .signed-in { justify-content: flex-end; } a { min-height: 40px; } }
"""
WIDE_ONLY: Final = "@media (max-width: 700px) { :host { display: none !important; } }"
PHONE_ONLY: Final = "@media (min-width: 701px) { :host { display: none !important; } }"


def signed_in_html(user: str) -> str:
    """Line about who has signed in, the name escaped; its address is relative, for a server with a prefix."""
    name = escape(user)
    return (
        f'<div class="signed-in"><span class="user" title="Signed in as {name}">{name}</span>'
        f'<a href="./logout" aria-label="Sign out {name}">Sign out</a></div>'
    )


def in_top_bar(user: str) -> list[Any]:
    """The line for the top bar of a wide page; nothing where nobody has to sign in."""
    if not user:
        return []
    return [pn.pane.HTML(signed_in_html(user), stylesheets=[CSS, WIDE_ONLY], margin=0, align="center")]


def below_top_bar(user: str) -> list[Any]:
    """The line for a phone, whose top bar is full; nothing where nobody has to sign in."""
    if not user:
        return []
    css = [CSS, PHONE_ONLY]
    return [pn.pane.HTML(signed_in_html(user), stylesheets=css, margin=0, sizing_mode="stretch_width")]
