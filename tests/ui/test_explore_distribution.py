"""The distribution in a real browser: choices by keyboard and mouse, hover, click."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from energyvis_panel.state.explore.exploration import Exploration
from tests.ui.explore_served import serve_view
from tests.ui.waiting import pointed_at, wait_until

pytestmark = pytest.mark.ui


def opened(page: Page, state: Exploration) -> list[Any]:
    """The view alone in a page; the list has document and view."""
    return serve_view(page, state, "energy-histogram", 900, 700)


def at(page: Page, across: float, down: float) -> tuple[float, float]:
    """A place in the figure, as shares of its box."""
    box: Any = page.locator(".bk-Figure").bounding_box()
    return box["x"] + across * box["width"], box["y"] + down * box["height"]


@pytest.mark.parametrize(("down", "hardware"), [(0.35, "CPU node"), (0.65, "GPU node")])
def test_the_pointer_says_and_looks_at_a_bar(
    page: Page, state: Exploration, complaints: list[str], down: float, hardware: str
) -> None:
    opened(page, state)
    tip = pointed_at(page, lambda: at(page, 0.4, down), "of the selected")
    expect(tip).to_contain_text(hardware)
    page.mouse.click(*at(page, 0.4, down))
    wait_until(lambda: state.mark_title.endswith(f"on a {hardware}"), page)
    assert complaints == []


def test_choices_work_by_keyboard(page: Page, state: Exploration, complaints: list[str]) -> None:
    views = opened(page, state)
    page.get_by_label("Of", exact=True).select_option("run_time_s")
    wait_until(lambda: views[-1].distribution.measure.name == "run_time_s", page)
    expect(page.get_by_text("as long on the GPU node")).to_be_visible()
    expect(page.locator(".bk-Figure")).to_be_visible()
    page.get_by_role("radio", name="Histogram").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="Density")).to_be_checked()
    curve = "Bokeh.documents[0].get_model_by_name('figure-energy-histogram').title.text"
    wait_until(lambda: page.evaluate(curve) == "Runs per decade", page)
    page.get_by_role("radio", name="Share").check(force=True)
    wait_until(lambda: page.evaluate(curve) == "Percent of its runs per decade", page)
    page.mouse.move(*at(page, 0.4, 0.35))
    page.mouse.down()
    page.mouse.move(*at(page, 0.6, 0.5), steps=5)
    page.mouse.up()
    wait_until(lambda: set(state.brushes.ranges) == {"run_time_s"}, page)
    assert complaints == []


def test_a_second_measure_keeps_its_figure_after_a_brush(
    page: Page, state: Exploration, complaints: list[str]
) -> None:
    views = opened(page, state)
    choice = page.get_by_label("Of", exact=True)
    choice.select_option("power_w")
    wait_until(lambda: views[-1].distribution.measure.name == "power_w", page)
    choice.select_option("energy_j")
    wait_until(lambda: views[-1].distribution.measure.name == "energy_j", page)
    # As a session does, on its own loop: a document changes under its lock alone.
    views[0].add_next_tick_callback(lambda: state.brush_set("hardware", ("GPU node",)))
    # While one figure takes the place of another, both are there for a moment.
    in_browser = """() => {
      const all = [...Bokeh.documents[0].all_models];
      const sources = all.filter((model) => model.name === 'energy-histogram');
      return sources.length === 1 ? sources[0].data.runs.reduce((sum, runs) => sum + runs) : null;
    }"""
    wait_until(lambda: page.evaluate(in_browser) == state.categories["hardware"]["GPU node"], page)
    assert complaints == []
