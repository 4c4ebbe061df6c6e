"""Sums over runs: nothing is lost, whatever the groups and periods; the unknown is not zero."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyvis_panel.domain.run_totals import (
    MOST_GROUPS,
    NO_TOTALS,
    OTHERS,
    RunColumns,
    next_start,
    period_for,
    period_start,
    run_groups,
    time_totals,
)

FIRST = date(2026, 11, 2).toordinal()  # a Monday
RUNS = st.lists(
    st.tuples(st.integers(0, 900), st.integers(0, 11), st.floats(0, 1e9)), min_size=1, max_size=60
)
NAMES = [f"user{place}" for place in range(12)]


def columns(energy_j: list[float], **changes: list[float]) -> RunColumns:
    size = len(energy_j)
    values = {
        "duration_s": [60.0] * size, "energy_j": energy_j, "estimated_j": [0.0] * size,
        "carbon_g": [1.0] * size, "cost_usd": [np.nan] * size,
    }  # fmt: skip
    return RunColumns(**{name: np.array(value) for name, value in (values | changes).items()})


def test_groups_are_sorted_by_energy_and_count_what_is_known() -> None:
    runs = columns(
        [1.0, 5.0, np.nan, 2.0], estimated_j=[0.0, 1.0, 0.0, 2.0], carbon_g=[3.0, np.nan, 4.0, np.nan]
    )
    first, second = run_groups(np.array([0, 1, 0, 1]), ["ada", "grace", "nobody"], runs)
    assert (first.name, first.runs, first.energy_j, first.estimated_j) == ("grace", 2, 7.0, 3.0)
    assert (first.carbon_g, first.carbon_runs, first.cost_usd, first.cost_runs) == (None, 0, None, 0)
    assert (second.name, second.energy_j, second.carbon_g, second.carbon_runs) == ("ada", 1.0, 7.0, 2)
    assert first.power_w == 7.0 / 120.0


@given(RUNS)
def test_sums_over_time_add_up_to_all_runs(runs: list[tuple[int, int, float]]) -> None:
    days, codes, values = (np.array(part) for part in zip(*runs, strict=True))
    totals = time_totals(days + FIRST, codes, NAMES, values)
    assert totals.sums.sum() == pytest.approx(values.sum())
    assert totals.sums.shape == (len(totals.groups), len(totals.starts))
    assert len(totals.groups) <= MOST_GROUPS + 1
    for name, row in zip(totals.groups, totals.sums, strict=True):
        if name != OTHERS:
            assert row.sum() == pytest.approx(values[codes == NAMES.index(name)].sum())
    assert totals.starts[0] <= date.fromordinal(int(days.min()) + FIRST)
    assert next_start(totals.starts[-1], totals.period) > date.fromordinal(int(days.max()) + FIRST)


def test_each_run_counts_in_the_period_in_which_it_started() -> None:
    days = np.array([FIRST, FIRST + 6, FIRST + 7, FIRST + 100])
    totals = time_totals(days, np.zeros(4, dtype=np.int64), ["ada"], np.array([1.0, 2.0, 4.0, 8.0]))
    assert totals.period == "week"
    assert totals.sums[0][:2].tolist() == [3.0, 4.0]
    assert totals.sums[0].sum() == 15.0
    assert len(totals.starts) == 15  # weeks without a run are there, at 0


def test_seven_groups_are_shown_and_the_rest_is_others() -> None:
    codes = np.arange(9)
    totals = time_totals(np.full(9, FIRST), codes, NAMES, np.arange(1.0, 10.0))
    assert totals.groups == ("user8", "user7", "user6", "user5", "user4", "user3", "user2", OTHERS)
    assert totals.sums[-1].tolist() == [3.0]


def test_unknown_values_are_counted_and_groups_of_nothing_left_out() -> None:
    totals = time_totals(np.full(3, FIRST), np.array([0, 1, 2]), NAMES, np.array([1.0, np.nan, 0.0]))
    assert (totals.groups, totals.unknown) == (("user0",), 1)
    assert (
        time_totals(np.array([], dtype=np.int64), np.array([], dtype=np.int64), [], np.array([])) == NO_TOTALS
    )


@pytest.mark.parametrize(
    ("days", "period", "start"),
    [
        (0, "day", date(2026, 12, 31)),
        (62, "day", date(2026, 12, 31)),
        (63, "week", date(2026, 12, 28)),
        (401, "month", date(2026, 12, 1)),
    ],
)
def test_period_is_chosen_by_the_span(days: int, period: str, start: date) -> None:
    last = date(2026, 12, 31)
    found = period_for(date.fromordinal(last.toordinal() - days), last)
    assert found == period
    assert period_start(last, found) == start
    assert next_start(date(2026, 12, 1), "month") == date(2027, 1, 1)
