"""A live run in a real browser: pasted, watched, paused, lost; against the real tracker."""

import re
from pathlib import Path
from typing import Any

import holoviews as hv
import panel as pn
import pytest
from panel.tests.util import serve_component
from playwright.sync_api import Page, expect

from energyvis_panel.data.live_client import LiveClient
from energyvis_panel.domain.live_hosts import LOOPBACK
from energyvis_panel.state.shell import Shell
from energyvis_panel.state.study import Study
from energyvis_panel.views import frame, theme
from energyvis_panel.views.study.chart.consumption_chart import ConsumptionChart
from energyvis_panel.views.study.live.live_bar import LiveBar
from energyvis_panel.views.study.live.live_session import live_run
from energyvis_panel.views.study.profile_strip import ProfileStrip
from tests.live_fixture import tracked_job
from tests.profiles_fixture import REFERENCES
from tests.state.test_study_state import CannedProfiles
from tests.ui.waiting import wait_until

pytestmark = pytest.mark.ui


class Site:
    """The bar and the strip on a page of their own; the study of the last session that was built."""

    def __init__(self, *, with_chart: bool = False) -> None:
        self.client = LiveClient(LOOPBACK)
        self.with_chart = with_chart
        self.study: Any = None
        self.chart: Any = None

    def build(self) -> Any:
        self.study = Study(CannedProfiles(), REFERENCES)
        bar = LiveBar(live_run(self.study, self.client))
        column = pn.Column(ProfileStrip(self.study), bar, sizing_mode="stretch_width")
        if self.with_chart:
            self.chart = ConsumptionChart(self.study)
            column.append(self.chart)
        return frame.single_view(Shell(), lambda: column)

    def chart_range(self) -> list[float]:
        """The chart's axis of epochs as the server has it."""
        axis = self.chart._plot.state.x_range
        return [axis.start, axis.end]

    def epochs(self) -> int:
        return len(self.study.comparison.baseline.projection.epochs)


@pytest.fixture
def site() -> Site:
    extended()
    return Site()


def extended() -> None:
    """What the app loads before its first page."""
    pn.extension(raw_css=[theme.PAGE_CSS], notifications=False)


def opened(page: Page, site: Site) -> list[str]:
    """Open the page; the errors that it reports from now on."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    serve_component(page, site.build)
    page.wait_for_function("window.Bokeh?.documents?.[0]?.is_idle", timeout=60_000)
    expect(page.locator("#loader")).to_be_hidden()
    return errors


def paste(page: Page, text: str) -> None:
    page.get_by_role("button", name="Live URL").click()
    field = page.get_by_role("textbox", name="Live URL of the run")
    expect(field).to_be_focused()
    field.fill(text)
    field.press("Enter")


def test_a_pasted_url_shows_the_run_until_its_end(page: Page, site: Site, tmp_path: Path) -> None:
    errors = opened(page, site)
    with tracked_job(tmp_path) as job:
        paste(page, f"energyvis: run 'toy'; live at {job.url}")
        expect(page.get_by_text(re.compile(r"last sample \d"))).to_be_visible()
        expect(page.locator("button.name", has_text="toy")).to_have_attribute("aria-pressed", "true")
        expect(page.locator("section .power")).to_contain_text("W now")
        expect(page.locator("section .origin")).to_have_text("CPU estimated")
        expect(page.locator("button.name", has_text="toy").locator(".origin")).to_have_text("● live")
        before = site.epochs()
        wait_until(lambda: site.epochs() > before, page)

        page.get_by_role("button", name="Pause").click()
        expect(page.get_by_role("button", name="Resume")).to_be_visible()
        expect(page.locator("section .state")).to_contain_text("paused")
        page.get_by_role("button", name="Resume").click()
        expect(page.get_by_role("button", name="Pause")).to_be_visible()

        page.get_by_role("button", name="Stop").click()
        expect(page.get_by_role("button", name="Keep it running")).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.get_by_role("button", name="Stop", exact=True)).to_be_focused()

        job.kill()
        expect(page.get_by_role("alert")).to_contain_text("its process ended without a word")
        expect(page.locator("button.name", has_text="toy").locator(".origin")).to_have_text("followed live")
        page.get_by_role("button", name="Close").click()
        expect(page.get_by_role("button", name="Live URL")).to_be_visible()
        assert job.url.partition("token=")[2] not in page.url
        wait_until(lambda: site.client.followed == 0, page)
    assert errors == []


def test_a_lost_connection_is_told_and_so_is_its_return(
    page: Page, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("energyvis_panel.data.followed_run.SILENCE_S", 2.0)
    errors = opened(page, site)
    with tracked_job(tmp_path) as job:
        paste(page, job.url)
        expect(page.get_by_text(re.compile(r"last sample \d"))).to_be_visible()
        job.freeze_sampler(is_frozen=True)
        expect(page.get_by_text(re.compile(r"no sign for \d+ s, trying again"))).to_be_visible()
        expect(page.get_by_role("button", name="Pause")).to_be_hidden()
        job.freeze_sampler(is_frozen=False)
        expect(page.get_by_text(re.compile(r"The connection is back after \d+ s"))).to_be_visible()
        expect(page.get_by_role("button", name="Pause")).to_be_visible()
        page.get_by_role("button", name="Disconnect").click()
        expect(page.get_by_role("button", name="Live URL")).to_be_visible()
    assert errors == []


def test_a_wrong_url_gets_a_sentence_and_can_be_mended(page: Page, site: Site) -> None:
    errors = opened(page, site)
    paste(page, "http://127.0.0.1:43210/")
    expect(page.get_by_role("alert")).to_contain_text("The URL has no token")
    field = page.get_by_role("textbox", name="Live URL of the run")
    expect(field).to_have_value("http://127.0.0.1:43210/")
    field.fill("http://10.9.8.7:43210/?token=<script>alert(1)</script>")
    field.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("The URL has no token")
    field.fill("http://10.9.8.7:43210/?token=abc")
    field.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("This app may not follow runs at 10.9.8.7:43210")
    page.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Live URL").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Live URL")).to_be_focused()
    assert errors == []


def test_on_a_phone_everything_fits_and_can_be_touched(page: Page, site: Site, tmp_path: Path) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    opened(page, site)
    with tracked_job(tmp_path) as job:
        paste(page, job.url)
        expect(page.get_by_text(re.compile(r"last sample \d"))).to_be_visible()
        for name in ("Pause", "Stop", "Disconnect"):
            box = page.get_by_role("button", name=name).bounding_box()
            assert box is not None
            assert box["height"] >= 40
            assert box["x"] + box["width"] <= 390
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def x_range(page: Page) -> list[float]:
    """Start and end of the chart's axis of epochs, as the browser has them."""
    found = page.evaluate(
        """() => {
          const figure = Bokeh.documents[0].get_model_by_name("consumption-chart");
          return [figure.x_range.start, figure.x_range.end];
        }"""
    )
    return [float(value) for value in found]


def rings(page: Page) -> int:
    """Open epochs that the browser's chart holds."""
    return int(
        page.evaluate(
            """() => Bokeh.documents[0].get_model_by_name("consumption-chart").renderers.map(
              (drawn) => [...(drawn.data_source.data.label ?? [])]
            ).flat().filter((label) => label.endsWith("in progress")).length"""
        )
    )


def test_the_chart_grows_with_a_ring_and_keeps_a_zoom(page: Page, tmp_path: Path) -> None:
    extended()
    hv.extension("bokeh", logo=False)
    site = Site(with_chart=True)
    errors = opened(page, site)
    with tracked_job(tmp_path, epoch_s=1.5) as job:
        paste(page, job.url)
        expect(page.get_by_text("Ring: epoch in progress")).to_be_visible()
        wait_until(lambda: rings(page) == 1, page)
        first = x_range(page)
        wait_until(lambda: x_range(page)[1] > first[1], page)

        canvas = page.locator(".bk-events").first
        box = canvas.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        figure = 'Bokeh.documents[0].get_model_by_name("consumption-chart")'
        page.evaluate(
            f"{figure}.toolbar.active_scroll = {figure}.toolbar.tools.find((t) => t.type == 'WheelZoomTool')"
        )
        whole = x_range(page)
        page.mouse.wheel(0, -300)

        def is_zoomed() -> bool:
            shown = x_range(page)
            return site.chart_range() == shown and shown[0] > whole[0]

        # A span given at this very moment crosses with the zoom, and yields with the next epoch.
        wait_until(is_zoomed, page)
        zoomed, before = x_range(page), site.epochs()
        wait_until(lambda: site.epochs() >= before + 2, page)
        assert x_range(page) == pytest.approx(zoomed)

        page.evaluate(f"{figure}.reset.emit()")
        wait_until(lambda: x_range(page)[0] < zoomed[0], page)
        last = x_range(page)[1]
        wait_until(lambda: x_range(page)[1] > last, page)
        page.get_by_role("button", name="Disconnect").click()
        expect(page.get_by_text("Ring: epoch in progress")).to_be_hidden()
        wait_until(lambda: rings(page) == 0, page)
    assert errors == []
