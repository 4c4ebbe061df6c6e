"""The server goes away and comes back, and so does the page; a real Chromium and a real server process."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, WebSocketRoute, expect

from tests.free_port import free_port
from tests.ui.conftest import ROOT, wait_until_up

pytestmark = pytest.mark.ui

OF_THE_CONNECTION = re.compile(
    "WebSocket connection to|Failed to load resource|Failed to connect to Bokeh|not connected so cannot send"
)
RETURN_MS = 90_000
GONE = "The server does not answer."
PROBES = re.compile(r"/ready$")


class Site:
    """A server that can be killed and started again on its port."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._log = folder / "server.log"
        self._environment = {k: v for k, v in os.environ.items() if not k.startswith("ENERGYVIS_")}
        self._environment |= {
            "ENERGYVIS_LAKE": str(folder / "lake"),
            "ENERGYVIS_CACHE": str(folder / "cache"),
        }
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "panel", "serve", "energyvis_panel/app.py", "--port", str(self.port)]
        with self._log.open("ab") as output:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self._environment, stdout=output, stderr=output
            )
        wait_until_up(f"http://localhost:{self.port}/static/js/bokeh.min.js", self.process, self._log)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def address(self, query: str) -> str:
        return f"http://localhost:{self.port}/app?{query}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = Site(tmp_path_factory.mktemp("site"))
    try:
        yield made
    finally:
        made.kill()


def opened(page: Page, address: str) -> None:
    """Open the page and mark it: a page that is loaded again has no mark."""
    page.goto(address, timeout=90_000)
    page.wait_for_function("window.Bokeh?.documents?.[0]?.is_idle", timeout=60_000)
    expect(page.locator("#loader")).to_be_hidden()
    page.evaluate("window.isMarked = true")


def told(page: Page, text: str) -> Locator:
    """The line, once it says so."""
    return page.get_by_role("status").filter(has_text=text)


def is_marked(page: Page) -> bool:
    return bool(page.evaluate("window.isMarked === true"))


def test_a_page_comes_back_with_brush_and_choices_when_a_killed_server_is_started_again(
    page: Page, errors: list[str], site: Site
) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    opened(page, site.address("page=explore"))
    count = page.locator(".selection .count")
    page.get_by_role("checkbox", name="mnist").click()
    page.wait_for_url("**brushes=**")
    expect(count).not_to_have_text("63,527 of 63,527 runs")
    density = page.locator(".cell-energy-histogram").get_by_role("radio", name="Density")
    density.check()
    page.wait_for_url("**views=energy-histogram.form**")
    brushed, before = page.url, count.inner_text()
    page.get_by_text("Which runs are fast and thrifty").first.scroll_into_view_if_needed()

    site.kill()
    expect(told(page, GONE)).to_be_visible()
    assert count.inner_text() == before
    site.start()
    expect(told(page, "The page was loaded again")).to_be_visible(timeout=RETURN_MS)
    expect(count).to_have_text(before)
    expect(density).to_be_checked(timeout=RETURN_MS)
    assert page.url == brushed
    assert not is_marked(page)
    assert [error for error in errors if not OF_THE_CONNECTION.search(error)] == []


def test_a_page_whose_connection_breaks_off_comes_back_as_its_address_says(
    page: Page, errors: list[str], site: Site
) -> None:
    sockets: list[WebSocketRoute] = []

    def passed_on(socket: WebSocketRoute) -> None:
        sockets.append(socket)
        socket.connect_to_server()

    page.route_web_socket(re.compile("/ws"), passed_on)
    opened(page, site.address("view=totals&region=US-WY"))
    sockets[-1].close()
    expect(told(page, "The page was loaded again")).to_be_visible(timeout=RETURN_MS)
    expect(page.get_by_text("144 USD")).to_be_visible()
    assert page.url == site.address("view=totals&region=US-WY")
    assert [error for error in errors if not OF_THE_CONNECTION.search(error)] == []


def test_a_page_that_could_not_connect_at_first_is_loaded_again(page: Page, site: Site) -> None:
    sockets: list[WebSocketRoute] = []

    def second_time(socket: WebSocketRoute) -> None:
        sockets.append(socket)
        if len(sockets) == 1:
            socket.close(code=1011)
        else:
            socket.connect_to_server()

    page.route_web_socket(re.compile("/ws"), second_time)
    page.goto(site.address("view=totals"), timeout=RETURN_MS)
    expect(page.get_by_text("Energy at the site")).to_be_visible(timeout=RETURN_MS)
    assert len(sockets) == 2


def test_what_was_typed_is_not_lost_without_a_word(page: Page, site: Site) -> None:
    opened(page, site.address("view=runs"))
    site.kill()
    expect(told(page, GONE)).to_be_visible()
    field = page.get_by_role("textbox").first
    field.press_sequentially("resnet")
    site.start()
    expect(told(page, "is not sent")).to_be_visible(timeout=RETURN_MS)
    assert field.input_value() == "resnet"
    assert is_marked(page)
    page.get_by_role("button", name="Load again").click()
    expect(told(page, "The page was loaded again")).to_be_visible(timeout=RETURN_MS)


def test_a_hidden_page_waits_and_one_that_was_lost_too_often_leaves_it_to_a_person(
    page: Page, site: Site
) -> None:
    opened(page, site.address("view=totals"))
    probes: list[str] = []
    page.on("request", lambda request: probes.append(request.url) if PROBES.search(request.url) else None)
    page.evaluate(
        "Object.defineProperty(document, 'hidden', { get: () => !window.isSeen });"
        "sessionStorage.setItem('energyvis-returns', JSON.stringify(Array(4).fill(Date.now())))"
    )
    site.kill()
    site.start()
    assert probes == []
    page.evaluate("window.isSeen = true; document.dispatchEvent(new Event('visibilitychange'))")
    expect(told(page, "lost 4 times")).to_be_visible(timeout=RETURN_MS)
    assert probes != []
    assert is_marked(page)
    page.get_by_role("button", name="Load again").click()
    expect(told(page, "The page was loaded again")).to_be_visible(timeout=RETURN_MS)
