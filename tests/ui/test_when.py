"""The question when to run in a real browser: example, file, sliders by key, pauses, exports."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import panel as pn
import panel_material_ui as pmui
import pytest
from playwright.sync_api import BrowserContext, FilePayload, Locator, Page, expect

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.hourly_source import HourlySource
from energyvis_panel.domain.profile import EnergyByKind, EnergyProfile, Epoch
from energyvis_panel.domain.run_summary import RunSummary
from energyvis_panel.state.study import Study
from energyvis_panel.views import theme
from energyvis_panel.views.study.when.when import WhenToRun
from tests.free_port import free_port
from tests.profiles_fixture import REFERENCES, small_profile
from tests.ui.waiting import wait_until

pytestmark = pytest.mark.ui

Open = Callable[[], Page]


class TwoHours:
    """A run of two epochs, an hour and 1 kWh each."""

    def preloaded(self) -> Sequence[EnergyProfile]:
        epochs = tuple(Epoch(i, 3600.0, EnergyByKind(gpu=3.6e6)) for i in range(2))
        return (replace(small_profile("two", pue=1.0), epochs=epochs),)

    def runs(self) -> Sequence[RunSummary]:
        return ()

    def from_run(self, run_id: str) -> EnergyProfile:
        raise KeyError(run_id)


@pytest.fixture
def opened(context: BrowserContext) -> Iterator[Page]:
    """The card on a page of its own; it fails its test if the page reports an error."""
    gateway = Gateway(threads=1)

    def card() -> Any:
        view = WhenToRun(Study(TwoHours(), REFERENCES), HourlySource(gateway))
        return pmui.Page(  # type: ignore[attr-defined] # exported at run time only
            main=[pn.Column(view, sizing_mode="stretch_width")], theme_config=theme.THEME_CONFIG
        )

    pn.extension(raw_css=[theme.PAGE_CSS], notifications=False)
    port = free_port()
    pn.serve({"when": card}, port=port, threaded=True, show=False)
    page, errors = context.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    wait_until(lambda: context.request.get(f"http://localhost:{port}/when").ok)
    page.goto(f"http://localhost:{port}/when")
    page.wait_for_function("window.Bokeh?.documents?.[0]?.is_idle", timeout=60_000)
    expect(page.locator("#loader")).to_be_hidden()
    yield page
    page.close()
    gateway.close()
    assert errors == []


def grid_file(values: Sequence[float], name: str = "grid.csv") -> FilePayload:
    rows = [f"2024-03-{14 + n // 24:02d} {n % 24:02d}:00,{value}" for n, value in enumerate(values)]
    return FilePayload(name=name, mimeType="text/csv", buffer="\n".join(["time,g/kWh", *rows]).encode())


def upload(page: Page, file: FilePayload) -> None:
    page.locator("input[type=file]").set_input_files([file])


def lane(page: Page, kind: str) -> Locator:
    return page.locator(f".lane.{kind} .name")


def test_the_empty_card_offers_a_file_and_an_example_that_is_called_synthetic(opened: Page) -> None:
    page = opened
    expect(page.get_by_text("Import hourly values of your grid")).to_be_visible()
    expect(page.locator("svg.main")).to_be_hidden()
    page.get_by_role("button", name="Synthetic example").click()
    expect(page.get_by_text("synthetic example, not measured")).to_be_visible()
    expect(
        page.get_by_text(re.compile(r"^Starting at \d\d:00 on 1 January instead of 00:00 \(UTC\) saves"))
    ).to_be_visible()
    page.get_by_text("What is assumed").click()
    expect(page.get_by_text("Synthetic: a made-up curve")).to_be_visible()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Import hourly values of your grid")).to_be_visible()
    expect(page.locator("svg.main")).to_be_hidden()


def test_a_file_is_answered_and_the_best_start_taken_over(opened: Page) -> None:
    page = opened
    upload(page, grid_file([500, 500, 400, 100, 100, 300]))
    expect(
        page.get_by_text("Starting at 03:00 on 14 March instead of 00:00 (UTC) saves 800 g CO₂e (80 %).")
    ).to_be_visible()
    expect(lane(page, "chosen")).to_have_text("as chosen: 1.00 kg")
    page.get_by_role("button", name="Use best start").click()
    expect(page.get_by_text("is the best of 5 starts")).to_be_visible()
    expect(lane(page, "chosen")).to_have_text("as chosen: 200 g")


def test_start_and_window_are_moved_by_key_and_by_typing(opened: Page) -> None:
    page = opened
    upload(page, grid_file([500, 500, 400, 100, 100, 300]))
    start = page.get_by_role("slider", name="Start of the run")
    start.focus()
    start.press("ArrowRight")
    start.press("ArrowRight")
    expect(lane(page, "chosen")).to_have_text("as chosen: 500 g")
    expect(start).to_have_attribute("aria-valuetext", "14 Mar 2024, 02:00 UTC")
    latest = page.get_by_role("slider", name="Latest start")
    latest.focus()
    latest.press("ArrowLeft")
    latest.press("ArrowLeft")
    expect(page.get_by_text("Starting at 02:00 on 14 March (UTC) is the best of 3 starts")).to_be_visible()
    field = page.get_by_label("Latest start (UTC)")
    field.fill("2024-03-14T01:00")
    field.blur()
    expect(page.get_by_text("of 2 ·")).to_be_visible()
    expect(latest).to_have_value("1")


def test_a_click_on_the_chart_starts_the_run_there(opened: Page) -> None:
    page = opened
    upload(page, grid_file([500, 500, 400, 100, 100, 300]))
    expect(lane(page, "chosen")).to_be_visible()
    box = page.locator("svg.main").bounding_box()
    assert box is not None
    middle_of_fourth = 44 + 3.5 / 6 * (box["width"] - 56)
    page.mouse.move(box["x"] + middle_of_fourth, box["y"] + 90)
    expect(page.locator(".readout")).to_have_text("14 Mar 2024, 03:00 UTC: 100 g/kWh")
    page.mouse.click(box["x"] + middle_of_fourth, box["y"] + 90)
    expect(lane(page, "chosen")).to_have_text("as chosen: 200 g")


def test_pauses_step_over_the_dirty_hours(opened: Page) -> None:
    page = opened
    upload(page, grid_file([100, 900, 900, 100, 900, 900]))
    expect(lane(page, "paused")).to_have_count(0)
    page.get_by_label("may pause between epochs").check()
    expect(page.get_by_text("With 1 pause it saves a further 800 g CO₂e (80 %).")).to_be_visible()
    expect(page.locator(".lane.paused .bar")).to_have_count(2)
    power = page.get_by_label("Power in a pause, W before PUE")
    power.fill("100")
    power.press("Enter")
    expect(page.get_by_text("idle 200 Wh")).to_be_visible()
    pauses = page.get_by_label("Most pauses")
    pauses.fill("0")
    pauses.press("Enter")
    expect(page.get_by_text("'0' was not taken")).to_be_visible()
    pauses.blur()
    expect(pauses).to_have_value("2")


def test_times_without_a_zone_are_read_again_in_the_zone_that_is_typed(opened: Page) -> None:
    page = opened
    upload(page, grid_file([500, 500, 400, 100, 100, 300]))
    zone = page.get_by_label("Zone, if a file names none")
    zone.fill("Asia/Tokyo")
    zone.press("Enter")
    expect(page.get_by_text("Starting at 18:00 on 13 March instead of 15:00")).to_be_visible()
    zone.fill("Nowhere")
    zone.press("Enter")
    expect(page.get_by_text("There is no time zone 'Nowhere'")).to_be_visible()


def test_a_bad_file_gets_a_sentence_and_no_script_runs(opened: Page) -> None:
    page = opened
    name = "<img src=x onerror=window.hit=1>.csv"
    upload(page, FilePayload(name=name, mimeType="text/csv", buffer=b"time,g/kWh\nx,1\ny,2\n"))
    expect(page.get_by_text("line 2: 'x' is no time")).to_be_visible()
    expect(page.get_by_text("<img src=x")).to_be_visible()
    upload(page, grid_file([500, 100, 300, 200], name))
    expect(lane(page, "chosen")).to_be_visible()
    assert page.evaluate("window.hit") is None


def test_table_and_picture_are_saved(opened: Page) -> None:
    page = opened
    upload(page, grid_file([500, 500, 400, 100, 100, 300]))
    expect(lane(page, "chosen")).to_be_visible()
    with page.expect_download() as table:
        page.get_by_role("button", name="CSV", exact=True).click()
    rows = list(csv.DictReader(io.StringIO(table.value.path().read_text())))
    assert [row["kg_co2e_if_started_here"] for row in rows] == ["1", "0.9", "0.5", "0.2", "0.4"]
    with page.expect_download() as picture:
        page.get_by_role("button", name="PNG").click()
    assert picture.value.suggested_filename == "when-to-run.png"
    assert picture.value.path().read_bytes().startswith(b"\x89PNG")
