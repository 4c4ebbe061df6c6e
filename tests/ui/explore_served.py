"""The Explore page, served for a test."""

from collections.abc import Sequence
from typing import Any

import panel as pn
from panel.tests.util import serve_and_wait, serve_component
from playwright.sync_api import Page, ViewportSize, expect

from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.shell import first_argument
from energyvis_panel.views.tuned_figures import TunedFigures
from tests.ui.waiting import wait_until

BUILD_MS = 120_000
DEEPEST = """
let at = document.activeElement;
while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
"""
"""Script that finds the element that has the focus, through shadow roots."""


def expect_all_views(page: Page, made: Any) -> None:
    """Wait until all views of the page are built, rendered and idle: a brush before that is lost."""
    expect_views(page, made, tuple(made.cells))
    expect(page.get_by_text("runs with known energy are flagged")).to_be_attached(timeout=BUILD_MS)
    page.wait_for_function("Bokeh.documents[0].is_idle")


def expect_views(page: Page, made: Any, names: Sequence[str]) -> None:
    """Wait until views of the page are built, rendered and idle."""
    wait_until(lambda: set(names) <= set(made.views), page, timeout=BUILD_MS)
    for name in names:
        cell, view = page.locator(f".cell-{name}"), made.views[name]
        expect(cell.get_by_role("button", name="More about: ")).to_be_attached(timeout=BUILD_MS)
        expect(cell.get_by_role("heading", name=view.question, exact=True)).to_be_attached(timeout=BUILD_MS)
        if view.chart is not None:
            expect(cell.locator(".bk-Figure").first).to_be_attached(timeout=BUILD_MS)
    page.wait_for_function("Bokeh.documents[0].is_idle")


def serve_explore(
    page: Page, state: Exploration, size: ViewportSize, *, build_all: bool = False, query: str = ""
) -> list[Any]:
    """Open the page; the list gets each ``ExplorePage`` that is made, the first at once."""
    from energyvis_panel.views.explore.page import ExplorePage  # noqa: PLC0415 - brings numba; only with --ui

    shown: list[Any] = []

    def build() -> Any:
        shown.append(ExplorePage(state, bench=first_argument(pn.state.session_args, "bench")))
        if build_all:
            pn.state.onload(shown[-1].build_all)
        return pn.Column(TunedFigures(), shown[-1], sizing_mode="stretch_width", margin=0)

    page.set_viewport_size(size)
    page.goto(f"http://localhost:{serve_and_wait(build)}/?{query}")
    expect(page.locator(".selection .count")).to_have_text("63,527 of 63,527 runs", timeout=60_000)
    page.wait_for_function("Bokeh.documents[0].is_idle")
    return shown


def serve_view(page: Page, state: Exploration, name: str, width: int, height: int) -> list[Any]:
    """One view alone in a page, idle: what is done before that is lost; the list has document and view."""
    from energyvis_panel.views.explore.page import explore_view  # noqa: PLC0415 - brings numba; only with --ui

    parts: list[Any] = []

    def build() -> Any:
        parts[:] = pn.state.curdoc, explore_view(name, state)
        return pn.Column(parts[-1], sizing_mode="stretch_width")

    page.set_viewport_size({"width": width, "height": height})
    serve_component(page, build)
    expect(page.locator(".bk-Figure")).to_be_visible()
    page.wait_for_function("Bokeh.documents[0].is_idle")
    return parts
