"""While an answer is on its way for long, what is drawn is dimmed, and is there again with the answer."""

import threading
from typing import Any

import panel as pn
import pyarrow as pa
import pytest
from panel.tests.util import serve_component
from playwright.sync_api import Page, expect

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.state.explore.exploration import Exploration
from tests.ui.waiting import wait_until

pytestmark = pytest.mark.ui


class Held:
    """The real gateway, which can be held up."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.free = threading.Event()
        self.free.set()

    def ask(self, question: str, *, token: object = None, **params: object) -> pa.Table:
        self.free.wait(60)
        return self.gateway.ask(question, token=token, **params)

    def cancel(self, token: object) -> None:
        self.gateway.cancel(token)


def test_the_views_are_dimmed_while_an_answer_is_awaited(page: Page, butter_e: Gateway) -> None:
    from energyvis_panel.views.explore.page import ExplorePage  # noqa: PLC0415 - brings numba; only with --ui

    held = Held(butter_e)
    state = Exploration(held)
    shown: list[Any] = []

    def build() -> Any:
        shown.append(ExplorePage(state))
        # A view that is built while all answers are held up would hold up the page too.
        pn.state.onload(shown[0].build_all)
        return shown[0]

    page.set_viewport_size({"width": 1440, "height": 1200})
    serve_component(page, build)
    expect(page.locator(".selection .count")).to_have_text("63,527 of 63,527 runs")
    wait_until(lambda: len(shown[0].views) == len(shown[0].cells), page, timeout=120_000)
    expect(page.locator(".cell-comparison .bk-Figure")).to_be_attached(timeout=40_000)
    page.wait_for_function("Bokeh.documents[0].is_idle")
    held.free.clear()
    page.get_by_role("checkbox", name="mnist").click()
    expect(page.locator(".waiting")).to_have_count(1)
    assert page.locator(".selection .count").inner_text() == "63,527 of 63,527 runs"
    held.free.set()
    expect(page.locator(".waiting")).to_have_count(0)
    wait_until(lambda: state.run_count == state.categories["dataset"]["mnist"], page)
