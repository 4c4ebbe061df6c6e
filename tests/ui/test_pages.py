"""Every page and every single view: it shows, it stays on the server, and its console is clean."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, expect

from tests.ui.conftest import Server, Watched

pytestmark = pytest.mark.ui

PAGES = {
    "study": "What did it consume, and what otherwise?",
    "runs": "Who ran what, and how much energy did it take?",
    "explore": "Which settings lead to much energy?",
}
VIEWS = {
    "consumption": "Cumulative emissions, ",
    "totals": "Energy at the site",
    "equations": "Mean power at the site",
    "region-map": "Lifecycle emissions",
    "hardware": "Change a count, or exchange a chip",
    "accuracy": "What did each point of accuracy take?",
    "when": "When would it have been cleaner?",
    "network": "Which network takes the least energy",
    "equivalences": "flight New York-San Francisco",
    "cite": "For a model card",
    "runs": "Who ran what, and how much energy did it take?",
    "energy-histogram": "How much does a run take",
    "runtime-energy": "Which runs are fast and thrifty",
    "parallel-coordinates": "Which settings lead to much energy?",
    "anomalies": "Which runs are out of the ordinary",
    "leaderboard": "Which runs are the thriftiest",
    "comparison": "What difference does one choice make",
    "composition": "What is in here?",
    "overhead": "Where does the energy go",
    "cache-spill": "What does it cost when a network no longer fits the cache?",
    "depth": "From which depth on does energy grow faster",
    "shapes": "Which shape of network stays cheapest",
    "carbon-cost": "What do these runs amount to",
    "signatures": "How do up to four configurations differ",
}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("page_name", PAGES)
def test_a_page_shows_its_question_and_asks_nobody_else(
    watched: Watched, server: Server, page_name: str, theme: str
) -> None:
    page = watched.open(f"{server.app}?page={page_name}&theme={theme}")
    expect(page.get_by_text(PAGES[page_name])).to_be_visible()
    page.wait_for_load_state("networkidle")


def test_pages_are_reached_by_the_buttons_and_written_into_the_address(
    watched: Watched, server: Server
) -> None:
    page = watched.open(server.app)
    for name in ("runs", "explore"):
        page.get_by_role("button", name=name.title(), exact=True).click()
        expect(page.get_by_text(PAGES[name])).to_be_visible()
        page.wait_for_url(f"**page={name}**")
    page.get_by_role("button", name="Study", exact=True).click()
    expect(page.get_by_text(PAGES["study"])).to_be_visible()


@pytest.mark.parametrize("view", VIEWS)
def test_a_single_view_is_served_alone(watched: Watched, server: Server, view: str) -> None:
    page = watched.open(f"{server.app}?view={view}")
    expect(page.get_by_text(VIEWS[view]).first).to_be_visible()
    expect(page.get_by_role("button", name="Explore", exact=True)).to_have_count(0)


def test_an_unknown_view_names_the_known_ones_and_runs_no_script(watched: Watched, server: Server) -> None:
    page = watched.open(f"{server.app}?view=<script>document.title='bad'</script>")
    expect(page.get_by_role("alert").filter(has_text="region-map")).to_be_visible()
    assert page.title() != "bad"


def test_a_phone_has_no_sideways_scrolling(watched: Watched, server: Server) -> None:
    watched.page.set_viewport_size({"width": 390, "height": 844})
    for name, question in PAGES.items():
        page = watched.open(f"{server.app}?page={name}")
        expect(page.get_by_text(question)).to_be_visible()
        page.wait_for_load_state("networkidle")
        wider = page.evaluate("document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth")
        assert wider <= 0, f"{name} is {wider} px wider than the screen"


JOB = """
import sys, time
from energyvis_tracker import EnergyTracker
with EnergyTracker("browser-job", epochs=40, interval_s=0.2) as tracker:
    for epoch in tracker.epochs():
        end = time.monotonic() + 0.5
        while time.monotonic() < end:
            sum(range(1000))
        tracker.log(loss=1 / (epoch + 1))
        if epoch == 3:
            sys.stdin.readline()
"""


def test_a_job_is_seen_live_opened_moved_to_wyoming_exported_and_imported_again(
    watched: Watched, server: Server, tmp_path: Path
) -> None:
    page = watched.open(f"{server.app}?page=runs")
    job = subprocess.Popen(
        [sys.executable, "-c", JOB],
        stdin=subprocess.PIPE,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "ENERGYVIS_LAKE": str(server.lake)},
    )
    try:
        row = page.locator(".tabulator-row", has_text="browser-job")
        expect(row).to_contain_text("running", timeout=30_000)
        expect(row).to_contain_text("estimated")
        row.click()
        page.get_by_role("button", name="Open in Study").click()
        strip = page.locator("button.name", has_text="browser-job")
        expect(strip).to_have_attribute("aria-pressed", "true")
        expect(strip).to_contain_text("live")
        expect(page.get_by_text("No region named")).to_be_visible()
        field = page.get_by_role("combobox", name="Region")
        field.fill("Wyoming")
        page.get_by_role("option").first.click()
        expect(page.get_by_text("in Wyoming (EPA eGRID")).to_be_visible()
    finally:
        assert job.stdin is not None
        job.stdin.close()
        job.wait(timeout=60)
    expect(strip).not_to_contain_text("live", timeout=30_000)
    expect(page.get_by_text("40 epochs", exact=True)).to_be_visible()

    totals = page.locator(".totals:has(.before)").inner_text()
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
        page.get_by_role("menuitem", name="EnergyVis Panel JSON, exact").click()
    content = json.loads(download.value.path().read_text())
    assert [epoch["index"] for epoch in content["epochs"]] == list(range(40))
    again = json.dumps(content | {"id": "again", "name": "Again"}).encode()
    file = FilePayload(name="again.json", mimeType="application/json", buffer=again)
    page.locator("input[type=file]").set_input_files([file])
    expect(page.locator("button.name", has_text="Again")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".chip", has_text="in Wyoming")).to_be_visible()
    assert page.locator(".totals:has(.before)").inner_text() == totals
