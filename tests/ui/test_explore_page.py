"""The Explore page in a real browser: a brush in one view changes the others, by mouse and by keyboard."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from energyvis_panel.state.explore.exploration import Exploration
from tests.scored_runs import scored_gateway
from tests.ui.explore_served import expect_all_views, expect_views, serve_explore
from tests.ui.waiting import wait_until

pytestmark = pytest.mark.ui

PICKED = ("energy-histogram", "runtime-energy")
ALL_RUNS = "63,527 of 63,527 runs"


@pytest.fixture
def state() -> Exploration:
    gateway, scores = scored_gateway()
    return Exploration(gateway, scores=scores)


@pytest.fixture
def opened(page: Page, state: Exploration, errors: list[str]) -> Iterator[Page]:
    """The page with two views, idle: a brush before that is lost."""
    bench = ",".join(f"{name}:half" for name in PICKED)
    shown = serve_explore(page, state, {"width": 1440, "height": 1200}, query=f"bench={bench}")
    expect_views(page, shown[0], PICKED)
    yield page
    assert errors == []


def count_of(page: Page) -> Locator:
    """The number of selected runs in the rail."""
    return page.locator(".selection .count")


def counted(page: Page, state: Exploration) -> str:
    """What the rail says once it shows the state's selection."""
    wait_until(lambda: all(state.is_current(slot) for slot in state.posed), page)
    said = f"{state.run_count:,} of 63,527 runs"
    expect(count_of(page)).to_have_text(said)
    return said


def tick(page: Page, state: Exploration, value: str) -> None:
    """Admit one value of a category by its box."""
    page.get_by_role("checkbox", name=value).click()
    wait_until(lambda: any(value in values for values in state.brushes.sets.values()), page)


def figure_of(page: Page, view: str) -> Locator:
    """The figure of a view."""
    return page.locator(f".cell-{view} .bk-Figure").first


def drag(page: Page, view: str, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Press, move and release within a figure; corners are shares of its box."""
    box: Any = figure_of(page, view).bounding_box()
    page.mouse.move(box["x"] + start[0] * box["width"], box["y"] + start[1] * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + end[0] * box["width"], box["y"] + end[1] * box["height"], steps=5)
    page.mouse.up()


def test_a_brush_in_one_view_changes_all(page: Page, state: Exploration, errors: list[str]) -> None:
    (made,) = serve_explore(page, state, {"width": 1440, "height": 3200}, build_all=True)
    expect_all_views(page, made)
    drag(page, "energy-histogram", (0.4, 0.4), (0.6, 0.5))
    wait_until(lambda: set(state.brushes.ranges) == {"energy_j"}, page)
    said = counted(page, state)
    assert 0 < state.run_count < state.total_runs
    # The rail and the answers that count runs: distribution, frontier, drivers, anomalies, leaderboard.
    wait_until(lambda: page.get_by_text(re.compile(re.escape(said))).count() >= 5, page)
    drag(page, "runtime-energy", (0.4, 0.2), (0.7, 0.6))
    wait_until(lambda: set(state.brushes.ranges) == {"run_time_s", "energy_j"}, page)
    assert counted(page, state) != said
    assert errors == []


def test_chips_are_inverted_and_removed_and_steps_taken_back_by_keyboard(
    opened: Page, state: Exploration
) -> None:
    drag(opened, "energy-histogram", (0.4, 0.4), (0.6, 0.5))
    wait_until(lambda: bool(state.brushes.ranges), opened)
    counted(opened, state)
    inside = state.run_count
    opened.get_by_role("button", name="Invert").press("Enter")
    wait_until(lambda: state.brushes.inverted == {"energy_j"}, opened)
    counted(opened, state)
    assert state.run_count == 63_527 - inside
    expect(opened.get_by_role("button", name=re.compile("Invert: Not energy"))).to_be_focused()
    opened.keyboard.press("Control+z")
    wait_until(lambda: not state.brushes.inverted, opened)
    opened.keyboard.press("Control+Shift+z")
    wait_until(lambda: bool(state.brushes.inverted), opened)
    opened.get_by_role("button", name="Remove brush").click()
    expect(count_of(opened)).to_have_text(ALL_RUNS)
    assert not state.brushes


def test_fields_brush_without_a_mouse(opened: Page, state: Exploration) -> None:
    box = opened.get_by_role("checkbox", name="mnist")
    box.focus()
    opened.keyboard.press("Space")
    wait_until(lambda: state.brushes.sets == {"dataset": ("mnist",)}, opened)
    counted(opened, state)
    expect(box).to_be_checked()
    expect(box).to_be_focused()
    opened.locator("summary", has_text="Ranges").press("Enter")
    low = opened.get_by_label("Depth, from (layers)")
    low.fill("8")
    low.press("Enter")
    wait_until(lambda: "depth" in state.brushes.ranges, opened)
    counted(opened, state)
    low.fill("deep")
    low.press("Enter")
    expect(opened.get_by_role("alert").filter(has_text="'deep' is not a number")).to_be_visible()
    assert state.brushes.ranges["depth"][0] == 8


def test_a_selection_is_kept_in_the_browser(opened: Page, state: Exploration) -> None:
    tick(opened, state, "GPU node")
    said = counted(opened, state)
    opened.get_by_role("button", name="Save", exact=False).first.click()
    opened.get_by_label("Name of the selection").fill("All GPU nodes")
    opened.keyboard.press("Enter")
    opened.get_by_role("button", name="Clear all").click()
    expect(count_of(opened)).to_have_text(ALL_RUNS)
    opened.get_by_role("button", name="Restore: All GPU nodes").click()
    expect(count_of(opened)).to_have_text(said)
    opened.get_by_role("button", name="Forget: All GPU nodes").click()
    expect(opened.get_by_role("button", name="Restore: All GPU nodes")).to_have_count(0)


def test_dragging_a_brush_ends_with_its_last_place(opened: Page, state: Exploration) -> None:
    drag(opened, "energy-histogram", (0.4, 0.3), (0.5, 0.4))
    wait_until(lambda: "energy_j" in state.brushes.ranges, opened)
    first = state.brushes.ranges["energy_j"]
    counted(opened, state)
    drag(opened, "energy-histogram", (0.45, 0.35), (0.7, 0.35))
    wait_until(lambda: state.brushes.ranges["energy_j"] != first, opened)
    counted(opened, state)
    model = "Bokeh.documents[0].get_model_by_name('energy-histogram-brush')"
    wait_until(
        lambda: (
            state.brushes.ranges["energy_j"][0]
            == pytest.approx(3600 * opened.evaluate(f"{model}.left"), rel=1e-3)
        ),
        opened,
    )


def test_a_card_says_how_to_read_it_and_saves_its_rows(
    opened: Page, state: Exploration, tmp_path: Path
) -> None:
    tick(opened, state, "mnist")
    counted(opened, state)
    opened.get_by_role("button", name=re.compile("More about: Which runs are fast")).click()
    table = opened.get_by_role("region", name=re.compile("Table: Which runs are fast"))
    expect(table.get_by_role("row").nth(1)).to_contain_text("mnist")
    with opened.expect_download() as saved:
        opened.get_by_role("button", name="CSV").first.click()
    saved.value.save_as(tmp_path / "frontier.csv")
    lines = (tmp_path / "frontier.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "# Synthetic data, not measured."
    assert "mnist" in lines[2]


def test_a_click_on_a_bar_shows_its_runs_and_one_of_them(opened: Page, state: Exploration) -> None:
    box: Any = figure_of(opened, "energy-histogram").bounding_box()
    opened.mouse.click(box["x"] + 0.45 * box["width"], box["y"] + 0.33 * box["height"])
    wait_until(lambda: state.mark is not None, opened)
    drawer = opened.get_by_role("region", name="Runs looked at")
    expect(drawer).to_be_visible()
    drawer.get_by_role("table").nth(1).get_by_role("button").first.click()
    expect(drawer.get_by_text("This run is synthetic, so nothing was recorded")).to_be_visible()
    opened.keyboard.press("Escape")
    wait_until(lambda: state.mark is None, opened)


SIZES = """() => [...Bokeh.documents[0]._all_models.values()]
  .filter((model) => model.type === 'Figure' && model.name?.startsWith('figure-'))
  .map((model) => [model.name, model.inner_width, model.inner_height])"""


@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_is_wider_than_the_page_and_each_figure_has_a_size(
    page: Page, state: Exploration, width: int
) -> None:
    (made,) = serve_explore(page, state, {"width": width, "height": 844}, build_all=True)
    expect_all_views(page, made)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    sizes = page.evaluate(SIZES)
    assert {name for name, _width, _height in sizes} >= {
        f"figure-{name}" for name, view in made.views.items() if view.chart is not None
    }
    assert [name for name, across, up in sizes if not (across > 100 and up > 100)] == []
