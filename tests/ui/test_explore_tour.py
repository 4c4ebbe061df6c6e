"""The tour in a browser: by mouse and by keyboard it brushes, counts, points, and gives the brushes back."""

import pytest
from panel.tests.util import serve_component
from playwright.sync_api import Page, expect

from energyvis_panel.state.explore.brushes import Brushes
from energyvis_panel.state.explore.exploration import Exploration
from tests.ui.conftest import Server, Watched
from tests.ui.waiting import wait_until

pytestmark = pytest.mark.ui

OWN = Brushes().with_range("depth", 2, 4)


@pytest.fixture
def toured(page: Page, state: Exploration, errors: list[str]) -> Page:
    """The page of a visitor who has brushed something."""
    from energyvis_panel.views.explore.page import ExplorePage  # noqa: PLC0415 - brings numba; only with --ui

    state.brush_range("depth", 2, 4)
    page.set_viewport_size({"width": 1440, "height": 900})
    serve_component(page, lambda: ExplorePage(state))
    expect(page.locator(".bk-Figure").first).to_be_attached(timeout=40_000)
    assert errors == []
    return page


def test_the_tour_by_mouse(toured: Page, state: Exploration, errors: list[str]) -> None:
    strip = toured.get_by_role("region", name="Guided tour")
    toured.get_by_role("button", name="Take the tour").click()
    expect(strip.get_by_text("Step 1 of 6")).to_be_visible()
    expect(strip.get_by_text("settings ran on both kinds of node")).to_be_visible()
    expect(strip.get_by_role("cell", name="13,121 settings")).to_be_visible()
    assert state.brushes.sets == {"status": ("standardised",)}
    strip.get_by_role("button", name="Step 4: ").click()
    expect(
        strip.get_by_role("heading", name="What happens when a network no longer fits the cache?")
    ).to_be_visible()
    expect(strip.get_by_text("times as much beyond the caches")).to_be_visible()
    card = toured.locator(".cell-cache-spill")
    wait_until(lambda: (card.bounding_box() or {"y": 900})["y"] < 300, toured)
    toured.get_by_role("checkbox", name="mnist").first.click()
    expect(strip.get_by_text("You changed the selection")).to_be_visible()
    strip.get_by_role("button", name="Brush as the step does").click()
    expect(strip.get_by_text("You changed the selection")).to_be_hidden()
    strip.get_by_role("button", name="Leave the tour").click()
    expect(strip).to_be_hidden()
    wait_until(lambda: state.brushes == OWN, toured)
    assert errors == []


def test_the_tour_by_keyboard(toured: Page, state: Exploration, errors: list[str]) -> None:
    strip = toured.get_by_role("region", name="Guided tour")
    toured.get_by_role("button", name="Take the tour").focus()
    toured.keyboard.press("Enter")
    for number in range(1, 7):
        expect(strip.get_by_text(f"Step {number} of 6")).to_be_visible()
        toured.keyboard.press("ArrowRight")
    expect(strip).to_be_hidden()
    wait_until(lambda: state.brushes == OWN, toured)
    expect(toured.get_by_role("button", name="Take the tour")).to_be_focused()
    toured.keyboard.press("Enter")
    expect(strip.get_by_text("Step 1 of 6")).to_be_visible()
    toured.keyboard.press("Escape")
    expect(strip).to_be_hidden()
    assert errors == []


def test_an_address_opens_the_tour_at_a_step(watched: Watched, server: Server) -> None:
    page = watched.open(f"{server.app}?page=explore&tour=3")
    expect(page.get_by_text("Step 3 of 6")).to_be_visible(timeout=40_000)
    expect(page.get_by_text("From which size on is the GPU the thrifty one?")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    box = page.get_by_role("region", name="Guided tour").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert box["height"] < 844 * 0.6
