"""Files in and out in a real browser: button, drop, progress, reports, refusals, downloads."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import panel as pn
import pytest
from panel.tests.util import serve_component
from playwright.sync_api import FilePayload, Page, expect

from energyvis_panel.data.importers.recognise import read_import
from energyvis_panel.data.profile_export import export_profile
from energyvis_panel.domain.profile import EnergyProfile
from energyvis_panel.domain.run_summary import RunSummary
from energyvis_panel.state.study import Study
from energyvis_panel.views import theme
from energyvis_panel.views.study.files.import_export import ImportExport
from energyvis_panel.views.study.profile_strip import ProfileStrip
from tests.profiles_fixture import REFERENCES, small_profile

pytestmark = pytest.mark.ui

SAMPLES = Path(__file__).parents[1] / "data" / "importer_samples"
DROP_JS = """([name, text]) => {
  const files = new DataTransfer();
  files.items.add(new File([text], name));
  for (const kind of ["dragenter", "dragover", "drop"]) {
    document.body.dispatchEvent(new DragEvent(kind, {dataTransfer: files, bubbles: true, cancelable: true}));
  }
}"""


class OneExample:
    """A single preloaded profile."""

    def preloaded(self) -> tuple[EnergyProfile, ...]:
        return (small_profile("one"),)

    def runs(self) -> tuple[RunSummary, ...]:
        return ()

    def from_run(self, run_id: str) -> EnergyProfile:
        raise AssertionError(run_id)


@pytest.fixture
def shown(page: Page) -> Iterator[Page]:
    """The strip with its files, alone on a page; the console stays clean."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))

    def build() -> Any:
        study = Study(OneExample(), REFERENCES)
        files = ImportExport(study, read_import, export_profile)
        return pn.Column(ProfileStrip(study), files.buttons, files.reports, sizing_mode="stretch_width")

    pn.config.raw_css.append(theme.PAGE_CSS)
    serve_component(page, build)
    expect(page.get_by_role("button", name="Import")).to_be_visible()
    yield page
    pn.config.raw_css.remove(theme.PAGE_CSS)
    assert errors == []


def choose(page: Page, *files: FilePayload | Path) -> None:
    page.locator("input[type=file]").set_input_files(list(files))  # type: ignore[arg-type] # one kind at a time


def payload(name: str, content: bytes) -> FilePayload:
    return FilePayload(name=name, mimeType="application/octet-stream", buffer=content)


def test_several_files_become_profiles_with_their_reports(shown: Page) -> None:
    choose(shown, SAMPLES / "codecarbon_3_3.csv", SAMPLES / "carbontracker_1_1.log")
    expect(shown.locator("button.name", has_text="carbontracker_1_1")).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(shown.locator("button.name")).to_have_count(4)
    reports = shown.get_by_role("region", name="Imported files")
    expect(reports.get_by_text("The file names GPUs but has 0 J", exact=False)).to_be_visible()
    reports.get_by_text("assumptions").first.click()
    expect(
        reports.get_by_text("The energy of an epoch is its mean power times its duration.")
    ).to_be_visible()
    reports.get_by_role("button", name="Remove the imported profile sleep, 2026-04-12 08:00").click()
    expect(shown.locator("button.name")).to_have_count(3)
    reports.get_by_role("button", name="Close the report").click()
    expect(reports).to_be_hidden()
    expect(shown.locator("button.name")).to_have_count(3)


def test_a_file_can_be_dropped_anywhere(shown: Page) -> None:
    shown.evaluate(DROP_JS, ["emission.csv", (SAMPLES / "eco2ai_0_1.csv").read_text()])
    expect(shown.locator("button.name", has_text="Default project name")).to_be_visible()
    expect(shown.get_by_text("Drop to import energy profiles")).to_be_hidden()


def test_the_page_says_that_it_takes_what_is_dragged_over_it(shown: Page) -> None:
    shown.evaluate(DROP_JS.replace('["dragenter", "dragover", "drop"]', '["dragenter"]'), ["x", "y"])
    expect(shown.get_by_text("Drop to import energy profiles")).to_be_visible()
    shown.evaluate(DROP_JS.replace('["dragenter", "dragover", "drop"]', '["dragleave"]'), ["x", "y"])
    expect(shown.get_by_text("Drop to import energy profiles")).to_be_hidden()


def test_a_bad_file_gets_its_sentence_and_the_next_is_still_read(shown: Page) -> None:
    script = "<img src=x onerror=document.body.remove()>.zip"
    good = (SAMPLES / "zeus_nested.csv").read_bytes()
    choose(shown, payload(script, b"PK\x03\x04"), payload("empty.csv", b""), payload("good.csv", good))
    expect(shown.locator("button.name", has_text="good")).to_have_attribute("aria-pressed", "true")
    alerts = shown.get_by_role("alert")
    expect(alerts).to_have_count(2)
    expect(alerts.filter(has_text="is a zip archive")).to_contain_text(script)
    expect(alerts.filter(has_text="empty.csv is empty")).to_be_visible()


def test_a_file_above_the_limit_is_never_sent(shown: Page) -> None:
    # The picker's file is as large as it says; only its size goes over the line.
    shown.evaluate(
        """() => {
          const files = new DataTransfer();
          files.items.add(new File([new Uint8Array(101_000_000)], "huge.csv"));
          const drop = {dataTransfer: files, bubbles: true, cancelable: true};
          document.body.dispatchEvent(new DragEvent("drop", drop));
        }"""
    )
    expect(shown.get_by_role("alert")).to_have_text("huge.csv is larger than 100 MB. Shorten it.")


def test_a_file_of_several_parts_arrives_whole(shown: Page) -> None:
    epochs = [0.125] * 700_000
    content = json.dumps(
        {"name": "Many", "serverData": {"gpu": {"epoch": epochs}}, "components": {}}
    ).encode()
    assert len(content) > 4_000_000
    choose(shown, payload("many.json", content))
    expect(shown.locator("button.name", has_text="Many")).to_be_visible(timeout=60_000)
    expect(shown.get_by_text("700,000 epochs")).to_be_visible()


@pytest.mark.parametrize(
    ("label", "filename"),
    [
        ("EnergyVis Panel JSON, exact", "One.energyvis.json"),
        ("EnergyVis JSON", "One.json"),
        ("CSV, one row an epoch", "One.csv"),
        ("Parquet, one row an epoch", "One.parquet"),
    ],
)
def test_each_format_is_downloaded_by_keyboard(shown: Page, label: str, filename: str) -> None:
    button = shown.get_by_role("button", name="Export")
    button.focus()
    shown.keyboard.press("ArrowDown")
    item = shown.get_by_role("menuitem", name=label, exact=True)
    for _ in range(4):
        if item.evaluate("node => node === node.getRootNode().activeElement"):
            break
        shown.keyboard.press("ArrowDown")
    with shown.expect_download() as download:
        shown.keyboard.press("Enter")
    assert download.value.suggested_filename == filename
    expect(button).to_have_attribute("aria-expanded", "false")
    _, expected = export_profile(small_profile("one"), dict(zip(LABELS, KEYS, strict=True))[label])
    assert Path(download.value.path()).read_bytes() == expected


LABELS = (
    "EnergyVis Panel JSON, exact",
    "EnergyVis JSON",
    "CSV, one row an epoch",
    "Parquet, one row an epoch",
)
KEYS = ("energyvis-profile", "energyvis", "csv", "parquet")


def test_the_menu_closes_with_escape_and_gives_the_focus_back(shown: Page) -> None:
    button = shown.get_by_role("button", name="Export")
    button.click()
    expect(shown.get_by_role("menu")).to_be_visible()
    shown.keyboard.press("Escape")
    expect(shown.get_by_role("menu")).to_be_hidden()
    expect(button).to_be_focused()
