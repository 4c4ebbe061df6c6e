"""The Runs page without a browser: what its parts show, and what they ask."""

from pathlib import Path

import pandas as pd
import pytest
from bokeh.document import Document
from bokeh.server.callbacks import TimeoutCallback
from panel.io.state import set_curdoc

from energyvis_panel.data.lake import LakeStatus
from energyvis_panel.data.lake_checks import DamagedFile
from energyvis_panel.state.run_rows import LakeSnapshot
from energyvis_panel.state.runs import PowerPoint
from energyvis_panel.state.runs_frame import origin_text, runs_frame
from energyvis_panel.views.runs import run_table
from energyvis_panel.views.runs.lake_line import lake_html
from energyvis_panel.views.runs.page import NO_MATCH, NO_RUNS, RunsPage, answer, facts_html
from energyvis_panel.views.runs.power_trace import PowerTrace, trace_lines
from energyvis_panel.views.runs.run_table import RunTable
from tests.lake_fixture import at
from tests.state.test_runs_state import row, state_with

# Bokeh 3.9 resets the index of a frame in place, which pandas 3.1 announces to remove.
pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword in DataFrame.reset_index")


def status(**changes: object) -> LakeStatus:
    values: dict[str, object] = {
        "path": Path("/srv/lake"),
        "exists": True,
        "runs": 2,
        "active": 1,
        "stale": 0,
        "last_sign_at": at(0),
        "last_sign_age_s": 3.2,
        "damaged": (),
    }
    return LakeStatus(**(values | changes))  # type: ignore[arg-type] # the values above have the right types


def test_frame_holds_kwh_kg_and_no_zero_for_the_unknown() -> None:
    frame = runs_frame([row(), row("R2", energy_j=None, power_w=None, region_id=None, epochs_planned=None)])
    assert frame["energy_kwh"].iloc[0] == 1.0
    assert frame["carbon_kg"].iloc[0] == 325.0 * 1.5 / 1000
    assert frame.loc[1, ["energy_kwh", "carbon_kg", "power_w"]].isna().all()
    assert frame["epochs"].tolist() == ["3/3", "3"]
    assert frame["started"].iloc[0] == "2026-11-03 10:00"


def test_source_tells_measured_from_estimated_by_word_and_mark() -> None:
    assert origin_text(row()) == "● measured"
    assert origin_text(row(source="estimate", estimated_share=1.0)) == "○ estimated"
    assert origin_text(row(source="estimate", estimated_share=0.25)) == "◐ 25 % estimated"
    assert origin_text(row(source="estimate", estimated_share=0.004)) == "◐ < 1 % estimated"
    assert origin_text(row(quality="gap")) == "● measured, gaps"
    assert origin_text(row(energy_j=None)) == "no readings"


def test_refresh_keeps_the_open_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_table, "SETTLE_S", 0.0)
    state, _ = state_with(row("R2"), row("R1"))
    view = RunTable(state)
    view.table.selection = [1]
    assert state.selected_id == "R1"
    state.show(LakeSnapshot(at(2), (row("R2"), row("R1", duration_s=99.0))))
    assert view.table.value["duration_s"].tolist() == [60.0, 99.0]
    assert view.table.selection == [1]
    state.show(LakeSnapshot(at(4), (row("R3"), row("R2"), row("R1"))))
    assert view.table.value["run_id"].tolist() == ["R3", "R2", "R1"]
    assert view.table.selection == [2]
    assert state.selected_id == "R1"
    state.selected_id = ""
    assert view.table.selection == []


def test_young_table_is_left_alone_but_catches_up_by_itself() -> None:
    state, _ = state_with(row("R1"))
    document = Document()
    with set_curdoc(document):
        view = RunTable(state)
        for energy_j in (7.2e6, 1.08e7):
            state.show(LakeSnapshot(at(2), (row("R2"), row("R1", energy_j=energy_j))))
        assert view.table.value["run_id"].tolist() == ["R1"]
        (waiting,) = document.session_callbacks
        assert isinstance(waiting, TimeoutCallback)
        document.remove_timeout_callback(waiting)
        waiting.callback()  # the page has not been loaded yet
        assert view.table.value["run_id"].tolist() == ["R1"]
        (waiting,) = document.session_callbacks
        view._loaded()
        view.shown_at -= 2 * run_table.SETTLE_S
        waiting.callback()
    assert view.table.value["run_id"].tolist() == ["R2", "R1"]
    assert view.table.value["energy_kwh"].tolist()[1] == 3.0


def test_trace_is_drawn_in_watts_over_a_fitting_unit_of_time() -> None:
    points = [PowerPoint("gpu", 3600.0 * hour, 100.0 * hour) for hour in range(1, 5)]
    unit, lines = trace_lines([*points, PowerPoint("cpu", 3600.0, 50.0)])
    assert unit == "h"
    assert lines["gpu"] == {"elapsed": [1.0, 2.0, 3.0, 4.0], "power_w": [100.0, 200.0, 300.0, 400.0]}
    assert trace_lines([PowerPoint("gpu", 90.0, 1.0)])[0] == "s"
    state, _ = state_with(row())
    view = PowerTrace(state)
    state.selected_id = "R1"
    assert view.sources["gpu"].data["power_w"] == [300.0]
    assert view.figure.yaxis.axis_label == "Power (W)"
    assert view.figure.xaxis.axis_label == "Time since the first reading (s)"
    assert view.legend.items == [view.items["gpu"]]


def test_lake_line_is_amber_and_names_what_was_left_out() -> None:
    calm = lake_html(status(), "")
    assert "/srv/lake · 2 runs · 1 active · last sample 3 s ago" in calm
    assert "--ev-stale" not in calm
    damaged = status(damaged=(DamagedFile(Path("/srv/lake/<x>.parquet"), "it is torn"),))
    assert "--ev-stale" in lake_html(damaged, "")
    assert "&lt;x&gt;.parquet: it is torn" in lake_html(damaged, "")
    assert "--ev-stale" in lake_html(status(stale=1), "")
    assert "cannot be read" in lake_html(status(), "It is gone.")
    assert "empty" in lake_html(status(exists=False, runs=0, active=0), "")


def test_facts_are_escaped_and_have_units() -> None:
    text = facts_html(row(user="<script>"))
    assert "&lt;script&gt;" in text
    assert "<script>" not in text
    assert "1.00 kWh before PUE (measured)" in text
    assert "488 g CO₂e" in text


def test_answer_counts_what_is_on_show() -> None:
    rows = [row("R1"), row("R2", state="running")]
    assert answer(rows, 2) == "2 runs, 2.00 kWh before PUE, 1 going on now."
    assert answer(rows[:1], 2) == "1 of 2 runs, 1.00 kWh before PUE."
    assert answer([], 0) == "No runs yet."


def test_page_offers_the_next_step_and_opens_the_study() -> None:
    state, lake = state_with()
    opened: list[str] = []
    page = RunsPage(state, opened.append)
    root = page.__panel__()
    texts = [pane.object for pane in root.select() if hasattr(pane, "object")]
    assert NO_RUNS in texts
    asked = len(lake.asked)
    state.show(LakeSnapshot(at(2), (row(),)))
    assert len(lake.asked) == asked
    state.filter_text = "nothing like it"
    assert NO_MATCH in [pane.object for pane in root.select() if hasattr(pane, "object")]
    state.filter_text = ""
    state.selected_id = "R1"
    (button,) = [part for part in root.select() if getattr(part, "label", "") == "Open in Study"]
    button.param.trigger("clicks")
    assert opened == ["R1"]


def test_empty_frame_has_the_columns_of_a_full_one() -> None:
    assert list(runs_frame([]).columns) == list(runs_frame([row()]).columns)
    assert isinstance(runs_frame([]), pd.DataFrame)
