"""Hourly intensities in the files that people have: each spelling is read, each fault gets one sentence."""

import contextlib
import datetime as dt
import math
import random
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyvis_panel.data.hourly_csv import hourly_from_csv
from energyvis_panel.domain.hourly import HourlyIntensity
from energyvis_panel.errors import DatasetError, EnergyVisError, ProfileError

MIDNIGHT = dt.datetime(2024, 3, 14, tzinfo=dt.UTC)
EM = "Datetime (UTC),Country,Zone name,Zone id,Carbon intensity gCO₂eq/kWh (direct),"
EM += "Carbon intensity gCO₂eq/kWh (Life cycle),Carbon-free energy percentage (CFE%),Data estimated"


def read(text: str, filename: str = "grid.csv", **options: str) -> HourlyIntensity:
    return hourly_from_csv(text.encode(), filename, **options)


def lines(values: list[object], *, header: str = "datetime,g_per_kwh", minutes: int = 60) -> str:
    """File with one value a step from midnight on."""
    times = [MIDNIGHT + dt.timedelta(minutes=minutes * step) for step in range(len(values))]
    rows = [f"{time:%Y-%m-%dT%H:%M}Z,{value}" for time, value in zip(times, values, strict=True)]
    return "\n".join([header, *rows]) + "\n"


def refusal(text: str, **options: str) -> str:
    with pytest.raises(DatasetError) as raised:
        read(text, **options)
    message = str(raised.value)
    assert message.startswith(("grid.csv", "There is no time zone"))
    assert message.endswith(".")
    assert "\n" not in message
    return message


# -- spellings ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("scope", "first"), [("direct", 401.5), ("lifecycle", 440.25)])
def test_electricity_maps(scope: str, first: float) -> None:
    rows = [
        "2024-03-14 00:00:00,Germany,Germany,DE,401.5,440.25,51.2,false",
        "2024-03-14 01:00:00,Germany,Germany,DE,390,430,52.0,true",
    ]
    hourly = read("\n".join([EM, *rows]), scope=scope)
    assert hourly.g_per_kwh[0] == first
    assert (hourly.start_utc, hourly.step_s, hourly.scope) == (MIDNIGHT, 3600, scope)
    assert hourly.name == "Germany (grid.csv)"
    assert any(f"the {scope} ones" in text for text in hourly.assumptions)
    assert not any("zone" in text for text in hourly.assumptions)


def test_neso_takes_actual_values_and_forecasts_where_those_are_absent() -> None:
    hourly = read(
        "from,to,forecast,actual,index\n"
        "2024-03-14T00:00Z,2024-03-14T00:30Z,266,263,moderate\n"
        "2024-03-14T00:30Z,2024-03-14T01:00Z,250,,moderate\n"
        "2024-03-14T01:00Z,2024-03-14T01:30Z,240,238,low\n"
    )
    assert hourly.g_per_kwh.tolist() == [263, 250, 238]
    assert hourly.step_s == 1800
    assert hourly.scope is None
    assert any("1 steps have no actual value" in text for text in hourly.assumptions)


def test_the_generation_mix_of_neso() -> None:
    header = "DATETIME,GAS,COAL,CARBON_INTENSITY,GAS_perc,RENEWABLE_perc"
    hourly = read(f"{header}\n2024-03-14 00:00:00,9000,0,181,40,30\n2024-03-14 00:30:00,9000,0,179,40,30\n")
    assert hourly.g_per_kwh.tolist() == [181, 179]


@pytest.mark.parametrize(
    ("title", "value", "g_per_kwh"),
    [
        ("lb/MWh", 1000, 453.59237),
        ("lbs_per_mwh", 1000, 453.59237),
        ("CO2 emission rate (lb CO2e/MWh)", 1000, 453.59237),
        ("kgCO2/MWh", 400, 400),
        ("kg per kWh", 0.4, 400),
        ("t CO₂/MWh", 0.4, 400),
        ("gCO2eq/kWh", 400, 400),
        ("g_per_kwh", 400, 400),
    ],
)
def test_the_unit_in_the_name_counts(title: str, value: float, g_per_kwh: float) -> None:
    hourly = read(lines([value, value], header=f'timestamp,"{title}"'))
    assert hourly.g_per_kwh.tolist() == pytest.approx([g_per_kwh] * 2)
    converted = value != g_per_kwh
    assert any("became g/kWh" in text for text in hourly.assumptions) == converted


@pytest.mark.parametrize("minutes", [5, 15, 30, 60, 180])
def test_steps_of_any_length(minutes: int) -> None:
    hourly = read(lines([100, 200, 300], minutes=minutes))
    assert hourly.step_s == 60 * minutes
    assert hourly.end_utc - hourly.start_utc == dt.timedelta(minutes=3 * minutes)


def test_semicolons_with_decimal_commas_comments_and_a_byte_order_mark() -> None:
    text = "\ufeff# exported\n\nZeit UTC time;g/kWh\n2024-03-14 00:00;312,5\n2024-03-14 01:00;300\n"
    assert read(text).g_per_kwh.tolist() == [312.5, 300]


def test_two_columns_without_a_telling_name() -> None:
    hourly = read("time,DE\n2024-03-14 00:00,300\n2024-03-14 01:00,310\n")
    assert any("'DE' names no unit" in text for text in hourly.assumptions)


# -- times ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["2024-03-14T09:00+09:00", "2024-03-14 00:00:00Z", "2024-03-14 00:00 UTC", "2024-03-13T19:00:00-0500"],
)
def test_zones_in_the_times_are_followed(text: str) -> None:
    second = text.replace(":00", ":30", 1)
    assert read(f"time,g/kWh\n{text},1\n{second},2\n", zone="Asia/Tokyo").start_utc == MIDNIGHT


def test_times_without_a_zone_are_read_in_the_one_that_was_chosen() -> None:
    text = "time,g/kWh\n2024-03-14 01:00,1\n2024-03-14 02:00,2\n"
    hourly = read(text, zone="Europe/Berlin")
    assert hourly.start_utc == MIDNIGHT
    assert "The times name no zone; they are read as Europe/Berlin." in hourly.assumptions
    assert read(text.replace("time", "time (UTC)"), zone="Europe/Berlin").start_utc.hour == 1


def local_day(day: str, hours: list[int], values: list[int]) -> str:
    rows = [f"{day} {hour:02d}:00,{value}" for hour, value in zip(hours, values, strict=True)]
    return "\n".join(["time,g/kWh", *rows])


@pytest.mark.parametrize("backwards", [False, True])
def test_the_hour_that_clocks_show_twice_is_two_hours(backwards: bool) -> None:
    hours, values = [0, 1, 2, 2, 3, 4], [10, 11, 12, 13, 14, 15]
    if backwards:
        hours.reverse()
        values.reverse()
    hourly = read(local_day("2024-10-27", hours, values), zone="Europe/Berlin")
    assert hourly.g_per_kwh.tolist() == [10, 11, 12, 13, 14, 15]
    assert any("1 times stand there twice" in text for text in hourly.assumptions)


def test_the_hour_that_clocks_skip_leaves_no_gap() -> None:
    hourly = read(local_day("2024-03-31", [0, 1, 3, 4], [10, 11, 12, 13]), zone="Europe/Berlin")
    assert hourly.g_per_kwh.tolist() == [10, 11, 12, 13]
    with_it = read(local_day("2024-03-31", [0, 1, 2, 3, 4], [10, 11, 0, 12, 13]), zone="Europe/Berlin")
    assert any("did not exist in Europe/Berlin" in text for text in with_it.assumptions)


@given(st.lists(st.integers(0, 2000), min_size=2, max_size=60), st.randoms(use_true_random=False))
def test_the_order_of_the_lines_does_not_matter(values: list[int], source: random.Random) -> None:
    head, *rows = lines(list(values)).splitlines()
    source.shuffle(rows)
    assert read("\n".join([head, *rows])).g_per_kwh.tolist() == values


def test_doubled_times_become_their_mean() -> None:
    text = "time,g/kWh\n2024-03-14T00:00Z,100\n2024-03-14T00:00Z,300\n2024-03-14T01:00Z,5\n"
    hourly = read(text)
    assert hourly.g_per_kwh.tolist() == [200, 5]
    assert any("1 times stand there more than once" in text for text in hourly.assumptions)


# -- gaps -----------------------------------------------------------------------------------------------


def test_short_gaps_are_filled_and_long_ones_stay_unknown() -> None:
    values: list[object] = [100, "", "NaN", 400, *[50] * 6, *[""] * 4, 60]
    hourly = read(lines(values))
    assert hourly.g_per_kwh[:4].tolist() == [100, 200, 300, 400]
    assert np.isnan(hourly.g_per_kwh[10:14]).all()
    assert hourly.unknown_steps == 4
    assert any("2 missing steps" in text for text in hourly.assumptions)
    assert any("4 steps have no value" in text for text in hourly.assumptions)


def test_missing_lines_are_gaps_too() -> None:
    head, *rows = lines([100, 200, 300, 400]).splitlines()
    assert read("\n".join([head, rows[0], rows[1], rows[3]])).g_per_kwh.tolist() == [100, 200, 300, 400]


# -- faults ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (
            "a,b,c\n1,2,3\n",
            "no column of times ('a', 'b', 'c')".replace("times (", "times (its columns are "),
        ),
        ("time,wind,sun\n2024-03-14,2,3\n", "no column of carbon intensities"),
        ("just text\n", "has no columns"),
        (f"time,{'x' * 200_000}\n", "line 1: field larger than field limit"),
        ("time,g/kWh\n", "holds no rows"),
        ("time,g/kWh\n2024-03-14T00:00Z,1\n", "has 1 rows"),
        ("time,g/kWh\n2024-03-14T00:00Z,1\n2024-03-14T00:00Z,3\n", "a single time"),
        (lines([100, -3, 100]), "line 3: '-3' is no intensity"),
        (lines([100, "abc", "def"]), "line 3 and 1 more: 'abc'"),
        (lines([100, "inf"]), "line 3: 'inf'"),
        (lines([100, 400_000]), "from 0 to 5,000 g/kWh"),
        (lines([0.3, 900], header="time,lb/kWh"), "from 0 to 11.02 lb/kWh"),
        (lines([0.31, 0.29], header="time,intensity"), "it may be kg/kWh"),
        (lines(["", "", ""]), "holds no value"),
        ("time,g/kWh\n14.03.2024 00:00,1\n14.03.2024 01:00,1\n", "line 2: '14.03.2024 00:00' is no time"),
        ("time,g/kWh\n2024-03-14T00:00Z,1\n2024-03-14T01:00,1\n", "first at line 3"),
        ("time,g/kWh\n2024-03-14T00:00Z,1\n2024-03-14T00:00:01Z,1\n", "1 s apart"),
        ("time,g/kWh\n2024-03-01T00:00Z,1\n2024-03-14T00:00Z,1\n", "from a minute to a day"),
        (
            lines([1, 2, 3]) + "2024-03-14T02:20Z,1\n",
            "1 times do not lie on steps of 60 min, the first at 2024",
        ),
        (lines([1, 2, 3]) + "2024-03-18T02:00Z,1\n", "only 4 have a value"),
        (lines([1, 2, 3]) + "2038-03-14T02:00Z,1\n", "covers 14 years"),
        ("time,zone,g/kWh\n2024-03-14T00:00Z,DE,1\n2024-03-14T01:00Z,FR,1\n", "holds 2 zones ('DE', 'FR')"),
        ('time,g/kWh\n2024-03-14T00:00Z,"1\n', "not a regular table"),
        (
            "time,g/kWh\n2024-03-14T00:00Z,312,5\n2024-03-14T01:00Z,300,1\n",
            "a decimal comma needs semicolons",
        ),
    ],
)
def test_each_fault_gets_one_sentence(text: str, part: str) -> None:
    assert part in refusal(text)


def test_an_unknown_zone_is_named() -> None:
    for zone in ("Europe/Nowhere", "../etc/passwd", ""):
        assert "no time zone" in refusal("time,g/kWh\n2024-03-14 00:00,1\n2024-03-14 01:00,1\n", zone=zone)


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"\xff\xfe\x00", b"", b"time,g\x00"])
def test_what_is_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(ProfileError, match=r"grid\.csv"):
        hourly_from_csv(content, "grid.csv")


@given(st.text(max_size=200))
def test_any_text_is_read_or_gets_a_sentence(text: str) -> None:
    with contextlib.suppress(EnergyVisError):
        assert read(text).steps > 1


CELLS: list[Callable[[int], str]] = [
    lambda n: f"2024-03-14T{n % 24:02d}:00Z",
    str,
    lambda _n: "",
    lambda _n: "1e999",
    lambda _n: '"',
    lambda _n: "9999-12-31T23:00Z",
    lambda _n: "0001-01-01 00:00",
]


@given(st.lists(st.tuples(st.sampled_from(CELLS), st.sampled_from(CELLS)), max_size=12))
def test_any_cells_are_read_or_get_a_sentence(
    rows: list[tuple[Callable[[int], str], Callable[[int], str]]],
) -> None:
    body = "\n".join(f"{time(n)},{value(n)}" for n, (time, value) in enumerate(rows))
    with contextlib.suppress(EnergyVisError):
        assert read(f"time,g/kWh\n{body}\n", zone="Europe/Berlin").steps > 1


def test_a_year_of_five_minutes_is_read_whole() -> None:
    count = 12 * 24 * 366
    times = np.datetime64("2024-01-01T00:00") + np.arange(count) * np.timedelta64(5, "m")
    values = 300 + 100 * np.sin(np.arange(count) / 300)
    body = "\n".join(f"{time}Z,{value:.1f}" for time, value in zip(times, values, strict=True))
    hourly = read(f"time,g/kWh\n{body}\n")
    assert hourly.steps == count
    assert hourly.mean_g_per_kwh == pytest.approx(values.mean(), abs=0.01)
    assert not math.isnan(hourly.integral[-1])
