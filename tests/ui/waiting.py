"""Waiting for what a page or its server do in their own time, on a machine that may be busy."""

from collections.abc import Callable, Sequence

from panel.tests.util import wait_until as wait_for
from playwright.sync_api import Locator, Page

WAIT_MS = 30_000
DOUBLE_CLICK_MS = 500
"""Two clicks that are longer apart are no double click."""


def wait_until(holds: Callable[..., object], page: Page | None = None, timeout: int = WAIT_MS) -> None:
    """Wait until something holds; with a page, its events go on meanwhile."""
    wait_for(holds, page, timeout=timeout)


def pointed_at(page: Page, place: Callable[[], Sequence[float]], said: str) -> Locator:
    """Point at a place until its tooltip says something: it moves while a figure is laid out anew."""
    tip = page.locator(".bk-Tooltip").filter(has_text=said)

    def told() -> bool:
        x, y = place()
        page.mouse.move(x + 1, y)
        page.mouse.move(x, y)
        return tip.count() > 0

    wait_until(told, page)
    return tip


def double_click(page: Page, x: float, y: float) -> None:
    """Click twice on a figure, which counts as a double click however busy the machine is."""
    page.wait_for_timeout(DOUBLE_CLICK_MS)  # else it may go on from the click before
    page.mouse.click(x, y)
    threshold = "Bokeh.require('core/ui_gestures').UIGestures.doubletap_threshold"
    before = page.evaluate(f"() => {{ const before = {threshold}; {threshold} = 60_000; return before; }}")
    page.mouse.click(x, y)
    page.evaluate(f"{threshold} = {before}")
