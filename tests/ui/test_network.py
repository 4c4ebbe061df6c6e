"""Which network, in a real browser over the shipped stand-in."""

from collections.abc import Iterator

import pytest
from panel.tests.util import serve_component
from playwright.sync_api import Page, expect

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.network_neighbours import network_neighbours
from energyvis_panel.state.study import Study
from energyvis_panel.views.study.network.which_network import WhichNetwork
from tests.profiles_fixture import REFERENCES
from tests.state.test_study_state import CannedProfiles

pytestmark = pytest.mark.ui


@pytest.fixture
def study() -> Study:
    return Study(CannedProfiles(), REFERENCES)


@pytest.fixture
def card(page: Page, study: Study, butter_e: Gateway) -> Iterator[Page]:
    """The card alone; the page must report no error."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    serve_component(page, lambda: WhichNetwork(study, lambda wish: network_neighbours(butter_e, wish)))
    expect(page.get_by_text("Near 100,000 parameters in 6 layers on adult")).to_be_visible()
    yield page
    assert errors == []


def test_it_answers_with_bars_and_says_loudly_that_the_data_are_synthetic(card: Page) -> None:
    expect(card.get_by_text("Synthetic data.")).to_be_visible()
    expect(card.locator("li.row")).to_have_count(8)
    # The best of the other kind of node stands among them, with its own rank.
    expect(card.locator("li.row.gpu")).to_have_count(1)
    expect(card.locator("li.row .fill").first).to_be_visible()
    expect(card.get_by_text("Inside the measured range")).to_be_visible()
    card.get_by_role("button", name="Show all").click()
    assert card.locator("li.row").count() > 20


def test_a_change_of_size_answers_anew_without_leaving_the_field(card: Page) -> None:
    size = card.get_by_role("textbox", name="Trainable parameters")
    size.fill("33.6 M")
    expect(card.get_by_text("2.00× beyond the largest measured in parameters (16,777,216)")).to_be_visible()
    expect(card.get_by_text("Near 33,600,000 parameters")).to_be_visible()
    expect(size).to_be_focused()
    expect(size).to_have_value("33.6 M")
    size.fill("-3")
    expect(card.get_by_text("The number of parameters is -3. Give a value from 1 to")).to_be_visible()
    expect(card.get_by_text("Near 33,600,000 parameters")).to_be_visible()


def test_task_and_hardware_are_chosen_from_lists(card: Page) -> None:
    card.get_by_role("combobox", name="Task").select_option("mnist")
    expect(card.get_by_role("textbox", name="Observations")).to_have_value("70000")
    expect(card.get_by_text("on mnist (70,000 × 784)")).to_be_visible()
    card.get_by_role("combobox", name="Hardware").select_option("GPU node")
    expect(card.locator("li.row.cpu")).to_have_count(0)
    expect(card.locator("li.row.gpu").first).to_be_visible()
    card.get_by_role("textbox", name="Observations").fill("500000")
    expect(card.get_by_role("combobox", name="Task")).to_have_value("")
    expect(card.get_by_text("on a task of 500,000 observations with 784 features")).to_be_visible()


def test_the_ranking_changes_by_keyboard(card: Page) -> None:
    by_run = card.get_by_role("radio", name="By run of 3,000 epochs")
    by_run.focus()
    card.keyboard.press("ArrowRight")
    expect(card.get_by_role("radio", name="By epoch, start-up left out")).to_have_attribute(
        "aria-checked", "true"
    )
    expect(card.get_by_text("J an epoch")).to_be_visible()


def test_a_neighbour_becomes_a_profile(card: Page, study: Study) -> None:
    button = card.get_by_role("button", name="Make it a profile").first
    button.focus()
    card.keyboard.press("Enter")
    expect(card.get_by_text("is on the profile strip now, and on show.")).to_be_visible()
    assert study.choice is not None
    profile = study.profile(study.choice.baseline_id)
    assert profile.name.startswith("Synthetic: ")
    assert profile.provenance.source == "estimate"


def test_all_figures_stand_in_a_table(card: Page) -> None:
    card.get_by_text("All figures as a table").click()
    expect(card.get_by_role("columnheader", name="Middle half")).to_be_visible()
    assert card.locator("tbody tr, table tr").count() > 20


def test_on_a_phone_nothing_is_wider_than_the_screen(card: Page) -> None:
    card.set_viewport_size({"width": 390, "height": 844})
    expect(card.locator("li.row").first).to_be_visible()
    assert card.evaluate("document.documentElement.scrollWidth") <= 390
