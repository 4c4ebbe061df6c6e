"""The Explore page in a real browser: a brush in one view changes the others."""

import re
from typing import Any

import pytest
from panel.tests.util import serve_component, wait_until
from playwright.sync_api import Page, expect

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.state.explore.exploration import Exploration

pytestmark = pytest.mark.ui

ALL_RUNS = "63,527 of 63,527 runs"
VIEWS = ("energy-histogram", "runtime-energy", "parallel-coordinates")
REVISIONS = f"{list(VIEWS)}.map(name => Bokeh.documents[0].get_model_by_name(name).tags[0])"


@pytest.fixture
def state(butter_e: Gateway) -> Exploration:
    return Exploration(butter_e)


@pytest.fixture
def errors(page: Page) -> list[str]:
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("console", lambda message: found.append(message.text) if message.type == "error" else None)
    return found


def opened(page: Page, state: Exploration) -> None:
    """The page, idle: a brush before that is lost."""
    from energyvis_panel.views.explore.page import ExplorePage  # noqa: PLC0415 - brings numba; only with --ui

    page.set_viewport_size({"width": 1440, "height": 1400})
    serve_component(page, lambda: ExplorePage(state))
    expect(page.get_by_role("status")).to_have_text(ALL_RUNS)
    page.wait_for_function("Bokeh.documents[0].is_idle")


def drag(page: Page, figure: int, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Press, move and release within a figure; corners are shares of its box."""
    box: Any = page.locator(".bk-Figure").nth(figure).bounding_box()
    page.mouse.move(box["x"] + start[0] * box["width"], box["y"] + start[1] * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + end[0] * box["width"], box["y"] + end[1] * box["height"], steps=5)
    page.mouse.up()


@pytest.mark.parametrize(
    ("figure", "start", "end", "brushed"),
    [
        (0, (0.4, 0.4), (0.6, 0.6), {"energy_j"}),
        (1, (0.3, 0.3), (0.7, 0.7), {"run_time_s", "energy_j"}),
        (2, (0.27, 0.4), (0.30, 0.7), {"depth"}),
    ],
)
def test_a_brush_in_one_view_changes_all(
    page: Page,
    state: Exploration,
    errors: list[str],
    figure: int,
    start: tuple[float, float],
    end: tuple[float, float],
    brushed: set[str],
) -> None:
    opened(page, state)
    drag(page, figure, start, end)
    wait_until(lambda: set(state.brushes.ranges) == brushed, page)
    wait_until(lambda: page.evaluate(REVISIONS) == [1, 1, 1], page)
    assert 0 < state.run_count < state.total_runs
    counted = f"{state.run_count:,} of 63,527 runs"
    expect(page.get_by_role("status")).to_have_text(counted)
    expect(page.get_by_text(re.compile(re.escape(counted)))).to_have_count(4)  # three answers and the rail
    assert errors == []


def test_a_chip_takes_its_brush_away(page: Page, state: Exploration, errors: list[str]) -> None:
    opened(page, state)
    drag(page, 0, (0.4, 0.4), (0.6, 0.6))
    page.get_by_role("button", name="Remove brush").click()
    expect(page.get_by_role("status")).to_have_text(ALL_RUNS)
    assert not state.brushes
    assert errors == []


def test_dragging_a_brush_ends_with_its_last_place(page: Page, state: Exploration, errors: list[str]) -> None:
    opened(page, state)
    drag(page, 0, (0.4, 0.4), (0.5, 0.6))
    wait_until(lambda: page.evaluate(REVISIONS) == [1, 1, 1], page)
    drag(page, 0, (0.45, 0.5), (0.7, 0.5))
    model = "Bokeh.documents[0].get_model_by_name('energy-histogram-brush')"
    wait_until(
        lambda: (
            state.brushes.ranges["energy_j"][0]
            == pytest.approx(3600 * page.evaluate(f"{model}.left"), rel=1e-3)
        ),
        page,
    )
    drawn = "Bokeh.documents[0].get_model_by_name('energy-histogram').tags[0]"
    wait_until(lambda: page.evaluate(drawn) == state.revision, page)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status")).to_have_text(ALL_RUNS)
    assert errors == []
