"""The Runs page in a real browser: the table follows the lake, a run opens, and goes to the study."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.lake_fixture import START, LakeWriter, readings
from tests.ui.conftest import Server, Watched

pytestmark = pytest.mark.ui

FINISHED = "01JBQ0000000000000000000F1"
GOING_ON = "01JBQ0000000000000000000R1"


def iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def write_live_run(lake: LakeWriter, segments: int) -> None:
    """A run of 300 W that has written so many segments of ten seconds."""
    now = datetime.now(UTC)
    started = now - timedelta(seconds=10 * segments)
    lake.facts(
        GOING_ON,
        name="going on",
        state="running",
        started_at=iso(started),
        ended_at=None,
        heartbeat_at=iso(now),
    )
    first_s = (started - START).total_seconds()
    energies = [0.0] + [3000.0] * segments
    lake.segment(GOING_ON, segments, readings(GOING_ON, energies, every_s=10.0, first_s=first_s))


def test_table_follows_the_lake_and_a_run_opens_in_the_study(watched: Watched, server: Server) -> None:
    lake = LakeWriter(server.lake)
    lake.plain_run(FINISHED, name="finished one")
    page = watched.open(f"{server.app}?page=runs")
    row = page.locator(".tabulator-row", has_text="finished one")
    expect(row).to_be_visible(timeout=30_000)
    expect(row.locator("[tabulator-field=state]")).to_have_text("finished")
    expect(row.locator("[tabulator-field=energy_kwh]")).to_have_text("2.33 Wh")
    expect(row.locator("[tabulator-field=origin]")).to_have_text("● measured")

    write_live_run(lake, 1)
    live = page.locator(".tabulator-row", has_text="going on")
    expect(live.locator("[tabulator-field=state]")).to_have_text("running", timeout=10_000)
    page.locator(".tabulator-col[tabulator-field=name]").click()  # sorted by name from here on
    expect(page.locator(".tabulator-row").first).to_contain_text("finished one")
    row.locator("[tabulator-field=user]").click()
    expect(page.get_by_text("What power did finished one draw?")).to_be_visible()
    expect(page.get_by_text("2.33 Wh before PUE (measured)")).to_be_visible()

    (server.lake / "live" / GOING_ON / "node1-10" / "samples-000001.parquet").unlink()
    write_live_run(lake, 60)
    expect(live.locator("[tabulator-field=energy_kwh]")).to_have_text("50.0 Wh", timeout=15_000)
    expect(page.locator(".tabulator-row.tabulator-selected")).to_contain_text("finished one")
    expect(page.locator(".tabulator-row").first).to_contain_text("finished one")  # still by name

    page.get_by_label("Filter by name").fill("going")
    expect(row).to_be_hidden()
    expect(page.get_by_text("1 of 2 runs")).to_be_visible()
    page.get_by_role("button", name="Open in Study").click()
    expect(page.get_by_role("heading", name="What power")).to_be_hidden()
    expect(page.get_by_text("finished one").first).to_be_visible()
