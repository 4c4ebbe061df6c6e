"""The anomaly timeline and the detail panel in a real browser."""

import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import panel as pn
import pytest
from panel.tests.util import serve_component
from playwright.sync_api import Page, expect

from energyvis_panel.domain.explained_effects import ExplainedEffect
from energyvis_panel.domain.units import energy_text
from energyvis_panel.state.explore.anomaly.anomalies import (
    network_text,
    node_text,
    reason_text,
    took_text,
)
from energyvis_panel.state.explore.exploration import Exploration
from tests.scored_runs import scored_gateway
from tests.ui.waiting import pointed_at, wait_until

pytestmark = pytest.mark.ui

MARK_PLACE = """at => {
  const marks = Bokeh.documents[0].get_model_by_name('anomaly-runs');
  const figure = view =>
    view.model.type === 'Figure' ? view : (view.child_views || []).map(figure).find(Boolean);
  const view = [...Bokeh.index].map(figure).find(Boolean);
  const box = view.el.getBoundingClientRect();
  const across = view.frame.x_scale.compute(marks.data.x[at]);
  return [box.x + across, box.y + view.frame.y_scale.compute(marks.data.residual[at])];
}"""
"""Where on the page a mark of the upper chart lies."""


HOVERS = """() => {
  const marks = Bokeh.documents[0].get_model_by_name('anomaly-runs');
  const words = Bokeh.documents[0].get_model_by_name('anomaly-words');
  const said = at => Object.fromEntries(
    ['took', 'reason', 'node', 'network', 'batch', 'started', 'energy'].map(
      format => [format, words.format(marks.data.x[at], format, {index: at})]));
  return Array.from(marks.data.x, (_x, at) => said(at));
}"""
"""What the hover says of each mark."""


class Held:
    """Scores that are ready when they are let go."""

    def __init__(self, scores: Any) -> None:
        self.scores = scores
        self.go = threading.Event()

    @property
    def are_ready(self) -> bool:
        return self.go.is_set()

    @property
    def effects(self) -> Sequence[ExplainedEffect]:
        return self.scores.effects if self.go.is_set() else ()

    def prepare(self) -> None:
        self.go.wait(60)


def opened(page: Page, scores: Any) -> list[Exploration]:
    """The timeline with the panel below it, and the state of each session."""
    from energyvis_panel.views.explore.anomaly.anomalies import AnomalyTimeline  # noqa: PLC0415 - brings numba; only with --ui
    from energyvis_panel.views.explore.looked_at.detail import DetailPanel  # noqa: PLC0415 - likewise
    from energyvis_panel.views.explore.redraw import redraw_latest  # noqa: PLC0415 - likewise

    states: list[Exploration] = []

    def served() -> Any:
        state = Exploration(scored_gateway()[0])
        redraw_latest(state)
        states.append(state)
        return pn.Column(AnomalyTimeline(state, scores), DetailPanel(state, scores=scores))

    page.set_viewport_size({"width": 1100, "height": 1400})
    serve_component(page, served)
    return states


def test_the_card_waits_for_the_scores_and_then_draws(page: Page, errors: list[str]) -> None:
    held = Held(scored_gateway()[1])
    opened(page, held)
    expect(page.get_by_text("is being worked out")).to_be_visible()
    held.go.set()
    expect(page.get_by_text("runs with known energy are flagged")).to_be_visible()
    expect(page.get_by_text("is being worked out")).to_have_count(0)
    expect(page.locator(".bk-Figure:visible")).to_have_count(4)
    assert errors == []


def test_a_click_on_a_mark_opens_its_run_and_esc_closes_it(page: Page, errors: list[str]) -> None:
    states = opened(page, scored_gateway()[1])
    expect(page.get_by_text("runs with known energy are flagged")).to_be_visible()
    page.wait_for_function("Bokeh.documents[0].is_idle")
    run = states[-1].answer("anomaly_runs")["run_id"][0].as_py()
    x, y = page.evaluate(MARK_PLACE, 0)
    page.mouse.click(x, y)
    opened_run = page.get_by_role("heading", name=f"Run {run}")
    expect(opened_run).to_be_visible()
    expect(page.get_by_text("Flagged by z, the fence, the forest.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(opened_run).to_be_hidden()
    assert states[-1].mark is None
    assert errors == []


def test_the_browser_makes_the_words_of_each_hover(page: Page, errors: list[str]) -> None:
    states = opened(page, scored_gateway()[1])
    expect(page.get_by_text("runs with known energy are flagged")).to_be_visible()
    page.wait_for_function("Bokeh.documents[0].is_idle")
    runs = states[-1].answer("anomaly_runs").to_pylist()
    assert page.evaluate(HOVERS) == [
        {
            "took": took_text(run),
            "reason": reason_text(run),
            "node": node_text(run),
            "network": network_text(run),
            "batch": run["batch"],
            "started": f"{datetime.fromtimestamp(run['started_s'], UTC):%d %b %Y %H:%M} UTC",
            "energy": energy_text(run["energy_j"]),
        }
        for run in runs
    ]
    pointed_at(page, lambda: page.evaluate(MARK_PLACE, 0), took_text(runs[0]))
    expect(page.get_by_text(f"Batch {runs[0]['batch']}, started ")).to_be_visible()
    assert errors == []


def test_a_typed_threshold_moves_its_line_and_the_count(page: Page, errors: list[str]) -> None:
    opened(page, scored_gateway()[1])
    answer = page.get_by_text("runs with known energy are flagged")
    expect(answer).to_be_visible()
    page.wait_for_function("Bokeh.documents[0].is_idle")
    before = answer.text_content()
    field = page.get_by_label("z beyond")
    field.fill("9")
    field.press("Enter")
    expect(answer).not_to_have_text(str(before))
    said = "Bokeh.documents[0].get_model_by_name('anomaly-residual-threshold').data.said"
    wait_until(lambda: page.evaluate(said) == ["z = +9 sd", "z = -9 sd"], page)
    field.fill("nothing")
    field.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="is no threshold of z")).to_be_visible()
    assert errors == []


def test_a_drag_selects_a_period_and_a_node_is_one_click(page: Page, errors: list[str]) -> None:
    states = opened(page, scored_gateway()[1])
    expect(page.get_by_text("runs with known energy are flagged")).to_be_visible()
    page.wait_for_function("Bokeh.documents[0].is_idle")
    box: Any = page.locator(".bk-Figure").first.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.3 * box["width"], middle)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], middle, steps=5)
    page.mouse.up()
    wait_until(lambda: "started_s" in states[-1].brushes.ranges, page)
    wait_until(lambda: states[-1].is_current("anomaly_nodes"), page)
    (first, *_others) = states[-1].answer("anomaly_nodes").to_pylist()
    page.get_by_title(f"Select the runs of {first['node']}").click()
    wait_until(lambda: states[-1].brushes.sets.get("node") == (first["node"],), page)
    assert errors == []
