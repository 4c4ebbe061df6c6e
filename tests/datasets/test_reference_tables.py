import csv
import hashlib
import json
from pathlib import Path

import pytest

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.reference import (
    equivalences,
    grid_intensity,
    intensity_of_region,
    pue_options,
    region_intensities,
    states,
)
from energyvis_panel.errors import DatasetError

KG_PER_LB = 0.45359237
EU = {
    *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
    *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
}
TABLES = ["grid_annual", "chip_cpu", "chip_gpu_overlay", "chip_gpu_correction", "pue", "equivalence"]


def rows(datasets: Path, stem: str) -> list[dict[str, str]]:
    with (datasets / "reference" / f"{stem}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_there_are_51_states_and_213_countries(gateway: Gateway) -> None:
    latest = grid_intensity(gateway)
    assert sum(i.region_id.startswith("US-") for i in latest) == 51
    assert sum(i.scope == "lifecycle" for i in latest) == 213
    assert {i.region_id for i in latest} >= EU
    assert len({(i.region_id, i.source) for i in latest}) == len(latest)


@pytest.mark.parametrize(
    ("region_id", "g_per_kwh", "year"),
    [
        ("US-WY", 831.6, 2023),
        ("US-VT", 23.7, 2023),
        ("US-CA", 179.1, 2023),
        ("US-WV", 893.1, 2023),
        ("US", 384.4, 2025),
        ("FR", 41.4, 2025),
        ("PL", 588.6, 2025),
        ("DE", 329.7, 2025),
    ],
)
def test_known_intensities(gateway: Gateway, region_id: str, g_per_kwh: float, year: int) -> None:
    intensity = intensity_of_region(gateway, region_id)
    assert intensity.g_per_kwh == pytest.approx(g_per_kwh, abs=0.06)
    assert intensity.year == year


def test_pounds_per_megawatt_hour_become_grams_per_kilowatt_hour(gateway: Gateway) -> None:
    assert intensity_of_region(gateway, "US-AL").g_per_kwh == pytest.approx(713.976 * KG_PER_LB, abs=1e-4)
    old = [i for i in region_intensities(gateway, "US-WY") if i.year == 2016]
    # CO2e, not the CO2 column (2026.26) beside it
    assert [i.g_per_kwh for i in old] == [pytest.approx(2040.967 * KG_PER_LB, abs=1e-4)]


def test_namibia_is_not_missing(gateway: Gateway) -> None:
    namibia = intensity_of_region(gateway, "NA")
    assert (namibia.region_id, namibia.name) == ("NA", "Namibia")
    assert all(i.region_id for i in grid_intensity(gateway))


def test_georgia_the_state_is_not_georgia_the_country(gateway: Gateway) -> None:
    assert {i.region_id for i in grid_intensity(gateway) if i.name == "Georgia"} == {"GE", "US-GA"}


def test_states_and_countries_can_be_told_apart(gateway: Gateway) -> None:
    assert {(i.scope, i.year) for i in grid_intensity(gateway, "state")} == {("direct", 2023)}
    assert {i.region_id for i in grid_intensity(gateway, "state")} == {s.region_id for s in states(gateway)}
    assert not any(i.region_id.startswith("US-") for i in grid_intensity(gateway, "country"))


def test_the_united_states_compare_with_other_countries_first(gateway: Gateway) -> None:
    found = [(i.scope, i.year) for i in region_intensities(gateway, "US")]
    assert found == [("lifecycle", 2025), ("direct", 2023), ("direct", 2016)]


def test_an_unknown_region_is_named(gateway: Gateway) -> None:
    with pytest.raises(DatasetError, match="'XX'"):
        intensity_of_region(gateway, "XX")


def test_pue_begins_with_none_and_the_latest_survey(gateway: Gateway) -> None:
    options = pue_options(gateway)
    assert [(o.pue_id, o.pue) for o in options[:2]] == [("none", 1.0), ("uptime-2024", 1.56)]
    assert {o.pue_id: o.pue for o in options}["uptime-2018"] == 1.58
    assert all(1 <= o.pue < 2 for o in options)


def test_equivalences_are_exact_pounds(gateway: Gateway) -> None:
    by_id = {e.eq_id: e for e in equivalences(gateway)}
    assert by_id["flight-ny-sf-return"].kg_co2e == pytest.approx(1984 * KG_PER_LB, rel=1e-9)
    assert by_id["flight-ny-sf-return"].printed == "1,984 lb CO2e"
    assert by_id["transformer-big-nas"].kg_co2e == pytest.approx(626155 * KG_PER_LB, rel=1e-9)
    assert by_id["gasoline-gallon"].kg_co2e == 8.887


@pytest.mark.parametrize("stem", TABLES)
def test_every_row_says_where_it_is_from(datasets: Path, stem: str) -> None:
    table = rows(datasets, stem)
    assert all(row["source"] and row["licence"] for row in table)
    if stem in {"grid_annual", "equivalence"}:
        assert all(int(row["year"]) >= 2000 for row in table)
    if stem == "grid_annual":
        assert all(row["source_url"].startswith("https://") for row in table)


def test_the_manifest_describes_the_shipped_files(datasets: Path) -> None:
    folder = datasets / "reference"
    tables = json.loads((folder / "MANIFEST.json").read_text(encoding="utf-8"))["tables"]
    assert set(tables) == {p.name for p in folder.iterdir()} - {"MANIFEST.json"}
    for name, facts in tables.items():
        content = (folder / name).read_bytes()
        assert facts["sha256"] == hashlib.sha256(content).hexdigest()
        assert facts["bytes"] == len(content)
        assert facts["source"]
        assert facts["licence"]
    for stem in TABLES:
        assert tables[f"{stem}.csv"]["rows"] == len(rows(datasets, stem))


def test_licences_of_the_sources_are_kept(datasets: Path) -> None:
    by_source = {row["source"]: row["licence"] for row in rows(datasets, "grid_annual")}
    assert by_source == {
        "EPA eGRID": "public domain (US government)",
        "Ember, processed by Our World in Data": "CC BY 4.0",
    }
