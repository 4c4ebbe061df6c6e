"""Parallel coordinates in a real browser: brushing, moving, flipping and choosing axes, and the picture."""

from pathlib import Path
from typing import Any

import pytest
from panel.tests.util import serve_component
from playwright.sync_api import Page, expect

from energyvis_panel.state.explore.axis import BINS
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.parallel.parallel_axes import ParallelAxes
from tests.ui.waiting import double_click, pointed_at, wait_until

pytestmark = pytest.mark.ui


@pytest.fixture
def view(page: Page, state: Exploration) -> Any:
    """The view alone, idle."""
    from energyvis_panel.views.explore.page import explore_view  # noqa: PLC0415 - brings numba; only with --ui

    page.set_viewport_size({"width": 1240, "height": 800})
    shown: list[Any] = []

    def serve() -> Any:
        shown.append(explore_view("parallel-coordinates", state))
        return shown[-1]

    serve_component(page, serve)
    expect(page.get_by_role("button", name="Data set, axis 1 of 8")).to_be_visible()
    page.wait_for_function("Bokeh.documents[0].is_idle")
    return shown[-1]


def at(page: Page, place: int, share: float) -> tuple[float, float]:
    """The point of the page on an axis, at a share of its height from the foot."""
    return tuple(
        page.evaluate(
            """([place, height]) => {
              const model = Bokeh.documents[0].get_model_by_name("figure-parallel-coordinates");
              const { el, frame } = Bokeh.index.find_one(model);
              const box = el.getBoundingClientRect();
              return [box.x + frame.x_scale.compute(place), box.y + frame.y_scale.compute(height)];
            }""",
            [place, share * BINS],
        )
    )


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=6)
    page.mouse.up()


def wait_for_brush(page: Page, view: Any, place: int, *, visible: bool) -> None:
    """Wait until the browser shows the brush of an axis, or no longer: its edges can be dragged as well."""
    annotation = f"Bokeh.documents[0].get_model_by_id('{view._brushes[place].annotation.id}')"
    page.wait_for_function(f"{annotation}.visible === {str(visible).lower()} && Bokeh.documents[0].is_idle")


def names(state: Exploration) -> list[str]:
    return [choice.name for choice in ParallelAxes.of(state).shown]


def test_a_drag_brushes_its_axis_also_when_that_is_upside_down(
    page: Page, state: Exploration, view: Any, errors: list[str]
) -> None:
    drag(page, at(page, 6, 0.5), at(page, 6, 0.8))
    wait_until(lambda: set(state.brushes.ranges) == {"energy_j"}, page)
    axis = state.axes["energy_j"]
    low, high = state.brushes.ranges["energy_j"]
    assert axis.position(low) == pytest.approx(0.5 * BINS, abs=3)
    assert axis.position(high) == pytest.approx(0.8 * BINS, abs=3)
    page.get_by_role("button", name="Energy (Wh): turn the axis over").click()
    wait_until(lambda: view._arranged[6].choice.flipped, page)
    double_click(page, *at(page, 6, 0.35))
    wait_until(lambda: not state.brushes, page)
    wait_for_brush(page, view, 6, visible=False)
    drag(page, at(page, 6, 0.5), at(page, 6, 0.8))
    wait_until(lambda: set(state.brushes.ranges) == {"energy_j"}, page)
    low, high = state.brushes.ranges["energy_j"]
    assert axis.position(low) == pytest.approx(0.2 * BINS, abs=3)
    assert axis.position(high) == pytest.approx(0.5 * BINS, abs=3)
    assert errors == []


def test_a_brush_is_moved_and_cleared_by_two_clicks(
    page: Page, state: Exploration, view: Any, errors: list[str]
) -> None:
    drag(page, at(page, 3, 0.4), at(page, 3, 0.6))
    wait_until(lambda: set(state.brushes.ranges) == {"depth"}, page)
    low, high = state.brushes.ranges["depth"]
    wait_for_brush(page, view, 3, visible=True)
    drag(page, at(page, 3, 0.5), at(page, 3, 0.7))
    wait_until(lambda: state.brushes.ranges["depth"][0] > low, page)
    moved = state.brushes.ranges["depth"]
    assert moved[1] - moved[0] == pytest.approx(high - low, abs=0.3)
    double_click(page, *at(page, 3, 0.7))
    wait_until(lambda: not state.brushes, page)
    assert errors == []


def test_names_of_a_category_are_clicked_and_dragged_over(
    page: Page, state: Exploration, view: Any, errors: list[str]
) -> None:
    heights = view._arranged[0].value_heights()
    page.mouse.click(*at(page, 0, heights["mnist"] / BINS))
    wait_until(lambda: state.brushes.sets == {"dataset": ("mnist",)}, page)
    page.mouse.click(*at(page, 0, heights["sleep"] / BINS))
    wait_until(lambda: state.brushes.sets == {"dataset": ("mnist", "sleep")}, page)
    double_click(page, *at(page, 0, heights["adult"] / BINS))
    wait_until(lambda: not state.brushes, page)
    drag(page, at(page, 0, heights["banana"] / BINS + 0.02), at(page, 0, heights["mnist"] / BINS - 0.02))
    wait_until(lambda: state.brushes.sets == {"dataset": ("banana", "connect_4", "mnist")}, page)
    wait_until(lambda: len(view.drawing.chosen.data["top"]) == 3, page)
    assert errors == []


def test_a_title_is_dragged_and_moved_by_keys_and_keeps_the_focus(
    page: Page, state: Exploration, view: Any, errors: list[str]
) -> None:
    title = page.locator("button.title[data-axis=energy_j]")
    box: Any = title.bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    drag(page, middle, (at(page, 1, 0)[0], middle[1]))
    wait_until(lambda: names(state)[1] == "energy_j", page)
    wait_until(lambda: [axis.choice.name for axis in view._arranged] == names(state), page)
    title.focus()
    page.keyboard.press("ArrowLeft")
    wait_until(lambda: names(state)[0] == "energy_j", page)
    expect(title).to_be_focused()
    for _ in range(3):  # faster than the bar is drawn anew: each counts
        page.keyboard.press("ArrowRight")
    wait_until(lambda: names(state)[3] == "energy_j", page)
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    wait_until(lambda: names(state)[0] == "energy_j", page)
    page.keyboard.press("f")
    wait_until(lambda: ParallelAxes.of(state).link.startswith("energy_j:flipped,dataset"), page)
    page.keyboard.press("l")
    wait_until(lambda: ParallelAxes.of(state).link.startswith("energy_j:rescaled:flipped,dataset"), page)
    page.get_by_role("button", name="Axes as at first").click()
    wait_until(lambda: ParallelAxes.of(state).link == "", page)
    assert errors == []


def test_a_narrow_page_says_that_the_axes_scroll(page: Page, view: Any, errors: list[str]) -> None:
    assert view.axes.shown
    hint = page.get_by_text("Scroll sideways to see all 8 axes.")
    height = "node => node.getBoundingClientRect().height"
    assert hint.evaluate(height) == 0
    page.set_viewport_size({"width": 390, "height": 844})
    wait_until(lambda: hint.evaluate(height) > 15, page)
    assert errors == []


@pytest.mark.usefixtures("view")
def test_axes_are_chosen_from_a_list(page: Page, state: Exploration, errors: list[str]) -> None:
    page.get_by_text("Axes: 8 of 15").click()
    page.get_by_role("checkbox", name="Working set").check()
    page.get_by_role("checkbox", name="Shape").uncheck()
    wait_until(lambda: names(state)[-1] == "working_set_bytes" and "shape" not in names(state), page)
    expect(page.get_by_text("Axes: 8 of 15")).to_be_visible()
    page.get_by_role("checkbox", name="Hardware").check()
    page.get_by_role("checkbox", name="Optimizer").check()
    page.get_by_role("checkbox", name="Start", exact=True).click()
    expect(page.get_by_role("alert")).to_have_text(
        "Parallel coordinates show 2 to 10 axes, not 11. Choose fewer."
    )
    assert errors == []


@pytest.mark.usefixtures("view")
def test_an_axis_says_its_runs_and_a_click_looks_at_them(
    page: Page, state: Exploration, errors: list[str]
) -> None:
    pointed_at(page, lambda: at(page, 6, 0.5), "Here:")
    page.mouse.click(*at(page, 6, 0.5))
    wait_until(lambda: state.mark is not None, page)
    assert state.mark_title.startswith("Energy ")
    assert state.mark is not None
    assert set(state.mark.ranges) == {"energy_j"}
    assert errors == []


@pytest.mark.usefixtures("view")
def test_the_picture_of_every_run_is_saved(
    page: Page, state: Exploration, errors: list[str], tmp_path: Path
) -> None:
    drag(page, at(page, 6, 0.84), at(page, 6, 0.95))
    wait_until(lambda: state.run_count < state.total_runs, page)
    with page.expect_download(timeout=120_000) as saved:
        page.get_by_role("button", name="Picture of every run").click()
        expect(page.get_by_text("Drawing")).to_be_visible()
    file = tmp_path / "picture.png"
    saved.value.save_as(file)
    assert file.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(file.read_bytes()[16:20]) == 3600
    expect(page.get_by_role("button", name="Picture of every run")).to_be_enabled()
    assert errors == []
