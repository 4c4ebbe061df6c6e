"""Extrapolation is exact where the series is a line, and honest about its spread elsewhere."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyvis_panel.domain.forecast import Array, ForecastError, extrapolate

NUMBERS = st.floats(-1e6, 1e6, allow_nan=False)


def noisy(count: int, seed: int) -> tuple[Array, Array]:
    random = np.random.default_rng(seed)
    index = np.arange(count, dtype=np.float64)
    return index, 100.0 + 2.0 * index + random.normal(0, 5, count)


@given(NUMBERS, NUMBERS, st.integers(3, 50), st.integers(0, 20), st.integers(0, 1000))
def test_a_line_goes_on_as_a_line(level: float, slope: float, count: int, further: int, first: int) -> None:
    index = np.arange(first, first + count, dtype=np.float64)
    ahead = extrapolate(index, level + slope * index, further)
    new = np.arange(first + count, first + count + further, dtype=np.float64)
    size = abs(level) + abs(slope) * (first + count + further) + 1
    assert ahead.index == pytest.approx(new)
    assert ahead.value == pytest.approx(level + slope * new, abs=1e-9 * size)
    everything = level + slope * np.concatenate([index, new])
    assert ahead.cumulative == pytest.approx(
        np.cumsum(everything)[count:], abs=1e-9 * size * (count + further)
    )


@given(st.integers(3, 40), st.integers(1, 20), st.integers(0, 99))
def test_intervals_hold_the_value_and_grow_with_distance(count: int, further: int, seed: int) -> None:
    ahead = extrapolate(*noisy(count, seed), further)
    assert (ahead.low <= ahead.value).all()
    assert (ahead.value <= ahead.high).all()
    for low, high in ((ahead.low, ahead.high), (ahead.cumulative_low, ahead.cumulative_high)):
        widths = high - low
        assert (np.diff(widths) >= -1e-9 * widths[0]).all()


@given(st.integers(3, 40), st.integers(1, 20), st.integers(0, 99))
def test_a_lower_level_gives_a_narrower_interval(count: int, further: int, seed: int) -> None:
    series = noisy(count, seed)
    wide, narrow = extrapolate(*series, further, level=0.95), extrapolate(*series, further, level=0.5)
    assert (narrow.high - narrow.low < wide.high - wide.low).all()
    assert (narrow.cumulative_high - narrow.cumulative_low < wide.cumulative_high - wide.cumulative_low).all()


@given(st.integers(3, 40), st.integers(0, 99))
def test_the_first_step_of_the_sum_is_as_uncertain_as_the_first_epoch(count: int, seed: int) -> None:
    ahead = extrapolate(*noisy(count, seed), 1)
    assert ahead.cumulative_high - ahead.cumulative_low == pytest.approx(ahead.high - ahead.low)


@given(st.integers(3, 40), st.integers(0, 99), st.floats(0.001, 1000), st.floats(-1000, 1000))
def test_the_unit_of_the_value_is_free(count: int, seed: int, factor: float, shift: float) -> None:
    index, value = noisy(count, seed)
    plain, other = extrapolate(index, value, 5), extrapolate(index + shift, value * factor, 5)
    assert other.value == pytest.approx(plain.value * factor, rel=1e-6)
    assert other.high - other.low == pytest.approx((plain.high - plain.low) * factor, rel=1e-6)


def test_interval_of_the_sum_covers_what_it_says() -> None:
    # 4,000 draws: the standard error of a coverage of 95 % is 0.34 %; four of them are allowed.
    random = np.random.default_rng(20261122)
    index = np.arange(12, dtype=np.float64)
    line = 50.0 + 3.0 * np.arange(20, dtype=np.float64)
    inside_sum = inside_one = 0
    draws = 4000
    for _ in range(draws):
        series = line + random.normal(0, 4, 20)
        ahead = extrapolate(index, series[:12], 8)
        inside_sum += int(ahead.cumulative_low[-1] <= series.sum() <= ahead.cumulative_high[-1])
        inside_one += int(ahead.low[-1] <= series[-1] <= ahead.high[-1])
    assert inside_sum / draws == pytest.approx(0.95, abs=0.014)
    assert inside_one / draws == pytest.approx(0.95, abs=0.014)


def test_prediction_interval_agrees_with_a_worked_example() -> None:
    # y = 1, 3, 2, 5, 4: slope 0.8, s^2 = 3.6 / 3; at x = 5 the margin is t(3) s sqrt(1 + 1/5 + 9/10).
    ahead = extrapolate(np.arange(5.0), np.array([1.0, 3.0, 2.0, 5.0, 4.0]), 1)
    assert ahead.value == pytest.approx([5.4])
    assert ahead.high - ahead.value == pytest.approx([3.182446305 * np.sqrt(1.2) * np.sqrt(2.1)])


@pytest.mark.parametrize(
    ("values", "further", "sentence"),
    [
        ([1.0, 2.0], 1, "at least 3"),
        ([], 1, "at least 3"),
        ([1.0, np.nan, 2.0], 1, "not a finite number"),
        ([1.0, np.inf, 2.0], 1, "not a finite number"),
        ([1.0, 2.0, 3.0], -1, "Give 0 or more"),
    ],
)
def test_what_cannot_be_extrapolated_is_refused(values: list[float], further: int, sentence: str) -> None:
    with pytest.raises(ForecastError, match=sentence):
        extrapolate(np.arange(float(len(values))), np.array(values), further)
