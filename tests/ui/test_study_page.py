"""The Study page in a real browser: what a user does, and what he then sees."""

import json
import re

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.ui.conftest import Server, Watched
from tests.ui.map_pointer import point
from tests.ui.waiting import wait_until

pytestmark = pytest.mark.ui

SOURCES_JS = """[...Bokeh.documents].flatMap((doc) => [...doc._all_models.values()])
  .filter((model) => model.type === 'GlyphRenderer')"""
LINE_JS = f"""() => {SOURCES_JS}.filter((r) => r.glyph.type === 'Line').map((r) => [...r.data_source.data.y])
  .find((y) => y.length) ?? null"""
KEPT_JS = f"""() => {SOURCES_JS}.filter((r) => r.glyph.type === 'MultiLine')
  .map((r) => r.data_source.data).filter((data) => 'line_dash' in data && data.ys?.length === 2)
  .map((data) => [...data.ys[1]])[0] ?? null"""


def compare_button(page: Page, name: str) -> None:
    page.get_by_role("button", name=f"Compare: {name}").click()


def choose_region(page: Page, text: str) -> None:
    field = page.get_by_role("combobox", name="Region")
    field.fill(text)
    page.get_by_role("option").first.click()


def upload(page: Page, name: str, content: bytes) -> None:
    file = FilePayload(name=name, mimeType="application/json", buffer=content)
    page.locator("input[type=file]").set_input_files([file])


def test_it_shows_an_example_with_origin_and_units(watched: Watched, server: Server) -> None:
    page = watched.open(server.app)
    expect(page.get_by_text("published example").first).to_be_visible(timeout=30_000)
    expect(page.get_by_text("from published or imported figures")).to_be_visible()
    expect(page.get_by_text(re.compile(r"kWh")).first).to_be_visible()


def test_a_region_from_the_list_shows_in_what_if_totals_and_equation(
    watched: Watched, server: Server
) -> None:
    page = watched.open(server.app)
    choose_region(page, "Wyoming")
    expect(page.locator(".chip", has_text="in Wyoming")).to_be_visible()
    expect(page.get_by_text(re.compile(r"A: .* kg CO₂e"))).to_be_visible()
    expect(page.get_by_text("in Wyoming (EPA eGRID")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".lead", has_text="As recorded.")).to_be_visible()
    page.get_by_role("button", name="Redo").click()
    expect(page.locator(".chip", has_text="in Wyoming")).to_be_visible()
    page.get_by_role("button", name="Reset", exact=True).click()
    expect(page.locator(".lead", has_text="As recorded.")).to_be_visible()


def test_right_click_compares_and_again_releases(watched: Watched, server: Server) -> None:
    page = watched.open(server.app)
    other = page.locator("button.name").nth(1)
    name = other.locator(".label").inner_text()
    other.click(button="right")
    expect(page.locator(".chip", has_text=name)).to_be_visible()
    page.locator("button.name").nth(1).click(button="right")
    expect(page.locator(".lead", has_text="As recorded.")).to_be_visible()


def test_the_pue_in_the_equation_can_be_edited_and_given_back(watched: Watched, server: Server) -> None:
    page = watched.open(server.app)
    field = page.get_by_role("spinbutton", name="Power usage effectiveness")
    before = field.input_value()
    field.fill("1.1")
    field.press("Enter")
    expect(page.locator(".chip", has_text="PUE 1.1")).to_be_visible()
    page.get_by_role("button", name=f"back to {before}").click()
    expect(page.locator(".lead", has_text="As recorded.")).to_be_visible()
    expect(field).to_have_value(before)


def test_a_pue_out_of_range_gets_a_sentence_and_changes_nothing(watched: Watched, server: Server) -> None:
    page = watched.open(server.app)
    field = page.get_by_role("spinbutton", name="Power usage effectiveness")
    field.fill("0.5")
    field.press("Enter")
    expect(
        page.get_by_role("alert").filter(has_text="The PUE is 0.5, but must lie from 1 to 10.")
    ).to_be_visible()
    expect(page.locator(".lead", has_text="As recorded.")).to_be_visible()


def test_export_and_import_give_the_same_numbers(watched: Watched, server: Server) -> None:
    page = watched.open(server.app)
    page.locator("button.name").nth(1).click()
    energy = page.locator(".total .before").first
    expect(page.locator("button.name").nth(1)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text("12 intervals", exact=True)).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
        page.get_by_role("menuitem", name="EnergyVis Panel JSON, exact").click()
    path = download.value.path()
    content = json.loads(path.read_text())
    assert content["format"] == "energyvis-profile"
    shown = energy.inner_text()
    content["id"], content["name"] = "again", "Again"
    upload(page, "again.json", json.dumps(content).encode())
    expect(page.locator("button.name", has_text="Again")).to_have_attribute("aria-pressed", "true")
    expect(energy).to_have_text(shown)


def test_a_file_that_is_no_profile_gets_a_sentence(watched: Watched, server: Server) -> None:
    page = watched.open(server.app)
    expect(page.locator("button.name").first).to_be_visible(timeout=30_000)
    upload(page, "x.json", b"PK\x03\x04 not text")
    expect(page.get_by_role("alert").filter(has_text="x.json")).to_be_visible()


def test_pointing_at_a_state_previews_the_line_that_a_click_keeps(watched: Watched, server: Server) -> None:
    # Emissions small enough that both lines are read in kilograms.
    page = watched.open(f"{server.app}?profile=strubell-2019-transformer-base")
    page.get_by_role("button", name="US states").click()
    x, y = point(page, ".region-map", "US-WY")
    expect(page.get_by_text("in Wyoming (EPA eGRID").first).to_be_visible()
    previewed = page.evaluate(LINE_JS)
    expect(page.locator(".lead", has_text="As recorded.")).to_be_visible()
    page.mouse.click(x, y)
    expect(page.locator(".chip", has_text="in Wyoming")).to_be_visible()
    wait_until(lambda: page.evaluate(KEPT_JS) is not None, page)
    assert previewed
    assert page.evaluate(KEPT_JS) == pytest.approx(previewed)
    page.mouse.click(x, y)
    expect(page.locator(".lead", has_text="As recorded.")).to_be_visible()
