"""The equations in a real browser: typeset from our own server, edited by keyboard, lit by the pointer."""

import re
from collections.abc import Iterator
from http import HTTPStatus

import panel as pn
import pytest
from panel.tests.util import serve_component
from playwright.sync_api import BrowserContext, Locator, Page, expect

from energyvis_panel.state.study import Study
from energyvis_panel.views.study.equations.equations import Equations
from tests.equations_fixture import Shelf
from tests.profiles_fixture import REFERENCES
from tests.ui.waiting import wait_until

pytestmark = pytest.mark.ui

PUE = "Power usage effectiveness"
CARET_JS = "(field) => [field.selectionStart, field.selectionEnd]"


@pytest.fixture
def study() -> Study:
    return Study(Shelf(), REFERENCES)


@pytest.fixture
def trouble(page: Page) -> Iterator[list[str]]:
    """What the page asks of other hosts, what it does not get, and its errors: none."""
    seen: list[str] = []
    page.on("request", lambda r: None if own(r.url) else seen.append(r.url))
    page.on("response", lambda r: None if r.status < HTTPStatus.BAD_REQUEST else seen.append(r.url))
    page.on("pageerror", lambda error: seen.append(str(error)))
    page.on("console", lambda m: seen.append(m.text) if m.type in {"error", "warning"} else None)
    yield seen
    page.wait_for_timeout(200)
    assert seen == []


def own(address: str) -> bool:
    return re.match(r"(wss?|https?)://localhost:\d+/|(data|blob|about):", address) is not None


@pytest.fixture
def shown(page: Page, study: Study, trouble: list[str]) -> Page:
    """The equations alone, typeset."""
    assert trouble == []
    serve_component(page, lambda: Equations(study))
    expect(page.locator(".katex-html").first).to_be_visible()
    return page


def field(page: Page, name: str = PUE) -> Locator:
    return page.get_by_role("spinbutton", name=name)


def pue_of(study: Study) -> float | None:
    assert study.choice is not None
    return study.choice.edits.pue


def test_they_are_typeset_with_our_fonts_and_read_by_screen_readers(shown: Page) -> None:
    expect(shown.locator(".formula .katex-html")).to_have_count(4)
    expect(shown.locator(".formula math")).to_have_count(4)
    loaded = "[...document.fonts].filter((face) => face.status === 'loaded').map((face) => face.family)"
    wait_until(lambda: {"KaTeX_Main", "KaTeX_Math", "KaTeX_Size1"} <= set(shown.evaluate(loaded)), shown)


def test_a_quantity_has_its_colour_in_formula_and_sentence(shown: Page) -> None:
    shown.add_style_tag(content=":root { --ev-pue: rgb(1, 2, 3); --ev-energy: rgb(4, 5, 6); }")
    for quantity, colour in (("pue", "rgb(1, 2, 3)"), ("energy", "rgb(4, 5, 6)")):
        terms = shown.locator(f"[data-quantity={quantity}]")
        assert {each.evaluate("(term) => term.closest('.formula') !== null") for each in terms.all()} == {
            True,
            False,
        }
        for each in terms.all():
            expect(each).to_have_css("color", colour)


def test_a_line_opens_to_its_numbers_and_closes_by_keyboard(shown: Page) -> None:
    toggle = shown.get_by_role("button", name="Numbers of the equation for power")
    expect(toggle).to_have_attribute("aria-expanded", "false")
    toggle.focus()
    toggle.press("Enter")
    expect(toggle).to_have_attribute("aria-expanded", "true")
    expect(shown.locator(".power .row .katex-html")).to_have_count(2)
    expect(field(shown, "Mean power of GPU")).to_have_value("36000")
    expect(toggle).to_be_focused()
    toggle.press("Enter")
    expect(shown.locator(".power .row")).to_have_count(0)
    shown.get_by_role("button", name="Show numbers").click()
    expect(shown.locator(".row .katex-html")).to_have_count(8)


def test_enter_commits_and_the_number_has_its_way_back(shown: Page, study: Study) -> None:
    pue = field(shown)
    pue.fill("1,2")
    pue.press("Enter")
    expect(shown.get_by_text("47.5 kW")).to_be_visible()
    assert pue_of(study) == 1.2
    expect(pue).to_have_value("1.2")
    expect(pue).to_have_class(re.compile(r"\bedited\b"))
    assert "dashed" in pue.evaluate("(input) => getComputedStyle(input).textDecoration")
    expect(pue).to_be_focused()
    shown.get_by_role("button", name="back to 1.5").click()
    expect(pue).to_have_value("1.5")
    expect(pue).to_be_focused()
    assert pue_of(study) is None


def test_tab_commits_and_moves_on(shown: Page, study: Study) -> None:
    pue = field(shown)
    pue.fill("1.3")
    pue.press("Tab")
    wait_until(lambda: pue_of(study) == 1.3, shown)
    expect(pue).not_to_be_focused()
    expect(pue).to_have_value("1.3")


def test_escape_restores_and_asks_nothing(shown: Page, study: Study) -> None:
    before, pue = study.choice, field(shown)
    pue.fill("9")
    pue.press("Escape")
    expect(pue).to_have_value("1.5")
    pue.press("Tab")
    field(shown, "Price").fill("0.5")
    field(shown, "Price").press("Enter")
    wait_until(lambda: study.choice is not before, shown)
    assert pue_of(study) is None


def test_arrow_keys_step_and_the_wheel_does_not(shown: Page, study: Study) -> None:
    pue = field(shown)
    pue.focus()
    box = pue.bounding_box()
    assert box is not None
    shown.mouse.move(box["x"] + 5, box["y"] + 5)
    shown.mouse.wheel(0, 200)
    pue.press("ArrowDown")
    expect(pue).to_have_value("1.49")
    wait_until(lambda: pue_of(study) == 1.49, shown)
    pue.press("Shift+ArrowUp")
    wait_until(lambda: pue_of(study) == 1.59, shown)
    study.undo()
    assert pue_of(study) == 1.49


def test_a_held_arrow_key_is_one_step_to_undo(shown: Page, study: Study) -> None:
    pue = field(shown)
    pue.focus()
    for _ in range(5):
        pue.press("ArrowUp")
    wait_until(lambda: pue_of(study) == 1.55, shown)
    study.undo()
    assert pue_of(study) is None


@pytest.mark.parametrize(
    ("entered", "said"),
    [
        ("0.5", "The PUE is 0.5, but must lie from 1 to 10."),
        ("1,234.5", "1,234.5 separates thousands."),
        ("<img src=x onerror=alert(1)>", "is not a number"),
    ],
)
def test_a_refused_number_gets_a_sentence_and_gives_the_old_one_back(
    shown: Page, study: Study, entered: str, said: str
) -> None:
    pue = field(shown)
    pue.fill(entered)
    pue.press("Enter")
    expect(shown.get_by_role("status")).to_contain_text(said)
    expect(pue).to_have_value("1.5")
    expect(pue).to_have_attribute("aria-invalid", "true")
    assert pue_of(study) is None
    assert said in study.notice
    pue.press("Escape")
    expect(shown.get_by_role("status")).to_be_empty()
    pue.fill(entered)
    pue.press("Enter")
    expect(shown.get_by_role("status")).to_contain_text(said)
    pue.fill("1.2")
    pue.press("Enter")
    expect(pue).not_to_have_attribute("aria-invalid", "true")
    expect(shown.get_by_role("status")).to_be_empty()


def test_a_redraw_leaves_focus_caret_and_what_is_being_typed(shown: Page, study: Study) -> None:
    price = field(shown, "Price")
    price.press("End")
    price.press("ArrowLeft")
    price.press("5")
    typed = price.input_value()
    caret = price.evaluate(CARET_JS)
    study.choose_region("US-WY")
    expect(field(shown, "Carbon intensity")).to_have_value("832")
    expect(price).to_be_focused()
    assert price.input_value() == typed
    assert price.evaluate(CARET_JS) == caret
    price.press("Escape")
    expect(price).to_have_value("0.09")


def test_the_same_quantity_lights_everywhere(shown: Page) -> None:
    lit = shown.locator(".lit")
    expect(lit).to_have_count(0)
    shown.locator(".sentence .number[data-quantity=energy]").hover()
    expect(shown.locator(".formula .lit[data-quantity=energy]")).to_have_count(3)
    expect(shown.locator(".lit:not([data-quantity=energy])")).to_have_count(0)
    shown.locator("h2").hover()
    expect(lit).to_have_count(0)
    field(shown).focus()
    expect(shown.locator(".formula .lit[data-quantity=pue]")).to_have_count(1)


def test_a_preview_changes_intensity_and_emissions(shown: Page, study: Study) -> None:
    study.preview_id = "US-WY"
    expect(field(shown, "Carbon intensity")).to_have_value("832")
    expect(shown.get_by_text("5.49 kg CO₂e")).to_be_visible()
    expect(shown.get_by_text("previewed in Wyoming")).to_be_visible()
    study.preview_id = ""
    expect(field(shown, "Carbon intensity")).to_have_value("325")


def test_the_switch_and_reset_all(shown: Page, study: Study) -> None:
    reset = shown.get_by_role("button", name="Reset all")
    expect(reset).to_be_hidden()
    study.toggle_compared("two")
    expect(shown.get_by_role("button", name="A", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(field(shown, "Mean duration")).to_have_attribute("readonly", "")
    expect(field(shown, "Mean duration")).to_have_attribute("title", re.compile("its own machine"))
    shown.get_by_role("button", name="Baseline").click()
    expect(field(shown, "Mean duration")).to_be_editable()
    field(shown).fill("1.2")
    field(shown).press("Enter")
    expect(shown.get_by_role("button", name="B", exact=True)).to_be_visible()
    reset.click()
    expect(reset).to_be_hidden()
    assert pue_of(study) is None


def test_a_number_in_the_formula_leads_to_its_field(shown: Page) -> None:
    shown.get_by_role("button", name="Numbers of the equation for carbon").click()
    shown.locator(".carbon .row [data-field=g_per_kwh]").last.click()
    expect(field(shown, "Carbon intensity")).to_be_focused()


def test_a_phone_gets_one_column_and_controls_to_touch(shown: Page) -> None:
    shown.set_viewport_size({"width": 390, "height": 844})
    shown.get_by_role("button", name="Show numbers").click()
    expect(shown.locator(".row .katex-html")).to_have_count(8)
    assert shown.evaluate("document.documentElement.scrollWidth") <= 390
    for control in shown.locator(".equations button:visible, .equations input:visible").all():
        box = control.bounding_box()
        assert box is not None
        assert box["height"] >= 40


def test_without_the_typesetter_they_are_read_as_plain_text(context: BrowserContext, study: Study) -> None:
    context.route("**/katex.bundle.js*", lambda route: route.abort())
    page = context.new_page()
    warnings: list[str] = []
    page.on("console", lambda m: warnings.append(m.text) if m.type == "warning" else None)
    serve_component(page, lambda: Equations(study))
    wait_until(lambda: any("stay plain text" in text for text in warnings), page)
    expect(page.get_by_text("CO₂e = I × E")).to_be_visible()
    field(page).fill("1.2")
    field(page).press("Enter")
    expect(page.get_by_text("47.5 kW")).to_be_visible()


def test_nothing_typeset_is_sent_before_it_is_seen(page: Page, study: Study) -> None:
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url) if "katex" in r.url else None)
    below = Equations(study)
    serve_component(page, lambda: pn.Column(pn.Spacer(height=3000), below))
    expect(page.locator(".equations")).to_be_attached()
    assert asked == []
    page.locator(".equations").scroll_into_view_if_needed()
    expect(page.locator(".katex-html").first).to_be_visible()
    assert len(asked) == 5
