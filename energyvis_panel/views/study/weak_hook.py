"""Hooks of HoloViews that keep no view."""

from collections.abc import Callable
from typing import Any
from weakref import WeakMethod

Hook = Callable[[Any, Any], None]


def weak_hook(method: Hook) -> Hook:
    """Hook that calls a view's ``method`` while the view lives.

    HoloViews keeps the options of an element, its hooks among them, in a table of the process until the
    element goes. The bound method would keep the view, the view its plot, and the plot the element: for ever.
    """
    held = WeakMethod(method)

    def hook(plot: Any, element: Any) -> None:
        if (alive := held()) is not None:
            alive(plot, element)

    return hook
