"""A real server, started as a user starts it, and a real Chromium."""

import os
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import panel as pn
import pytest
from playwright.sync_api import BrowserContext, Page, Request, expect

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.views.mended_pages import mend_pages
from tests.free_port import free_port
from tests.served_here import end_servers

ROOT = Path(__file__).parents[2]
LONGEST_START_S = 60
HELD_CLICKS_COUNT = """
addEventListener('pointerdown', () => {
  const gestures = window.Bokeh?.require?.('core/ui_gestures').UIGestures;
  if (gestures) gestures.press_threshold = 2 ** 31 - 1;
}, true);
"""
expect.set_options(timeout=20_000)


@dataclass(frozen=True)
class Server:
    """A running server: its address, the app's address and its lake."""

    address: str
    app: str
    lake: Path
    log: Path


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Chromium from ENERGYVIS_CHROMIUM, without the calls home that a closed network refuses."""
    named = os.environ.get("ENERGYVIS_CHROMIUM")
    return {
        **browser_type_launch_args,
        **({"executable_path": named} if named else {}),
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-component-update",
        ],
    }


@pytest.fixture(scope="session", autouse=True)
def components_as_in_the_app() -> None:
    """Pages that a test serves in its own process learn of components as those of the app do."""
    mend_pages()


def wait_until_up(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + LONGEST_START_S
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - our own server
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            if process.poll() is not None:
                break
            time.sleep(0.1)  # the server opens its port when it is ready; nothing else tells
    pytest.fail(f"The server did not start:\n{log.read_text()}")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`panel serve energyvis_panel/app.py` with a lake of its own."""
    folder = tmp_path_factory.mktemp("server")
    port, lake, log = free_port(), folder / "lake", folder / "server.log"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ENERGYVIS_")}
    environment |= {"ENERGYVIS_LAKE": str(lake), "ENERGYVIS_CACHE": str(folder / "cache")}
    command = [sys.executable, "-m", "panel", "serve", "energyvis_panel/app.py", "--port", str(port)]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
    try:
        wait_until_up(f"http://localhost:{port}/app", process, log)
        yield Server(f"http://localhost:{port}", f"http://localhost:{port}/app", lake, log)
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture(autouse=True)
def no_server_left() -> Iterator[None]:
    """Servers that a test started in its own process end with it, or the process never would."""
    yield
    end_servers()
    pn.state.reset()


@dataclass
class Watched:
    """A page with what it asked for and what went wrong on it."""

    page: Page
    foreign: list[str]
    errors: list[str]

    def open(self, address: str) -> Page:
        """Open an address and wait until the page is connected to its session."""
        self.page.goto(address)
        self.page.wait_for_function("window.Bokeh?.documents?.[0]?.is_idle", timeout=60_000)
        expect(self.page.locator("#loader")).to_be_hidden()
        return self.page


@pytest.fixture
def context(context: BrowserContext) -> BrowserContext:
    """Pages where a click counts however long it takes on a busy machine, as in the app, on any figure."""
    context.add_init_script(HELD_CLICKS_COUNT)
    return context


@pytest.fixture
def watched(context: BrowserContext, server: Server) -> Iterator[Watched]:
    """A page on an empty lake; it fails its test if it asks another host for anything or reports an error."""
    shutil.rmtree(server.lake, ignore_errors=True)
    page = context.new_page()
    seen = Watched(page, [], [])
    own = re.compile(rf"^(wss?|https?)://localhost:{server.address.rsplit(':', 1)[1]}/|^(data|blob|about):")

    def asked(request: Request) -> None:
        if not own.match(request.url):
            seen.foreign.append(request.url)

    context.on("request", asked)
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.on("console", lambda m: seen.errors.append(m.text) if m.type == "error" else None)
    page.on("websocket", lambda socket_: None if own.match(socket_.url) else seen.foreign.append(socket_.url))
    yield seen
    page.wait_for_timeout(300)
    assert seen.foreign == []
    assert seen.errors == []


@pytest.fixture
def state(butter_e: Gateway) -> Exploration:
    """An exploration of the stand-in's runs."""
    return Exploration(butter_e)


@pytest.fixture
def errors(page: Page) -> list[str]:
    """What the page reports as an error, filled while it is used."""
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("console", lambda message: found.append(message.text) if message.type == "error" else None)
    return found


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the page reports as an error or a warning, filled while it is used."""
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("console", lambda said: found.append(said.text) if said.type in {"error", "warning"} else None)
    return found
