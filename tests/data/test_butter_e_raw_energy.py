"""Energy of a run from its minute watts (rule R2), worked out by hand."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from energyvis_panel.data.gateway import Gateway
from tests.butter_e_raw_fixture import Sample
from tests.data.butter_e_raw_case import BEGIN, MINUTES, NODE, at, small_set, standardised


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with Gateway(threads=2) as opened:
        yield opened


@pytest.mark.parametrize(
    ("samples", "status", "energy_j"),
    [
        # 30 s of the reading before, a whole minute, 30 s of the last reading.
        (MINUTES, "standardised", 100 * 30 + 60 * 200 + 300 * 30),
        # Before the file's first reading comes its last: 500 W.
        (MINUTES[1:], "standardised", 500 * 30 + 60 * 200 + 300 * 30),
        # 0 W before the first reading are no error, and count.
        ([(at(0), NODE, 0), *MINUTES[1:]], "standardised", 60 * 200 + 300 * 30),
        # A row before on another node counts as well, and so do rows between.
        ([(at(0), "r1i0n1", 700), *MINUTES[1:]], "standardised", 700 * 30 + 60 * 200 + 300 * 30),
        (
            [*MINUTES[:2], (at(60), "r1i0n1", 50), *MINUTES[2:]],
            "standardised",
            100 * 30 + 60 * (200 + 50) + 300 * 30,
        ),
        # A row without a reading is none: the one before holds on.
        ([*MINUTES[:1], (at(20), NODE, None), *MINUTES[1:]], "standardised", 24_000),
        ([*MINUTES[:2], (at(90), NODE, None), *MINUTES[2:]], "standardised", 24_000),
        # A second off, as the meters are, and 60 s all the same.
        ([*MINUTES[:2], (at(119), NODE, 300)], "standardised", 100 * 30 + 60 * 200 + 300 * 31),
        ([*MINUTES[:2], (at(120), NODE, 0)], "zero_watts", None),
        ([*MINUTES[:2], (at(60), "r1i0n1", 0), *MINUTES[2:]], "zero_watts", None),
        ([(at(0), NODE, 100), (at(160), NODE, 300)], "missing_all", None),
        ([(at(60 * n), "r1i0n1", 300) for n in range(5)], "missing_all", None),
        ([], "missing_all", None),
        (None, "no_file", None),
    ],
)
def test_energy_by_hand(
    samples: list[Sample] | None, status: str, energy_j: float | None, gateway: Gateway, tmp_path: Path
) -> None:
    row, _ = standardised(gateway, small_set(samples), tmp_path)
    assert row["status"] == status
    assert row["energy_j"] == (None if energy_j is None else pytest.approx(energy_j, rel=1e-12))


@pytest.mark.parametrize(("end_s", "status"), [(210, "standardised"), (210.1, "missing_some")])
def test_one_reading_may_be_missing_less_than_a_minute(
    end_s: float, status: str, gateway: Gateway, tmp_path: Path
) -> None:
    # Two readings for 180 s are as many as minutes, less one.
    samples: list[Sample] = [(at(0), NODE, 300), (at(60), NODE, 300), (at(120), NODE, 300)]
    row, _ = standardised(gateway, small_set(samples, 30, end_s), tmp_path)
    assert row["status"] == status


def test_missing_readings_are_told_before_zero_watts(gateway: Gateway, tmp_path: Path) -> None:
    row, _ = standardised(gateway, small_set([(at(0), NODE, 300), (at(60), NODE, 0)], 30, 400), tmp_path)
    assert row["status"] == "missing_some"


def test_runs_at_the_very_readings_have_them(gateway: Gateway, tmp_path: Path) -> None:
    row, _ = standardised(gateway, small_set(MINUTES, 60, 180), tmp_path)
    assert row["energy_j"] == 60 * (200 + 300)


@pytest.mark.parametrize(("begin", "hours_behind"), [("2022-11-06 09:00", 7), ("2022-11-06 05:00", 6)])
def test_the_clock_of_the_meters_is_denvers(
    begin: str, hours_behind: int, gateway: Gateway, tmp_path: Path
) -> None:
    first = datetime.fromisoformat(f"{begin}+00:00")
    wall = [first + timedelta(minutes=n, hours=-hours_behind) for n in range(5)]
    samples: list[Sample] = [(f"{moment:%Y-%m-%d %H:%M:%S}Z", NODE, 300) for moment in wall]
    raw = small_set(samples, (first - BEGIN).total_seconds(), (first - BEGIN).total_seconds() + 120)
    row, _ = standardised(gateway, raw, tmp_path)
    assert (row["status"], row["started_at"]) == ("standardised", first)
    assert row["energy_j"] == 300 * 120


@pytest.mark.parametrize(
    "start", ["2022-10-03 12:00:30+00:00", "2022-10-03 06:00:30-06", "2022-10-03 12:00:30"]
)
def test_offsets_of_the_metadata_are_taken_as_they_are_spelt(
    start: str, gateway: Gateway, tmp_path: Path
) -> None:
    row, _ = standardised(gateway, small_set(MINUTES, start_time=start), tmp_path)
    assert row["started_at"] == at(30)
    assert row["energy_j"] == 100 * 30 + 60 * 200 + 300 * 30
