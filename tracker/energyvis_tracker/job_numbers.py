"""Numbers that a job hands over: what is none is left out, with one warning."""

import math
from collections.abc import Callable, Mapping
from typing import Any

Warn = Callable[[str], None]


def metrics_of(values: Mapping[str, Any], warn: Warn) -> dict[str, float]:
    """Return the metrics that are numbers, or can be made one."""
    numbers = {}
    for key, value in values.items():
        try:
            numbers[str(key)] = float(value)
        except (TypeError, ValueError, RuntimeError):
            warn(f"The metric {key} is not a number and is left out.")
    return numbers


def units_of(value: Any, warn: Warn) -> float | None:
    """Return an amount of work, or none where it is no finite number from 0 up."""
    if value is None:
        return None
    number = metrics_of({"units": value}, lambda _: None).get("units", math.nan)
    if 0 <= number < math.inf:
        return number
    warn(f"units must be a number from 0 up; {value!r} is left out.")
    return None
