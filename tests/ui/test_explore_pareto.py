"""The plane of run time and energy in a real browser: hover, click, box and lasso."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from energyvis_panel.state.explore.exploration import Exploration
from tests.ui.explore_served import serve_view
from tests.ui.waiting import pointed_at, wait_until

pytestmark = pytest.mark.ui


def opened(page: Page, state: Exploration) -> list[Any]:
    """The view alone in a page; the list has document and view."""
    return serve_view(page, state, "runtime-energy", 900, 700)


def place(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where a run time in s and an energy in Wh lie on the screen."""
    box: Any = page.locator(".bk-Figure .bk-Canvas").bounding_box()
    figure = "Bokeh.documents[0].get_model_by_name('figure-runtime-energy')"
    frame = page.evaluate(
        f"""() => {{
          const find = (view) => view.model === {figure} ? view
            : [...(view.child_views ?? [])].map(find).find((found) => found);
          const view = [...Bokeh.index.roots].map(find).find((found) => found);
          return [view.frame.x_scale.compute({x}), view.frame.y_scale.compute({y})];
        }}"""
    )
    return box["x"] + frame[0], box["y"] + frame[1]


def drag(page: Page, *corners: tuple[float, float]) -> None:
    """Press at the first of these places in the plane, move over the others, and release."""
    page.mouse.move(*place(page, *corners[0]))
    page.mouse.down()
    for corner in corners[1:]:
        page.mouse.move(*place(page, *corner), steps=6)
    page.mouse.up()


def test_the_density_says_how_many_runs_and_where(
    page: Page, state: Exploration, complaints: list[str]
) -> None:
    opened(page, state)
    x, y = densest(page)
    tip = pointed_at(page, lambda: place(page, x, y), "Runs here, CPU nodes")
    expect(tip).to_contain_text("Wh")
    page.mouse.click(*place(page, x, y))
    wait_until(lambda: state.mark is not None, page)
    assert set(state.mark.ranges if state.mark else ()) == {"run_time_s", "energy_j"}
    # An empty place says nothing.
    page.mouse.move(*place(page, 200, 2000))
    expect(tip).to_be_hidden()
    assert complaints == []


def densest(page: Page) -> tuple[float, float]:
    """Run time and energy, in the units drawn, at the middle of the darkest bin of the CPU nodes."""
    x, y = page.evaluate(
        """() => {
          const source = Bokeh.documents[0].get_model_by_name('runtime-energy-CPU node');
          const image = source.data.image[0];
          const at = image.indexOf(Math.max(...image));
          return [at % 240, Math.floor(at / 240)];
        }"""
    )
    figure = "Bokeh.documents[0].get_model_by_name('figure-runtime-energy')"
    ends = page.evaluate(f"['x_range', 'y_range'].map((name) => [{figure}[name].start, {figure}[name].end])")
    middle = [low * (high / low) ** ((at + 0.5) / 240) for at, (low, high) in zip((x, y), ends, strict=True)]
    return middle[0], middle[1]


def test_a_bubble_says_its_run_alone_and_is_looked_at(
    page: Page, state: Exploration, complaints: list[str]
) -> None:
    opened(page, state)
    data = "Bokeh.documents[0].get_model_by_name('runtime-energy').data"
    x, y = page.evaluate(f"[{data}.run_time, {data}.energy].map((column) => column[column.length - 1])")
    expect(pointed_at(page, lambda: place(page, x, y), "On the frontier of")).to_have_count(1)
    expect(page.locator(".bk-Tooltip").filter(has_text="Runs here")).to_have_count(0)
    page.mouse.click(*place(page, x, y))
    wait_until(lambda: state.mark_title.startswith("On the frontier: "), page)
    assert complaints == []


def test_a_box_and_then_a_lasso(page: Page, state: Exploration, complaints: list[str]) -> None:
    documents = opened(page, state)
    drag(page, (300, 20), (3000, 600))
    wait_until(lambda: set(state.brushes.ranges) == {"run_time_s", "energy_j"}, page)
    # As a session does, on its own loop: a document changes under its lock alone.
    documents[0].add_next_tick_callback(state.clear)
    wait_until(lambda: not state.brushes, page)
    page.get_by_role("radio", name="Box").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="Lasso")).to_be_checked()
    tools = "Bokeh.documents[0].get_model_by_name('figure-runtime-energy').toolbar.active_drag.type"
    wait_until(lambda: page.evaluate(tools) == "LassoSelectTool", page)
    drag(page, (500, 40), (3000, 100), (2000, 900), (400, 300), (480, 60))
    wait_until(lambda: bool(state.brushes.lassos), page)
    wait_until(lambda: 0 < state.run_count < state.total_runs, page)
    assert not state.brushes.ranges
    drawn = "Bokeh.documents[0].get_model_by_name('runtime-energy-lasso')"
    wait_until(lambda: page.evaluate(f"{drawn}.visible && {drawn}.xs.length > 3"), page)
    documents[0].add_next_tick_callback(state.undo)
    wait_until(lambda: not page.evaluate(f"{drawn}.visible"), page)
    assert complaints == []
