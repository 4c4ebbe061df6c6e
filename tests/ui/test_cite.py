"""What is taken away from the Study page: reports, pictures of the chart, its values."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.ui.conftest import Server, Watched

pytestmark = pytest.mark.ui


def saved(page: Page, button: str) -> tuple[str, bytes]:
    with page.expect_download() as download:
        page.get_by_role("button", name=button, exact=True).click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def test_reports_are_saved_and_the_html_stands_alone(
    watched: Watched, server: Server, tmp_path: Path
) -> None:
    page = watched.open(f"{server.app}?view=cite&region=US-WY")
    expect(page.get_by_text("Alternative A (in Wyoming)")).to_be_visible()
    name, pdf = saved(page, "Report as PDF")
    assert name == "Energy-and-emissions-of-BERT--base---64-x-V100.pdf"
    assert pdf.startswith(b"%PDF-")
    name, html = saved(page, "Report as HTML")
    expect(page.get_by_text(f"Saved {name}.")).to_be_visible()
    report = tmp_path / name
    report.write_bytes(html)
    browser = page.context.browser
    assert browser is not None
    reader = browser.new_page()
    asked: list[str] = []
    reader.on("request", lambda request: asked.append(request.url))
    reader.goto(report.as_uri())
    expect(reader.get_by_role("heading", name="Energy and emissions of BERT (base)")).to_be_visible()
    expect(reader.locator("svg")).to_be_visible()
    link = reader.get_by_role("link").get_attribute("href")
    assert link is not None
    assert "region=US-WY" in link
    assert asked == [report.as_uri()]


def test_the_chart_is_saved_as_picture_drawing_and_values(watched: Watched, server: Server) -> None:
    page = watched.open(f"{server.app}?region=US-WY&measure=energy")
    expect(page.locator(".chip", has_text="in Wyoming")).to_be_visible()
    name, png = saved(page, "PNG")
    assert name == "consumption.png"
    assert png.startswith(b"\x89PNG")
    assert len(png) > 5000
    _, svg = saved(page, "SVG")
    assert b"<svg" in svg
    assert b"cumulative energy, kWh" in svg or b"cumulative" in svg
    _, table = saved(page, "CSV")
    lines = table.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("# Cumulative energy")
    assert lines[1].startswith("series,interval,cumulative_energy_in_")
    assert len(lines) == 2 + 2 * 20
