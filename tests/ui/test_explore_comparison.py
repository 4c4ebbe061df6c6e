"""The comparison in a real browser: another comparison is drawn, and a row opens its runs."""

from typing import Any

import pytest
from panel.tests.util import serve_component
from playwright.sync_api import Page, expect

from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.views.explore.compare.comparison import ComparisonView
from energyvis_panel.views.explore.redraw import redraw_latest
from tests.ui.waiting import wait_until

pytestmark = pytest.mark.ui
RATIO = "Bokeh.documents[0].get_model_by_name('comparison').data.ratio.at(-1)"


def opened(page: Page, state: Exploration) -> None:
    """The view alone, idle, on the page's own scheduler."""

    def build() -> ComparisonView:
        view = ComparisonView(state)
        redraw_latest(state)
        return view

    page.set_viewport_size({"width": 900, "height": 900})
    serve_component(page, build)
    expect(page.get_by_text("a run on a GPU node takes")).to_be_visible()
    page.wait_for_function("Bokeh.documents[0].is_idle")


def test_choices_compare_something_else(page: Page, state: Exploration, errors: list[str]) -> None:
    opened(page, state)
    page.get_by_role("button", name="Adam / SGD").click()
    expect(page.get_by_text("a run with SGD takes")).to_be_visible()
    factor = page.evaluate(RATIO)
    page.get_by_role("button", name="Swap A and B").click()
    expect(page.get_by_text("a run with Adam takes")).to_be_visible()
    assert page.evaluate(RATIO) == pytest.approx(1 / factor)
    page.get_by_role("combobox", name="Measure").select_option("Run time")
    expect(page.get_by_text("times as long as one with SGD")).to_be_visible()
    page.get_by_text("Settings of A and B").click()
    page.get_by_role("combobox", name="Batch size of A").select_option("32")
    expect(page.get_by_text("with SGD with batches of 32")).to_be_visible()
    page.get_by_role("combobox", name="Optimizer of B").select_option("SGD")
    page.get_by_role("combobox", name="Batch size of B").select_option("32")
    expect(page.get_by_text("A and B are the same.")).to_be_visible()
    assert (
        page.evaluate("Bokeh.documents[0].get_model_by_name('comparison').data.name.some(Boolean)") is False
    )
    assert errors == []


def test_a_brush_moves_the_marks(page: Page, state: Exploration, errors: list[str]) -> None:
    opened(page, state)
    before = page.evaluate(RATIO)
    state.brush_range("depth", 12, 20)
    wait_until(lambda: page.evaluate(RATIO) != before, page)
    expect(page.get_by_text(f"{state.run_count:,} of 63,527 runs")).to_be_visible()
    assert errors == []


def test_a_click_on_a_row_looks_at_its_runs_again_and_again(
    page: Page, state: Exploration, errors: list[str]
) -> None:
    opened(page, state)
    box: Any = page.locator(".bk-Figure").bounding_box()
    for share in (0.5, 0.5, 0.7):
        state.look_at(None)

        def looked(share: float = share) -> bool:
            # Two clicks within a third of a second are a double click, which opens nothing: try again.
            page.mouse.click(box["x"] + 0.6 * box["width"], box["y"] + share * box["height"])
            page.wait_for_timeout(400)
            return state.mark is not None and "dataset" in state.mark.sets

        wait_until(looked, page)
    assert state.mark is not None
    assert state.mark.sets["hardware"] == ("CPU node", "GPU node")
    assert errors == []


@pytest.mark.parametrize(("width", "room_px"), [(390, 44), (1120, 112)])
def test_labels_have_room_at_any_width(page: Page, state: Exploration, width: int, room_px: int) -> None:
    opened(page, state)
    page.set_viewport_size({"width": width, "height": 900})
    # The axis goes on beyond the data by as many pixels as the labels take.
    room = """() => {
        const fig = Bokeh.documents[0].roots().flatMap(root => [...root.references()])
            .find(model => model.type === 'Figure');
        const {start, end} = fig.x_range;
        const reach = Bokeh.documents[0].get_model_by_name('comparison-reach');
        const share = Math.log(end / reach.end) / Math.log(end / start);
        return share * fig.inner_width;
    }"""
    wait_until(lambda: page.evaluate(room) == pytest.approx(room_px), page)
    # A narrow figure leaves out the pairs.
    label = """() => {
        const text = Bokeh.documents[0].roots().flatMap(root => [...root.references()])
            .find(model => model.type === 'Text' && model.text.field === 'label').text;
        const said = ['1.38 · 914'];
        return [...(text.transform ? text.transform.v_compute(said) : said)];
    }"""
    assert page.evaluate(label) == ["1.38" if width == 390 else "1.38 · 914"]
