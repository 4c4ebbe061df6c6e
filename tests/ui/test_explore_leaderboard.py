"""The leaderboard in a real browser: headings sort, the filter filters, rows open, pages turn."""

import pytest
from panel.tests.util import serve_component
from playwright.sync_api import Page, expect

from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.views.explore.leader.leaderboard import Leaderboard
from energyvis_panel.views.explore.redraw import redraw_latest
from tests.ui.waiting import wait_until

pytestmark = pytest.mark.ui


def opened(page: Page, state: Exploration) -> None:
    """The view alone, idle, on the page's own scheduler."""

    def build() -> Leaderboard:
        view = Leaderboard(state)
        redraw_latest(state)
        return view

    page.set_viewport_size({"width": 1120, "height": 800})
    serve_component(page, build)
    expect(page.get_by_text("1 to 10 of 63,527")).to_be_visible()
    page.wait_for_function("Bokeh.documents[0].is_idle")


def test_a_heading_sorts_and_turns_round(page: Page, state: Exploration, errors: list[str]) -> None:
    opened(page, state)
    energy = page.get_by_role("columnheader", name="Energy (Wh)", exact=True)
    layers = page.get_by_role("columnheader", name="Layers")
    expect(energy).to_have_attribute("aria-sort", "ascending")
    layers.get_by_role("button").click()
    expect(layers).to_have_attribute("aria-sort", "ascending")
    assert energy.get_attribute("aria-sort") is None
    layers.get_by_role("button").press("Enter")
    expect(layers).to_have_attribute("aria-sort", "descending")
    expect(page.get_by_role("row").nth(1).get_by_role("cell", name="20", exact=True)).to_be_visible()
    assert errors == []


def test_the_filter_and_the_pages(page: Page, state: Exploration, errors: list[str]) -> None:
    opened(page, state)
    page.get_by_role("button", name="Next page").click()
    expect(page.get_by_text("11 to 20 of 63,527")).to_be_visible()
    page.get_by_role("searchbox").fill("mnist gpu")
    expect(page.get_by_text("of them with 'mnist gpu'")).to_be_visible()
    expect(page.get_by_text("1 to 10 of 1,")).to_be_visible()
    expect(page.get_by_role("cell", name="mnist")).to_have_count(10)
    expect(page.get_by_role("button", name="Previous page")).to_be_disabled()
    page.get_by_role("searchbox").fill("")
    page.get_by_role("combobox", name="One run per").select_option("Best per hardware")
    expect(page.get_by_text("1 to 2 of 2")).to_be_visible()
    assert page.get_by_role("row").count() == 3
    assert errors == []


def test_another_measure_comes_first(page: Page, state: Exploration, errors: list[str]) -> None:
    opened(page, state)
    page.get_by_role("combobox", name="Lead by").select_option("Shortest run time")
    expect(page.get_by_text("The fastest run takes")).to_be_visible()
    first = page.get_by_role("columnheader").nth(1)
    expect(first).to_have_text("Run time (s)")
    expect(first).to_have_attribute("aria-sort", "ascending")
    assert errors == []


def test_a_row_and_its_button_open_the_run(page: Page, state: Exploration, errors: list[str]) -> None:
    opened(page, state)
    rows = [row["run_id"] for row in state.answer("leaderboard").to_pylist()]
    page.get_by_role("row").nth(3).get_by_role("cell").nth(2).click()
    wait_until(lambda: state.mark is not None and state.mark.sets == {"run_id": (rows[2],)}, page)
    page.get_by_role("button", name=f"Open run {rows[5]}").press("Enter")
    wait_until(lambda: state.mark is not None and state.mark.sets == {"run_id": (rows[5],)}, page)
    assert errors == []


def test_a_phone_has_the_rows_without_scrolling_sideways(
    page: Page, state: Exploration, errors: list[str]
) -> None:
    opened(page, state)
    expect(page.get_by_role("combobox", name="Order by")).to_be_hidden()
    page.set_viewport_size({"width": 390, "height": 844})
    first = page.get_by_role("row").first
    expect(first.get_by_role("cell", name="parameters")).to_be_visible()
    for name in ("size", "depth", "hardware", "run_time_s", "shape"):
        box = first.locator(f"[data-name={name}]").bounding_box()
        assert box is not None
        assert 0 <= box["x"] <= box["x"] + box["width"] <= 390
    frame = first.locator("xpath=ancestor::div[1]")
    assert frame.evaluate("frame => frame.scrollWidth <= frame.clientWidth")
    expect(first.locator("[data-name=power_w]")).to_be_hidden()
    page.get_by_role("combobox", name="Order by").select_option("By Mean power (W)")
    expect(first.locator("[data-name=power_w]")).to_be_visible()
    turn = page.get_by_role("button", name="Turn the order round, now ascending")
    turn.press("Enter")
    expect(page.get_by_role("button", name="Turn the order round, now descending")).to_be_focused()
    expect(page.get_by_role("columnheader")).to_have_count(0)
    assert errors == []


def test_a_brush_changes_the_rows(page: Page, state: Exploration, errors: list[str]) -> None:
    opened(page, state)
    page.get_by_role("button", name="Next page").click()
    expect(page.get_by_text("11 to 20 of 63,527")).to_be_visible()
    state.brush_set("dataset", ("sleep",))
    expect(page.get_by_text("1 to 10 of ")).to_be_visible()
    expect(page.get_by_role("cell", name="sleep")).to_have_count(10)
    assert errors == []
