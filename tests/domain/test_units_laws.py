"""Units convert exactly, and what is written for people is within its three digits."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyvis_panel.domain import units

AMOUNTS = st.floats(min_value=1e-9, max_value=1e18)


@given(AMOUNTS)
def test_joules_to_kwh_and_back(energy_j: float) -> None:
    assert units.kwh(energy_j) * units.JOULES_PER_KWH == pytest.approx(energy_j, rel=1e-15)


@given(AMOUNTS)
def test_pounds_per_mwh_and_back(intensity: float) -> None:
    g_per_kwh = units.grams_per_kwh_from_lb_per_mwh(intensity)
    assert g_per_kwh / 0.45359237 == pytest.approx(intensity, rel=1e-12)


@given(st.floats(min_value=1e-12, max_value=1e18) | st.floats(min_value=-1e18, max_value=-1e-12))
def test_three_digits_are_right_to_half_of_the_third(value: float) -> None:
    text = units.three_digits(value)
    assert float(text.replace(",", "")) == pytest.approx(value, rel=0.00501)
    digits = re.sub(r"e.*", "", text).replace(",", "").replace(".", "").lstrip("-0")
    assert len(digits.rstrip("0")) <= 3


@given(AMOUNTS)
def test_energy_text_says_what_it_means(energy_j: float) -> None:
    number, unit = units.energy_text(energy_j).split(" ")
    per_unit = dict(units.ENERGY_SCALES)[unit]
    assert float(number.replace(",", "")) * per_unit == pytest.approx(energy_j, rel=0.00501)


@given(AMOUNTS, st.booleans())
def test_mass_text_says_what_it_means(mass_g: float, pounds: bool) -> None:
    number, unit = units.mass_text(mass_g, pounds=pounds).split(" ")
    per_unit = dict(units.POUND_SCALES if pounds else units.MASS_SCALES)[unit]
    assert float(number.replace(",", "")) * per_unit == pytest.approx(mass_g, rel=0.00501)


@given(st.floats(min_value=60, max_value=1e9))
def test_duration_text_is_within_its_last_unit(duration_s: float) -> None:
    length = {"d": 86400, "h": 3600, "min": 60, "s": 1}
    parts = re.findall(r"(\d+) (d|h|min|s)", units.duration_text(duration_s))
    said = sum(int(number) * length[unit] for number, unit in parts)
    assert abs(said - duration_s) <= length[parts[-1][1]] + 0.5


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (9.996, "10.0"),
        (999.6, "1,000"),
        (1234.5, "1,230"),
        (0.000123, "0.000123"),
        (1.234e-6, "1.23e-06"),
        (math.nan, "-"),
        (math.inf, "-"),
        (-4.806, "-4.81"),
    ],
)
def test_three_digits_at_its_edges(value: float, text: str) -> None:
    assert units.three_digits(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (12.5, "12.5 s"),
        (59.9996, "1 min 00 s"),
        (60, "1 min 00 s"),
        (370, "6 min 10 s"),
        (3599.6, "1 h 00 min"),
        (22_200, "6 h 10 min"),
        (86_399.9, "1 d 0 h"),
    ],
)
def test_duration_text_at_its_edges(seconds: float, text: str) -> None:
    assert units.duration_text(seconds) == text
