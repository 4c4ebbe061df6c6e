"""The view of cache spill in a real browser: hovers, choices by keyboard, box, range, clicks."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from energyvis_panel.state.explore.exploration import Exploration
from tests.ui.explore_served import serve_view
from tests.ui.waiting import pointed_at, wait_until

pytestmark = pytest.mark.ui

FIGURE = "Bokeh.documents[0].get_model_by_name('figure-cache-spill')"
CURVE = "Bokeh.documents[0].get_model_by_name('cache-spill-curve-CPU node').data"


def opened(page: Page, state: Exploration) -> list[Any]:
    """The view alone in a page; the list has document and view."""
    return serve_view(page, state, "cache-spill", 900, 760)


def place(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where a working set in KiB and an energy per datum in mJ lie on the screen."""
    box: Any = page.locator(".bk-Figure .bk-Canvas").bounding_box()
    frame = page.evaluate(
        f"""() => {{
          const find = (view) => view.model === {FIGURE} ? view
            : [...(view.child_views ?? [])].map(find).find((found) => found);
          const view = [...Bokeh.index.roots].map(find).find((found) => found);
          return [view.frame.x_scale.compute({x}), view.frame.y_scale.compute({y})];
        }}"""
    )
    return box["x"] + frame[0], box["y"] + frame[1]


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*place(page, *start))
    page.mouse.down()
    page.mouse.move(*place(page, *end), steps=6)
    page.mouse.up()


def test_points_and_places_say_what_they_are(page: Page, state: Exploration, complaints: list[str]) -> None:
    opened(page, state)
    x, y = page.evaluate(f"[{CURVE}.x[5], {CURVE}.median[5]]")
    tip = pointed_at(page, lambda: place(page, x, y), "Median energy per datum")
    expect(tip).to_contain_text("Selected runs, CPU nodes")
    expect(tip).to_contain_text("KiB to")
    # Where a point of the curve speaks, the density below it does not.
    expect(page.locator(".bk-Tooltip").filter(has_text="Runs here")).to_have_count(0)
    tip = pointed_at(page, lambda: place(page, *densest(page)), "Runs here, CPU nodes")
    expect(tip).to_contain_text("KiB")
    page.mouse.click(*place(page, *densest(page)))
    wait_until(lambda: state.mark_title.startswith("Near "), page)
    assert complaints == []


def test_the_name_of_a_level_opens_its_runs(page: Page, state: Exploration, complaints: list[str]) -> None:
    opened(page, state)
    page.mouse.click(*place(page, 300, page.evaluate(f"{FIGURE}.y_range.end / 1.5")))
    wait_until(lambda: state.mark_title == "Held by the L2 of CPU nodes: 32 KiB to 1.03 MiB", page)
    assert complaints == []


def densest(page: Page) -> tuple[float, float]:
    """A place in the darkest cell of the CPU nodes off the curve, in KiB and mJ."""
    found = page.evaluate(
        f"""() => {{
          const image = Bokeh.documents[0].get_model_by_name('cache-spill-CPU node').data.image[0];
          const side = Math.sqrt(image.length), curve = {CURVE};
          const [left, right] = [{FIGURE}.x_range.start, {FIGURE}.x_range.end];
          const glyph = {FIGURE}.renderers.find((one) => one.glyph.type === 'Image').glyph;
          const [bottom, height] = [glyph.y.value ?? glyph.y, glyph.dh.value ?? glyph.dh];
          const at = (low, high, share) => low * (high / low) ** share;
          const cells = [...image].map((level, cell) => [
            level,
            at(left, right, (cell % side + 0.5) / side),
            at(bottom, bottom + height, (Math.floor(cell / side) + 0.5) / side),
          ]);
          const off = ([_level, x, y]) => [...curve.x].every((other, point) =>
            !(Math.abs(Math.log(x / other)) < 0.7 && Math.abs(Math.log(y / curve.median[point])) < 0.35));
          return cells.filter(off).reduce((one, other) => (other[0] > one[0] ? other : one)).slice(1);
        }}"""
    )
    return found[0], found[1]


def test_a_box_then_a_range_across(page: Page, state: Exploration, complaints: list[str]) -> None:
    views = opened(page, state)
    drag(page, (100, 3), (10_000, 60))
    wait_until(lambda: set(state.brushes.ranges) == {"working_set_bytes", "j_per_datum"}, page)
    wait_until(lambda: "drawn" not in views[-1].answer and "63,527" in views[-1].answer, page)
    views[0].add_next_tick_callback(state.clear)
    wait_until(lambda: not state.brushes, page)
    page.get_by_role("radio", name="Box").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="Range across")).to_be_checked()
    wait_until(lambda: page.evaluate(f"{FIGURE}.toolbar.active_drag.dimensions") == "width", page)
    drag(page, (100, 3), (10_000, 60))
    wait_until(lambda: set(state.brushes.ranges) == {"working_set_bytes"}, page)
    low, high = state.brushes.ranges["working_set_bytes"]
    assert 90 < low / 1024 < 110
    assert 9_000 < high / 1024 < 11_000
    box = "Bokeh.documents[0].get_model_by_name('cache-spill-box')"
    wait_until(lambda: page.evaluate(f"{box}.visible"), page)
    assert complaints == []


def test_choices_work_by_keyboard(page: Page, state: Exploration, complaints: list[str]) -> None:
    opened(page, state)
    page.get_by_role("radio", name="Both").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="GPU")).to_be_checked()
    expect(page.get_by_text("The step is largest at the L2 of GPU nodes (6.11 MiB)")).to_be_visible()
    top = page.evaluate(f"{FIGURE}.y_range.end")
    page.get_by_role("radio", name="All", exact=True).focus()
    page.keyboard.press("ArrowRight")
    wait_until(lambda: page.evaluate(f"{FIGURE}.y_range.end") < top / 10, page)
    label = page.locator(".bk-Figure[role=img]")
    expect(label).to_have_attribute("aria-label", re.compile("largest at the L2 of GPU nodes"))
    assert complaints == []
