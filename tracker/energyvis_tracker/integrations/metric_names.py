"""What of a framework's logged values goes to the lake, and under which names."""

import re
from collections.abc import Mapping

UNSAFE = re.compile(r"\W", re.ASCII)
TAKEN = {"self"}  # of the tracker's own methods, which take metrics as keyword arguments


def numeric_metrics(logged: Mapping[str, object] | None) -> dict[str, float]:
    """Return the values that are one number, under names of ASCII letters, digits and underscores.

    A name that is taken once it is safe gets a number: `val/loss` beside `val_loss` is `val_loss_2`. Texts
    are left out even where they read as a number, as are arrays of more than one element.
    """
    numbers: dict[str, float] = {}
    plain = {str(name) for name in logged or {}}
    for name, value in (logged or {}).items():
        if isinstance(value, (str, bytes)):
            continue
        try:
            number = float(value)  # type: ignore[arg-type]  # whether it has a number is what is tried
        except (TypeError, ValueError, RuntimeError, OverflowError):
            continue
        numbers[safe_name(str(name), plain | TAKEN, numbers)] = number
    return numbers


def safe_name(name: str, plain: set[str], given: Mapping[str, float]) -> str:
    """Return a safe name for a metric that neither another one bears nor has been given."""
    safe = UNSAFE.sub("_", name) or "_"
    taken = (plain if safe != name else TAKEN) | given.keys()
    candidate, number = safe, 2
    while candidate in taken:
        candidate, number = f"{safe}_{number}", number + 1
    return candidate
