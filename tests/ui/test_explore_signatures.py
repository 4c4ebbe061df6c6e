"""Energy signatures in a real browser: chips and choices by keyboard, hover, click, an even radar."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from energyvis_panel.state.explore.exploration import Exploration
from tests.ui.explore_served import serve_view
from tests.ui.waiting import pointed_at, wait_until

pytestmark = pytest.mark.ui

VIEW = "Bokeh.index.find_one(Bokeh.documents[0].get_model_by_name('figure-signatures'))"
PLACE = f"""([across, up]) => {{
  const view = {VIEW};
  const box = view.el.getBoundingClientRect();
  return [box.x + view.frame.x_scale.compute(across), box.y + view.frame.y_scale.compute(up)];
}}"""
"""Where on the page a place of the figure is."""


def opened(page: Page, state: Exploration, width: int = 900) -> list[Any]:
    """The view alone in a page; the list has document and view."""
    return serve_view(page, state, "signatures", width, 1000)


@pytest.mark.parametrize("width", [900, 390])
def test_the_radar_is_as_long_in_every_direction_and_its_points_can_be_clicked(
    page: Page, state: Exploration, errors: list[str], width: int
) -> None:
    views = opened(page, state, width)
    lengths = f"""() => {{
      const {{x_scale, y_scale}} = {VIEW}.frame;
      return [x_scale.compute(1) - x_scale.compute(0), y_scale.compute(0) - y_scale.compute(1)];
    }}"""
    wait_until(lambda: abs(page.evaluate(lengths)[0] / page.evaluate(lengths)[1] - 1) < 1e-6, page)
    points = views[-1].radar.points.data
    spot = page.evaluate(PLACE, [float(points["x"][1]), float(points["y"][1])])
    tip = pointed_at(page, lambda: spot, "A: CPU node")
    expect(tip).to_contain_text(f"Time per batch: {points['value_said'][1]}")
    page.mouse.click(*spot)
    wait_until(lambda: state.mark_title == "CPU node", page)
    assert errors == []


def test_no_chip_is_wider_than_a_phone(page: Page, state: Exploration, errors: list[str]) -> None:
    opened(page, state, 390)
    page.get_by_label("Of", exact=True).select_option("hardware_shape")
    chips = page.get_by_role("group", name="Configurations that are shown").get_by_role("button")
    expect(chips).to_have_count(8)
    for chip in chips.all():
        box: Any = chip.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
    assert errors == []


def test_chips_and_choices_work_by_keyboard(page: Page, state: Exploration, errors: list[str]) -> None:
    views = opened(page, state)
    page.get_by_label("Of", exact=True).select_option("dataset")
    first = page.get_by_role("button", name="Take away A")
    expect(page.get_by_role("button", name="Take away D")).to_be_visible()
    expect(page.get_by_label("Add a configuration")).to_be_disabled()
    name = views[-1].picker.shown[0]["name"]
    first.focus()
    page.keyboard.press("Enter")
    wait_until(lambda: name not in [one["name"] for one in views[-1].picker.shown], page)
    expect(page.get_by_label("Add a configuration")).to_be_enabled()
    page.get_by_label("Add a configuration").select_option("mnist")
    chip = page.get_by_role("button", name="Runs of D: mnist")
    expect(chip).to_be_visible()
    chip.focus()
    page.keyboard.press("Enter")
    wait_until(lambda: state.mark_title == "mnist", page)
    page.get_by_role("radio", name="Radar").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="Bars")).to_be_checked()
    bars = f"{VIEW}?.model.name === 'figure-signatures' && {VIEW}.model.height"
    wait_until(lambda: page.evaluate(bars) == views[-1].bars.figure.height, page)
    page.get_by_role("button", name="Show the configurations with the most runs").click()
    expect(page.get_by_role("button", name=f"Runs of A: {name}")).to_be_visible()
    expect(page.get_by_text("The configurations differ most in energy of a run")).to_be_visible()
    assert errors == []
