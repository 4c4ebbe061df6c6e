"""The view of overhead in a real browser: hover, click, drag, and the way by keyboard."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from energyvis_panel.state.explore.exploration import Exploration
from tests.ui.explore_served import serve_view
from tests.ui.waiting import pointed_at, wait_until

pytestmark = pytest.mark.ui

DATA_SETS = 13


def opened(page: Page, state: Exploration) -> list[Any]:
    """The view alone in a page; the list has document and view."""
    return serve_view(page, state, "overhead", 900, 900)


def at(page: Page, across: float, up: float) -> tuple[float, float]:
    """A place in the figure: a share of its width, and pixels from its foot."""
    box: Any = page.locator(".bk-Figure").bounding_box()
    return box["x"] + across * box["width"], box["y"] + box["height"] - up


# A click that soon follows another is Bokeh's double tap: one click a test.
def test_the_pointer_says_and_looks_at_a_bar(page: Page, state: Exploration, errors: list[str]) -> None:
    views = opened(page, state)
    foot = views[-1].overhead.rows.data["foot"][0]
    tip = pointed_at(page, lambda: at(page, 0.5, foot + 10), "gpu2")
    expect(tip).to_contain_text("without a standardised energy")
    page.mouse.click(*at(page, 0.5, foot + 10))
    wait_until(lambda: state.mark_title == "Node type gpu2", page)
    assert errors == []


def test_the_pointer_says_and_looks_at_a_step(page: Page, state: Exploration, errors: list[str]) -> None:
    opened(page, state)
    tip = pointed_at(page, lambda: at(page, 0.5, 80), "Run time")
    expect(tip).to_contain_text(re.compile(r"On GPU nodes: [\d.]+ %, [\d,]+ runs"))
    page.mouse.click(*at(page, 0.5, 80))
    wait_until(lambda: state.mark_title.endswith("on a GPU node"), page)
    assert errors == []


def test_a_drag_over_the_stairs_brushes_the_run_time(
    page: Page, state: Exploration, errors: list[str]
) -> None:
    views = opened(page, state)
    page.mouse.move(*at(page, 0.4, 110))
    page.mouse.down()
    page.mouse.move(*at(page, 0.6, 50), steps=5)
    page.mouse.up()
    wait_until(lambda: "run_time_s" in state.brushes.ranges, page)
    wait_until(lambda: f"({state.run_count:,} of 63,527 runs" in views[-1].answer, page)
    axis = state.axes["run_time_s"]
    low, high = (axis.position(edge) / 240 for edge in state.brushes.ranges["run_time_s"])
    assert (low, high) == pytest.approx((0.4, 0.6), abs=0.01)
    assert errors == []


def test_all_is_reached_by_keyboard(page: Page, state: Exploration, errors: list[str]) -> None:
    views = opened(page, state)
    page.get_by_label("By", exact=True).select_option("dataset")
    bars = page.get_by_label("Bar", exact=True)
    expect(bars.locator("option").first).to_have_text("505_tecator")
    height = "Bokeh.documents[0].get_model_by_name('figure-overhead').height"
    wait_until(lambda: page.evaluate(height) == views[-1].chart.height, page)
    bars.select_option("splice")
    bars.focus()
    page.keyboard.press("Tab")
    button = page.get_by_role("button", name="Select")
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    wait_until(lambda: state.brushes.sets == {"dataset": ("splice",)}, page)
    expect(button).to_have_attribute("aria-pressed", "true")
    drawn = "Bokeh.documents[0].get_model_by_name('overhead').data.label"
    wait_until(lambda: page.evaluate(drawn).count("no run") == DATA_SETS - 1, page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    wait_until(lambda: state.mark_title == "Data set splice", page)
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    wait_until(lambda: not state.brushes, page)
    expect(button).to_have_attribute("aria-pressed", "false")
    page.get_by_role("radio", name="Energy").check(force=True)
    wait_until(lambda: " % of " in page.evaluate(drawn)[0], page)
    assert errors == []
