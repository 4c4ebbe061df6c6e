"""Ends of a range as people type them, and as they are shown in the same fields."""

import math
from datetime import UTC, datetime, time
from typing import Final

from energyvis_panel.errors import SettingsError
from energyvis_panel.state.explore.dimensions import QUANTITIES
from energyvis_panel.state.typed_number import LONGEST, TypedNumberError, typed_number

START: Final = "started_s"
DATE_LENGTH: Final = len("2022-10-20")


def typed_bound(quantity: str, text: str, *, is_high: bool) -> float:
    """The bound that ``text`` says, in the stored unit of a quantity; an open end for nothing.

    A time without a zone is UTC; a date alone is its first instant, as the high end its last.

    Raises
    ------
    SettingsError
        If it is no number, or no time.

    """
    entered = text.strip()
    if not entered:
        return math.inf if is_high else -math.inf
    if quantity == START:
        return typed_time(entered, is_high=is_high)
    dimension = QUANTITIES[quantity]
    try:
        value = typed_number(dimension.label, entered) * dimension.per_unit
    except TypedNumberError as error:
        raise SettingsError(str(error)) from error
    if not math.isfinite(value):
        raise SettingsError(f"{dimension.label}: {entered[:LONGEST]} is too large. Write a smaller number.")
    return value


def typed_time(entered: str, *, is_high: bool) -> float:
    """Seconds since 1970 UTC of a date or time as ISO 8601 writes it."""
    try:
        moment = datetime.fromisoformat(entered)
    except ValueError:
        raise SettingsError(
            f"{entered[:LONGEST]!r} is no date. Write one as 2022-10-20, or with a time as 2022-10-20 11:20."
        ) from None
    if is_high and len(entered) == DATE_LENGTH:
        moment = datetime.combine(moment, time.max)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def bound_text(quantity: str, value: float) -> str:
    """A bound for its field, in the unit of the quantity; nothing for an open end."""
    if math.isinf(value):
        return ""
    if quantity == START:
        return f"{datetime.fromtimestamp(value, UTC):%Y-%m-%d %H:%M}"
    return f"{value / QUANTITIES[quantity].per_unit:.6g}"
