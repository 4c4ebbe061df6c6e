"""Finding a chip by whatever a person, a data sheet or a driver calls it."""

import difflib
import re
from collections import defaultdict

from energyvis_panel.errors import DatasetError

__all__ = ["ChipNames", "chip_slug"]

BRANDS = frozenset(
    {"nvidia", "amd", "ati", "intel", "google", "tesla", "geforce", "radeon", "instinct", "habana"}
)
MOST_SUGGESTIONS = 6

# What drivers and /proc/cpuinfo add to a name.
NOISE = (
    (re.compile(r"\((r|tm|c)\)|[®™©]"), " "),
    (re.compile(r"@.*$"), " "),
    (re.compile(r"^\s*\d+th gen (?=intel)"), " "),
    (re.compile(r"\bwith radeon .*graphics\b"), " "),
    (re.compile(r"\b\d+-core\b"), " "),
    (re.compile(r"\b(processor|cpu)\b"), " "),
    (re.compile(r"\blaptop gpu\b"), "mobile"),
)


def chip_slug(name: str) -> str:
    """Lower-case words of a name joined by hyphens; a plus, which tells chips apart, is spelled out."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower().replace("+", " plus ")).strip("-")


def words(text: str) -> list[str]:
    """The words of a name that tell chips apart, lower-case."""
    cleaned = text.lower().replace("_", " ")
    for pattern, replacement in NOISE:
        cleaned = pattern.sub(replacement, cleaned)
    return chip_slug(cleaned).split("-") if chip_slug(cleaned) else []


def unbranded(text: str) -> str:
    """The words run together, without vendor and brand."""
    return "".join(word for word in words(text) if word not in BRANDS)


class ChipNames:
    """Index from names to identifiers, strict first: same words, same letters, same letters without brand."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._kinds: dict[str, str] = {}
        self._words: dict[str, frozenset[str]] = {}
        self._levels: tuple[defaultdict[str, set[str]], ...] = tuple(defaultdict(set) for _ in range(3))

    def add(self, chip_id: str, kind: str, name: str, *aliases: str) -> None:
        """Make a chip known under its identifier, its name and its aliases."""
        self._names[chip_id] = name
        self._kinds[chip_id] = kind
        self._words[chip_id] = frozenset(word for text in (name, *aliases) for word in words(text))
        for text in (chip_id, name, *aliases):
            for level, key in zip(self._levels, self._keys(text), strict=True):
                if key:
                    level[key].add(chip_id)

    def find(self, text: str) -> str:
        """Identifier of the one chip that ``text`` means.

        Raises
        ------
        DatasetError
            If none or several are meant; the message names the nearest.

        """
        *branded, brandless = zip(self._levels, self._keys(text), strict=True)
        for level, key in branded:
            if found := level.get(key):
                return self._only(text, found)
        level, key = brandless
        holding = self._holding(text)
        if found := level.get(key):
            # "A100" is a graphics processor to most people, and the whole name of an Intel CPU of 3 W.
            kinds = {self._kinds[chip_id] for chip_id in (*found, *holding)}
            return self._only(text, found if len(kinds) == 1 else {*found, *holding})
        nearest = holding or self._alike(text)
        hint = f"Nearest: {self._listed(nearest)}." if nearest else "Look it up in the chip search."
        raise DatasetError(f"No chip is called {text!r}. {hint}")

    @staticmethod
    def _keys(text: str) -> tuple[str, str, str]:
        return "-".join(words(text)), "".join(words(text)), unbranded(text)

    def _only(self, text: str, chip_ids: set[str]) -> str:
        if len(chip_ids) == 1:
            return next(iter(chip_ids))
        ordered = sorted(chip_ids, key=self._shortest_first)
        raise DatasetError(
            f"{text!r} may mean several chips: {self._listed(ordered)}. Give one of these names."
        )

    def _listed(self, chip_ids: list[str]) -> str:
        more = f" and {len(chip_ids) - MOST_SUGGESTIONS} more" if len(chip_ids) > MOST_SUGGESTIONS else ""
        return ", ".join(self._names[chip_id] for chip_id in chip_ids[:MOST_SUGGESTIONS]) + more

    def _shortest_first(self, chip_id: str) -> tuple[int, str]:
        return len(self._names[chip_id]), chip_id

    def _holding(self, text: str) -> list[str]:
        """Chips whose names hold all the words of ``text``, shortest name first."""
        wanted = {word for word in words(text) if word not in BRANDS}
        found = [chip_id for chip_id, known in self._words.items() if wanted and wanted <= known]
        return sorted(found, key=self._shortest_first)

    def _alike(self, text: str) -> list[str]:
        """Chips whose names are spelled most like ``text``."""
        keys = self._levels[2]
        alike = difflib.get_close_matches(unbranded(text), list(keys), n=MOST_SUGGESTIONS, cutoff=0.6)
        return list(dict.fromkeys(chip_id for key in alike for chip_id in sorted(keys[key])))
