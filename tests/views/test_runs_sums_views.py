"""Sums, filters and the comparison on the Runs page, without a browser."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.lake import Lake
from energyvis_panel.data.run_diff import run_work
from energyvis_panel.domain.run_diff import RunDiff, change_per, run_diff
from energyvis_panel.domain.run_totals import MOST_GROUPS
from energyvis_panel.state.run_rows import LakeSnapshot
from energyvis_panel.views import theme
from energyvis_panel.views.runs.diff_table import change_html, diff_answer, diff_html
from energyvis_panel.views.runs.diff_view import bars as diff_bars
from energyvis_panel.views.runs.filter_bar import FilterBar
from energyvis_panel.views.runs.group_table import GroupTable, group_lines, groups_answer
from energyvis_panel.views.runs.run_table import PICK, RunTable, hidden_columns
from energyvis_panel.views.runs.totals_chart import TotalsChart
from energyvis_panel.views.runs.totals_rows import (
    EMPTY,
    bars,
    legend_html,
    milliseconds,
    totals_answer,
    totals_table,
)
from tests.diff_fixture import RUN_A, RUN_B, write_pair, write_run
from tests.lake_fixture import LakeWriter, at
from tests.state.test_runs_state import row, state_with

# Bokeh 3.9 resets the index of a frame in place, which pandas 3.1 announces to remove.
pytestmark = [
    pytest.mark.filterwarnings("ignore:The inplace keyword in DataFrame.reset_index"),
    # Panel does so with the column of a button.
    pytest.mark.filterwarnings("ignore:The inplace keyword in DataFrame.drop"),
]
DAY_S = 86_400.0


@pytest.fixture
def diff(tmp_path: Path) -> Iterator[RunDiff]:
    writer = LakeWriter(tmp_path / "lake")
    write_pair(writer)
    write_run(writer, RUN_B, 1100.0, name="<b>after</b>", attribution="share")
    with Gateway(threads=1) as gateway:
        lake = Lake(gateway, writer.path)
        yield run_diff(run_work(lake, RUN_A), run_work(lake, RUN_B))


def test_groups_show_shares_and_say_what_is_not_known() -> None:
    state, _ = state_with(
        row("R1", user="ada", energy_j=7.2e6, estimated_share=0.25),
        row("R2", user="ada", region_id=None, energy_j=0.0),
        row("R3", user="<i>", energy_j=3.6e6),
    )
    ada, other = group_lines(state.groups)
    assert (ada["name"], ada["measured"], ada["estimated"]) == ("ada", 0.75, 0.25)
    assert other["measured"] == 0.5
    texts = [text for text, _ in ada["cells"]]
    assert texts == ["2", "0.0333", "2.00 kWh", "975 g", "–", "60.0 kW"]
    assert "of 1 of 2 runs" in ada["cells"][3][1]
    assert groups_answer(state.groups, "user") == (
        "2 users, 3.00 kWh before PUE; ada used most, 66.7 % of it."
    )
    assert "No energy" in groups_answer([], "user")


def test_a_click_on_a_group_filters_and_a_made_up_name_does_not() -> None:
    state, _ = state_with(row("R1"), row("R2", user="grace"))
    view = GroupTable(state)
    view.lines.request = {"name": "grace", "serial": 1}
    assert [r.run_id for r in state.rows] == ["R2"]
    assert view.lines.chosen == "grace"
    view.lines.request = {"name": "mallory", "serial": 2}
    assert state.user == "grace"


def test_bars_stack_to_the_sum_and_others_have_the_last_colour() -> None:
    rows = [row(f"R{n}", user=f"user{n}", energy_j=3.6e6 * (n + 1)) for n in range(9)]
    state, _ = state_with(*rows)
    columns = bars(state.totals, 1.0)
    assert columns["sum"] == [45.0]
    assert columns["base_0"] == [0.0]
    assert columns["top_0"] == columns["base_1"] == [9.0]
    assert columns[f"value_{MOST_GROUPS}"] == [3.0]
    legend = legend_html(state.totals.groups)
    assert legend.count("<i ") == MOST_GROUPS + 1
    assert f"background:{theme.GREY}" in legend
    assert "&lt;x&gt;" in legend_html(("<x>",))


def test_chart_says_its_unit_and_marks_the_chosen_days() -> None:
    state, _ = state_with(row("R1"), row("R2", user="grace", started_at=at(-2 * DAY_S), energy_j=7.2e6))
    view = TotalsChart(state)
    assert view.figure.yaxis[0].axis_label == "Energy before PUE (kWh)"
    assert view.source.data["name"] == ["2026-11-01", "2026-11-02", "2026-11-03"]
    assert view.period.visible is False
    assert totals_answer(state.totals, "energy", "user").startswith(
        "3.00 kWh in all; most in 2026-11-01, 2.00"
    )
    event = SimpleNamespace(
        final=True,
        geometry={
            "type": "rect",
            "x0": milliseconds(date(2026, 11, 3)) - 5,
            "x1": milliseconds(date(2026, 11, 2)) + 5,
        },
    )
    view._brushed(event)
    assert (state.first_day, state.last_day) == (date(2026, 11, 2), date(2026, 11, 2))
    assert view.period.visible is True
    assert view.period.left == milliseconds(date(2026, 11, 2))
    assert view.period.right == milliseconds(date(2026, 11, 3))
    assert state.totals.sums.sum() == 3.0
    state.measure = "cost"
    assert view.figure.yaxis[0].axis_label == "Cost (USD)"
    assert totals_answer(state.totals, "cost", "user") == EMPTY


def test_table_behind_the_chart_has_its_numbers() -> None:
    state, _ = state_with(row("R1", user="<i>"), row("R2", user="grace", started_at=at(-2 * DAY_S)))
    table = totals_table(state.totals, "energy")
    assert "&lt;i&gt; (kWh)" in table
    assert "<tr><th scope='row'>2026-11-03</th>" in table
    assert "2026-11-02" not in table  # nothing ran
    empty, _ = state_with()
    assert totals_table(empty.totals, "energy") == ""
    assert TotalsChart(empty).source.data["x"] == []


def test_fields_follow_the_state_and_refuse_what_is_no_day() -> None:
    state, _ = state_with(row("R1"), row("R2", user="grace"))
    bar = FilterBar(state)
    bar.selects["user"].value = "grace"
    assert [r.run_id for r in state.rows] == ["R2"]
    bar.days["first_day"].value = "2026-13-01"
    assert bar.days["first_day"].error_state
    assert "'2026-13-01' is no day" in state.notice
    bar.days["first_day"].value = "2026-11-04"
    assert state.rows == []
    assert state.notice == ""
    state.clear()
    assert (bar.selects["user"].value, bar.days["first_day"].value) == ("", "")
    state.show(LakeSnapshot(at(2), (row("R3", user="alan"),)))
    assert list(bar.selects["user"].options.values()) == ["", "alan"]


def test_table_keeps_its_order_and_columns_in_the_state() -> None:
    state, _ = state_with(row("R1"), row("R2"))
    state.sort = "energy_kwh:desc"
    picked: list[str] = []
    view = RunTable(state, picked.append)
    assert view.table.sorters == [{"field": "energy_kwh", "dir": "desc"}]
    view.table.sorters = [{"field": "name", "dir": "asc"}]
    assert state.sort == "name:asc"
    view.table.sorters = []
    assert state.sort == ""
    assert "epochs" in view.table.hidden_columns
    state.columns = ["name", "epochs"]
    assert view.table.hidden_columns == hidden_columns(["name", "epochs"])
    view._picked(SimpleNamespace(row=1, column=PICK))
    assert picked == ["R2"]


def test_difference_is_told_and_escaped(diff: RunDiff) -> None:
    text = diff_html(diff)
    assert "100 J/sample" in text
    assert "110 J/sample" in text
    assert "▲ A counts by the rule &#x27;exclusive&#x27;" in text
    assert "<b>after" not in text
    assert (
        diff_answer(diff)
        == "A took 1.75 Wh and B 1.92 Wh before PUE (+9.52 %). Most moved in step: 600 J more."
    )
    change = change_html(change_per(diff, "sample"), "sample")
    assert "100 → 110 J per sample, +10.0 %." in change
    assert "more than chance explains" in change
    assert "Nothing can be said" in change_html(change_per(diff, "total"), "total")
    assert (diff_html(None), diff_answer(None), change_html(None, "total")) == ("", "", "")


def test_bars_of_the_difference_diverge_with_the_largest_on_top(diff: RunDiff) -> None:
    unit, columns = diff_bars(diff)
    assert unit == "J"
    assert columns["name"] == ["GPU", "step"]
    assert columns["moved"] == [600.0, 600.0]
    assert set(columns["colour"]) == {theme.VERMILLION}
    back = diff_bars(run_diff(diff.b, diff.a))[1]
    assert back["moved"] == [-600.0, -600.0]
    assert set(back["colour"]) == {theme.BLUE}
