"""The hardware list in a real browser: counts clicked, chips searched and chosen by mouse and by keyboard."""

from collections.abc import Callable, Iterator

import pytest
from panel.tests.util import serve_component
from playwright.sync_api import Locator, Page, expect

from energyvis_panel.data.chip_search import search_chips
from energyvis_panel.state.study import Study
from energyvis_panel.views.study.hardware.hardware_picker import HardwarePicker
from tests.hardware_fixture import H100, machine_study
from tests.ui.waiting import wait_until

pytestmark = pytest.mark.ui

Opened = Callable[[str], tuple[Page, Study]]


@pytest.fixture
def opened(page: Page) -> Iterator[Opened]:
    """Opens the list of a machine; the page must report no error."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    search_chips("")  # so that no test waits for the catalogue

    def open_(profile_id: str) -> tuple[Page, Study]:
        study = machine_study(profile_id)
        serve_component(page, lambda: HardwarePicker(study, search_chips))
        expect(page.locator(".machine")).to_be_visible()
        return page, study

    yield open_
    assert errors == []


def options(page: Page) -> Locator:
    return page.locator(".search [role=option]")


def box(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Search chips")


def counts(study: Study) -> list[int]:
    assert study.choice is not None
    return [piece.count for piece in study.choice.edits.pieces or ()]


def test_quick_clicks_on_a_count_are_one_step(opened: Opened) -> None:
    page, study = opened("gpus")
    more = page.get_by_role("button", name="One NVIDIA Tesla V100 SXM2 32 GB more")
    for _ in range(8):
        more.click()
    expect(page.get_by_role("status").first).to_have_text(
        "Whole change: energy \u22124.5 %, time 6 min 40 s → 3 min 20 s"
    )
    assert counts(study) == [16, 2]
    expect(page.get_by_text("instead of 8")).to_be_visible()
    expect(more).to_be_focused()
    study.undo()
    assert not study.can_undo()
    expect(page.get_by_role("spinbutton", name="How many NVIDIA Tesla V100 SXM2 32 GB")).to_have_value("8")


def test_a_chip_is_found_with_slips_and_chosen_by_keyboard_alone(opened: Opened) -> None:
    page, study = opened("gpus")
    opener = page.get_by_role("button", name="Exchange NVIDIA Tesla V100 SXM2 32 GB")
    opener.focus()
    page.keyboard.press("Enter")
    expect(box(page)).to_be_focused()
    expect(page.get_by_text("Newest of data centres")).to_be_visible()
    box(page).fill("rtx4900")
    expect(options(page).first).to_contain_text("NVIDIA GeForce RTX 4090")
    expect(options(page).first).to_contain_text("450 W")
    expect(options(page).first).to_contain_text("82.6 TFLOP/s FP32")
    expect(box(page)).to_have_attribute("aria-expanded", "true")
    last = options(page).count() - 1
    for key, place in (("End", last), ("ArrowDown", 0), ("ArrowUp", last), ("Home", 0), ("ArrowDown", 1)):
        page.keyboard.press(key)
        expect(options(page).nth(place)).to_have_attribute("aria-selected", "true")
        expect(page.locator(".search [aria-selected=true]")).to_have_count(1)
        active = box(page).get_attribute("aria-activedescendant")
        assert active == options(page).nth(place).get_attribute("id")
    page.keyboard.press("Enter")
    expect(options(page).first).to_be_hidden()
    expect(page.get_by_text("instead of 8 × Tesla V100 SXM2 32 GB")).to_be_visible()
    assert study.choice is not None
    assert study.choice.edits.pieces is not None
    assert study.choice.edits.pieces[0].chip_id == "nvidia-geforce-rtx-4090-d"
    expect(page.get_by_role("button", name="Exchange NVIDIA GeForce RTX 4090 D")).to_be_focused()


def test_enter_right_after_the_last_letter_takes_what_was_typed(opened: Opened) -> None:
    page, study = opened("gpus")
    page.get_by_role("button", name="Exchange NVIDIA Tesla V100 SXM2 32 GB").click()
    expect(page.get_by_text("Newest of data centres")).to_be_visible()
    options(page).nth(2).hover()
    box(page).press_sequentially("rtx4090")
    page.keyboard.press("Enter")
    expect(page.get_by_text("instead of 8 × Tesla V100 SXM2 32 GB")).to_be_visible()
    assert study.choice is not None
    assert study.choice.edits.pieces is not None
    assert study.choice.edits.pieces[0].chip_id == "nvidia-geforce-rtx-4090"


def test_escape_closes_the_search_and_returns_to_its_button(opened: Opened) -> None:
    page, study = opened("gpus")
    page.get_by_role("button", name="Add a chip").click()
    expect(options(page).first).to_be_visible()
    page.keyboard.press("Escape")
    expect(box(page)).to_be_hidden()
    expect(page.get_by_role("button", name="Add a chip")).to_be_focused()
    assert study.choice is not None
    assert study.choice.edits.pieces is None


def test_the_kind_filters_what_is_found(opened: Opened) -> None:
    page, _ = opened("gpus")
    page.get_by_role("button", name="Add a chip").click()
    box(page).fill("intel")
    page.get_by_role("button", name="CPUs", exact=True).click()
    expect(options(page).first).to_contain_text("CPU ·")
    page.get_by_role("button", name="GPUs", exact=True).click()
    expect(options(page).first).to_contain_text("GPU ·")
    box(page).fill("blubb blabb")
    expect(page.get_by_text("No chip is called like that.")).to_be_visible()


def test_what_is_added_taken_away_and_put_back(opened: Opened) -> None:
    page, study = opened("gpus")
    page.get_by_role("button", name="Add a chip").click()
    box(page).fill("h100 sxm5 80")
    options(page).filter(has_text="H100 SXM5 80 GB").click()
    expect(page.locator(".row.added")).to_contain_text("NVIDIA H100 SXM5 80 GB")
    page.get_by_role("button", name="Take Intel Xeon Gold 6148 away").click()
    expect(page.locator(".row.removed")).to_contain_text("taken away")
    assert counts(study) == [8, 1]
    page.get_by_role("button", name="Back to what was recorded: Intel Xeon Gold 6148").click()
    expect(page.locator(".row.removed")).to_have_count(0)
    page.get_by_role("button", name="Reset").or_(
        page.get_by_role("button", name="Back to the recorded machine")
    ).click()
    expect(page.get_by_text("As recorded. Change a count, or exchange a chip.")).to_be_visible()


def test_a_chip_that_the_catalogue_lacks_is_entered_by_hand(opened: Opened) -> None:
    page, study = opened("strange")
    expect(page.get_by_text("4 × Frobnicator <b>9000</b> is not in the catalogue")).to_be_visible()
    page.get_by_role("button", name="Choose what Frobnicator").click()
    page.get_by_text("Not there? Enter a chip by hand").click()
    expect(page.get_by_role("textbox", name="Name")).to_have_value("Frobnicator <b>9000</b>")
    page.get_by_role("spinbutton", name="Watts").fill("200")
    page.get_by_role("spinbutton", name="TFLOP/s").fill("20")
    page.get_by_role("button", name="Use it").click()
    expect(page.get_by_text("200 W · 20.0 TFLOP/s FP32 · entered by hand")).to_be_visible()
    page.get_by_role("button", name="Move to CPUs").click()
    expect(page.get_by_text("within a factor of 2: energy from")).to_be_visible()
    page.get_by_role("button", name="What this assumes").click()
    expect(page.get_by_text("Energy follows rated watts over rates")).to_be_visible()
    page.get_by_role("button", name="Move to GPUs").click()
    expect(page.get_by_text("As recorded.")).to_be_visible()
    assert study.choice is not None
    assert study.choice.edits.original is not None
    assert study.choice.edits.original[0].name == "Frobnicator <b>9000</b>"


def test_a_profile_without_hardware_takes_its_machine(opened: Opened) -> None:
    page, study = opened("bare")
    expect(page.get_by_text("This profile names no hardware.")).to_be_visible()
    page.get_by_role("button", name="Enter a chip of the recorded machine").click()
    box(page).fill("h100 sxm5 80")
    expect(options(page).first).to_contain_text("H100 SXM5 80 GB")
    page.keyboard.press("Enter")
    expect(page.locator(".row")).to_contain_text("NVIDIA H100 SXM5 80 GB")
    assert study.choice is not None
    assert [piece.chip_id for piece in study.choice.edits.original or ()] == [H100]


def test_a_value_that_is_refused_is_told_beside_it_and_the_old_one_stands(opened: Opened) -> None:
    page, study = opened("gpus")
    field = page.get_by_role("spinbutton", name="How many NVIDIA Tesla V100 SXM2 32 GB")
    field.fill("0")
    field.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("The count of chips is 0, but must lie from 1")
    expect(field).to_have_value("8")
    efficiency = page.get_by_role("spinbutton", name="Part of the speed kept")
    efficiency.fill("0.8")
    efficiency.press("Enter")
    expect(page.get_by_role("alert")).to_have_count(0)
    wait_until(lambda: study.choice is not None and study.choice.edits.efficiency == 0.8, page)
    page.get_by_role("combobox", name="Precision").select_option("fp16")
    expect(page.get_by_text("125 TFLOP/s FP16/BF16 matrix")).to_be_visible()


def test_what_is_being_typed_outlives_a_change_made_elsewhere(opened: Opened) -> None:
    page, study = opened("gpus")
    field = page.get_by_role("spinbutton", name="How many NVIDIA Tesla V100 SXM2 32 GB")
    field.fill("1")
    study.edit(efficiency=0.9)
    expect(page.get_by_role("spinbutton", name="Part of the speed kept")).to_have_value("0.90")
    expect(field).to_have_value("1")
    expect(field).to_be_focused()
    page.keyboard.type("6")
    page.keyboard.press("Enter")
    wait_until(lambda: counts(study) == [16, 2], page)
    study.undo()
    assert counts(study) == []  # what was half typed was no edit


def test_on_a_phone_controls_are_large_and_nothing_is_cut(opened: Opened, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    opened("gpus")
    for control in page.locator(".machine button, .machine input, .machine select").all():
        size = control.bounding_box()
        assert size is not None
        assert size["height"] >= 40
    page.get_by_role("button", name="Add a chip").click()
    expect(options(page).first).to_be_visible()
    size = page.locator(".search").bounding_box()
    assert size is not None
    assert size["x"] >= 0
    assert size["x"] + size["width"] <= 390
    assert size["y"] + size["height"] <= 844
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
