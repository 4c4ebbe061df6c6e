"""The test of a change: exact against closed forms, and right as often as it says."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from energyvis_panel.domain.rate_change import Rate, RateError, rate, rate_change

JOULES = st.lists(st.integers(1, 1000), min_size=3, max_size=20, unique=True)


@given(a=JOULES, b=JOULES)
def test_with_one_unit_each_it_is_welchs_test(a: list[int], b: list[int]) -> None:
    before, after = rate(a, [1.0] * len(a)), rate(b, [1.0] * len(b))
    found = rate_change(before, after, confidence=0.9)
    expected = stats.ttest_ind(b, a, equal_var=False)
    interval = expected.confidence_interval(0.9)
    assert found.low is not None
    assert found.high is not None
    assert found.p_value == pytest.approx(expected.pvalue, rel=1e-5, abs=1e-12)
    base = float(np.mean(a))
    assert found.low * base == pytest.approx(interval.low, rel=1e-5, abs=1e-6 * base)
    assert found.high * base == pytest.approx(interval.high, rel=1e-5, abs=1e-6 * base)
    assert found.is_significant == (found.low > 0 or found.high < 0)


def test_units_of_work_weigh_the_repetitions() -> None:
    found = rate([100.0, 300.0, 200.0], [1.0, 3.0, 2.0])
    assert found.energy_per_unit_j == 100.0
    assert found.error_j == 0.0
    assert rate([100.0, 330.0, 200.0], [1.0, 3.0, 2.0]).energy_per_unit_j == 105.0


def test_interval_covers_the_true_change_as_often_as_it_says() -> None:
    random = np.random.default_rng(11)
    covered, trials = 0, 2000
    for _ in range(trials):
        units_a, units_b = random.uniform(80, 120, 8), random.uniform(80, 120, 14)
        before = rate((units_a * random.normal(2.0, 0.02, 8)).tolist(), units_a.tolist())
        after = rate((units_b * random.normal(2.1, 0.06, 14)).tolist(), units_b.tolist())
        found = rate_change(before, after)
        assert found.low is not None
        assert found.high is not None
        covered += found.low <= 0.05 <= found.high
    # Four standard deviations of a binomial of 0.95.
    assert abs(covered / trials - 0.95) < 4 * math.sqrt(0.95 * 0.05 / trials)


@pytest.mark.parametrize("count", [1, 2])
def test_fewer_than_three_repetitions_say_nothing_about_chance(count: int) -> None:
    few = rate([100.0] * count, [1.0] * count)
    many = rate([110.0, 111.0, 112.0], [1.0] * 3)
    found = rate_change(few, many)
    assert found.change == pytest.approx(0.11)
    assert (found.low, found.high, found.p_value, found.is_significant) == (None, None, None, False)
    assert f"{count} and 3 repetitions" in found.reason


def test_repetitions_exactly_alike_are_no_proof() -> None:
    found = rate_change(rate([5.0] * 3, [1.0] * 3), rate([6.0] * 3, [1.0] * 3))
    assert found.p_value is None
    assert "exactly alike" in found.reason


@pytest.mark.parametrize(
    ("energies_j", "units"), [([], []), ([1.0], [0.0]), ([math.nan], [1.0]), ([1.0], [math.inf])]
)
def test_what_is_no_rate_is_refused(energies_j: list[float], units: list[float]) -> None:
    with pytest.raises(RateError, match="above 0"):
        rate(energies_j, units)


def test_confidence_and_a_base_of_nothing_are_refused() -> None:
    fine = Rate(1.0, 0.1, 3)
    with pytest.raises(RateError, match="between 0 and 1"):
        rate_change(fine, fine, confidence=95)
    with pytest.raises(RateError, match="no energy"):
        rate_change(Rate(0.0, 0.0, 3), fine)
