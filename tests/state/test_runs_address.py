"""The Runs page in the address: what is written is read again, what cannot be is named."""

from datetime import date

import pytest

from energyvis_panel.state.runs import RunsState
from energyvis_panel.state.runs_address import WATCHED, follow_runs_query, runs_query
from tests.state.test_runs_state import row, state_with


@pytest.fixture
def state() -> RunsState:
    return state_with(row("R1"), row("R2", user="grace"))[0]


def test_what_is_written_is_read_again(state: RunsState) -> None:
    state.param.update(
        filter_text="resnet & co", user="grace", project="vision", host="node1, node2", run_state="finished",
        first_day=date(2026, 11, 1), last_day=date(2026, 11, 30), group="month", measure="cost",
        sort="energy_kwh:desc",
    )  # fmt: skip
    query = {key: value for key, value in runs_query(state).items() if value is not None}
    again = state_with(row("R1"), row("R2", user="grace"))[0]
    follow_runs_query(again, query)
    assert runs_query(again) == runs_query(state)
    assert all(getattr(again, name) == getattr(state, name) for name in WATCHED)
    assert [r.run_id for r in again.rows] == [r.run_id for r in state.rows]
    assert again.notice == ""


def test_a_plain_page_needs_nothing(state: RunsState) -> None:
    assert not [value for value in runs_query(state).values() if value is not None]
    follow_runs_query(state, {"profile": "one", "page": "runs"})
    assert len(state.rows) == 2
    assert state.notice == ""


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"from": "yesterday"}, "the day 'yesterday'"),
        ({"to": "2026-02-30"}, "the day '2026-02-30'"),
        ({"group": "name; drop"}, "the group 'name; drop'"),
        ({"sum": "joy"}, "the measure 'joy'"),
        ({"sort": "energy_kwh:up"}, "the order 'energy_kwh:up'"),
        ({"sort": "text:asc"}, "the order 'text:asc'"),
    ],
)
def test_what_a_link_cannot_have_is_named_and_the_rest_followed(
    state: RunsState, query: dict[str, str], named: str
) -> None:
    follow_runs_query(state, {"user": "grace", **query})
    assert named in state.notice
    assert [r.run_id for r in state.rows] == ["R2"]
    assert (state.first_day, state.group, state.measure, state.sort) == (None, "user", "energy", "")


def test_long_values_are_cut_and_days_turned(state: RunsState) -> None:
    follow_runs_query(state, {"q": "x" * 5000, "from": "2026-11-30", "to": "2026-11-01"})
    assert len(state.filter_text) == 200
    assert (state.first_day, state.last_day) == (date(2026, 11, 1), date(2026, 11, 30))
