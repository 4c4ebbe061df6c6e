"""The composition in a real browser: labels by size, hover, click, keyboard, both forms."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from energyvis_panel.state.explore.exploration import Exploration
from tests.ui.explore_served import serve_view
from tests.ui.waiting import pointed_at, wait_until

pytestmark = pytest.mark.ui


def opened(page: Page, state: Exploration, width: int = 1000) -> Any:
    """The view, alone in a page."""
    return serve_view(page, state, "composition", width, 844)[-1]


def at(page: Page, across: float, down: float) -> tuple[float, float]:
    """A place in the figure, as shares of its box."""
    box: Any = page.locator(".bk-Figure").bounding_box()
    return box["x"] + across * box["width"], box["y"] + down * box["height"]


def labels_seen(page: Page) -> list[str]:
    """The labels that are drawn."""
    found: list[str] = page.evaluate("""() => {
      const models = [...Bokeh.documents[0].all_models];
      const fits = models.find((model) => model.type === 'CustomJSTransform');
      const data = models.find((model) => model.data?.need !== undefined || model.data?.get?.('need')).data;
      const column = (name) => [...(data.get ? data.get(name) : data[name])];
      const seen = fits.v_compute(column('need'));
      return column('text').filter((text, at) => text && seen[at]);
    }""")
    return found


@pytest.mark.parametrize(("width", "side"), [(1000, 460), (390, 366)])
def test_the_figure_is_a_square_whose_labels_fit(
    page: Page, state: Exploration, complaints: list[str], width: int, side: int
) -> None:
    view = opened(page, state, width)
    box: Any = page.locator(".bk-Figure").bounding_box()
    assert box["width"] == pytest.approx(box["height"], abs=2)
    assert side - 30 <= box["width"] <= side
    assert box["x"] + box["width"] <= width
    seen = labels_seen(page)
    labels = view.composition.labels.data
    assert seen == [
        text for text, need in zip(labels["text"], labels["need"], strict=True) if need <= box["width"] / 2
    ]
    assert {"under 1 k", "1 M up", "rectangle"} <= set(seen)
    assert len(seen) < len([text for text in labels["text"] if text])
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert complaints == []


@pytest.mark.parametrize("form", ["Sunburst", "Icicle"])
def test_the_pointer_says_and_selects_a_part(
    page: Page, state: Exploration, complaints: list[str], form: str
) -> None:
    view = opened(page, state)
    page.get_by_role("radio", name=form).check(force=True)
    wait_until(lambda: view.shown.form == form.lower(), page)
    # At the right of the inner ring: the second class of size; at the bottom of the first column: the last.
    place, path = ((0.68, 0.5), (1,)) if form == "Sunburst" else ((0.2, 0.95), (3,))
    tip = pointed_at(page, lambda: at(page, *place), f"Part: {view.ring.grades[path[0]].text}")
    expect(tip).to_contain_text("MWh of")
    page.mouse.click(*at(page, *place))
    wait_until(lambda: view.path == path, page)
    expect(page.locator(".path [aria-current]")).to_have_text(view.ring.grades[path[0]].text)
    wait_until(lambda: state.run_count == view.shown.selected.runs[view.shown.parts.level == 0].sum(), page)
    page.mouse.click(*at(page, *((0.5, 0.5) if form == "Sunburst" else (0.03, 0.5))))
    wait_until(lambda: view.path == (), page)
    assert complaints == []


def test_the_keyboard_goes_into_parts_and_up(page: Page, state: Exploration, complaints: list[str]) -> None:
    view = opened(page, state)
    page.get_by_label("Inner ring", exact=True).select_option("hardware")
    parts = page.locator(".parts")
    expect(parts.get_by_role("button")).to_have_count(2)
    parts.get_by_role("button").first.focus()
    page.keyboard.press("ArrowDown")
    focused = parts.locator(":focus")
    expect(focused).to_contain_text("GPU node")
    expect(parts.locator("[tabindex='0']")).to_have_count(1)
    page.keyboard.press("Enter")
    wait_until(lambda: view.path == (1,), page)
    expect(parts).to_have_attribute("aria-label", "Parts of GPU node")
    expect(focused).to_contain_text("exponential")
    page.keyboard.press("End")
    expect(focused).to_contain_text("wide_first_16x")
    page.keyboard.press("ArrowRight")
    wait_until(lambda: view.path == (1, "wide_first_16x"), page)
    expect(focused).to_contain_text("adult")
    page.keyboard.press("Enter")
    wait_until(lambda: view.path == (1, "wide_first_16x", "adult"), page)
    expect(parts.locator("[aria-pressed='true']")).to_contain_text("adult")
    expect(focused).to_contain_text("adult")
    for left in ((1, "wide_first_16x"), (1,), ()):
        page.keyboard.press("ArrowLeft")
        wait_until(lambda left=left: view.path == left, page)
        expect(page.locator(".path .step")).to_have_count(len(left) + 1)
    expect(focused).to_have_count(1)
    page.get_by_role("button", name="List these runs").click()
    wait_until(lambda: state.mark_title == "All that is selected", page)
    assert complaints == []
