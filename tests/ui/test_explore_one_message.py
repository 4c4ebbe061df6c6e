"""What follows the brushes directly, the boxes on the figures, reaches the browser in one message."""

from typing import Any

import panel as pn
import pytest
from panel.tests.util import serve_component
from playwright.sync_api import Page, WebSocket, expect

from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.views.document import on_document
from tests.ui.waiting import wait_until

pytestmark = pytest.mark.ui

MOVE = """() => Bokeh.documents[0].get_model_by_name('energy-histogram-brush')
  .setv({visible: true, left: 100, right: 300})"""
EDGES = """() => ['left', 'right', 'bottom', 'top'].map(
  (edge) => Bokeh.documents[0].get_model_by_name('runtime-energy-box')[edge])"""


def test_the_boxes_of_all_figures_move_in_one_message(page: Page, state: Exploration) -> None:
    from energyvis_panel.views.explore.distribution.energy_histogram import (  # noqa: PLC0415 - only with --ui
        EnergyHistogram,
    )
    from energyvis_panel.views.explore.frontier.runtime_energy import RuntimeEnergy  # noqa: PLC0415 - likewise

    state.schedule = lambda _refresh: None
    patches: list[str] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: patches.append(str(frame)))

    page.on("websocket", listen)
    serve_component(page, lambda: pn.Column(EnergyHistogram(state), RuntimeEnergy(state)))
    expect(page.locator(".bk-Figure")).to_have_count(2)
    page.wait_for_function("Bokeh.documents[0].is_idle")
    patches.clear()
    page.evaluate(MOVE)
    wait_until(lambda: page.evaluate(EDGES)[2:] == [100, 300], page)
    assert len([patch for patch in patches if '"events"' in patch]) == 1


def test_a_part_that_fails_does_not_keep_the_others_from_following(
    page: Page, caplog: pytest.LogCaptureFixture
) -> None:
    text = pn.pane.Str("before")
    button: Any = pn.widgets.Button(label="follow")

    def fail(_event: Any) -> None:
        raise ValueError("no such edge")

    def follow(_event: Any) -> None:
        text.object = "after"

    button.param.watch(on_document(fail), "clicks")
    button.param.watch(on_document(follow), "clicks")
    serve_component(page, lambda: pn.Column(button, text))
    page.get_by_role("button", name="follow").click()
    expect(page.get_by_text("after")).to_be_visible()
    assert "no such edge" in caplog.text
