"""A brush while a view is not laid out yet, as on a page where views come in one by one."""

from typing import Any

import panel as pn
import pytest
from bokeh.models.widgets import Div
from panel.tests.util import serve_component
from playwright.sync_api import Page, expect

from energyvis_panel.state.explore.exploration import Exploration
from tests.ui.waiting import wait_until

pytestmark = pytest.mark.ui

FITTED = ("shapes", "comparison", "carbon-cost")
"""Views whose figures make room for their labels in pixels whenever what they show changes."""


def test_a_brush_before_the_figures_have_a_size_is_no_error(
    page: Page, state: Exploration, errors: list[str]
) -> None:
    from energyvis_panel.views.explore.page import VIEW_CLASSES, explore_view  # noqa: PLC0415 - brings numba

    figures: list[Any] = []

    def build() -> Any:
        views = [VIEW_CLASSES[name](state) for name in FITTED[:-1]]
        views.append(explore_view(FITTED[-1], state))
        figures[:] = [view.chart for view in views]
        # The page has the figures, and shows none.
        return pn.pane.Bokeh(Div(text="Here", tags=figures))

    serve_component(page, build)
    expect(page.get_by_text("Here", exact=True)).to_be_visible()
    page.wait_for_function("Bokeh.documents[0].is_idle")
    ends = "Bokeh.documents[0].get_model_by_name('figure-shapes').renderers.length"
    assert page.evaluate(ends) == len(figures[0].renderers)
    told: list[str] = []

    def hear(kind: str) -> None:
        told.append(kind)

    page.expose_function("told", hear)
    page.evaluate("Bokeh.documents[0].on_change((event) => window.told(event.kind))")
    figures[0].document.add_next_tick_callback(lambda: state.brush_range("depth", 3, 8))
    wait_until(lambda: len(told) > len(FITTED), page)
    assert errors == []
