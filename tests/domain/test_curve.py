import numpy as np
import pytest

from energyvis_panel.domain.curve import curve
from energyvis_panel.domain.study import Choice, compare
from tests.profiles_fixture import REFERENCES, small_profile

ONE = compare({"one": small_profile("one")}, REFERENCES, Choice("one")).baseline.projection


def test_cumulative_is_the_running_sum_of_per_epoch() -> None:
    each = curve(ONE, "energy", cumulative=False)
    total = curve(ONE, "energy", cumulative=True)
    assert each.value == pytest.approx([5.94e6] * 4)
    assert total.value == pytest.approx(np.cumsum(each.value))
    assert list(each.epoch) == [1, 2, 3, 4]


def test_carbon_follows_energy_by_the_intensity() -> None:
    energy = curve(ONE, "energy", cumulative=True).value
    carbon = curve(ONE, "carbon", cumulative=True).value
    assert carbon == pytest.approx(energy / 3.6e6 * 325.0)


def test_a_forecast_of_a_steady_run_continues_it_and_ends_where_it_should() -> None:
    ahead = curve(ONE, "energy", cumulative=True, further=6)
    assert ahead.forecast == pytest.approx(5.94e6 * np.arange(5, 11))
    assert ahead.low == pytest.approx(ahead.high)
    assert ahead.end() == pytest.approx((10, 59.4e6))
    assert ahead.last_epoch() == 10


def test_two_epochs_are_too_few_to_forecast() -> None:
    short = compare({"s": small_profile("s", epochs=2)}, REFERENCES, Choice("s")).baseline.projection
    assert curve(short, "energy", cumulative=False, further=5).forecast.size == 0


def test_no_region_means_no_carbon_curve() -> None:
    nowhere = small_profile("n", region_id=None)
    projection = compare({"n": nowhere}, REFERENCES, Choice("n")).baseline.projection
    assert curve(projection, "carbon", cumulative=True).value.size == 0
    assert curve(projection, "energy", cumulative=True).value.size == 4


def test_over_time_epochs_end_at_their_hours_and_the_forecast_goes_on_at_their_mean() -> None:
    found = curve(ONE, "energy", cumulative=True, further=2, axis="time")
    assert found.epoch == pytest.approx(np.arange(1, 5) * 100 / 3600)
    assert found.forecast_epoch == pytest.approx(np.array([5, 6]) * 100 / 3600)


def test_cost_is_energy_times_price_and_unknown_without_one() -> None:
    found = curve(ONE, "cost", cumulative=False)
    assert found.value == pytest.approx([1.1 * 1.5 * 0.11] * 4)
    nowhere = small_profile("n", region_id=None)
    projection = compare({"n": nowhere}, REFERENCES, Choice("n")).baseline.projection
    assert curve(projection, "cost", cumulative=False).value.size == 0
