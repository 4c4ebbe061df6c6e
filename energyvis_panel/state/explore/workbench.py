"""Which views of Explore are shown, in which order and how wide: the story, or what an analyst picked."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import param

MODES: Final = ("overview", "workbench")
HALF: Final = "half"
FULL: Final = "full"
EMPTY: Final = "empty"
"""The link of a workbench on which nothing lies; no view has this name."""
UNDO_STEPS: Final = 50
LONGEST_LINK: Final = 2_000
"""Characters of a link that are read."""
LONGEST_NAME: Final = 40
"""Characters of an unknown name that are repeated to the reader."""


@dataclass(frozen=True, slots=True)
class BenchCard:
    """One view on the workbench, and whether it takes the whole width."""

    name: str
    is_full: bool = False

    @property
    def text(self) -> str:
        """The card as text for a link, e.g. ``"anomalies:full"``."""
        return f"{self.name}:{FULL if self.is_full else HALF}"


Cards = tuple[BenchCard, ...]


class Workbench(param.Parameterized):
    """The mode of the page, and the cards on the workbench.

    Parameters
    ----------
    known
        Names of all views, in the order of the story, with whether each takes the whole width by default.

    """

    mode: param.Selector[str] = param.Selector(
        default=MODES[0], objects=list(MODES), doc="Whether the story is shown, or the workbench."
    )
    cards = param.ClassSelector(class_=tuple, default=(), doc="Cards on the workbench, first to last.")
    link = param.String(
        default="",
        doc="The workbench as text for a URL, 'empty' for an empty one; '' for the overview. "
        "Setting it sets mode and cards.",
    )
    notice = param.String(default="", doc="What of the last link could not be shown; '' when all is well.")
    told = param.String(default="", doc="What the last change did, for those who do not see it.")
    can_undo = param.Boolean(default=False, doc="Whether there is a change of the cards to take back.")

    def __init__(self, known: Mapping[str, bool], **params: Any) -> None:
        self.known = dict(known)
        self._past: list[Cards] = []
        super().__init__(**params)

    @property
    def is_shown(self) -> bool:
        """Whether the workbench is shown rather than the overview."""
        return bool(self.mode == MODES[1])

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the views on the workbench, first to last."""
        return tuple(card.name for card in self.cards)

    @property
    def saved_as(self) -> str:
        """The cards as text, whichever mode is shown: under it a workbench is saved."""
        return bench_text(self.cards)

    def show(self, mode: str) -> None:
        """Show the overview or the workbench."""
        self._show(mode, self.cards)

    def pick(self, names: tuple[str, ...]) -> None:
        """Have the views of these names on the workbench: those that lie there stay, new ones come last."""
        stay = tuple(card for card in self.cards if card.name in names)
        there = {card.name for card in stay}
        new = [name for name in self.known if name in names and name not in there]
        self._change((*stay, *(BenchCard(name, self.known[name]) for name in new)))

    def remove(self, name: str) -> None:
        """Take a view off the workbench."""
        self._change(tuple(card for card in self.cards if card.name != name))

    def place(self, name: str, at: int) -> None:
        """Put a card at place ``at``, counted from 0."""
        card = self._card(name)
        if card is None:
            return
        rest = [other for other in self.cards if other is not card]
        to = min(max(at, 0), len(rest))
        rest.insert(to, card)
        self._change(tuple(rest), f"Now in place {to + 1} of {len(rest)}.")

    def move(self, name: str, by: int) -> None:
        """Put a card ``by`` places later, earlier where it is negative."""
        if name in self.names:
            self.place(name, self.names.index(name) + by)

    def resize(self, name: str, *, is_full: bool) -> None:
        """Let a card take the whole width, or half of it."""
        self._change(
            tuple(replace(card, is_full=is_full) if card.name == name else card for card in self.cards),
            "Now as wide as the page." if is_full else "Now half as wide as the page.",
        )

    def clear(self) -> None:
        """Take all views off the workbench."""
        self._change(())

    def undo(self) -> None:
        """Take the last change of the cards back."""
        if self._past:
            cards = self._past.pop()
            self.param.update(told="Taken back.", notice="")
            self._show(self.mode, cards)

    def restore(self, text: str) -> None:
        """Lay out what ``text`` says, as one change that can be taken back; the mode stays."""
        cards, notice = cards_said(text, self.known)
        self._change(cards)
        self.notice = notice

    def _card(self, name: str) -> BenchCard | None:
        return next((card for card in self.cards if card.name == name), None)

    def _change(self, cards: Cards, told: str = "") -> None:
        if cards == self.cards:
            return
        self._past = [*self._past[-UNDO_STEPS + 1 :], self.cards]
        said = f"{len(cards)} {'view' if len(cards) == 1 else 'views'} on the workbench."
        self.param.update(told=told or said, notice="")
        self._show(self.mode, cards)

    def _show(self, mode: str, cards: Cards) -> None:
        link = bench_text(cards) if mode == MODES[1] else ""
        self.param.update(mode=mode, cards=cards, link=link, can_undo=bool(self._past))

    @param.depends("link", watch=True, on_init=True)
    def _follow_link(self) -> None:
        shown = bench_text(self.cards) if self.is_shown else ""
        if self.link == shown:
            return
        if not self.link:
            self.show(MODES[0])
            return
        cards, notice = cards_said(self.link, self.known)
        self._past.clear()
        self.notice = notice
        self._show(MODES[1], cards)


def bench_text(cards: Cards) -> str:
    """The cards as text for a URL, e.g. ``"depth:half,anomalies:full"``; ``"empty"`` for none."""
    return ",".join(card.text for card in cards) or EMPTY


def cards_said(text: str, known: Mapping[str, bool]) -> tuple[Cards, str]:
    """The cards that a text from a URL or a browser names, and a sentence on what could not be followed."""
    cards: dict[str, BenchCard] = {}
    refused: list[str] = []
    for part in [] if text == EMPTY else filter(None, text[:LONGEST_LINK].split(",")):
        name, _colon, width = part.partition(":")
        if name not in known:
            refused.append(f"the view {name[:LONGEST_NAME]!r}")
            continue
        if width not in {"", HALF, FULL}:
            refused.append(f"the width {width[:LONGEST_NAME]!r} of {name!r}")
        is_full = width == FULL if width in {HALF, FULL} else known[name]
        cards.setdefault(name, BenchCard(name, is_full))
    named = ", ".join(refused)
    notice = f"The workbench asks for what is not here: {named}. The rest is shown." if refused else ""
    return tuple(cards.values()), notice
