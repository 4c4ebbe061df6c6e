"""Nothing that a link, a lake or a file is called becomes a part of a page, in a real browser."""

import json
import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Dialog, FilePayload, Page, expect

from energyvis_panel.data.profile_json import profile_to_json
from tests.attack.hostile_names import FOUND, IMAGE, NAMES, run_id, write_hostile_lake
from tests.free_port import free_port
from tests.lake_fixture import LakeWriter
from tests.profiles_fixture import small_profile
from tests.server.conftest import Served, end, is_listening, started, wait_until

pytestmark = pytest.mark.ui
PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)
STUDY = [
    "profile", "region", "g", "pue", "price", "epoch_s", "scaling", "watts", "machine", "recorded",
    "precision", "compare", "further",
]  # fmt: skip
RUNS = ["q", "user", "project", "host", "state", "from", "to", "group", "sum", "sort"]
EXPLORE = ["data", "brushes", "axes", "own", "bench", "tour"]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """`energyvis serve` over a lake in which every text is a program."""
    folder = tmp_path_factory.mktemp("hostile")
    write_hostile_lake(LakeWriter(folder / "lake"))
    begun = started(folder, port=free_port())
    try:
        wait_until(lambda: is_listening(begun), "the server did not start")
        yield begun
    finally:
        end(begun)


@pytest.fixture
def asked(page: Page) -> Iterator[list[str]]:
    """What the page asks of other hosts, and what it shows as a dialog."""
    found: list[str] = []
    page.on("request", lambda request: found.append(request.url) if is_foreign(request.url) else None)

    def shown(dialog: Dialog) -> None:
        found.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", shown)
    yield found
    assert found == []


def is_foreign(address: str) -> bool:
    return not re.match(r"(https?|wss?)://localhost:\d+/|data:|blob:|about:", address)


def opened(page: Page, served: Served, query: str) -> None:
    """Open a page, and wait until all that comes with it is drawn."""
    page.goto(f"http://localhost:{served.port}/app?{query}")
    page.wait_for_function("window.Bokeh?.documents?.[0]?.is_idle", timeout=PATIENCE_MS)
    expect(page.locator("#loader")).to_be_hidden()


def link(keys: list[str], turn: int) -> str:
    """Query in which each key has one of the names, another at each turn."""
    names = list(NAMES.values())
    return "&".join(f"{key}={quote(names[(at + turn) % len(names)])}" for at, key in enumerate(keys))


@pytest.mark.parametrize("turn", [0, 5])
def test_no_link_becomes_a_part_of_a_page(page: Page, asked: list[str], hostile: Served, turn: int) -> None:
    opened(page, hostile, f"page=runs&{link(RUNS, turn)}")
    expect(page.get_by_role("alert").filter(has_text="The link asks for what is not here")).to_be_visible()
    assert page.evaluate(FOUND) == []
    opened(page, hostile, f"page=study&{link(STUDY, turn)}")
    expect(page.get_by_text("The link asks for what is not here").first).to_be_visible()
    assert page.evaluate(FOUND) == []
    opened(page, hostile, link(["view", "theme", "page", "link"], turn))
    expect(page.get_by_role("alert").filter(has_text="There is no view").first).to_be_visible()
    assert page.evaluate(FOUND) == []
    opened(page, hostile, f"page=explore&{link(EXPLORE, turn)}")
    expect(page.get_by_role("heading", name="Data", exact=True)).to_be_visible()
    page.wait_for_function("Bokeh.documents[0].is_idle", timeout=PATIENCE_MS)
    assert page.evaluate(FOUND) == []
    assert asked == []


def test_a_notice_shows_a_link_letter_by_letter(page: Page, hostile: Served) -> None:
    opened(page, hostile, f"page=runs&sort={quote('**a** <b>b</b> [c](d) `e` # f')}")
    expect(page.get_by_role("alert").filter(has_text="**a** <b>b</b> [c](d) `e` # f")).to_be_visible()


def test_no_name_in_the_lake_becomes_a_part_of_the_runs_page(
    page: Page, asked: list[str], hostile: Served
) -> None:
    opened(page, hostile, "page=runs")
    rows = page.locator(".tabulator-row")
    expect(rows).to_have_count(len(NAMES))
    for group in ("User", "Project", "Host"):
        page.get_by_role("button", name=group, exact=True).first.click()
    for place in range(len(NAMES)):
        rows.nth(place).locator("[tabulator-field=state]").click()
        expect(page.get_by_text("What power did ").first).to_be_visible()
        rows.nth(place).hover()
        assert page.evaluate(FOUND) == []
    # Each figure tells what lies below the pointer in a tooltip.
    for figure in page.locator(".bk-Figure:visible").all()[:4]:
        figure.hover(force=True)
        page.wait_for_function("Bokeh.documents[0].is_idle")
    assert page.evaluate(FOUND) == []
    assert asked == []


def test_no_name_of_a_run_becomes_a_part_of_its_study(page: Page, asked: list[str], hostile: Served) -> None:
    for first in range(0, len(NAMES), 5):
        places = range(first, min(first + 5, len(NAMES)))
        compared = ",".join(run_id(place) for place in places[1:])
        opened(page, hostile, f"page=study&profile={run_id(first)}&compare={compared}")
        expect(page.get_by_text(list(NAMES.values())[first]).first).to_be_visible()
        for figure in page.locator(".bk-Figure:visible").all()[:2]:
            figure.hover(force=True)
        page.wait_for_function("Bokeh.documents[0].is_idle")
        assert page.evaluate(FOUND) == []
    assert asked == []


def test_no_run_of_ones_own_becomes_a_part_of_the_explore_page(
    page: Page, asked: list[str], hostile: Served
) -> None:
    marked = ",".join(run_id(place) for place in range(4))
    for query in (f"page=explore&own={marked}", "page=explore&data=lab"):
        opened(page, hostile, query)
        expect(page.locator(".bk-Figure").first).to_be_visible(timeout=2 * PATIENCE_MS)
        page.wait_for_function("Bokeh.documents[0].is_idle", timeout=PATIENCE_MS)
        assert page.evaluate(FOUND) == []
    assert asked == []


def test_no_file_becomes_a_part_of_the_page(page: Page, asked: list[str], hostile: Served) -> None:
    opened(page, hostile, "page=study")
    content = json.loads(profile_to_json(small_profile()))
    content |= {"name": IMAGE, "author": NAMES["script"], "region_id": NAMES["svg"]}
    content["hardware"] = [{"kind": "gpu", "model": NAMES["image"], "count": 2, "chip_id": NAMES["anchor"]}]
    content["provenance"] |= {
        "tool": NAMES["image"],
        "version": NAMES["svg"],
        "assumptions": list(NAMES.values()),
    }
    for row in content["epochs"]:
        row |= {"unit": IMAGE, "metrics": {IMAGE: 1.0, NAMES["link"]: 2.0, "accuracy": 0.5}}
    page.locator("input[type=file]").first.set_input_files(
        [
            FilePayload(name=f"{IMAGE}.json", mimeType="text/plain", buffer=json.dumps(content).encode()),
            FilePayload(name=f"{NAMES['attribute']}.csv", mimeType="text/csv", buffer=b"nothing"),
        ]
    )
    expect(page.get_by_text("is of no known format").first).to_be_visible()
    expect(page.get_by_text(IMAGE).first).to_be_visible()
    page.wait_for_function("Bokeh.documents[0].is_idle", timeout=PATIENCE_MS)
    assert page.evaluate(FOUND) == []
    assert asked == []
