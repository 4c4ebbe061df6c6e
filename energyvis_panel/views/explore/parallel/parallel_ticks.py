"""Values along an axis of parallel coordinates: round numbers, days, or the names of a category."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np

from energyvis_panel.state.explore.axis import Axis
from energyvis_panel.state.explore.placed_axis import PlacedAxis

TICKS: Final = 6
TEN_THOUSAND: Final = 1e4
MILLION: Final = 1e6
BILLION: Final = 1e9
LONGEST_NAME: Final = 14
"""Letters of a category's value that fit between two axes."""
DAY_S: Final = 86_400.0
MONTHS_S: Final = 90 * DAY_S


def tick_labels(placed: PlacedAxis, longest: int = LONGEST_NAME) -> dict[float, str]:
    """Labels of an axis by their height; names have at most ``longest`` letters."""
    if placed.axis is None:
        heights = placed.value_heights()
        return dict(zip(heights.values(), short_names(list(heights), longest), strict=True))
    if placed.choice.name == "started_s":
        return {placed.height(at): said for at, said in day_ticks(placed.axis).items()}
    per_unit = placed.dimension.per_unit
    numbers = tick_values(placed.axis, per_unit)
    return {placed.height(number * per_unit): short_number(number) for number in numbers}


def tick_values(axis: Axis, per_unit: float) -> list[float]:
    """A few round values within the axis, in the unit that is drawn."""
    low, high = axis.low / per_unit, axis.high / per_unit
    return log_values(low, high) if axis.is_log and high >= 10 * low else even_values(low, high)


def even_values(low: float, high: float) -> list[float]:
    """Round values between ``low`` and ``high`` at even steps."""
    rough = (high - low) / TICKS
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(unit * factor for factor in (1, 2, 5, 10) if unit * factor >= rough)
    return [float(value) for value in np.arange(math.ceil(low / step) * step, high, step)]


def log_values(low: float, high: float) -> list[float]:
    """Powers of ten between ``low`` and ``high``, with their doubles and fives where the powers are few."""
    decades = math.log10(high / low)
    step = max(1, math.ceil(decades / TICKS))
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    factors = (1,) if decades > 2 else (1, 2, 5)  # noqa: PLR2004 - two decades hold two or three powers
    values = [factor * 10.0**power for power in powers if power % step == 0 for factor in factors]
    return [value for value in values if low <= value <= high]


def day_ticks(axis: Axis) -> dict[float, str]:
    """First days of months, or days where there are few, by their time in seconds since 1970 UTC."""
    first, last = (datetime.fromtimestamp(end, UTC) for end in (axis.low, axis.high))
    if axis.high - axis.low < MONTHS_S:
        days = max(1, math.ceil((axis.high - axis.low) / DAY_S / TICKS))
        day = first.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        found = {}
        while day < last:
            found[day.timestamp()] = f"{day:%d %b}"
            day += timedelta(days=days)
        return found
    months = (last.year - first.year) * 12 + last.month - first.month
    step = math.ceil(months / TICKS)
    numbers = range(first.month, first.month + months, step)
    starts = [datetime(first.year + number // 12, number % 12 + 1, 1, tzinfo=UTC) for number in numbers]
    return {start.timestamp(): f"{start:%b %Y}" for start in starts if start < last}


def short_number(number: float) -> str:
    """``number`` as an axis says it: 1,000, then 10 k, 1 M and 1 G."""
    for one, letter in ((BILLION, "G"), (MILLION, "M")):
        if number >= one:
            return f"{number / one:g} {letter}"
    return f"{number / 1000:g} k" if number >= TEN_THOUSAND else f"{number:,.6g}"


def short_names(values: Sequence[str], longest: int) -> list[str]:
    """Values of a category, long ones without their middle, so that no two read alike if that can be had.

    Pointing at a value says it whole.
    """
    names: list[str] = []
    for least_end in (0, 4, 6, 8):
        names = [short_name(value, longest, least_end) for value in values]
        if len(set(names)) == len(names):
            break
    return names


def short_name(value: str, longest: int, end: int = 0) -> str:
    """``value`` with at most ``longest`` letters, ``end`` of them its last; 0 keeps its last word."""
    if len(value) <= longest:
        return value
    last_word = len(value) - value.rfind("_") if "_" in value else 0
    end = end or (last_word if last_word <= longest - 4 else 0)
    return f"{value[: longest - 1 - end]}\u2026{value[len(value) - end :]}"
