"""Clicks on a figure, also a quick second one on another mark."""

import math
from collections.abc import Callable
from typing import Any, Final

from bokeh.events import DoubleTap, Tap

SAME_PLACE_PX: Final = 10.0
"""Two quick clicks this near to each other are a double click, which does what one does."""


def on_click(figure: Any, clicked: Callable[[Any], None]) -> None:
    """Call ``clicked`` with the event of each click.

    Bokeh tells the second of two quick clicks as a double one, wherever it is; on another mark it is a click
    of its own.
    """
    last = (math.inf, math.inf)

    def tapped(event: Any) -> None:
        nonlocal last
        last = (event.sx, event.sy)
        clicked(event)

    def tapped_again(event: Any) -> None:
        if math.dist(last, (event.sx, event.sy)) > SAME_PLACE_PX:
            tapped(event)

    figure.on_event(Tap, tapped)
    figure.on_event(DoubleTap, tapped_again)
