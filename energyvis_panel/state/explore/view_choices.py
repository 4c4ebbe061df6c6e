"""What is chosen within the explore views (a scale, a grouping, what is compared), for a URL and from it."""

from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import unquote

import param

from energyvis_panel.state.explore.brush_link import ESCAPED, LONGEST_QUOTE
from energyvis_panel.state.explore.companion import Companion

LONGEST_LINK: Final = 4000


class ViewChoices(Companion):
    """Choices of all views that are not as at first; a view that is built later finds its own here."""

    link = param.String(
        default="",
        doc='The choices as text, e.g. "depth.compared:networks;leaderboard.measure:power_w"; '
        "'' = all as at first. Setting it sets what views find that are built from then on.",
    )

    refusal = param.String(default="", doc="What of the link is not on offer, until another choice is made.")

    def __init__(self, **params: object) -> None:
        self._chosen: dict[str, dict[str, str]] = {}
        super().__init__(**params)

    def of_view(self, view: str) -> Mapping[str, str]:
        """Value by name of what is chosen in a view, by its name in ``?view=``; what it says is unchecked."""
        return self._chosen.get(view, {})

    def tell(self, view: str, chosen: Mapping[str, str]) -> None:
        """Note what is chosen in a view and not as at first; nothing where all of it is."""
        self._chosen.pop(view, None)
        if chosen:
            self._chosen[view] = dict(chosen)
        link = link_text(self._chosen)
        if link != self.link:
            self.param.update(link=link, refusal="")

    @param.depends("link", watch=True, on_init=True)
    def _follow_link(self) -> None:
        if self.link != link_text(self._chosen):
            self._chosen = choices_from_link(self.link)


def link_text(chosen: Mapping[str, Mapping[str, str]]) -> str:
    """The choices as text, in the order of their names."""
    return ";".join(
        f"{view}.{name}:{value.translate(ESCAPED)}"
        for view, values in sorted(chosen.items())
        for name, value in sorted(values.items())
    )


def choices_from_link(text: str) -> dict[str, dict[str, str]]:
    """The choices by view that ``text`` from a URL names; what has not the form is left out."""
    found: dict[str, dict[str, str]] = {}
    for part in text[:LONGEST_LINK].split(";"):
        names, colon, value = part.partition(":")
        view, dot, name = names.partition(".")
        if colon and dot:
            found.setdefault(view, {})[name] = unquote(value)
    return found


def not_on_offer(view: str, refused: Iterable[str]) -> str:
    """What is said of choices of a link that a view does not have."""
    named = ", ".join(repr(one[:LONGEST_QUOTE]) for one in refused)
    return f"The link chooses {named} in the view {view!r}, which is not on offer there. The rest is shown."
