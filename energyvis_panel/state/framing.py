"""What the address of a framed view asks for: which views, in which theme, linked by which name."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

THEMES: Final = ("light", "dark", "auto")
MOST_VIEWS: Final = 6
LINK: Final = re.compile(r"[A-Za-z0-9_-]{1,40}")
LONGEST_NAMED: Final = 60


@dataclass(frozen=True, slots=True)
class Framing:
    """What is framed.

    Attributes
    ----------
    views
        Names of the views, each once, in their order.
    theme
        One of :data:`THEMES`.
    link
        Name that linked frames share; empty = this one follows no other.
    refusal
        One sentence about what of the address was left out; empty when all is well.

    """

    views: tuple[str, ...]
    theme: str = "light"
    link: str = ""
    refusal: str = ""


def framing(query: Mapping[str, str]) -> Framing:
    """What a query asks for; what cannot be followed is left out and named."""
    names = tuple(dict.fromkeys(filter(None, (name.strip() for name in query.get("view", "").split(",")))))
    theme, link = query.get("theme") or THEMES[0], query.get("link", "")
    refused = []
    if len(names) > MOST_VIEWS:
        refused.append(f"The address names {len(names)} views; the first {MOST_VIEWS} are shown.")
    if theme not in THEMES:
        refused.append(f"There is no theme {theme[:LONGEST_NAMED]!r}. Use {', '.join(THEMES)}.")
    if link and not LINK.fullmatch(link):
        refused.append(
            f"The link {link[:LONGEST_NAMED]!r} is no name. Use at most 40 letters, digits, - and _."
        )
    return Framing(
        names[:MOST_VIEWS],
        theme if theme in THEMES else THEMES[0],
        link if LINK.fullmatch(link) else "",
        " ".join(refused),
    )
