"""Codes of regions: what is no code is refused with the code that was probably meant."""

import csv
from pathlib import Path

import pytest

from energyvis_tracker.regions import COUNTRIES, US_STATES, unknown_region

REFERENCE = Path(__file__).resolve().parents[2] / "datasets" / "reference"


@pytest.mark.parametrize("code", ["FR", "US", "US-GA", "CA-QC", "GB"])
def test_a_code_of_iso_3166_is_known(code: str) -> None:
    assert unknown_region(code) is None


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("Georgia", "ISO 3166 code"),
        ("us-ga", "ISO 3166 code"),
        ("", "ISO 3166 code"),
        (7, "ISO 3166 code"),
        ("UK", "'GB'"),
        ("WY", "did you mean 'US-WY'"),
        ("XX", "names no country"),
        ("US-XX", "names no state"),
    ],
)
def test_what_is_no_code_is_one_clear_sentence(code: object, sentence: str) -> None:
    reason = unknown_region(code)
    assert reason is not None
    assert sentence in reason


def test_the_codes_are_those_of_the_reference_tables() -> None:
    with (REFERENCE / "grid_annual.csv").open(encoding="utf-8") as file:
        codes = {row["region_id"] for row in csv.DictReader(file)}
    states = {code.removeprefix("US-") for code in codes if code.startswith("US-")}
    countries = {code for code in codes if len(code) == 2}
    assert len(COUNTRIES) == 249
    assert len(US_STATES) == 51
    assert states <= US_STATES
    assert countries - COUNTRIES <= {"XK", "EU"}
