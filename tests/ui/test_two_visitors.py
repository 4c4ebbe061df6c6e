"""Two visitors of one server: what one opens first, the other can open as well."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.free_port import free_port
from tests.server.conftest import Served, end, is_listening, started, wait_until

pytestmark = pytest.mark.ui


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Served]:
    """A server that has loaded nothing of Explore yet."""
    begun = started(tmp_path, port=free_port())
    try:
        wait_until(lambda: is_listening(begun), "the server did not start")
        yield begun
    finally:
        end(begun)


def test_pages_that_were_open_before_learn_of_what_another_has_loaded(
    browser: Browser, fresh: Served
) -> None:
    errors: list[str] = []
    pages = [browser.new_context(viewport={"width": 1440, "height": 900}).new_page() for _ in range(2)]
    for page in pages:
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        page.goto(f"http://localhost:{fresh.port}/app")
        expect(page.locator("canvas").first).to_be_visible(timeout=60_000)
    for page in pages:
        page.get_by_role("button", name="Explore", exact=True).click()
        expect(page.locator(".cell-energy-histogram canvas").first).to_be_visible(timeout=60_000)
    pages[1].reload()
    expect(pages[1].locator(".cell-energy-histogram canvas").first).to_be_visible(timeout=60_000)
    for page in pages:
        page.context.close()
    assert errors == []
