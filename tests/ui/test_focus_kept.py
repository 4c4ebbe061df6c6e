"""What is half typed, and where the focus is, outlives what is drawn anew by a change made elsewhere."""

from collections.abc import Callable, Iterator
from typing import Any

import panel as pn
import pytest
from panel.tests.util import serve_component
from playwright.sync_api import Locator, Page, expect

from energyvis_panel.data.chip_search import search_chips
from energyvis_panel.state.study import Study
from energyvis_panel.views.on_demand import OnDemand
from energyvis_panel.views.study.chart.chart_controls import ChartControls
from energyvis_panel.views.study.equations.equations import Equations
from energyvis_panel.views.study.estimate.estimate_form import EstimateForm
from energyvis_panel.views.study.profile_strip import ProfileStrip
from energyvis_panel.views.study.what_if import WhatIf
from tests.hardware_fixture import machine_study
from tests.ui.waiting import wait_until

pytestmark = pytest.mark.ui

Served = Callable[[Callable[[], Any]], Page]


@pytest.fixture
def study() -> Study:
    return machine_study("gpus")


@pytest.fixture
def served(page: Page) -> Iterator[Served]:
    """Serves one view; the page must report no error."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))

    def serve(build: Callable[[], Any]) -> Page:
        serve_component(page, build)
        return page

    yield serve
    assert errors == []


def half_type(field: Locator, text: str) -> None:
    """Replace the text of a field by keys and stay in it."""
    field.focus()
    field.press("ControlOrMeta+A")
    field.press_sequentially(text)


def test_a_half_typed_step_is_no_step_until_it_is_whole(served: Served, study: Study) -> None:
    controls = ChartControls(study)
    page = served(lambda: controls.extrapolation)
    field = page.locator("input[name=further]")
    half_type(field, "1")
    study.set_further(3)
    wait_until(lambda: field.evaluate("field => field.defaultValue") == "3", page)
    expect(field).to_have_value("1")
    expect(field).to_be_focused()
    assert further(study) == 3
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    wait_until(lambda: further(study) == 12, page)


def test_a_step_that_outlived_a_change_is_sent_when_the_field_is_left(served: Served, study: Study) -> None:
    page = served(lambda: ChartControls(study).extrapolation)
    field = page.locator("input[name=further]")
    half_type(field, "7")
    study.set_further(3)
    wait_until(lambda: field.evaluate("field => field.defaultValue") == "3", page)
    page.keyboard.press("Tab")
    wait_until(lambda: further(study) == 7, page)


def further(study: Study) -> int:
    assert study.choice is not None
    return study.choice.further


def test_a_half_typed_count_of_chips_is_kept(served: Served, study: Study) -> None:
    form = EstimateForm(study, search_chips, opened=True)
    page = served(lambda: form)
    for name in ("h100 sxm5 80", "rtx 4090"):
        box = page.get_by_role("combobox", name="Add a chip")
        box.fill(name)
        expect(page.locator(".hit[aria-selected=true]")).to_be_visible()
        box.press("Enter")
        expect(page.locator(".hits")).to_be_hidden()
    count = page.locator("input.count").first
    half_type(count, "3")
    form.state.set_count(1, "5")
    expect(page.locator("input.count").nth(1)).to_have_value("5")
    expect(count).to_have_value("3")
    expect(count).to_be_focused()
    assert [piece.count for piece in form.state.pieces] == [1, 5]
    page.keyboard.type("2")
    page.keyboard.press("Tab")
    wait_until(lambda: [piece.count for piece in form.state.pieces] == [32, 5], page)


def test_a_half_typed_number_of_an_equation_that_closes_is_no_number(served: Served, study: Study) -> None:
    view = Equations(study)
    page = served(lambda: view)
    field = page.locator("input[name^=watts]").first
    expect(field).to_have_count(0)
    view.component.opened = ["power"]
    before = field.input_value()
    half_type(field, "9")
    view.component.opened = []
    expect(field).to_have_count(0)
    view.component.opened = ["power"]
    expect(field).to_have_value(before)
    assert study.choice is not None
    assert study.choice.edits.watts == ()


def test_undo_by_keyboard_stays_on_its_button(served: Served, study: Study) -> None:
    page = served(lambda: WhatIf(study))
    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_be_disabled()
    study.edit(pue=1.2)
    study.edit(pue=1.3)
    expect(undo).to_be_enabled()
    undo.focus()
    undo.press("Enter")
    expect(page.locator(".chip", has_text="PUE 1.2")).to_be_visible()
    expect(undo).to_be_focused()
    undo.press("Enter")
    expect(page.locator(".lead", has_text="As recorded.")).to_be_visible()
    expect(page.get_by_role("button", name="Redo")).to_be_focused()


def test_the_strip_is_one_stop_and_arrows_go_through_it(served: Served, study: Study) -> None:
    page = served(lambda: pn.Column(ProfileStrip(study)))
    names = page.locator("button.name")
    expect(page.locator(".strip [tabindex='0']")).to_have_count(1)
    names.first.focus()
    page.keyboard.press("End")
    expect(page.locator(".strip button").last).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".strip button").first).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("c")
    expect(page.locator(".item.compared")).to_have_count(1)
    expect(page.locator(".item.compared button").first).to_be_focused()


def test_a_closed_card_opens_by_keyboard(served: Served) -> None:
    page = served(lambda: OnDemand("Why?", lambda: "Because."))
    head = page.get_by_role("button", name="Why?")
    expect(head).to_have_attribute("aria-expanded", "false")
    head.press("Enter")
    expect(page.get_by_text("Because.")).to_be_visible()
    expect(head).to_have_attribute("aria-expanded", "true")
    head.press("Enter")
    expect(page.get_by_text("Because.")).to_be_hidden()
