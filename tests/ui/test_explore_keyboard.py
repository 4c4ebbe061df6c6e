"""The explore views by keyboard, by screen reader and in both themes, in a real browser."""

from collections.abc import Callable
from typing import Any

import panel as pn
import pytest
from panel.tests.util import serve_component
from playwright.sync_api import Page, expect

from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.views.explore.compare.comparison import ComparisonView
from energyvis_panel.views.explore.distribution.energy_histogram import EnergyHistogram
from energyvis_panel.views.explore.leader.leaderboard import Leaderboard
from energyvis_panel.views.explore.looked_at.detail import DetailPanel
from energyvis_panel.views.explore.redraw import redraw_latest
from energyvis_panel.views.explore.view import ExploreView
from energyvis_panel.views.text_colours import TEXT_COLOURS
from tests.ui.waiting import wait_until

pytestmark = pytest.mark.ui


def opened(page: Page, state: Exploration, view_class: Callable[[Exploration], ExploreView]) -> None:
    """A view with the drawer below, idle, on the page's own scheduler."""

    def build() -> Any:
        view, detail = view_class(state), DetailPanel(state)
        redraw_latest(state)
        return pn.Column(view, detail)

    page.set_viewport_size({"width": 1120, "height": 900})
    serve_component(page, build)
    expect(page.get_by_role("heading", level=2).first).to_be_visible()
    page.wait_for_function("Bokeh.documents[0].is_idle")


def test_two_quick_clicks_turn_two_pages(page: Page, state: Exploration, errors: list[str]) -> None:
    opened(page, state, Leaderboard)
    expect(page.get_by_text("1 to 10 of 63,527")).to_be_visible()
    page.get_by_role("button", name="Next page").evaluate("(node) => { node.click(); node.click(); }")
    expect(page.get_by_text("21 to 30 of 63,527")).to_be_visible()
    layers = page.get_by_role("columnheader", name="Layers")
    layers.get_by_role("button").evaluate("(node) => { node.click(); node.click(); }")
    expect(layers).to_have_attribute("aria-sort", "descending")
    assert errors == []


def test_the_drawer_takes_the_focus_of_a_key_and_gives_it_back(
    page: Page, state: Exploration, errors: list[str]
) -> None:
    opened(page, state, Leaderboard)
    opener = page.get_by_role("button", name="place 3", exact=False).last
    expect(opener).to_be_visible()
    opener.focus()
    page.keyboard.press("Enter")
    drawer = page.get_by_role("region", name="Runs looked at")
    expect(drawer).to_be_focused()
    expect(drawer.get_by_text("Learning rate")).to_be_visible()
    page.keyboard.press("Tab")
    expect(drawer.get_by_role("button").first).to_be_focused()
    page.keyboard.press("Escape")
    wait_until(lambda: state.mark is None, page)
    expect(opener).to_be_focused()
    assert errors == []


def test_rows_of_the_comparison_open_by_keyboard(page: Page, state: Exploration, errors: list[str]) -> None:
    opened(page, state, ComparisonView)
    expect(page.get_by_text("a run on a GPU node takes")).to_be_visible()
    page.locator("summary", has_text="Runs of a row").press("Enter")
    page.get_by_role("button", name="Runs of mnist").press("Enter")
    wait_until(lambda: state.mark is not None and state.mark.sets["dataset"] == ("mnist",), page)
    expect(page.get_by_role("button", name="CPU node / GPU node")).to_have_attribute("aria-pressed", "true")
    assert errors == []


def test_a_figure_says_what_it_shows(page: Page, state: Exploration, errors: list[str]) -> None:
    opened(page, state, EnergyHistogram)
    figure = page.get_by_role("img", name=EnergyHistogram.question)
    expect(figure).to_have_accessible_name(f"{EnergyHistogram.question} {said(page)}")
    state.brush_set("dataset", ("mnist",))
    expect(page.get_by_text(f"{3_965:,} of 63,527 runs")).to_be_visible()
    expect(figure).to_have_accessible_name(f"{EnergyHistogram.question} {said(page)}")
    assert errors == []


def said(page: Page) -> str:
    """The answer of the card."""
    return page.get_by_text("The median run takes").first.inner_text()


def test_texts_within_a_figure_follow_the_theme(page: Page, state: Exploration, errors: list[str]) -> None:
    opened(page, state, EnergyHistogram)
    palette = (
        "[...Bokeh.documents[0]._all_models.values()]"
        ".find((model) => model.type === 'CategoricalColorMapper').palette.join()"
    )
    light, dark = (",".join(pair[ground] for pair in TEXT_COLOURS.values()) for ground in (0, 1))
    assert page.evaluate(palette) == light
    page.evaluate("document.documentElement.style.setProperty('--ev-paper', '#1b2026')")
    wait_until(lambda: page.evaluate(palette) == dark, page)
    page.evaluate("document.documentElement.style.setProperty('--ev-paper', '#ffffff')")
    wait_until(lambda: page.evaluate(palette) == light, page)
    assert errors == []
