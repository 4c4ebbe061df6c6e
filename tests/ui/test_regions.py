"""The regions view in a real browser: list, maps, own value and table, by pointer and by keyboard."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.ui.conftest import Server, Watched
from tests.ui.map_pointer import MODELS_JS, PREVIEWED_JS, label_of, on_map, point
from tests.ui.waiting import wait_until

pytestmark = pytest.mark.ui

FIGURES_JS = f"() => {MODELS_JS}.filter((m) => m.type === 'Figure').length"


def open_regions(watched: Watched, server: Server, query: str = "") -> Page:
    page = watched.open(f"{server.app}?view=region-map{query}")
    expect(field(page)).to_be_visible()
    return page


def field(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Region")


def options(page: Page) -> Locator:
    return page.get_by_role("listbox").get_by_role("option")


def keep(page: Page, text: str) -> None:
    field(page).fill(text)
    field(page).press("Enter")


def test_typing_and_enter_keep_a_region_and_escape_releases_it(watched: Watched, server: Server) -> None:
    page = open_regions(watched, server)
    keep(page, "germ")
    expect(page.get_by_text("kept: Germany")).to_be_visible()
    expect(field(page)).to_have_value("Germany · 330 g/kWh")
    field(page).press("Escape")
    expect(page.get_by_text("kept: Germany")).to_be_hidden()
    expect(field(page)).to_have_value("")


def test_a_slip_of_the_pen_still_finds_and_what_is_not_there_says_so(
    watched: Watched, server: Server
) -> None:
    page = open_regions(watched, server)
    field(page).fill("wyomming")
    expect(options(page)).to_have_count(1)
    expect(options(page)).to_contain_text("Wyoming")
    field(page).fill("turkiye")
    expect(options(page)).to_contain_text("Türkiye")
    field(page).fill("qqqqqq")
    expect(page.get_by_text("No region matches “qqqqqq”. Enter a value of your own.")).to_be_visible()


def test_arrow_keys_preview_what_they_pass(watched: Watched, server: Server) -> None:
    page = open_regions(watched, server)
    field(page).fill("united")
    wait_until(lambda: page.evaluate(PREVIEWED_JS) == "AE", page)
    field(page).press("ArrowDown")
    wait_until(lambda: page.evaluate(PREVIEWED_JS) == "GB", page)
    field(page).press("Escape")
    wait_until(lambda: page.evaluate(PREVIEWED_JS) == "", page)
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(page.get_by_text("kept:")).to_be_hidden()


def test_recently_kept_regions_come_first(watched: Watched, server: Server) -> None:
    page = open_regions(watched, server)
    for name in ("Poland", "Norway"):
        keep(page, name)
        expect(page.get_by_text(f"kept: {name}")).to_be_visible()
    field(page).click()
    expect(page.get_by_text("Recently used")).to_be_visible()
    expect(options(page).nth(0)).to_contain_text("Norway")
    expect(options(page).nth(1)).to_contain_text("Poland")


def test_a_country_is_kept_by_a_click_and_released_by_the_next_and_by_escape(
    watched: Watched, server: Server
) -> None:
    page = open_regions(watched, server)
    x, y = point(page, ".world-map", "BR")
    page.mouse.click(x, y)
    expect(page.get_by_text("kept: Brazil")).to_be_visible()
    page.mouse.click(x, y)
    expect(page.get_by_text("kept: Brazil")).to_be_hidden()
    page.mouse.click(x, y)
    expect(page.get_by_text("kept: Brazil")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("kept: Brazil")).to_be_hidden()


def test_a_small_country_is_a_dot_that_lies_on_top(watched: Watched, server: Server) -> None:
    page = open_regions(watched, server)
    x, y = point(page, ".world-map", "LU", right=2)  # within the dot, but on Germany
    page.mouse.click(x, y)
    expect(page.get_by_text("kept: Luxembourg")).to_be_visible()


def test_a_region_without_data_says_so(watched: Watched, server: Server) -> None:
    page = open_regions(watched, server)
    x, y = point(page, ".world-map", "XS")
    page.mouse.click(x, y)
    expect(page.get_by_text("No value for Somaliland; enter your own.")).to_be_visible()
    expect(page.get_by_text("kept:")).to_be_hidden()
    keep(page, "European Union")
    expect(page.get_by_text("No value for European Union (27); enter your own.")).to_be_visible()


def test_maps_are_built_when_they_are_first_shown(watched: Watched, server: Server) -> None:
    page = open_regions(watched, server)
    expect(page.locator(".world-map canvas").first).to_be_visible()
    assert page.evaluate(FIGURES_JS) == 1
    page.get_by_role("button", name="US states").click()
    expect(page.locator(".region-map canvas").first).to_be_visible()
    expect(page.locator(".world-map canvas").first).to_be_hidden()
    assert page.evaluate(FIGURES_JS) == 2
    expect(page.get_by_text("Direct emissions, of the stack only: EPA eGRID 2023")).to_be_visible()
    expect(page.get_by_text("this map by direct emissions")).to_be_visible()
    page.get_by_role("button", name="Europe").click()
    expect(page.locator(".world-map canvas").first).to_be_visible()
    assert page.evaluate(FIGURES_JS) == 2
    x, y = point(page, ".world-map", "CH")
    page.mouse.click(x, y)
    expect(page.get_by_text("kept: Switzerland")).to_be_visible()


def test_a_state_is_kept_by_a_click_and_scopes_are_named(watched: Watched, server: Server) -> None:
    page = open_regions(watched, server)
    page.get_by_role("button", name="US states").click()
    expect(page.locator(".region-map canvas").first).to_be_visible()
    x, y = point(page, ".region-map", "US-WY")
    page.mouse.click(x, y)
    expect(page.get_by_text("kept: Wyoming")).to_be_visible()
    sentence = "is counted by lifecycle emissions and Wyoming by direct emissions"
    expect(page.get_by_text(sentence)).to_be_visible()


def test_an_own_value_is_taken_in_either_unit_and_given_back(watched: Watched, server: Server) -> None:
    page = open_regions(watched, server)
    own = page.get_by_role("textbox", name="Own value")
    expect(own).to_have_attribute("placeholder", "384")
    own.fill("100")
    own.press("Enter")
    expect(page.get_by_role("button", name="back to 384")).to_be_visible()
    page.get_by_role("combobox", name="Unit of the own value").select_option("lb")
    expect(own).to_have_value("0.220")
    own.fill("12")
    own.press("Enter")
    expect(page.get_by_text("12 lb/kWh was not taken: it must lie from 0 to 11.02.")).to_be_visible()
    expect(own).to_have_value("12")
    own.fill("0.5")
    own.press("Enter")
    expect(page.get_by_text("was not taken")).to_be_hidden()
    own.fill("")
    own.press("Enter")
    expect(page.get_by_role("button", name="back to")).to_be_hidden()
    expect(own).to_have_attribute("placeholder", "0.847")


def test_the_table_sorts_and_shows_what_has_no_data(watched: Watched, server: Server) -> None:
    page = open_regions(watched, server)
    expect(page.get_by_role("table")).to_be_hidden()
    page.get_by_label("As a table").check()
    rows = page.get_by_role("table").get_by_role("row")
    expect(rows).to_have_count(247)
    expect(rows.nth(1)).to_contain_text("Afghanistan")
    heading = page.get_by_role("columnheader", name="g/kWh").first
    heading.get_by_role("button").press("Enter")
    expect(heading).to_have_attribute("aria-sort", "ascending")
    heading.get_by_role("button").press("Enter")
    expect(heading).to_have_attribute("aria-sort", "descending")
    expect(rows.nth(1)).to_contain_text("lifecycle")
    expect(rows.last).to_contain_text("no data")
    page.get_by_role("button", name="US states").click()
    expect(rows).to_have_count(52)


def test_on_a_phone_a_tap_keeps_and_the_list_stands_above_the_map(browser: Browser, server: Server) -> None:
    size: Any = {"width": 390, "height": 844}
    context = browser.new_context(viewport=size, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(f"{server.app}?view=region-map")
    page.wait_for_function("window.Bokeh?.documents?.[0]?.is_idle", timeout=60_000)
    expect(page.locator("#loader")).to_be_hidden()
    canvas = page.locator(".world-map canvas").first
    expect(canvas).to_be_visible()
    above, below = field(page).bounding_box(), canvas.bounding_box()
    assert above is not None
    assert below is not None
    assert above["y"] + above["height"] <= below["y"]
    assert above["height"] >= 40
    page.touchscreen.tap(*on_map(page, ".world-map", *label_of("BR")))
    expect(page.get_by_text("kept: Brazil")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()
