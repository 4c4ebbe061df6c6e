"""Numbers as people type them: with a decimal point or a decimal comma, never with thousand separators."""

import re

from energyvis_panel.errors import EnergyVisError

NUMBER = re.compile(r"[+-]?([0-9]+([.,][0-9]*)?|[.,][0-9]+)([eE][+-]?[0-9]{1,3})?")
THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}([.,'\u2019\s][0-9]{3})+([.,][0-9]+)?")
COMMA_AMBIGUOUS = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")
LONGEST = 40


class EnteredNumberError(EnergyVisError):
    """What was typed cannot be read as one number."""


def entered_number(text: str) -> float:
    """The number in ``text``; a comma is a decimal comma.

    Where it could as well part thousands, as in ``"1,234"``, the number is refused: a wrong guess would be a
    thousand times too large or too small.

    Raises
    ------
    EnteredNumberError
        If the text is no number, or separates thousands.

    """
    entered = text.strip().replace("\N{MINUS SIGN}", "-")
    if COMMA_AMBIGUOUS.fullmatch(entered):
        point, plain = entered.replace(",", "."), entered.replace(",", "")
        raise EnteredNumberError(
            f"{entered} can be read as {point} or as {plain}. Write the one that is meant."
        )
    if NUMBER.fullmatch(entered):
        return float(entered.replace(",", "."))
    shown = entered if len(entered) <= LONGEST else entered[:LONGEST] + "…"
    if THOUSANDS.fullmatch(entered):
        raise EnteredNumberError(f"{shown} separates thousands. Write the number without them, e.g. 12500.5.")
    raise EnteredNumberError(f"{shown!r} is not a number. Write one, e.g. 1.58.")


def number_text(value: float, digits: int) -> str:
    """``value`` with that many significant digits, without exponent, separators or trailing zeros."""
    text = f"{value:.{digits}g}"
    if "e" in text:
        magnitude = int(text.partition("e")[2])
        text = f"{float(text):.{max(0, digits - 1 - magnitude)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
