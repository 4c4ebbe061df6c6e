"""Views in pages of another origin: size, theme, links, requests to third parties, and the code to copy."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, FloatRect, Frame, Locator, Page, ViewportSize, expect

from tests.ui.conftest import ROOT
from tests.ui.embed_host import LOADED_MS, Wiki, app_embedded_by, origin_serving
from tests.ui.waiting import wait_until

pytestmark = pytest.mark.ui

CARD = "document.scrollingElement"
TALL: ViewportSize = {"width": 1000, "height": 2600}
"""A window with room for all frames: what is beyond the window a browser does not draw."""
LINKED = """(topic) => {
  const channels = [...Bokeh.documents[0].all_models].filter((model) => model.class_name === 'LinkChannel');
  const { text, serial } = channels.find((model) => model.data.topic.includes(topic)).data;
  return { text, serial };
}"""
GROUND = "getComputedStyle(document.querySelector('body')).backgroundColor"


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str, Path]]:
    """Origin of the wiki, address of the app, folder of the wiki's pages."""
    pages, data = tmp_path_factory.mktemp("wiki"), tmp_path_factory.mktemp("app")
    with origin_serving(pages) as origin, app_embedded_by(origin, data) as app:
        yield origin, app, pages


@pytest.fixture
def wiki(context: BrowserContext, places: tuple[str, str, Path]) -> Iterator[Wiki]:
    """A page of the wiki; fails its test if anything was asked of a third host, or went wrong."""
    origin, app, pages = places
    shown = Wiki(context.new_page(), origin, app, pages, [], [])
    shown.watch()
    yield shown
    shown.page.wait_for_timeout(200)
    assert shown.foreign == []
    assert shown.errors == []


def wait_dark(frame: Frame, *, dark: bool) -> None:
    """Wait until the page of a frame is drawn dark, or light."""
    frame.wait_for_function(
        """(dark) => {
          const page = Bokeh.documents[0].roots().find((root) => root.class_name === 'Page');
          const drawn = Bokeh.index.find_one_by_id(page.id)?.container?.classList;
          return page.data.dark_theme === dark && drawn?.contains(dark ? 'mui-dark' : 'mui-light');
        }""",
        arg=dark,
    )


def fits(frame: Frame) -> None:
    """Wait until a frame is as high as what it shows, and scrolls nowhere."""
    content, element = frame.locator(".main-content"), frame.frame_element()
    for _turn in range(100):
        outer = element.evaluate("(e) => e.clientHeight")
        inner = content.evaluate("(e) => Math.ceil(e.getBoundingClientRect().bottom)")
        if outer == inner == frame.evaluate(f"{CARD}.scrollHeight"):
            break
        frame.wait_for_timeout(100)
    assert outer == inner
    assert not frame.evaluate(f"{CARD}.scrollHeight > {CARD}.clientHeight")


def box_of(place: Locator) -> FloatRect:
    box = place.bounding_box()
    assert box is not None
    return box


def drag(page: Page, frame: Frame, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag over the figure of a frame, from one share of its width and height to another."""
    figure = frame.locator(".bk-Figure").first
    figure.scroll_into_view_if_needed()
    box = box_of(figure)
    x, y, width, height = box["x"], box["y"], box["width"], box["height"]
    page.mouse.move(x + start[0] * width, y + start[1] * height)
    page.mouse.down()
    page.mouse.move(x + end[0] * width, y + end[1] * height, steps=5)
    page.mouse.up()


def test_a_frame_is_as_high_as_its_view_and_as_wide_as_its_place(wiki: Wiki) -> None:
    (frame,) = wiki.opened(f"<div style='width: 700px'>{wiki.frame('view=runtime-energy', height=100)}</div>")
    expect(frame.get_by_text("Which runs are fast and thrifty")).to_be_visible()
    fits(frame)
    before = wiki.page.locator("iframe").evaluate("(e) => e.clientHeight")
    frame.get_by_role("button", name="More about: ").click()
    expect(frame.get_by_role("button", name="Open alone")).to_be_visible()
    expect(frame.get_by_role("button", name="Embed…")).to_have_count(0)
    fits(frame)
    assert wiki.page.locator("iframe").evaluate("(e) => e.clientHeight") > before
    assert frame.evaluate(f"{CARD}.clientWidth") == 700
    assert not frame.evaluate(f"{CARD}.scrollWidth > {CARD}.clientWidth")


def test_the_theme_follows_the_ground_and_those_who_may_name_it(wiki: Wiki) -> None:
    (frame,) = wiki.opened(wiki.frame("view=totals&theme=auto"), style="background: #111")
    wait_dark(frame, dark=True)
    wiki.page.evaluate("document.body.style.background = 'oklch(0.98 0 0)'")
    wait_dark(frame, dark=False)
    wiki.page.evaluate(
        "(app) => frames[0].postMessage({energyvis: {theme: 'dark'}}, app)",
        wiki.app,
    )
    wait_dark(frame, dark=True)
    # The same page at an origin that is not named cannot even show the frame.
    with origin_serving(wiki.folder) as stranger:
        other = wiki.page.context.new_page()
        other.goto(f"{stranger}/index.html")
        wait_until(lambda: other.frames[1].url.startswith("chrome-error:"), other)
        other.close()


def test_without_the_script_the_theme_is_the_browsers(wiki: Wiki) -> None:
    wiki.page.emulate_media(color_scheme="dark")
    (frame,) = wiki.opened(wiki.frame("view=totals&theme=auto"), script=False)
    wait_dark(frame, dark=True)
    wiki.page.emulate_media(color_scheme="light")
    wait_dark(frame, dark=False)


def test_linked_frames_share_brushes_and_one_that_comes_later_takes_them(wiki: Wiki) -> None:
    one = wiki.frame("view=energy-histogram&link=lab")
    two = wiki.frame("view=runtime-energy&link=lab&data=butter-e")
    alone = wiki.frame("view=runtime-energy&link=other")
    wiki.page.set_viewport_size(TALL)
    first, second, third = wiki.opened(one + two + alone)
    drag(wiki.page, first, (0.4, 0.5), (0.6, 0.5))
    second.wait_for_function(f"(t) => ({LINKED})(t).text.startsWith('energy_j:')", arg="brushes")
    brushed = second.evaluate(LINKED, "brushes")
    assert brushed["text"] == first.evaluate(LINKED, "brushes")["text"]
    assert brushed["serial"] == 0
    wiki.page.evaluate("(code) => document.body.insertAdjacentHTML('beforeend', code)", two)
    late = wiki.connected(wiki.page.frames[-1])
    late.wait_for_function(f"([t, text]) => ({LINKED})(t).text === text", arg=["brushes", brushed["text"]])
    # The last change wins, whichever frame it comes from; none answers another for ever.
    drag(wiki.page, second, (0.3, 0.3), (0.8, 0.7))
    first.wait_for_function(f"(t) => ({LINKED})(t).text.includes('run_time_s:')", arg="brushes")
    told = second.evaluate(LINKED, "brushes")
    assert told["serial"] == 1
    late.wait_for_function(f"([t, text]) => ({LINKED})(t).text === text", arg=["brushes", told["text"]])
    assert [frame.evaluate(LINKED, "brushes")["serial"] for frame in (first, late)] == [1, 0]
    assert third.evaluate(LINKED, "brushes")["text"] == ""


def test_linked_studies_share_the_region(wiki: Wiki) -> None:
    map_, totals = wiki.opened(
        wiki.frame("view=region-map&link=a") + wiki.frame("view=totals&link=a&pue=1.2")
    )
    field = map_.get_by_role("combobox", name="Region")
    field.fill("Wyoming")
    map_.get_by_role("option").first.click()
    expect(totals.get_by_text(re.compile("A: .*CO₂e"))).to_be_visible()


def test_several_views_of_one_frame_share_one_state(wiki: Wiki) -> None:
    wiki.page.set_viewport_size({"width": 1200, "height": 800})
    (frame,) = wiki.opened(wiki.frame("view=energy-histogram,runtime-energy"))
    figures = frame.locator(".bk-Figure")
    expect(figures).to_have_count(2, timeout=LOADED_MS)
    left, right = (box_of(figures.nth(place)) for place in range(2))
    assert right["x"] > left["x"] + left["width"]
    said = frame.get_by_text("runs").all_inner_texts()
    drag(wiki.page, frame, (0.4, 0.5), (0.6, 0.5))
    frame.wait_for_function(
        "(said) => !document.body.innerText.includes(said)", arg=said[-1], timeout=LOADED_MS
    )
    wiki.page.set_viewport_size({"width": 390, "height": 800})
    frame.wait_for_function("Bokeh.documents[0].is_idle")
    expect(figures.nth(1)).to_be_attached()
    fits(frame)
    upper, lower = (box_of(figures.nth(place)) for place in range(2))
    assert lower["y"] > upper["y"] + upper["height"]
    assert not frame.evaluate(f"{CARD}.scrollWidth > {CARD}.clientWidth")


SAID = {
    "view=totals,nowhere": "There is no view 'nowhere'. Known views: accuracy, ",
    "view=totals&theme=sepia": "There is no theme 'sepia'. Use light, dark, auto.",
    "view=totals&region=Atlantis": "The link asks for what is not here: region 'Atlantis'.",
    "view=energy-histogram&brushes=nonsense:1": "The link's brush 'nonsense:1' names no dimension.",
    "view=runs&group=nobody": "The link asks for what is not here: the group 'nobody'.",
    "view=leaderboard&data=lab": "holds no run yet",
    "view=overhead&data=nonsense": "There are no runs 'nonsense'. Use butter-e or lab.",
}
"""What a frame says whose address asks for what cannot be."""


def test_what_cannot_be_is_said_in_the_frame(wiki: Wiki) -> None:
    wiki.page.set_viewport_size(TALL)
    frames = wiki.opened("".join(wiki.frame(query) for query in SAID))
    for frame, said in zip(frames, SAID.values(), strict=True):
        expect(frame.get_by_text(said)).to_be_visible()
        fits(frame)


def test_the_code_of_the_sheet_embeds_what_is_on_show(wiki: Wiki) -> None:
    wiki.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    wiki.page.goto(f"{wiki.app}?region=US-WY&user=somebody")
    wiki.page.wait_for_function("window.Bokeh?.documents?.[0]?.is_idle", timeout=LOADED_MS)
    opener = wiki.page.get_by_role("button", name="Embed…")
    opener.click()
    sheet = wiki.page.get_by_role("dialog", name="Embed in another page")
    sheet.get_by_label("Totals").check()
    sheet.get_by_label("Theme").select_option("dark")
    sheet.get_by_label("with frames that carry the name").check()
    wiki.page.set_viewport_size({"width": 390, "height": 844})
    assert not sheet.evaluate("(e) => e.scrollWidth > e.clientWidth || e.clientWidth > innerWidth")
    sheet.get_by_role("button", name="Copy").click()
    expect(sheet.get_by_role("status")).to_have_text("Copied.")
    code = wiki.page.evaluate("navigator.clipboard.readText()")
    assert code.startswith(
        f'<iframe src="{wiki.app}?view=consumption,totals&amp;region=US-WY&amp;theme=dark&amp;link=a"'
    )
    assert "somebody" not in code
    assert wiki.script in code
    wiki.page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(opener).to_be_focused()
    (frame,) = wiki.opened(code, script=False)
    expect(frame.get_by_text("A: ").first).to_be_visible()
    wait_dark(frame, dark=True)
    fits(frame)


def test_a_view_is_drawn_by_script_as_a_part_of_the_page(wiki: Wiki) -> None:
    wiki.page.goto(f"{wiki.app}?page=runs")
    wiki.page.wait_for_function("window.Bokeh?.documents?.[0]?.is_idle", timeout=LOADED_MS)
    wiki.page.get_by_role("button", name="Embed…").click()
    sheet = wiki.page.get_by_role("dialog", name="Embed in another page")
    sheet.get_by_label("Script").check()
    code = sheet.get_by_label("Code to put into the page").input_value()
    assert "theme=auto" in code
    code = code.replace("view=runs", "view=energy-histogram&amp;brushes=depth:2..8")
    wiki.page.goto(wiki.write(f"<h1>Host</h1>{code}", style="background: #123"))
    expect(wiki.page.get_by_text("How much does a run take")).to_be_visible(timeout=LOADED_MS)
    expect(wiki.page.locator(".bk-Figure")).to_be_visible(timeout=LOADED_MS)
    expect(wiki.page.get_by_text("of 63,527 runs")).not_to_contain_text("63,527 of 63,527")
    expect(wiki.page.get_by_role("heading", name="Host")).to_be_in_viewport()
    expect(wiki.page.get_by_role("button", name="Embed…")).to_have_count(0)
    wait_dark(wiki.page.main_frame, dark=True)
    assert wiki.page.evaluate(GROUND) == "rgb(17, 34, 51)"
    wiki.page.evaluate("document.body.style.background = 'white'")
    wait_dark(wiki.page.main_frame, dark=False)


def test_the_page_that_embeds_three_views_works_as_it_is_shipped(wiki: Wiki) -> None:
    wiki.page.set_viewport_size({"width": 1240, "height": 1500})
    shipped = (ROOT / "deploy" / "embed" / "index.html").read_text()
    server = wiki.app.removesuffix("/app")
    (wiki.folder / "shipped.html").write_text(shipped.replace("https://energy.lab.example", server))
    wiki.page.goto(f"{wiki.origin}/shipped.html")
    one, two, three = wiki.page.frames[1:]
    for frame in (one, two, three):
        frame.wait_for_function("window.Bokeh?.documents?.[0]?.is_idle", timeout=LOADED_MS)
        wait_dark(frame, dark=False)
        expect(frame.locator("#loader")).to_be_hidden()
    drag(wiki.page, one, (0.4, 0.5), (0.6, 0.5))
    two.wait_for_function(f"(t) => ({LINKED})(t).text.startsWith('energy_j:')", arg="brushes")
    expect(three.get_by_text("Cumulative emissions, ")).to_be_visible()
    wiki.page.get_by_role("button", name="Dark page").click()
    for frame in (one, two, three):
        wait_dark(frame, dark=True)
        fits(frame)
