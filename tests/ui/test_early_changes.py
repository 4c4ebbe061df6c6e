"""What changes while a page draws itself for the first time is not lost to it."""

from collections.abc import Callable

import pytest
from panel.tests.util import serve_component
from playwright.sync_api import Page, WebSocketRoute

from energyvis_panel.views.study.chart.chart_controls import ChartControls
from tests.hardware_fixture import machine_study
from tests.ui.waiting import wait_until

pytestmark = pytest.mark.ui

Release = Callable[[], None]
FETCHING = 3
"""Frames of the message by which a page fetches its document: head, metadata, content."""


def test_a_change_before_the_first_message_reaches_the_page(page: Page) -> None:
    waiting: list[str | bytes] = []
    released: list[bool] = []
    sent: list[str | bytes] = []
    releases: list[Release] = []

    def route(page_side: WebSocketRoute) -> None:
        server_side = page_side.connect_to_server()

        def forward(frame: str | bytes) -> None:
            sent.append(frame)
            if released or len(sent) <= FETCHING:
                server_side.send(frame)
            else:
                waiting.append(frame)

        def release() -> None:
            released.append(True)
            for frame in waiting:
                server_side.send(frame)

        page_side.on_message(forward)
        releases.append(release)

    page.route_web_socket("**/ws", route)
    study = machine_study("gpus")
    serve_component(page, lambda: ChartControls(study).extrapolation)
    field = page.locator("input[name=further]")
    wait_until(lambda: any("document_ready" in str(frame) for frame in waiting), page)
    study.set_further(3)
    wait_until(lambda: field.input_value() == "3", page)
    releases[0]()
    study.set_further(4)
    wait_until(lambda: field.input_value() == "4", page)
