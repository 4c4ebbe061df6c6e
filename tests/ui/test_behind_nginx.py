"""The app in a browser from the lab's web server: under a prefix, over TLS, with one process of two away."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserType, ConsoleMessage, Request, expect

from tests.deploy.nginx_fixture import SITE, Front, front, needs_nginx
from tests.deploy.served_processes import Processes

pytestmark = [pytest.mark.ui, needs_nginx]


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """Return an nginx before one process that is ready and one that is away."""
    processes = Processes(tmp_path_factory.mktemp("processes"))
    try:
        processes.start(processes.ports[0])
        with front(tmp_path_factory.mktemp("nginx"), processes.ports) as running:
            yield running
    finally:
        processes.end_all()


@pytest.fixture
def browser_at_the_site(
    behind: Front, browser_type: BrowserType, browser_type_launch_args: dict[str, Any]
) -> Iterator[Browser]:
    """Return a browser that finds the site's name at the nginx of the test, as its name server would tell."""
    rules = f"--host-resolver-rules=MAP {SITE}:443 127.0.0.1:{behind.https_port}"
    arguments = [*browser_type_launch_args["args"], rules]
    browser = browser_type.launch(**{**browser_type_launch_args, "args": arguments})
    yield browser
    browser.close()


@pytest.mark.parametrize("query", ["", "?view=energy-histogram"])
def test_a_page_is_whole_behind_the_web_server(
    behind: Front, browser_at_the_site: Browser, query: str
) -> None:
    context = browser_at_the_site.new_context(ignore_https_errors=True)
    page = context.new_page()
    complaints: list[str] = []
    outside: list[str] = []

    def asked(request: Request) -> None:
        if not request.url.startswith((f"https://{SITE}/energyvis/", "data:", "blob:")):
            outside.append(request.url)

    def heard(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(message.text)

    page.on("console", heard)
    page.on("request", asked)
    with page.expect_websocket(lambda socket: f"{SITE}/energyvis/" in socket.url):
        page.goto(f"https://{SITE}/energyvis/app{query}")
    expect(page.locator(".bk-Figure").first).to_be_visible()
    page.wait_for_timeout(300)
    assert complaints == []
    assert outside == []
    assert behind.log("/energyvis/app")[-1]["status"] == 200
