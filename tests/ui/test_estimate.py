"""The estimate's form in a real browser: typed, searched and sent by the keyboard."""

from collections.abc import Iterator

import panel as pn
import pytest
from panel.tests.util import serve_component
from playwright.sync_api import Page, expect

from energyvis_panel.state.study import Study
from energyvis_panel.views.study.estimate.estimate_form import EstimateForm
from energyvis_panel.views.study.profile_strip import ProfileStrip
from tests.profiles_fixture import REFERENCES
from tests.state.test_estimate import search
from tests.state.test_study_state import CannedProfiles

pytestmark = pytest.mark.ui


@pytest.fixture
def study() -> Study:
    return Study(CannedProfiles(), REFERENCES)


@pytest.fixture
def form(page: Page, study: Study) -> Iterator[Page]:
    """Strip, button and form; the page must report no error."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)

    def build() -> pn.Column:
        estimate = EstimateForm(study, search)
        return pn.Column(ProfileStrip(study), estimate.button(), estimate, sizing_mode="stretch_width")

    serve_component(page, build)
    page.get_by_role("button", name="+ Estimate").click()
    expect(page.get_by_role("textbox", name="Name")).to_be_visible()
    yield page
    assert errors == []


def add_chip(page: Page, text: str) -> None:
    box = page.get_by_role("combobox", name="Add a chip")
    box.fill(text)
    expect(page.get_by_role("option").first).to_be_visible()
    box.press("Enter")
    expect(page.get_by_role("option").first).to_be_hidden()


def test_an_estimate_is_made_by_the_keyboard_alone(form: Page, study: Study) -> None:
    expect(form.get_by_role("textbox", name="Name")).to_be_focused()
    box = form.get_by_role("combobox", name="Add a chip")
    form.keyboard.press("Tab")
    expect(box).to_be_focused()
    form.keyboard.type("gpu")
    expect(form.get_by_role("option", name="Old GPU")).to_have_attribute("aria-selected", "true")
    form.keyboard.press("ArrowDown")
    expect(form.get_by_role("option", name="New GPU")).to_have_attribute("aria-selected", "true")
    form.keyboard.press("Enter")
    expect(form.get_by_role("textbox", name="How many New GPU")).to_have_value("1")
    expect(box).to_be_focused()
    hours = form.get_by_role("textbox", name="Hours in all")
    hours.focus()
    form.keyboard.type("10")
    # Georgia, PUE 1.5 as the profile on show: 500 W x 0.65 x 10 h x 1.5.
    expect(form.get_by_text("4.88 kWh")).to_be_visible()
    expect(form.get_by_text("3.00 to 6.75 kWh")).to_be_visible()
    expect(hours).to_be_focused()
    form.keyboard.press("Enter")
    expect(form.locator("button.name", has_text="My estimate")).to_have_attribute("aria-pressed", "true")
    expect(form.get_by_role("textbox", name="Name")).to_be_hidden()
    assert study.choice is not None
    assert study.profile(study.choice.baseline_id).energy().total_j() == pytest.approx(500 * 0.65 * 36_000)


def test_what_was_typed_last_counts_although_it_is_sent_at_once(form: Page, study: Study) -> None:
    add_chip(form, "old")
    form.get_by_role("textbox", name="Name").fill("Late")
    form.get_by_role("textbox", name="Epochs").fill("7")
    form.get_by_role("textbox", name="Hours in all").fill("5")
    form.get_by_role("button", name="Add to the profiles").click()
    expect(form.locator("button.name", has_text="Late")).to_be_visible()
    assert study.choice is not None
    profile = study.profile(study.choice.baseline_id)
    assert len(profile.epochs) == 7
    assert profile.duration_s() == pytest.approx(5 * 3600)


def test_each_mistake_stands_below_its_field_and_nothing_is_lost(form: Page) -> None:
    form.get_by_role("button", name="Add to the profiles").click()
    expect(form.get_by_text("Hours in all is empty. Enter a number.")).to_be_visible()
    expect(form.get_by_text("The machine has no chip. Add at least one GPU or CPU.")).to_be_visible()
    pue = form.get_by_role("textbox", name="PUE")
    pue.fill("0.5")
    expect(form.get_by_text("The PUE is 0.5. Give a value from 1 to 10.")).to_be_visible()
    expect(pue).to_have_attribute("aria-invalid", "true")
    expect(pue).to_have_value("0.5")


def test_parameters_and_tokens_replace_the_hours(form: Page) -> None:
    add_chip(form, "old")
    form.get_by_role("radio", name="Hours in all").focus()
    form.keyboard.press("ArrowLeft")
    expect(form.get_by_role("radio", name="Parameters and tokens")).to_have_attribute("aria-checked", "true")
    expect(form.get_by_role("textbox", name="Hours in all")).to_be_hidden()
    form.get_by_role("textbox", name="Parameters N").fill("1 B")
    form.get_by_role("textbox", name="Tokens D").fill("10 B")
    # 6e19 FLOPs at 40 % of 100 TFLOP/s.
    expect(form.get_by_text("17 d 8 h")).to_be_visible()
    expect(form.get_by_text("Kaplan et al. 2020")).to_be_visible()


def test_escape_closes_the_list_before_the_form(form: Page) -> None:
    box = form.get_by_role("combobox", name="Add a chip")
    box.fill("gpu")
    expect(form.get_by_role("listbox")).to_be_visible()
    box.press("Escape")
    expect(form.get_by_role("listbox")).to_be_hidden()
    expect(box).to_be_visible()
    box.press("Escape")
    expect(box).to_be_hidden()


def test_a_count_is_changed_in_place_and_a_wrong_one_is_named(form: Page) -> None:
    add_chip(form, "old")
    count = form.get_by_role("textbox", name="How many Old GPU")
    count.fill("0")
    count.press("Tab")
    expect(form.get_by_text("The count of Old GPU is 0. Give a value from 1 to 100,000.")).to_be_visible()
    count.fill("8")
    count.press("Tab")
    expect(form.get_by_text("The count of Old GPU is 0.")).to_be_hidden()
    form.get_by_role("button", name="Remove: Old GPU").click()
    expect(count).to_be_hidden()


def test_script_in_a_name_stays_text(form: Page) -> None:
    add_chip(form, "old")
    form.get_by_role("textbox", name="Name").fill("<img src=x onerror=document.title='taken'>")
    form.get_by_role("textbox", name="Hours in all").fill("1")
    form.keyboard.press("Enter")
    expect(form.get_by_text("<img src=x onerror=document.title='taken'>").first).to_be_visible()
    assert form.title() != "taken"


def test_on_a_phone_nothing_is_wider_than_the_screen(form: Page) -> None:
    form.set_viewport_size({"width": 390, "height": 844})
    add_chip(form, "old")
    expect(form.get_by_role("textbox", name="Hours in all")).to_be_visible()
    assert form.evaluate("document.documentElement.scrollWidth") <= 390
    box = form.get_by_role("textbox", name="Hours in all").bounding_box()
    assert box is not None
    assert box["height"] >= 40
