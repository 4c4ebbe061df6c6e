"""The whole Explore page by keyboard and by screen reader; what each card saves and shares."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.views.theme import PAGE_CSS
from tests.scored_runs import scored_gateway
from tests.ui.explore_served import DEEPEST, expect_all_views, serve_explore

pytestmark = pytest.mark.ui

MOST_TABS = 800
NAMED_ROLES = {
    "button", "link", "checkbox", "radio", "combobox", "textbox", "spinbutton", "slider", "img", "image",
    "region", "radiogroup", "navigation", "listbox",
}  # fmt: skip
PART = re.compile(r"""^\s*- '?(\w+)(?: "((?:[^"\\]|\\.)*)")?(.*)$""", re.MULTILINE)
"""A line of Playwright's snapshot of the accessibility tree: role, name, and what else is known."""
PARENTS = """
const outward = (node) => node.parentElement ?? node.getRootNode().host;
const region = (at) => {
  for (let node = at; node; node = outward(node)) {
    const cell = [...node.classList].find((name) => name.startsWith('cell-') && name !== 'cell-tools');
    if (cell) return cell.slice(5);
    if (node.classList.contains('rail')) return 'rail';
    if (node.classList.contains('toc')) return 'contents';
  }
  return '';
};
"""
STOP = f"""() => {{ {DEEPEST} {PARENTS}
  if (!at || at === document.body) return null;
  at.visited = true;
  const look = getComputedStyle(at);
  const name = at.getAttribute('aria-label') || [...(at.labels ?? [])].map((one) => one.innerText).join(' ')
    || at.innerText || at.title || at.placeholder || '';
  return {{
    place: region(at), what: at.tagName + ' ' + name.trim().slice(0, 60),
    name: name.trim(),
    outlined: look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) > 0,
  }};
}}"""
MISSED = f"""() => {{ {PARENTS}
  const missed = [];
  const walk = (root) => {{
    for (const node of root.querySelectorAll('*')) {{
      if (node.shadowRoot) walk(node.shadowRoot);
      if (!node.matches('button, select, input, textarea, summary, a[href], [tabindex="0"]')) continue;
      if (node.disabled || node.tabIndex < 0 || node.visited) continue;
      if (!node.checkVisibility({{checkVisibilityCSS: true}})) continue;
      if (node.type === 'radio' && !node.checked) continue;
      if (region(node)) missed.push(region(node) + ': ' + node.outerHTML.slice(0, 120));
    }}
  }};
  walk(document);
  return missed;
}}"""


@pytest.fixture
def state() -> Exploration:
    gateway, scores = scored_gateway()
    return Exploration(gateway, scores=scores)


@pytest.fixture
def shown(page: Page, state: Exploration, errors: list[str]) -> Iterator[Any]:
    """The page, with all its views built."""
    made = serve_explore(page, state, {"width": 1440, "height": 900}, build_all=True)[0]
    expect_all_views(page, made)
    page.add_style_tag(content=PAGE_CSS)
    yield made
    assert errors == []


def check_tab_order(page: Page, shown: Any) -> None:
    """Every control is reached by Tab, in the order of the page."""
    stops = []
    for _tab in range(MOST_TABS):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None:
            break
        stops.append(stop)
    assert page.evaluate(MISSED) == []
    order = ["rail", "contents", *shown.cells]
    places = [order.index(stop["place"]) for stop in stops if stop["place"]]
    assert places == sorted(places)
    assert set(places) == set(range(len(order)))
    assert [stop["what"] for stop in stops if not stop["name"]] == []
    assert [stop["what"] for stop in stops if not stop["outlined"]] == []


def check_names(page: Page, shown: Any) -> None:
    """All that has a role has a name, and headings step down one by one."""
    parts = [match.groups() for match in PART.finditer(page.locator("body").aria_snapshot())]
    assert [role for role, name, _rest in parts if role in NAMED_ROLES and not name] == []
    levels = [int(rest.partition("level=")[2][0]) for role, _name, rest in parts if role == "heading"]
    assert levels[0] == 2
    assert all(after <= before + 1 for before, after in pairwise(levels))
    questions = [shown.views[name].question for name in shown.cells]
    assert [name for role, name, _rest in parts if role == "heading" and name in questions] == questions
    figures = [name for role, name, _rest in parts if role == "img"]
    for view in shown.views.values():
        if view.chart is not None:
            assert any(name.startswith(view.question) for name in figures)


def test_each_card_has_a_table_and_saves_and_shares_itself(page: Page, shown: Any, tmp_path: Path) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    # What the app writes into the address, which the code to embed takes over.
    page.evaluate("history.replaceState(null, '', '?brushes=depth:2..8&bench=x')")
    for name, view in shown.views.items():
        card = page.locator(f".cell-{name}")
        page.wait_for_function("Bokeh.documents[0].is_idle")
        card.get_by_role("button", name="More about: ").click()
        table = card.get_by_role("region", name=re.compile("^Table: "))
        # Thirteen views share one document: an answer may wait for what the others are sent.
        expect(table.get_by_role("columnheader").first).to_be_attached(timeout=60_000)
        expect(table.get_by_role("row").nth(1)).to_be_attached()
        saved = {}
        for kind in ("CSV", *(("PNG", "SVG") if view.chart is not None else ())):
            with page.expect_download() as download:
                card.get_by_role("button", name=kind, exact=True).click()
            download.value.save_as(tmp_path / f"{name}.{kind}")
            saved[kind] = (tmp_path / f"{name}.{kind}").read_bytes()
            assert download.value.suggested_filename == f"{name}.{kind.lower()}"
        assert saved["CSV"].decode("utf-8-sig").startswith("# Synthetic data, not measured.")
        assert saved["CSV"].count(b"\n") > 2
        if view.chart is not None:
            assert saved["PNG"][:4] == b"\x89PNG"
            assert len(saved["PNG"]) > 3000
            assert b"<svg" in saved["SVG"][:400]
        card.get_by_role("button", name="Embed…").click()
        sheet = card.get_by_role("dialog", name="Embed in another page")
        code = sheet.get_by_label("Code to put into the page").input_value()
        assert f"view={name}&" in code.replace("&amp;", "&")
        assert "brushes=depth%3A2..8" in code
        assert "bench" not in code
        page.keyboard.press("Escape")
        expect(sheet).to_be_hidden()
        card.get_by_role("button", name="More about: ").click()
        # What is below moves up: a click on the next card before that lands beside it.
        expect(table).to_be_hidden(timeout=30_000)


def test_the_page_serves_the_keyboard_and_the_screen_reader(page: Page, shown: Any) -> None:
    # One page for both: thirteen views take half a minute to come.
    check_names(page, shown)
    check_tab_order(page, shown)
