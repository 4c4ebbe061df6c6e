"""Chapters, lazy views, the workbench and the full window of the Explore page, in a real browser."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from energyvis_panel.state.explore.exploration import Exploration
from tests.scored_runs import scored_gateway
from tests.ui.explore_served import DEEPEST, serve_explore
from tests.ui.waiting import wait_until

pytestmark = pytest.mark.ui

LAPTOP: Any = {"width": 1440, "height": 900}
PICKED = "bench=energy-histogram:half,runtime-energy:half,leaderboard:full"


@pytest.fixture
def state() -> Exploration:
    gateway, scores = scored_gateway()
    return Exploration(gateway, scores=scores)


def handle(page: Page, place: int) -> Locator:
    """The handle of the card in a place of the workbench, counted from 1."""
    return page.get_by_role("button", name=re.compile(rf"^Move: .* Place {place} of"))


def cards(page: Page) -> list[str]:
    """Names of the cells that are seen, as the document has them."""
    # In one go: a cell that goes meanwhile would be waited for.
    classes = page.locator(".cell:visible").evaluate_all("(cells) => cells.map((cell) => cell.className)")
    return [found[1] for text in classes if (found := re.search(r"cell-([\w-]+)", text))]


def test_a_view_comes_when_it_is_near_and_asks_nothing_before(
    page: Page, state: Exploration, errors: list[str]
) -> None:
    shown = serve_explore(page, state, LAPTOP)[0]
    wait_until(lambda: {"energy-histogram", "runtime-energy"} <= set(shown.views), page)
    page.wait_for_load_state("networkidle")
    assert "comparison" not in shown.views
    assert not any(slot.startswith(("leaderboard", "comparison")) for slot in state.posed)
    height = page.evaluate("document.scrollingElement.scrollHeight")
    page.get_by_role("button", name="Who is best").click()
    expect(page.get_by_text("1 to 10 of 63,527")).to_be_in_viewport(timeout=60_000)
    expect(page.get_by_role("button", name="Who is best")).to_have_attribute("aria-current", "location")
    # A link to a chapter takes the focus there: the next Tab goes on within it.
    assert page.evaluate(f"() => {{ {DEEPEST} return at.className }}").endswith("chapter-who-is-best")
    grown = page.evaluate("document.scrollingElement.scrollHeight") - height
    assert abs(grown) < 0.1 * height
    assert errors == []


def test_all_views_are_listed_by_question_and_jumped_to_by_keyboard(
    page: Page, state: Exploration, errors: list[str]
) -> None:
    shown = serve_explore(page, state, LAPTOP)[0]
    opener = page.get_by_role("button", name=f"All {len(shown.cells)} views")
    opener.press("Enter")
    expect(opener).to_have_attribute("aria-expanded", "true")
    listed = page.get_by_role("navigation", name="Chapters").get_by_role("listitem")
    wanted = listed.get_by_role("button", name="What difference does one choice make")
    wanted.press("Escape")
    expect(opener).to_be_focused()
    expect(opener).to_have_attribute("aria-expanded", "false")
    opener.press("Enter")
    wanted.press("Enter")
    wait_until(lambda: "comparison" in shown.views, page)
    expect(page.get_by_role("heading", name="What difference does one choice make")).to_be_in_viewport()
    assert errors == []


def test_cards_are_dragged_to_another_place(page: Page, state: Exploration, errors: list[str]) -> None:
    shown = serve_explore(page, state, LAPTOP, query=PICKED)[-1]
    assert cards(page) == ["energy-histogram", "runtime-energy", "leaderboard"]
    start: Any = handle(page, 2).bounding_box()
    target: Any = handle(page, 1).bounding_box()
    page.mouse.move(start["x"] + 30, start["y"] + 10)
    page.mouse.down()
    page.mouse.move(target["x"] + 60, target["y"] + 120, steps=6)
    page.keyboard.press("Escape")
    page.mouse.up()
    assert shown.workbench.names[0] == "energy-histogram"
    page.mouse.move(start["x"] + 30, start["y"] + 10)
    page.mouse.down()
    page.mouse.move(target["x"] + 60, target["y"] + 120, steps=6)
    page.mouse.up()
    wait_until(lambda: cards(page) == ["runtime-energy", "energy-histogram", "leaderboard"], page)
    assert shown.workbench.link == "runtime-energy:half,energy-histogram:half,leaderboard:full"
    expect(page.locator(".cell-runtime-energy .bk-Figure")).to_be_visible()
    assert errors == []


def test_cards_are_moved_resized_and_removed_by_keyboard_and_keep_the_focus(
    page: Page, state: Exploration, errors: list[str]
) -> None:
    shown = serve_explore(page, state, LAPTOP, query=PICKED)[-1]
    handle(page, 1).press("ArrowRight")
    wait_until(lambda: cards(page) == ["runtime-energy", "energy-histogram", "leaderboard"], page)
    expect(handle(page, 2)).to_be_focused()
    page.keyboard.press("End")
    wait_until(lambda: cards(page)[-1] == "energy-histogram", page)
    expect(handle(page, 3)).to_be_focused()
    expect(page.get_by_role("region", name="Workbench").get_by_role("status")).to_have_text(
        "Now in place 3 of 3."
    )
    tools = page.get_by_role("group", name="Arrange: How much does a run take")
    tools.get_by_role("button", name="The whole width").press("Enter")
    wait_until(lambda: shown.workbench.cards[-1].is_full, page)
    tools.get_by_role("button", name="Take off the workbench").press("Enter")
    wait_until(lambda: cards(page) == ["runtime-energy", "leaderboard"], page)
    page.get_by_role("button", name="Undo the last change of the workbench").press("Enter")
    wait_until(lambda: cards(page)[-1] == "energy-histogram", page)
    assert errors == []


def test_a_workbench_is_begun_saved_renamed_deleted_and_there_after_a_reload(
    page: Page, state: Exploration, errors: list[str]
) -> None:
    shown = serve_explore(page, state, LAPTOP)
    page.get_by_role("button", name="Workbench", exact=True).click()
    expect(page.get_by_text("Nothing lies on the workbench.")).to_be_visible()
    page.get_by_role("button", name="Check the data").click()
    wait_until(lambda: "anomalies" in shown[0].workbench.names, page)
    link = shown[0].workbench.link
    page.get_by_role("button", name="Save as").click()
    page.get_by_label("Name of the workbench").fill("Monday")
    page.keyboard.press("Enter")
    lay_out = page.get_by_role("button", name="Lay out: Monday")
    expect(lay_out).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Rename: Monday").click()
    page.get_by_label("New name of Monday").fill("Tuesday")
    page.keyboard.press("Enter")
    expect(lay_out).to_have_count(0)
    page.get_by_role("button", name="Delete: Tuesday").click()
    expect(page.get_by_role("button", name="Lay out: Tuesday")).to_have_count(0)
    page.get_by_role("button", name="Bring it back").press("Enter")
    expect(page.get_by_role("button", name="Lay out: Tuesday")).to_be_visible()
    page.get_by_role("button", name="Clear the workbench").click()
    wait_until(lambda: shown[0].workbench.link == "empty", page)
    page.reload()
    page.get_by_role("button", name="Workbench", exact=True).click()
    page.get_by_role("button", name="Lay out: Tuesday").click()
    wait_until(lambda: shown[-1].workbench.link == link, page)
    page.wait_for_function("link => localStorage.getItem('energyvis-workbench-last') === link", arg=link)
    page.reload()
    wait_until(lambda: len(shown) == 3, page)
    page.get_by_role("button", name="Workbench", exact=True).click()
    wait_until(lambda: shown[-1].workbench.link == link, page)
    assert errors == []


def test_views_are_picked_from_a_list_of_questions(page: Page, state: Exploration, errors: list[str]) -> None:
    shown = serve_explore(page, state, LAPTOP, query="bench=leaderboard:full")[-1]
    chooser = page.get_by_role("button", name=f"Views: 1 of {len(shown.cells)}")
    chooser.press("Enter")
    picker = page.get_by_role("group", name="Views to pick")
    expect(picker.get_by_role("checkbox", name="Which runs are the thriftiest?")).to_be_checked()
    picker.get_by_role("checkbox", name="Which runs are fast and thrifty").press("Space")
    wait_until(lambda: cards(page) == ["leaderboard", "runtime-energy"], page)
    picker.get_by_role("checkbox", name="Which runs are the thriftiest?").press("Space")
    wait_until(lambda: cards(page) == ["runtime-energy"], page)
    expect(page.locator(".cell-runtime-energy .bk-Figure")).to_be_visible()
    assert not any(slot.startswith("leaderboard") for slot in state.stale())
    assert errors == []


def test_a_card_fills_the_window_until_escape(page: Page, state: Exploration, errors: list[str]) -> None:
    serve_explore(page, state, LAPTOP)
    figure = page.locator(".cell-energy-histogram .bk-Figure").first
    expect(figure).to_be_visible()
    page.wait_for_function("Bokeh.documents[0].is_idle")
    before: Any = figure.bounding_box()
    page.get_by_role("button", name="Full window: How much does a run take").press("Enter")
    leave = page.get_by_role("button", name="Leave the full window: How much does a run take")
    expect(leave).to_be_focused()
    wait_until(lambda: (figure.bounding_box() or before)["height"] > 600, page)
    large: Any = figure.bounding_box()
    assert large["width"] > 1300
    assert large["y"] + large["height"] <= 900
    # A mark's runs come up over the card, and Escape closes them first.
    page.mouse.click(large["x"] + 0.45 * large["width"], large["y"] + 0.35 * large["height"])
    wait_until(lambda: state.mark is not None, page)
    drawer = page.get_by_role("region", name="Runs looked at")
    expect(drawer.get_by_role("button", name="Make these runs the selection")).to_be_in_viewport()
    drawer.get_by_role("button", name="Close").click(trial=True)
    page.keyboard.press("Escape")
    wait_until(lambda: state.mark is None, page)
    expect(drawer).to_be_hidden()
    expect(leave).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Full window: How much does a run take")).to_be_focused()
    wait_until(lambda: (figure.bounding_box() or large)["height"] == before["height"], page)
    assert figure.bounding_box() == before
    assert errors == []


def test_a_figure_that_keeps_its_shape_grows_with_the_window_too(
    page: Page, state: Exploration, errors: list[str]
) -> None:
    serve_explore(page, state, LAPTOP)
    card = page.locator(".cell-composition")
    card.scroll_into_view_if_needed()
    figure = card.locator(".bk-Figure")
    expect(figure).to_be_visible()
    page.wait_for_function("Bokeh.documents[0].is_idle")
    before: Any = figure.bounding_box()
    assert before["width"] == before["height"] == 460
    card.get_by_role("button", name="Full window: ").press("Enter")
    wait_until(lambda: (figure.bounding_box() or before)["width"] > 650, page)
    large: Any = figure.bounding_box()
    assert large["width"] == large["height"]
    assert large["y"] + large["height"] <= 900
    listed: Any = card.get_by_role("button", name="List these runs").bounding_box()
    assert listed["x"] > large["x"] + large["width"]
    page.keyboard.press("Escape")
    wait_until(lambda: figure.bounding_box() == before, page)
    assert errors == []


def test_the_focus_stays_within_the_full_window(page: Page, state: Exploration, errors: list[str]) -> None:
    serve_explore(page, state, LAPTOP)
    page.get_by_role("button", name="Full window: How much does a run take").press("Enter")
    within = f"""() => {{ {DEEPEST}
      for (let node = at; node; node = node.parentElement ?? node.getRootNode().host)
        if (node.matches(':popover-open')) return true;
      return at === document.body; }}"""
    for _step in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate(within)
    assert errors == []


def test_printing_waits_for_all_views(page: Page, state: Exploration, errors: list[str]) -> None:
    shown = serve_explore(page, state, LAPTOP)[0]
    page.evaluate("window.printed = 0; window.print = () => { window.printed += 1; }; null")
    page.keyboard.press("Control+p")
    page.wait_for_function("window.printed === 1", timeout=60_000)
    assert len(shown.views) == len(shown.cells)
    assert errors == []
