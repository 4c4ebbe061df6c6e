"""Sums, filters, and two runs compared on the Runs page, in a real browser."""

import csv
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.diff_fixture import write_pair
from tests.lake_fixture import LakeWriter
from tests.ui.conftest import Server, Watched

pytestmark = pytest.mark.ui

OTHER = "01JBQ0000000000000000000E1"


@pytest.fixture
def lake(server: Server, watched: Watched) -> LakeWriter:  # noqa: ARG001 - the page empties the lake first
    writer = LakeWriter(server.lake)
    write_pair(writer)
    writer.plain_run(OTHER, name="of another", user="grace", project="nlp", hosts=["node2"])
    return writer


@pytest.mark.usefixtures("lake")
def test_a_group_shows_its_runs_only_and_all_again(watched: Watched, server: Server) -> None:
    page = watched.open(f"{server.app}?view=runs")
    rows = page.locator(".tabulator-row")
    expect(rows).to_have_count(3)
    grace = page.locator("[data-group=grace]")
    expect(page.get_by_text("2 users, 6.00 Wh before PUE; ada used most, 61.1 % of it.")).to_be_visible()
    grace.click()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("of another")
    expect(grace).to_have_attribute("aria-pressed", "true")
    grace.press("Enter")
    expect(rows).to_have_count(3)
    page.get_by_role("button", name="Month", exact=True).click()
    expect(page.locator("[data-group='2026-11']")).to_be_visible()


@pytest.mark.usefixtures("lake")
def test_two_picked_runs_are_compared(watched: Watched, server: Server) -> None:
    page = watched.open(f"{server.app}?view=runs")
    for name in ("before", "after"):
        row = page.locator(".tabulator-row", has=page.locator("[tabulator-field=name]", has_text=name))
        row.locator(".ev-pick").click()
    show = page.get_by_role("button", name="Show what differs")
    expect(show).to_be_enabled()
    show.click()
    expect(page.get_by_text("100 → 110 J per sample, +10.0 %.")).to_be_visible()
    expect(page.get_by_text("Most moved in step: 600 J more.")).to_be_visible()
    page.get_by_role("button", name="Swap").click()
    expect(page.get_by_text("110 → 100 J per sample")).to_be_visible()
    page.get_by_role("button", name="Put back").click()
    expect(page.get_by_text("Where did the joules move?")).to_be_hidden()


@pytest.mark.usefixtures("lake")
def test_what_is_shown_is_exported(watched: Watched, server: Server, tmp_path: Path) -> None:
    page = watched.open(f"{server.app}?view=runs")
    page.get_by_label("Filter by name").fill("grace")
    expect(page.locator(".tabulator-row")).to_have_count(1)
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    path = tmp_path / "runs.csv"
    download.value.save_as(path)
    (row,) = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    assert (row["run_id"], row["user"]) == (OTHER, "grace")
    assert float(row["energy_kwh"]) == pytest.approx(8400 / 3.6e6)


@pytest.mark.usefixtures("lake")
def test_a_day_field_refuses_what_is_no_day_and_brushing_fills_it(watched: Watched, server: Server) -> None:
    page = watched.open(f"{server.app}?view=runs")
    field = page.get_by_label("From day")
    field.fill("soon")
    field.press("Enter")
    expect(page.get_by_text("'soon' is no day. Write it as 2026-11-03.")).to_be_visible()
    field.fill("2026-11-04")
    field.press("Enter")
    expect(page.get_by_text("No run matches the filter.")).to_be_visible()
    page.get_by_role("button", name="Show all").click()
    expect(page.locator(".tabulator-row")).to_have_count(3)
    canvas = page.locator(".bk-Canvas, .bk-CanvasView, canvas").first
    box = canvas.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.4, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.7, middle, steps=6)
    page.mouse.up()
    expect(field).to_have_value("2026-11-03")
