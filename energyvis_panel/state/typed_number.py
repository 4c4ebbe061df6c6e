"""Numbers as people type them into a form: ``1300000``, ``1 300 000``, ``1.3e6``, ``1.3 M``, ``1,3 M``."""

import re

from energyvis_panel.errors import EnergyVisError

SCALES = {"": 1.0, "k": 1e3, "m": 1e6, "b": 1e9, "g": 1e9, "t": 1e12}
NUMBER = re.compile(
    r"([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:e[+-]?[0-9]{1,3})?)\s*([kmbgt]?)", re.IGNORECASE
)
COMMA_AMBIGUOUS = re.compile(r"[+-]?[1-9][0-9]{0,2}(,[0-9]{3})+")
SPACED = re.compile(r"(?<=[0-9])\s(?=[0-9]{3}\b)")
LONGEST = 40
LARGEST_COUNT = 2**53
"""Beyond it a float no longer holds every whole number."""


class TypedNumberError(EnergyVisError):
    """What was typed cannot be read as one number."""


def typed_number(what: str, text: str) -> float:
    """Number that ``text`` writes; a comma is a decimal comma, spaces may part thousands.

    K, M, B (or G) and T after it stand for 10^3, 10^6, 10^9 and 10^12. A comma that could as well part
    thousands is refused, since a wrong guess would be a thousand times too large or too small.

    Raises
    ------
    TypedNumberError
        If it is empty, ambiguous or no number; the message begins with ``what``.

    """
    entered = text.strip()
    if not entered:
        raise TypedNumberError(f"{what} is empty. Enter a number.")
    shown = entered if len(entered) <= LONGEST else entered[:LONGEST] + "…"
    if COMMA_AMBIGUOUS.fullmatch(entered):
        plain = entered.replace(",", "")
        raise TypedNumberError(
            f"{what}: {shown} may part thousands or decimals. Write {plain} if it is that."
        )
    found = NUMBER.fullmatch(SPACED.sub("", entered).replace(",", "."))
    if found is None:
        raise TypedNumberError(f"{what}: {shown!r} is not a number. Write one, e.g. 12.5 or 1.3 M.")
    return float(found[1]) * SCALES[found[2].lower()]


def typed_count(what: str, text: str) -> int:
    """Whole number that ``text`` writes.

    Raises
    ------
    TypedNumberError
        If it is no whole number.

    """
    value = typed_number(what, text)
    if not abs(value) <= LARGEST_COUNT or value != int(value):
        raise TypedNumberError(f"{what} is {text.strip()[:LONGEST]}. Write a whole number.")
    return int(value)
