"""Words that are spelled almost like another: slips of the keyboard forgiven."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

__all__ = ["NearWords", "slips_between"]

SHORTEST = 3
LONG = 7
"""From this length on a word of letters alone may hold two slips; in a model number each digit counts."""

TRANSPOSITION = 0.8
"""Two neighbours exchanged are the commonest slip: less than a letter wrong, missing or added."""


class NearWords:
    """Index of words by what is left of them when a letter or two are taken out.

    Two words within a slip of each other agree in one of those remains, so a question looks at a few words
    instead of at all.
    """

    def __init__(self, known: Iterable[str]) -> None:
        self._by_remains: defaultdict[str, list[str]] = defaultdict(list)
        for word in known:
            for remains in _remains(word):
                self._by_remains[remains].append(word)

    def near(self, word: str) -> dict[str, float]:
        """Known words at most the forgiven number of slips from ``word``, with that number; not itself."""
        candidates = {found for remains in _remains(word) for found in self._by_remains.get(remains, ())}
        forgiven = most_slips(word)
        slips = {found: slips_between(word, found) for found in candidates - {word}}
        return {found: number for found, number in slips.items() if number <= forgiven}


def most_slips(word: str) -> int:
    """How many slips are forgiven in a word."""
    if len(word) < SHORTEST:
        return 0
    return 2 if len(word) >= LONG and word.isalpha() else 1


def slips_between(one: str, other: str) -> float:
    """Least number of letters changed, added, left out or exchanged with their neighbour between two words.

    This is the distance of optimal string alignment (Damerau 1964), with exchanges counted a little less.
    """
    before: list[float] = []
    row: list[float] = [float(place) for place in range(len(other) + 1)]
    for i, letter in enumerate(one, 1):
        before, last, row = row, before, [float(i)]
        for j, target in enumerate(other, 1):
            least = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != target))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == target and letter != target:
                least = min(least, last[j - 2] + TRANSPOSITION)
            row.append(least)
    return row[-1]


def _remains(word: str) -> Iterator[str]:
    """The word, and what is left of it without as many letters as slips are forgiven."""
    level = {word}
    yield word
    for _ in range(most_slips(word)):
        level = {rest[:place] + rest[place + 1 :] for rest in level for place in range(len(rest))}
        yield from level
