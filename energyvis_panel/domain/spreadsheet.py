"""Text that a spreadsheet would run as a formula, made harmless in every CSV that we write (CWE-1236)."""

from typing import Final

FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a formula begins with; some programs take the wide signs for the narrow ones."""
BLANKS: Final = " \t\r\n\v\f\u00a0\u3000\ufeff\u200b"
"""What some programs pass over before they look for a sign."""


def harmless(text: str) -> str:
    """``text`` with an apostrophe before it where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.lstrip(BLANKS).startswith(FORMULA_SIGNS) else text
