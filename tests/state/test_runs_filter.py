"""Filters, groups and sums of the Runs page, and the columns that they work on."""

from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest

from energyvis_panel.state.run_rows import LakeSnapshot, RunRow, run_row
from energyvis_panel.state.runs import RunsState
from energyvis_panel.state.runs_export import csv_file, parquet_file, shown
from energyvis_panel.state.runs_frame import SMALL, FrameCache, runs_frame
from tests.lake_fixture import at
from tests.profiles_fixture import INTENSITIES
from tests.state.test_runs_state import lake_row, row, state_with

DAY_S = 86_400.0


@pytest.fixture
def state() -> RunsState:
    found, _ = state_with(
        row("R1", user="ada", project="vision", hosts=["node1"]),
        row(
            "R2", user="grace", project=None, hosts=["node1", "node2"], started_at=at(-DAY_S), energy_j=7.2e6
        ),
        row("R3", user="ada", state="failed", hosts=["node22"], started_at=at(-40 * DAY_S), region_id=None),
    )
    return found


def ids(state: RunsState) -> list[str]:
    assert [r.run_id for r in state.rows] == state.frame["run_id"].tolist()
    return [r.run_id for r in state.rows]


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("user", "ada", ["R1", "R3"]),
        ("project", "vision", ["R1", "R3"]),
        ("project", "(none)", ["R2"]),
        ("run_state", "failed", ["R3"]),
        ("host", "node2", ["R2"]),  # not node22
        ("host", "node1", ["R1", "R2"]),
        ("host", "node1, node2", ["R2"]),
        ("first_day", date(2026, 11, 2), ["R1", "R2"]),
        ("first_day", date(2026, 11, 3), ["R1"]),
        ("last_day", date(2026, 11, 2), ["R2", "R3"]),
        ("user", "nobody", []),
    ],
)
def test_each_filter_alone(state: RunsState, field: str, value: object, expected: list[str]) -> None:
    setattr(state, field, value)
    assert ids(state) == expected
    state.clear()
    assert ids(state) == ["R1", "R2", "R3"]


def test_filters_hold_together_and_the_sums_follow(state: RunsState) -> None:
    assert [(group.name, group.runs) for group in state.groups] == [("ada", 2), ("grace", 1)]
    state.param.update(user="ada", run_state="failed")
    assert ids(state) == ["R3"]
    assert [(group.name, group.runs, group.carbon_g) for group in state.groups] == [("ada", 1, None)]


def test_sums_over_time_show_what_lies_around_the_chosen_days(state: RunsState) -> None:
    everything = state.totals
    state.choose_days(date(2026, 11, 3), date(2026, 11, 3))
    assert ids(state) == ["R1"]
    assert state.totals.sums.sum() == everything.sums.sum() == 4.0
    state.user = "grace"
    assert state.totals.sums.sum() == 2.0
    state.measure = "carbon"
    assert state.totals.sums.sum() == pytest.approx(2 * 325.0 * 1.5 / 1000)


def test_days_given_the_wrong_way_round_are_turned(state: RunsState) -> None:
    state.choose_days(date(2026, 11, 3), date(2026, 11, 2))
    assert ids(state) == ["R1", "R2"]


@pytest.mark.parametrize(
    ("group", "name", "expected"),
    [
        ("user", "grace", ["R2"]),
        ("project", "(none)", ["R2"]),
        ("hosts", "node1, node2", ["R2"]),
        ("month", "2026-11", ["R1", "R2"]),
        ("month", "2026-09", ["R3"]),
    ],
)
def test_a_chosen_group_shows_its_runs_and_all_again(
    state: RunsState, group: str, name: str, expected: list[str]
) -> None:
    state.group = group
    assert name in [found.name for found in state.groups]
    state.choose_group(name)
    assert ids(state) == expected
    assert state.chosen_group() == name
    state.choose_group(name)
    assert ids(state) == ["R1", "R2", "R3"]
    assert state.chosen_group() == ""


def test_part_of_a_month_is_no_chosen_month(state: RunsState) -> None:
    state.group = "month"
    state.choose_days(date(2026, 11, 1), date(2026, 11, 29))
    assert state.chosen_group() == ""


def test_choices_are_what_occurs(state: RunsState) -> None:
    assert state.choices == {
        "user": ["ada", "grace"],
        "project": ["vision"],
        "state": ["failed", "finished"],
        "host": ["node1", "node2", "node22"],
    }


def test_columns_made_from_known_rows_are_those_made_anew() -> None:
    rows = tuple(row(f"R{place:05d}", started_at=at(-place)) for place in range(SMALL + 100))
    cache = FrameCache()
    first = cache.of(rows)
    assert cache.of(rows) is first
    changed: tuple[RunRow, ...] = (
        row("NEW", user="new", started_at=at(5)),
        *rows[10:50],
        replace(rows[50], energy_j=1.0),
        *reversed(rows[51:]),
    )
    pd.testing.assert_frame_equal(cache.of(changed), runs_frame(changed))


def test_no_run_is_an_empty_frame_with_all_columns() -> None:
    state, _ = state_with()
    assert (state.groups, state.totals.groups) == ([], ())
    assert list(runs_frame(()).columns) == list(runs_frame((row(),)).columns)
    assert (runs_frame(()).dtypes == runs_frame((row(),)).dtypes).all()


def test_cost_is_that_of_the_energy_at_the_site() -> None:
    from energyvis_panel.domain.carbon import Price  # noqa: PLC0415 - used here only

    found = run_row(lake_row(), INTENSITIES, {"US-GA": Price(0.1, "USD", "a table")})
    assert found.cost_usd == pytest.approx(0.15)
    assert "0.1 USD/kWh, a table; PUE 1.5" in found.cost_origin
    assert "no region" in run_row(lake_row(region_id="FR"), INTENSITIES, {}).cost_origin


def test_export_is_what_is_shown_in_its_order(state: RunsState) -> None:
    state.user = "ada"
    found = shown(state.frame, ["user", "energy_kwh"], "run_id:desc")
    assert found["run_id"].tolist() == ["R3", "R1"]
    assert list(found.columns) == ["run_id", "user", "energy_kwh"]
    pd.testing.assert_frame_equal(pd.read_parquet(parquet_file(found)), found)
    assert csv_file(found).getvalue().decode().splitlines()[1] == "R3,ada,1.0"


def test_csv_runs_no_formula_of_a_name() -> None:
    frame = runs_frame((row(name="=cmd|' /C calc'!A0", user="-1", project=None, power_w=-5.0),))
    text = csv_file(shown(frame, ["name", "user", "power_w"], "")).getvalue().decode()
    assert "R1,'=cmd|' /C calc'!A0,'-1,-5.0" in text


def test_what_is_still_to_be_read_is_said() -> None:
    state, _ = state_with(row())
    assert state.pending == ""
    state.show(LakeSnapshot(at(0) + timedelta(seconds=2), (row(),), pending_months=2))
    assert state.pending == "The lake is being read: 2 older months are still to come."
