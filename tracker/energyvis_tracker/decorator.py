"""The decorator `track`."""

import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from energyvis_tracker.tracker import EnergyTracker

P = ParamSpec("P")
R = TypeVar("R")


def track(name: str, **arguments: Any) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Return a decorator that measures each call of a function as a run; arguments as for `EnergyTracker`."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        EnergyTracker(name, **arguments)  # a mistake in the arguments shows where they are written

        @functools.wraps(function)
        def measured(*args: P.args, **kwargs: P.kwargs) -> R:
            with EnergyTracker(name, **arguments):
                return function(*args, **kwargs)

        return measured

    return decorate
