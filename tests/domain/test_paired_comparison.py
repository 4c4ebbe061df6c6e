"""Intervals and tests of matched settings: worked by hand, and against SciPy and brute force."""

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from energyvis_panel.domain import paired_comparison
from energyvis_panel.domain.paired_comparison import (
    RESAMPLES,
    Spread,
    cluster_draws,
    cluster_interval,
    holm,
    t_interval,
    t_test,
    welch_test,
)
from energyvis_panel.domain.rank_tests import SignedRanks, TwoSampleRanks

stats: Any = scipy_stats
"""Its stubs know neither lists nor all methods."""

NUMBERS = st.lists(st.integers(-50, 50), min_size=5, max_size=40)
VARIED = NUMBERS.filter(lambda values: len(set(values)) > 1)


def spread(values: list[int]) -> Spread:
    return Spread(len(values), float(np.mean(values)), float(np.var(values, ddof=1)))


def ties(values: list[int]) -> float:
    return float(sum(values.count(value) ** 3 - values.count(value) for value in set(values)))


def test_a_t_interval_worked_by_hand() -> None:
    # 1 to 5: mean 3, variance 2.5, error sqrt(0.5); t(4) at 97.5 % is 2.776445.
    assert t_interval(Spread(5, 3.0, 2.5)) == pytest.approx((3 - 1.963243, 3 + 1.963243), abs=1e-6)
    assert t_test(Spread(5, 3.0, 2.5)) == pytest.approx(0.013236, abs=1e-6)


@given(VARIED)
def test_the_t_test_of_differences_is_scipys(values: list[int]) -> None:
    expected = stats.ttest_1samp(values, 0)
    interval = expected.confidence_interval(0.95)
    assert t_test(spread(values)) == pytest.approx(expected.pvalue, abs=1e-9)
    assert t_interval(spread(values)) == pytest.approx((interval.low, interval.high), abs=1e-9)


@given(VARIED, VARIED)
def test_welchs_test_is_scipys(a: list[int], b: list[int]) -> None:
    expected = stats.ttest_ind(a, b, equal_var=False).pvalue
    assert welch_test(spread(a), spread(b)) == pytest.approx(expected, abs=1e-9)


@given(NUMBERS, NUMBERS)
def test_mann_whitney_is_scipys_and_counts_wins(a: list[int], b: list[int]) -> None:
    ranks = stats.rankdata([*a, *b])
    found = TwoSampleRanks(len(a), len(b), float(ranks[len(a) :].sum()), ties([*a, *b]))
    wins = sum((y > x) + (y == x) / 2 for x, y in itertools.product(a, b))
    assert found.b_wins == pytest.approx(wins)
    losses = sum(np.sign(y - x) for x, y in itertools.product(a, b))
    assert found.dominance() == pytest.approx(losses / (len(a) * len(b)))
    if len({*a, *b}) > 1:
        expected = stats.mannwhitneyu(a, b, method="asymptotic").pvalue
        assert found.p_value() == pytest.approx(expected, abs=1e-9)
    else:
        assert found.p_value() == 1.0


@given(NUMBERS)
def test_wilcoxon_is_scipys(values: list[int]) -> None:
    nonzero = [value for value in values if value]
    sizes = [abs(value) for value in nonzero]
    ranks = stats.rankdata(sizes) if sizes else np.array([])
    positive = float(ranks[np.array(nonzero) > 0].sum()) if nonzero else 0.0
    found = SignedRanks(len(nonzero), positive, ties(sizes))
    if len(nonzero) < 5:
        assert found.p_value() is None
        return
    expected = stats.wilcoxon(nonzero, correction=True, method="asymptotic").pvalue
    assert found.p_value() == pytest.approx(min(1.0, expected), abs=1e-9)
    negative = float(ranks.sum()) - positive
    assert found.agreement() == pytest.approx((positive - negative) / ranks.sum())


def test_holm_worked_by_hand() -> None:
    # Sorted .01 x 4, .02 x 3, .03 x 2, .04 x 1; a corrected p is never below the one before it.
    assert holm([0.04, 0.01, None, 0.03, 0.02]) == pytest.approx([0.06, 0.04, None, 0.06, 0.06])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_rejects_what_the_stepwise_procedure_rejects(p_values: list[float]) -> None:
    level = 0.05
    rejected = set()
    for step, (p, place) in enumerate(sorted((p, place) for place, p in enumerate(p_values))):
        if p * (len(p_values) - step) >= level:
            break
        rejected.add(place)
    found = {place for place, p in enumerate(holm(p_values)) if p is not None and p < level}
    assert found == rejected


def test_the_cluster_interval_is_scipys_accelerated_bootstrap() -> None:
    random = np.random.default_rng(3)
    counts = random.integers(20, 1500, 12)
    sums = counts * random.normal(0.3, 0.1, 12)

    def mean(total: Any, number: Any, axis: int = -1) -> Any:
        return np.sum(total, axis=axis) / np.sum(number, axis=axis)

    expected = stats.bootstrap(
        (sums, counts), mean, paired=True, n_resamples=100_000, method="BCa", rng=np.random.default_rng(4)
    ).confidence_interval
    found = cluster_interval(sums.tolist(), counts.tolist())
    # The ends of an interval from 4,000 resamples vary by about 2 % of its width.
    width = expected.high - expected.low
    assert found == pytest.approx((expected.low, expected.high), abs=0.05 * width)


def test_the_levels_are_exact_for_the_same_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    # All 27 resamples of three clusters: what the formula gives can be looked up among 27 means.
    draws = np.array([np.bincount(drawn, minlength=3) for drawn in itertools.product(range(3), repeat=3)])
    monkeypatch.setattr(paired_comparison, "cluster_draws", lambda _clusters: draws.astype(float))
    monkeypatch.setattr(paired_comparison, "FEWEST_CLUSTERS", 3)
    found = cluster_interval([1.0, 2.0, 6.0], [1, 1, 1], 0.5)
    # Means of 1 to 6; leaving one out gives 4, 3.5, 1.5, so that a is 2.25 / (6 x 3.5^1.5) = 0.0573.
    means = np.sort((draws @ np.array([1.0, 2.0, 6.0])) / 3)
    below = ((means < 3).mean() + (means <= 3).mean()) / 2
    z0, away = stats.norm.ppf(below), np.array([-1.0, -0.5, 1.5])
    a = (away**3).sum() / (6 * (away**2).sum() ** 1.5)
    levels = [stats.norm.cdf(z0 + (z0 + z) / (1 - a * (z0 + z))) for z in stats.norm.ppf([0.25, 0.75])]
    assert found == pytest.approx(np.quantile(means, levels))
    assert a == pytest.approx(0.0573, abs=1e-4)


def test_the_cluster_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    random, covered, trials = np.random.default_rng(8), 0, 600
    for _ in range(trials):
        counts = random.integers(700, 1300, 12)
        means = random.normal(0.3, 0.1, 12)
        low, high = cluster_interval((counts * means).tolist(), counts.tolist()) or (math.nan, math.nan)
        covered += low <= 0.3 <= high
    # With twelve clusters such intervals are known to be a little short: 95 % are not quite reached.
    assert 0.88 <= covered / trials <= 0.97


@settings(max_examples=30)
@given(st.lists(st.tuples(st.floats(-1, 1), st.integers(1, 2000)), min_size=5, max_size=13))
def test_the_interval_is_the_same_each_time_and_lies_among_the_data_sets(
    clusters: list[tuple[float, int]],
) -> None:
    sums, counts = [mean * count for mean, count in clusters], [count for _mean, count in clusters]
    low, high = cluster_interval(sums, counts) or (math.nan, math.nan)
    assert cluster_interval(sums, counts) == (low, high)
    means = [mean for mean, _count in clusters]
    assert min(means) - 1e-9 <= low <= high <= max(means) + 1e-9


def test_draws_have_as_many_clusters_as_there_are() -> None:
    draws = cluster_draws(7)
    assert draws.shape == (RESAMPLES, 7)
    assert (draws.sum(axis=1) == 7).all()
    assert draws.mean() == pytest.approx(1)


def test_too_few_values_say_nothing() -> None:
    few = Spread(4, 1.0, 0.1)
    assert t_interval(few) is None
    assert t_test(few) is None
    assert welch_test(few, Spread(9, 1.0, 0.1)) is None
    assert cluster_interval([1.0] * 4, [1] * 4) is None
    assert TwoSampleRanks(4, 9, 20.0, 0.0).p_value() is None
    assert SignedRanks(0, 0.0, 0.0).agreement() is None
    assert TwoSampleRanks(0, 3, 6.0, 0.0).dominance() is None


def test_values_without_spread_are_certain() -> None:
    same = Spread(6, 0.5, 0.0)
    assert t_test(same) == 0.0
    assert t_test(Spread(6, 0.0, 0.0)) == 1.0
    assert t_interval(same) == (0.5, 0.5)
    assert welch_test(same, same) == 1.0
    assert welch_test(same, Spread(6, 0.6, 0.0)) == 0.0
    assert cluster_interval([0.5] * 6, [1] * 6) == (0.5, 0.5)
