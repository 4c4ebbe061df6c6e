"""The fields of the rail in a real browser: on a phone they stand below the views, and are one tap away."""

from typing import Any

import pytest
from panel.tests.util import serve_component
from playwright.sync_api import Page, expect

from energyvis_panel.state.explore.exploration import Exploration
from tests.ui.explore_served import DEEPEST, serve_explore

pytestmark = pytest.mark.ui


def test_a_phone_goes_to_the_filters_at_one_tap(page: Page, state: Exploration, errors: list[str]) -> None:
    serve_explore(page, state, {"width": 390, "height": 844})
    first = page.get_by_role("group", name="Hardware", exact=True)
    expect(first).not_to_be_in_viewport()
    page.get_by_role("button", name="Go to the filters").press("Enter")
    expect(first).to_be_in_viewport()
    assert page.evaluate(f"() => {{ {DEEPEST} return at.textContent; }}").startswith("Hardware")
    assert errors == []


@pytest.mark.parametrize("width", [320, 390])
def test_long_texts_of_values_are_whole(page: Page, state: Exploration, width: int) -> None:
    from energyvis_panel.views.explore.selection.rail import Rail  # noqa: PLC0415 - brings numba; only with --ui

    shown: list[Any] = []

    def serve() -> Any:
        shown.append(Rail(state))
        return shown[-1]

    page.set_viewport_size({"width": width, "height": 844})
    serve_component(page, serve)
    page.locator("summary").filter(has_text="Status").click()
    text = page.get_by_text("run of 505_tecator, from which the overhead is estimated")
    expect(text).to_be_visible()
    assert text.evaluate("node => node.scrollWidth <= node.clientWidth && node.clientHeight > 30")
