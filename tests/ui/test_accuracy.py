"""Energy against accuracy, in a real browser."""

import holoviews as hv
import pytest
from panel.tests.util import serve_component
from playwright.sync_api import Page, expect

from energyvis_panel.views.study.accuracy.accuracy_chart import AccuracyChart
from tests.state.test_accuracy import EFFICIENT, RESNET, studied
from tests.ui.waiting import wait_until

pytestmark = pytest.mark.ui


@pytest.fixture(scope="module", autouse=True)
def bokeh_backend() -> None:
    hv.extension("bokeh", logo=False)


PATHS_JS = """() => [...Bokeh.documents].flatMap((doc) => [...doc._all_models.values()])
  .filter((model) => model.type === 'GlyphRenderer' && model.glyph.type === 'MultiLine')
  .map((renderer) => renderer.data_source.data.ys?.length ?? 0)"""


def test_two_models_are_compared_by_what_a_goal_took_each(page: Page) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    study = studied(RESNET, EFFICIENT)
    serve_component(page, lambda: AccuracyChart(study))
    expect(
        page.get_by_text("ResNet 8.00 kWh (epoch 4); A: EfficientNet 4.00 kWh (epoch 4, 50 % less)")
    ).to_be_visible()
    wait_until(lambda: page.evaluate(PATHS_JS) == [1, 2], page)
    goal = page.get_by_role("textbox")
    goal.fill("50")
    goal.press("Enter")
    expect(page.get_by_text("To reach val_acc 50.0 %: ResNet 4.00 kWh (epoch 2)")).to_be_visible()
    goal.fill("much")
    goal.press("Enter")
    expect(page.get_by_text("The goal: 'much' is not a number.")).to_be_visible()
    assert errors == []


def test_profiles_without_metrics_get_a_sentence_and_no_chart(page: Page) -> None:
    study = studied(RESNET)
    study.select("one")
    serve_component(page, lambda: AccuracyChart(study))
    expect(page.get_by_text("No profile on show carries a metric.")).to_be_visible()
    expect(page.locator("canvas").first).to_be_hidden()
