"""Signing in and out in a real browser, at the server as an administrator starts it, and what viewers see."""

import re
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from energyvis_panel.data.profile_json import profile_to_json
from energyvis_panel.sign_in_settings import load_sign_in_settings
from tests.free_port import free_port
from tests.live_fixture import tracked_job
from tests.oidc_fixture import Provider, provider_served
from tests.profiles_fixture import small_profile
from tests.server.conftest import Served, end, is_listening, started, wait_until
from tests.sign_in_fixture import PASSWORDS, SECRET, password_environment, signed_in_app

pytestmark = pytest.mark.ui

DEEP_LINK = "?page=explore&brushes=epochs%3A10..100"
SENTENCE = re.compile(r"Only editors import files, .* Ask Ada \(4711\)\.")
FILE_BUTTONS = """(act) => {
  const models = [...Bokeh.documents[0]._all_models.values()];
  const buttons = models.find((model) => model.data?.attributes?.most_bytes);
  const view = Bokeh.index.find_one(buttons);
  for (const message of act) view.model_proxy.send_msg(message);
}"""


@pytest.fixture(scope="module")
def host_port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, host_port: int) -> Iterator[Served]:
    """`energyvis serve` with two users, and a wiki on this machine that may frame it."""
    folder = tmp_path_factory.mktemp("lab")
    named = password_environment(folder, ENERGYVIS_CONTACT="Ada (4711)")
    settings = {name.removeprefix("ENERGYVIS_"): value for name, value in named.items()}
    origins = f"http://localhost:{host_port},http://127.0.0.1:{host_port}"
    begun = started(folder, port=free_port(), EMBED_ORIGINS=origins, **settings)
    try:
        wait_until(lambda: is_listening(begun), "the server did not start")
        yield begun
    finally:
        end(begun)


@pytest.fixture(scope="module")
def wiki(tmp_path_factory: pytest.TempPathFactory, lab: Served, host_port: int) -> Iterator[int]:
    """A page of another server with a view in a frame; its port."""
    folder = tmp_path_factory.mktemp("wiki")
    frame = f'<iframe src="http://localhost:{lab.port}/?view=totals" width="600" height="400"></iframe>'
    (folder / "index.html").write_text(f"<!DOCTYPE html><h1>Wiki</h1>{frame}", encoding="utf-8")
    app = f"http://localhost:{lab.port}/app"
    asked = f"bokeh-autoload-element=place&bokeh-app-path=/app&bokeh-absolute-url={app}&view=totals"
    script = f'<div><script id="place" src="{app}/autoload.js?{asked}"></script></div>'
    (folder / "script.html").write_text(f"<!DOCTYPE html><h1>Wiki</h1>{script}", encoding="utf-8")
    handler = partial(QuietHandler, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", host_port), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield host_port
    server.shutdown()
    server.server_close()
    thread.join(timeout=10)


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves a folder, and says nothing of it."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the library
        pass


def at(lab: Served, query: str = "") -> str:
    return f"http://localhost:{lab.port}/{query}"


def fill_in(page: Page, user: str, password: str) -> None:
    page.get_by_label("Name").fill(user)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def connected(page: Page) -> None:
    page.wait_for_function("window.Bokeh?.documents?.[0]?.is_idle", timeout=60_000)
    expect(page.locator("#loader")).to_be_hidden()


def signed_in(page: Page, lab: Served, user: str, query: str = "") -> None:
    page.goto(at(lab, query))
    fill_in(page, user, PASSWORDS[user])
    connected(page)


def test_a_deep_link_is_kept_and_who_signs_out_is_out(page: Page, lab: Served, errors: list[str]) -> None:
    page.goto(at(lab, DEEP_LINK))
    expect(page.get_by_label("Name")).to_be_focused()
    fill_in(page, "ada", "wrong")
    expect(page.get_by_role("alert")).to_have_text(
        "This name and password do not belong together. Try again."
    )
    expect(page.get_by_label("Name")).to_have_value("ada")
    expect(page.get_by_label("Password")).to_be_focused()
    page.get_by_label("Password").fill(PASSWORDS["ada"])
    page.keyboard.press("Enter")
    page.wait_for_url(at(lab, DEEP_LINK))
    expect(page.get_by_title("Signed in as ada").locator("visible=true")).to_have_count(1, timeout=60_000)
    page.set_viewport_size({"width": 390, "height": 700})
    page.get_by_role("link", name="Sign out").click()
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    page.get_by_role("link", name="Sign in again").click()
    expect(page.get_by_label("Name")).to_be_visible()
    page.goto(at(lab))
    expect(page.get_by_label("Name")).to_be_visible()
    # The wrong password, which Chromium reports as a resource that failed.
    assert [error for error in errors if "401" not in error] == []


@pytest.mark.parametrize("ground", ["light", "dark"])
def test_the_pages_fit_a_phone_and_ask_no_other_server(
    context: BrowserContext, lab: Served, ground: str
) -> None:
    page = context.new_page()
    page.emulate_media(color_scheme="dark" if ground == "dark" else "light")
    page.set_viewport_size({"width": 390, "height": 700})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in ("login", "logout"):
        page.goto(at(lab, path))
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert colour == {"light": "rgb(247, 248, 250)", "dark": "rgb(20, 23, 28)"}[ground]
    page.goto(at(lab, "login"))
    assert page.get_by_role("button").evaluate("(button) => button.offsetHeight") >= 40
    assert all(url.startswith(at(lab)) for url in asked)


def test_a_viewer_looks_and_exports_and_imports_nothing(page: Page, lab: Served, errors: list[str]) -> None:
    signed_in(page, lab, "bob")
    expect(page.get_by_role("button", name=re.compile("^Export.$"))).to_be_enabled()
    expect(page.get_by_text(SENTENCE).first).to_be_visible()
    for missing in ("Import", "Live URL"):
        expect(page.get_by_role("button", name=missing)).to_have_count(0)
    with page.expect_download() as download:
        page.get_by_role("button", name=re.compile("^Export.$")).click()
        page.get_by_role("menuitem", name="CSV").click()
    assert download.value.suggested_filename.endswith(".csv")
    content = list(profile_to_json(small_profile("smuggled")).encode())
    page.evaluate(
        FILE_BUTTONS, [{"kind": "begin", "name": "smuggled.json", "size": len(content)}, {"kind": "part"}]
    )
    expect(page.get_by_text(SENTENCE)).to_have_count(3)
    expect(page.get_by_text("Smuggled")).to_have_count(0)
    assert errors == []


def test_in_a_frame_of_the_same_site_who_has_signed_in_sees_the_view(
    page: Page, context: BrowserContext, lab: Served, wiki: int
) -> None:
    page.goto(f"http://localhost:{wiki}/")
    frame = page.frame_locator("iframe")
    expect(frame.get_by_text("This view needs a sign-in. Sign in in a tab")).to_be_visible()
    with context.expect_page() as opened:
        frame.get_by_role("link", name="Sign in").click()
    tab = opened.value
    fill_in(tab, "bob", PASSWORDS["bob"])
    connected(tab)
    assert tab.url == at(lab, "?view=totals")
    frame.get_by_role("link", name="Show the view").click()
    expect(frame.get_by_text("kg CO").first).to_be_visible(timeout=60_000)


def test_in_a_frame_of_another_site_a_link_leads_to_the_view(
    page: Page, context: BrowserContext, lab: Served, wiki: int
) -> None:
    signed_in(page, lab, "bob", "?view=totals")
    page.goto(f"http://127.0.0.1:{wiki}/")
    frame = page.frame_locator("iframe")
    expect(frame.get_by_text("browsers do not pass on")).to_be_visible()
    with context.expect_page() as opened:
        frame.get_by_role("link", name="Open the view in a tab").click()
    connected(opened.value)
    assert opened.value.url == at(lab, "?view=totals")


def test_nothing_private_is_in_the_address_or_the_log(page: Page, lab: Served, tmp_path: Path) -> None:
    private = tmp_path / "merger-with-acme.json"
    private.write_text(profile_to_json(small_profile("merger-with-acme")), encoding="utf-8")
    (tmp_path / "plans-of-acme.json").write_text("no profile", encoding="utf-8")
    signed_in(page, lab, "ada")
    page.locator("input[type=file]").first.set_input_files([private, tmp_path / "plans-of-acme.json"])
    expect(page.get_by_text("merger-with-acme.json")).to_be_visible()
    expect(page.get_by_text("plans-of-acme.json").first).to_be_visible()
    page.wait_for_url(re.compile("profile=imported"))
    addresses = [page.url]
    with tracked_job(tmp_path) as job:
        page.get_by_role("button", name="Live URL").click()
        field = page.get_by_role("textbox", name="Live URL of the run")
        field.fill(job.url)
        field.press("Enter")
        expect(page.get_by_text(re.compile(r"last sample \d"))).to_be_visible()
        token = job.url.partition("token=")[2]
        addresses.append(page.url)
        assert token
        assert token not in page.content()
    page.reload()
    connected(page)
    addresses.append(page.url)
    page.get_by_role("link", name="Sign out").click()
    log = lab.log.read_text(encoding="utf-8")
    assert "/login" in log
    for secret in ("acme", token, *PASSWORDS.values(), SECRET):
        assert all(secret not in address for address in addresses), secret
        assert secret not in log, secret
    assert not re.search(r"\b(ada|bob)\b", log)


def test_by_script_a_sentence_stands_until_somebody_has_signed_in(page: Page, lab: Served, wiki: int) -> None:
    page.goto(f"http://localhost:{wiki}/script.html")
    expect(page.get_by_text("This view needs a sign-in. Sign in in a tab of its own")).to_be_visible()
    expect(page.get_by_role("link", name="Sign in")).to_have_attribute("href", at(lab))
    signed_in(page, lab, "bob", "?view=totals")
    page.goto(f"http://localhost:{wiki}/script.html")
    expect(page.get_by_text("kg CO").first).to_be_visible(timeout=60_000)


@pytest.fixture
def provider() -> Iterator[Provider]:
    with provider_served() as served:
        yield served


def test_at_another_server_people_sign_in_and_out(page: Page, provider: Provider) -> None:
    with signed_in_app(load_sign_in_settings(provider.environment())) as address:
        page.goto(f"{address}/?page=explore")
        expect(page.get_by_role("heading", name="Lab identity")).to_be_visible()
        page.get_by_role("button", name="Refuse").click()
        expect(page.get_by_role("alert")).to_contain_text("The sign-in was not allowed there.")
        page.goto(f"{address}/?page=explore")
        page.get_by_role("button", name="Allow").click()
        expect(page.get_by_text("user=ada@lab.example imports=True")).to_be_visible()
        assert page.url == f"{address}/?page=explore"
        assert {cookie["name"] for cookie in page.context.cookies() if cookie["value"]} == {"user"}
        page.goto(f"{address}/logout")
        expect(page.get_by_role("link", name="Sign out there too")).to_be_visible()
        page.get_by_role("link", name="Sign in again").click()
        expect(page.get_by_role("heading", name="Lab identity")).to_be_visible()
