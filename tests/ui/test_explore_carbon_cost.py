"""Carbon and cost in a real browser: fields by keyboard, refusal, hover, click, and a narrow screen."""

from typing import Any

import panel as pn
import pytest
from panel.tests.util import serve_component
from playwright.sync_api import Page, expect

from energyvis_panel.state.explore.carbon_cost.circumstances import Circumstances
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.study import Study
from tests.carbon_cost_fixture import OneProfile
from tests.profiles_fixture import REFERENCES, small_profile
from tests.ui.waiting import pointed_at, wait_until

pytestmark = pytest.mark.ui
HEADS = """(column) => {
  const figure = Bokeh.documents[0].get_model_by_name('figure-carbon-cost');
  const source = figure.renderers.map((one) => one.data_source).find((one) => 'short' in one.data);
  return [...source.data[column]];
}"""


def opened(page: Page, state: Exploration, width: int = 900) -> list[Any]:
    """The view alone in a page, idle: what is done before that is lost; the list gets document and study."""
    from energyvis_panel.views.explore.carbon_cost.carbon_cost import CarbonCost  # noqa: PLC0415 - only with --ui
    from energyvis_panel.views.explore.redraw import redraw_latest  # noqa: PLC0415 - likewise

    parts: list[Any] = []

    def build() -> Any:
        redraw_latest(state)
        study = Study(OneProfile(small_profile()), REFERENCES)
        Circumstances.of(state).follow(study)
        parts[:] = pn.state.curdoc, study
        return pn.Column(CarbonCost(state), sizing_mode="stretch_width")

    page.set_viewport_size({"width": width, "height": 900})
    serve_component(page, build)
    expect(page.locator(".bk-Figure")).to_be_visible()
    page.wait_for_function("Bokeh.documents[0].is_idle")
    return parts


def at(page: Page, across: float, down: float) -> tuple[float, float]:
    """A place in the figure, as shares of its box."""
    box: Any = page.locator(".bk-Figure").bounding_box()
    return box["x"] + across * box["width"], box["y"] + down * box["height"]


def test_fields_work_by_keyboard_and_the_study_follows(
    page: Page, state: Exploration, errors: list[str]
) -> None:
    document, study = opened(page, state)
    region = page.get_by_label("Region", exact=True)
    region.focus()
    page.keyboard.type("Wyo")
    page.keyboard.press("Tab")
    wait_until(lambda: study.choice.edits.region_id == "US-WY", page)
    expect(page.get_by_label("Intensity in g/kWh", exact=True)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("PUE", exact=True)).to_be_focused()
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    expect(page.get_by_text("(Wyoming, PUE 2)")).to_be_visible()
    wait_until(lambda: study.choice.edits.pue == 2, page)
    wait_until(lambda: page.evaluate(HEADS, "how")[2:4] == ["× PUE 2", "× 832 g/kWh"], page)
    document.add_next_tick_callback(lambda: study.set_pue(1.5))
    expect(page.get_by_label("PUE", exact=True)).to_have_value("1.5")
    page.get_by_role("radio", name="lb").check(force=True)
    wait_until(lambda: study.pounds, page)
    wait_until(lambda: page.evaluate(HEADS, "text")[3].endswith(" lb"), page)
    assert errors == []


def test_a_bad_number_stays_to_be_mended_with_its_reason(
    page: Page, state: Exploration, errors: list[str]
) -> None:
    opened(page, state)
    pue = page.get_by_label("PUE", exact=True)
    for _twice in range(2):
        pue.fill("0.5")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_have_text("The PUE is 0.5, but must lie from 1 to 10.")
        expect(pue).to_have_value("0.5")
        pue.fill("1.5")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_be_hidden()
    pue.fill("")
    page.keyboard.press("Enter")
    expect(page.get_by_text("(Colorado, PUE 1.04)")).to_be_visible()
    expect(pue).to_have_attribute("placeholder", "1.04")
    assert errors == []


def test_the_pointer_is_told_and_a_click_looks_at_the_runs(
    page: Page, state: Exploration, errors: list[str]
) -> None:
    opened(page, state)
    tip = pointed_at(page, lambda: at(page, 0.1, 0.4), "Training, CPU nodes")
    expect(tip).to_contain_text("% of the energy at the meter")
    pointed_at(page, lambda: at(page, 0.8, 0.4), "× 0.116 USD/kWh =")
    page.mouse.click(*at(page, 0.1, 0.4))
    wait_until(lambda: state.mark_title == "Runs on CPU nodes", page)
    page.get_by_role("button", name="Runs on GPU nodes").focus()
    page.keyboard.press("Enter")
    wait_until(lambda: state.mark_title == "Runs on GPU nodes", page)
    assert errors == []


FITTED = """() => {
  const fig = Bokeh.documents[0].get_model_by_name('figure-carbon-cost');
  const {start, end} = fig.x_range;
  const per_share = fig.inner_width / (end - start);
  const fields = fig.renderers.map((one) => one.glyph.text?.field);
  const factors = fields.find((field) => ['how', 'short'].includes(field));
  return [(end - 0.8) * per_share, -start * per_share, factors];
}"""


AMOUNTS = """() => {
  const fig = Bokeh.documents[0].get_model_by_name('figure-carbon-cost');
  const {text} = fig.renderers.map((one) => one.glyph)
    .find((one) => one.type === 'Text' && one.text.field === 'text' && one.text_baseline.value === 'top'
      && one.text_color.field);
  const said = ['14.8 MWh', '2,150 USD', 'not known', ''];
  return [...(text.transform ? text.transform.v_compute(said) : said)];
}"""


@pytest.mark.parametrize("width", [390, 1200])
def test_a_phone_leaves_the_units_to_the_heads(
    page: Page, state: Exploration, errors: list[str], width: int
) -> None:
    opened(page, state, width)
    bare = ["14.8", "2,150", "not known", ""]
    said = bare if width == 390 else ["14.8 MWh", "2,150 USD", "not known", ""]
    wait_until(lambda: page.evaluate(AMOUNTS) == said, page)
    assert errors == []


@pytest.mark.parametrize(("width", "field"), [(390, "short"), (1200, "how")])
def test_the_flow_is_fitted_to_its_width_and_to_its_last_labels(
    page: Page, state: Exploration, errors: list[str], width: int, field: str
) -> None:
    document, study = opened(page, state, width)
    room, left, shown = page.evaluate(FITTED)
    assert 60 < room < (80 if width == 390 else 130)
    assert left == pytest.approx(4, abs=0.5)
    assert shown == field
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    document.add_next_tick_callback(lambda: study.edit(price_per_kwh=40.0))
    wait_until(lambda: len(page.evaluate(HEADS, "text")[4]) == len("123,000 USD"), page)
    # On a wide figure the price, now shorter by a digit, is the longest text of the column.
    by = 4 if width == 390 else -4
    wait_until(lambda: (page.evaluate(FITTED)[0] - room) / by >= 0.99, page)
    assert errors == []
