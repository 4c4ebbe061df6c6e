"""A repaint of a figure leaves the page's style sheets alone."""

from typing import Any

import panel as pn
import pytest
from bokeh.events import DoubleTap, Tap
from bokeh.models import Range1d
from bokeh.plotting import figure
from panel.tests.util import serve_component
from playwright.sync_api import Page, expect

from energyvis_panel.views.tuned_figures import TunedFigures
from tests.ui.waiting import wait_until

pytestmark = pytest.mark.ui

WRITTEN = """async () => {
  const sheets = [];
  const walk = (root) => {
    sheets.push(...root.querySelectorAll('style'));
    for (const one of root.querySelectorAll('*')) if (one.shadowRoot) walk(one.shadowRoot);
  };
  walk(document);
  let written = 0;
  const watcher = new MutationObserver((records) => { written += records.length; });
  for (const sheet of sheets) watcher.observe(sheet, {childList: true, characterData: true, subtree: true});
  const ended = async (end) => {
    Bokeh.documents[0].get_model_by_name('up').setv({end});
    for (let count = 0; count < 4; count++) await new Promise((done) => requestAnimationFrame(done));
  };
  await ended(0.95);
  written = 0;
  await ended(END);
  watcher.disconnect();
  return [sheets.length, written];
}"""


def shown(page: Page, *parts: Any) -> None:
    """A figure in the browser, beside ``parts``."""

    def build() -> Any:
        chart: Any = figure(height=200, width=300, y_range=Range1d(start=0.0, end=1.0, name="up"))
        chart.line([0, 1], [0, 1])
        return pn.Column(*parts, chart)

    serve_component(page, build)
    expect(page.locator(".bk-Figure")).to_have_count(1)
    page.wait_for_function("Bokeh.documents[0].is_idle")


def test_a_repaint_writes_the_style_sheets_of_the_parts_that_have_moved_alone(page: Page) -> None:
    shown(page, TunedFigures())
    sheets, written = page.evaluate(WRITTEN.replace("END", "0.96"))
    # The line reaches further up; axes, grids and title stay.
    assert sheets > 1
    assert written == 1


def test_a_part_that_moves_is_placed_anew(page: Page) -> None:
    shown(page, TunedFigures())
    # The labels of the axis get wider, and with them what stands beside it.
    _sheets, written = page.evaluate(WRITTEN.replace("END", "123456"))
    assert written > 0


LAID_OUT_MEANWHILE = """async () => {
  const root = [...Bokeh.index.roots][0];
  const held = (view) => view.model.children ? view : view.child_views.map(held).find((found) => found);
  const view = held(root);
  const Figure = Bokeh.Models.get("Figure");
  const added = [1, 2].map(() => new Figure({height: 100, width: 100}));
  view.model.children = [...view.model.children, ...added];
  let unlaid = 0;
  while (!added.every((one) => view.child_views.find((found) => found.model === one)?.layout)) {
    unlaid += view.child_views.some((found) => added.includes(found.model) && !found.layout);
    root.compute_layout();
    await Promise.resolve();
  }
  return unlaid;
}"""


def test_a_page_that_is_laid_out_while_figures_are_made_waits_for_them(page: Page) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(error.message))
    shown(page, TunedFigures())
    assert page.evaluate(LAID_OUT_MEANWHILE) > 0
    expect(page.locator(".bk-Figure")).to_have_count(3)
    assert errors == []


@pytest.fixture
def clicked(page: Page) -> list[tuple[str, int]]:
    """Clicks on a figure in the browser, each as its kind and the third of the figure where it was."""
    told: list[tuple[str, int]] = []

    def build() -> Any:
        chart: Any = figure(
            height=300,
            width=300,
            x_range=Range1d(start=0, end=3),
            y_range=Range1d(start=0, end=1),
            toolbar_location=None,
        )
        for event in (Tap, DoubleTap):
            chart.on_event(event, lambda e: told.append((e.event_name, int(e.x))))
        return pn.Column(TunedFigures(), chart)

    serve_component(page, build)
    expect(page.locator(".bk-Figure")).to_have_count(1)
    page.wait_for_function("Bokeh.documents[0].is_idle")
    return told


def third(page: Page, number: int) -> tuple[float, float]:
    box: Any = page.locator(".bk-Figure").bounding_box()
    return box["x"] + (0.25 + 0.3 * number) * box["width"], box["y"] + box["height"] / 2


def test_a_click_counts_however_long_it_is_held(page: Page, clicked: list[tuple[str, int]]) -> None:
    page.evaluate(  # as the page has it, which other tests change
        "() => { Object.freeze(Bokeh.require('core/ui_gestures').UIGestures); }"
    )
    page.mouse.move(*third(page, 1))
    page.mouse.down()
    page.wait_for_timeout(700)
    page.mouse.up()
    wait_until(lambda: clicked == [("tap", 1)], page)


def test_two_quick_clicks_are_a_double_one_on_one_place_alone(
    page: Page, clicked: list[tuple[str, int]]
) -> None:
    page.mouse.click(*third(page, 0))
    page.mouse.dblclick(*third(page, 2))
    wait_until(lambda: clicked == [("tap", 0), ("tap", 2), ("doubletap", 2)], page)
