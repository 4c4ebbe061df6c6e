"""Two straight pieces: bends put in are found, straight lines have none, intervals keep their word."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from energyvis_panel.domain.segmented_regression import FEWEST_POINTS, fit_segments

DEPTHS = np.array([2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 18, 20], float)


def pieces(bend: float, before: float, after: float, level: float = 5.0) -> NDArray[np.float64]:
    """Two straight pieces over the depths of BUTTER-E."""
    return np.asarray(level + before * DEPTHS + (after - before) * np.maximum(DEPTHS - bend, 0))


def fitted(y: NDArray[np.float64], x: NDArray[np.float64] = DEPTHS) -> Any:
    return fit_segments(x.tolist(), y.tolist())


@settings(deadline=None)  # a busy machine is no failure
@given(st.integers(41, 159), st.floats(-2, 2), st.floats(0.2, 3) | st.floats(-3, -0.2))
def test_a_bend_without_noise_is_found_where_it_is(tenths: int, before: float, change: float) -> None:
    fit = fitted(pieces(tenths / 10, before, before + change))
    assert fit.bend == pytest.approx(tenths / 10)
    assert (fit.low, fit.high) == (fit.bend, fit.bend)
    assert (fit.slope, fit.slope_after) == pytest.approx((before, before + change), abs=1e-6)
    assert fit.intercept == pytest.approx(5.0, abs=1e-6)
    assert fit.is_steeper == (change > 0)
    assert [fit.at(x) for x in (3, 19)] == pytest.approx(
        [5 + before * 3, 5 + before * 19 + change * (19 - tenths / 10)], abs=1e-6
    )


@pytest.mark.parametrize("slope", [0.0, 0.2, -3.0])
def test_a_straight_line_has_no_bend(slope: float) -> None:
    fit = fitted(5 + slope * DEPTHS)
    assert fit.bend is fit.low is fit.high is None
    assert not fit.is_steeper
    assert fit.p_value == 1
    assert (fit.slope, fit.slope_after, fit.at(7)) == pytest.approx((slope, slope, 5 + 7 * slope), abs=1e-9)


def test_noise_along_a_straight_line_is_taken_for_a_bend_as_rarely_as_promised() -> None:
    noise = np.random.default_rng(1).standard_normal((3000, len(DEPTHS)))
    p_values = np.array([fitted(5 + 0.3 * DEPTHS + one).p_value for one in noise])
    # Of 3,000 p-values as many lie below a level as it says, within three standard errors.
    for level in (0.01, 0.05, 0.5):
        assert (p_values < level).mean() == pytest.approx(
            level, abs=3 * math.sqrt(level * (1 - level) / 3000) + 1e-3
        )


@pytest.mark.parametrize("bend", [6.0, 9.5, 13.0])
def test_the_interval_holds_the_bend_as_often_as_promised(bend: float) -> None:
    noise = np.random.default_rng(2).normal(0, 0.25, (500, len(DEPTHS)))
    fits = [fitted(pieces(bend, 0.2, 1.0) + one) for one in noise]
    assert all(fit.is_steeper for fit in fits)
    held = np.mean([fit.low <= bend <= fit.high for fit in fits])
    # An approximation in so few points: 95 % are promised.
    assert 0.92 <= held <= 0.99
    assert np.mean([fit.bend for fit in fits]) == pytest.approx(bend, abs=0.15)


def test_the_sum_of_squares_is_least_at_the_bend() -> None:
    y = pieces(8.3, 0.1, 0.9) + np.random.default_rng(3).normal(0, 0.3, len(DEPTHS))
    fit = fitted(y)

    def squares(bend: float) -> float:
        """Residual sum of squares with the bend held."""
        hinged = np.column_stack([np.ones_like(DEPTHS), DEPTHS, np.maximum(DEPTHS - bend, 0)])
        return float(np.linalg.lstsq(hinged, y, rcond=None)[1][0])

    grid = np.round(np.arange(4, 16.05, 0.1), 1)
    found = np.array([squares(bend) for bend in grid])
    assert fit.bend == pytest.approx(grid[found.argmin()])
    # 4.9646 is the 95 % point of F with 1 and 10 degrees of freedom.
    likely = grid[found <= found.min() * (1 + 4.9646 / 10)]
    assert (fit.low, fit.high) == pytest.approx((likely[0], likely[-1]))
    assert ((np.array([fit.at(x) for x in DEPTHS]) - y) ** 2).sum() == pytest.approx(found.min())


def test_the_order_and_the_unit_of_the_points_do_not_matter() -> None:
    y = pieces(9, 0.1, 1.0) + np.random.default_rng(4).normal(0, 0.2, len(DEPTHS))
    fit, turned, scaled = fitted(y), fitted(y[::-1], DEPTHS[::-1]), fitted(1000 * y)
    assert turned == fit
    assert (scaled.bend, scaled.low, scaled.high) == (fit.bend, fit.low, fit.high)
    assert scaled.p_value == fit.p_value
    assert scaled.slope_after == pytest.approx(1000 * fit.slope_after)


def test_a_bend_leaves_three_points_on_either_side() -> None:
    y = np.where(DEPTHS == 2, 100.0, 5.0)
    fit = fitted(y)
    assert fit.bend == 4


def test_far_apart_places_are_searched_in_longer_steps() -> None:
    x = np.arange(0, 1200, 50.0)
    fit = fitted(3 + 0.1 * x + 0.7 * np.maximum(x - 600, 0), x)
    assert fit.bend == pytest.approx(600, abs=2.5)
    assert fit.slope_after == pytest.approx(0.8, abs=0.01)


def test_too_few_points_say_nothing() -> None:
    few = FEWEST_POINTS - 1
    assert fit_segments(DEPTHS[:few].tolist(), [1.0] * few) is None
    assert fit_segments([], []) is None
    assert fitted(DEPTHS[:FEWEST_POINTS], DEPTHS[:FEWEST_POINTS]).slope == pytest.approx(1)
