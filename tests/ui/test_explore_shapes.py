"""Shapes over depth in a real browser: hover, click on a point and on a name, choices by keyboard."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from energyvis_panel.state.explore.exploration import Exploration
from tests.ui.explore_served import serve_view
from tests.ui.waiting import pointed_at, wait_until

pytestmark = pytest.mark.ui

PLACE = """([across, up]) => {
  const fig = Bokeh.documents[0].get_model_by_name('figure-shapes');
  const view = Bokeh.index.find_one(fig);
  const box = view.el.getBoundingClientRect();
  return [box.x + view.frame.x_scale.compute(across), box.y + view.frame.y_scale.compute(up)];
}"""
"""Where on the page a place of the figure is."""


def opened(page: Page, state: Exploration, width: int = 900) -> list[Any]:
    """The view alone in a page; the list has document and view."""
    views = serve_view(page, state, "shapes", width, 800)
    wait_until(lambda: views[-1].chart.x_range.end != views[-1].drawing.reach.end + 5, page)
    return views


def place(page: Page, across: float, up: float) -> tuple[float, float]:
    """The place of a point of the figure on the page, in pixels."""
    x, y = page.evaluate(PLACE, [float(across), float(up)])
    return x, y


@pytest.mark.parametrize("width", [900, 390])
def test_the_pointer_says_and_opens_a_point_and_brushes_a_name(
    page: Page, state: Exploration, errors: list[str], width: int
) -> None:
    views = opened(page, state, width)
    drawing = views[-1].drawing
    points = drawing.points.data
    at = points["name"].index("wide_first_8x") + len(views[-1].curves.depths) - 2
    spot = place(page, points["x"][at], points["y"][at])
    tip = pointed_at(page, lambda: spot, "wide_first_8x, 20 layers")
    expect(tip).to_contain_text(points["level_said"][at])
    page.mouse.click(*spot)
    wait_until(lambda: state.mark_title == "wide_first_8x, 20 layers on a CPU node", page)
    assert not state.brushes
    labels = drawing.labels.data
    name_at = labels["text"].index("trapezoid")
    x, y = place(page, drawing.reach.end, labels["y"][name_at])
    page.mouse.click(x + 40, y)
    wait_until(lambda: state.brushes.sets == {"shape": ("trapezoid",)}, page)
    expect(page.get_by_label("Shape", exact=True)).to_have_value("trapezoid")
    assert errors == []


def test_choices_work_by_keyboard_and_follow_the_brush(
    page: Page, state: Exploration, errors: list[str]
) -> None:
    opened(page, state)
    page.get_by_role("radio", name="CPU nodes").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("On GPU nodes no shape stays cheapest")).to_be_visible()
    page.get_by_role("radio", name="To rectangle").focus()
    page.keyboard.press("ArrowRight")
    label = "Bokeh.documents[0].get_model_by_name('figure-shapes').title.text"
    wait_until(lambda: page.evaluate(label) == "Energy per datum (mJ)", page)
    page.get_by_label("Shape", exact=True).select_option("exponential")
    wait_until(lambda: state.brushes.sets == {"shape": ("exponential",)}, page)
    widths = """[...Bokeh.documents[0].all_models].filter((model) => model.data?.width)
      .map((model) => [...model.data.width])[0]"""
    wait_until(lambda: page.evaluate(widths) == [3, *[1.2] * 7], page)
    assert errors == []
