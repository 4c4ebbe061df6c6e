"""Chips of the catalogue whose names are like what someone is typing, the likeliest first."""

import functools
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from energyvis_panel.data.chip_names import BRANDS, unbranded, words
from energyvis_panel.data.chips import chip_of, rows_by_id
from energyvis_panel.data.near_words import NearWords
from energyvis_panel.domain.hardware import Chip

__all__ = ["ChipIndex", "search_chips"]

EXACT, PREFIX, SLIP, SPLIT, BRAND_MISSING, WORD_MISSING = 0.0, 1.0, 3.0, 0.5, 2.0, 8.0
WHOLE_NAME = -1.0
ENOUGH = 5
"""With fewer chips than this that hold the words as typed, words of a similar spelling are offered too."""

LONGEST_TEXT = 100
MOST_RUN_TOGETHER = 3
OPTIONAL = BRANDS | {"gpu", "graphics", "accelerator"}
DATACENTRE = re.compile(r"\b(Tesla|Instinct|Xeon|EPYC|TPU|Gaudi|Data Center|NVIDIA [ABHLTV]\d+)\b")
LAPTOP = re.compile(r"\b(Mobile|Max-Q|Mobility|Laptop)\b|\d{3}M\b")

Row = Mapping[str, Any]
Costs = dict[int, float]
"""Cost of a chip by its place: the lower, the likelier it is meant."""


def search_chips(text: str, kind: str | None = None, most: int = 20) -> list[Chip]:
    """At most ``most`` chips that ``text`` may mean, the likeliest first; slips and word order are forgiven.

    Parameters
    ----------
    text
        What was typed; nothing gives the newest chips of data centres.
    kind
        ``"gpu"`` (accelerators with them) or ``"cpu"``; None = both.
    most
        How many at most.

    Raises
    ------
    DatasetError
        If a shipped table or the GPU catalogue is missing.

    """
    return [chip_of(row) for row in islice(_index().search(text, kind), most)]


@functools.cache
def _index() -> "ChipIndex":
    return ChipIndex(rows_by_id().values())


class ChipIndex:
    """The catalogue by the words of its names, alone and run together (``rtx4090``)."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = sorted(rows, key=_likelihood)
        self._places = frozenset(range(len(self._rows)))
        self._whole: defaultdict[str, set[int]] = defaultdict(set)
        self._holders: defaultdict[str, set[int]] = defaultdict(set)
        alone: set[str] = set()
        for place, row in enumerate(self._rows):
            for name in (row["name"], *(row.get("aliases") or "").split("|")):
                named = words(name)
                if key := unbranded(name):
                    self._whole[key].add(place)
                alone.update(named)
                for length in range(1, MOST_RUN_TOGETHER + 1):
                    for start in range(len(named) - length + 1):
                        self._holders["".join(named[start : start + length])].add(place)
        self._sorted = sorted(self._holders)
        self._near = NearWords(alone)

    def search(self, text: str, kind: str | None = None) -> list[Row]:
        """Rows that ``text`` may mean, the likeliest first."""
        wanted = words(text[:LONGEST_TEXT])
        if not wanted:
            return [row for row in self._rows if _is_of_kind(row, kind)]
        costs = self._holding_all(wanted, slips=False)
        if len(costs) < ENOUGH:
            costs = _cheaper(costs, self._holding_all(wanted, slips=True))
        for place in self._whole.get(unbranded(text[:LONGEST_TEXT]), ()):
            costs[place] = WHOLE_NAME
        order = sorted(costs, key=lambda place: (costs[place], place))
        return [self._rows[place] for place in order if _is_of_kind(self._rows[place], kind)]

    def _holding_all(self, wanted: Iterable[str], *, slips: bool) -> Costs:
        """Chips that hold all the words; with ``slips`` all but one if need be."""
        wanted = list(dict.fromkeys(wanted))
        found = self._summed(wanted, slips=slips, lacking=int(slips and len(wanted) > 1))
        whole = [place for place, cost in found.items() if cost < WORD_MISSING]
        return {place: found[place] for place in whole} if whole else found

    def _summed(self, wanted: Iterable[str], *, slips: bool, lacking: int) -> Costs:
        """Costs summed over the words; ``lacking`` of them, none or one, may lack; brands are optional.

        It ends with the first word that leaves no chip, so that many words take no longer than a few.
        """
        per_word: list[tuple[Costs, float]] = []
        whole, but_one = self._places, self._places if lacking else frozenset()
        for word in wanted:
            costs = self._holding(word, slips=slips)
            per_word.append((costs, BRAND_MISSING if word in OPTIONAL else WORD_MISSING))
            if word not in OPTIONAL:
                but_one = (but_one & costs.keys()) | (whole if lacking else frozenset())
                whole = whole & costs.keys()
            if not whole and not but_one:
                return {}
        held = frozenset().union(*(costs for costs, _ in per_word))
        return {
            place: sum(costs.get(place, missing) for costs, missing in per_word)
            for place in (whole | but_one) & held
        }

    def _holding(self, word: str, *, slips: bool) -> Costs:
        """Chips that hold a word, one that begins with it, its parts, or one of a similar spelling."""
        costs: Costs = {}
        for key in self._beginning_with(word):
            _lower(costs, self._holders[key], EXACT if key == word else PREFIX)
        if slips:
            for near, number in self._near.near(word).items():
                _lower(costs, self._holders[near], SLIP * number)
        parts = re.findall(r"[a-z]+|\d+", word)
        if not costs and len(parts) > 1:
            joined = self._summed(dict.fromkeys(parts), slips=slips, lacking=0)
            costs = {place: cost + SPLIT for place, cost in joined.items()}
        return costs

    def _beginning_with(self, word: str) -> Iterable[str]:
        start = bisect_left(self._sorted, word)
        for key in islice(self._sorted, start, None):
            if not key.startswith(word):
                return
            yield key


def _lower(costs: Costs, places: Iterable[int], cost: float) -> None:
    """Note a cost for each place that has none yet, or a higher one."""
    for place in places:
        if cost < costs.get(place, WORD_MISSING):
            costs[place] = cost


def _cheaper(one: Costs, other: Costs) -> Costs:
    return other | {place: min(cost, other.get(place, cost)) for place, cost in one.items()}


def _is_of_kind(row: Row, kind: str | None) -> bool:
    return kind is None or (row["kind"] == "cpu") == (kind == "cpu")


def _likelihood(row: Row) -> tuple[object, ...]:
    """Order among chips that fit equally well: usable, of data centres, newest, shortest name."""
    if row["integrated"]:
        place = 3
    elif LAPTOP.search(row["name"]):
        place = 2
    else:
        place = 0 if DATACENTRE.search(row["name"]) else 1
    return (
        row["tdp_w"] is None,
        place,
        not row["overlay"],
        -(row["release_year"] or 0),
        len(row["name"]),
        row["name"],
    )
