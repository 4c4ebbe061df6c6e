"""Electricity prices and the shape of the example curve, as they ship."""

import csv
import json
from pathlib import Path
from types import ModuleType

import electricity_price
import example_intensity_shape
import numpy as np
import pytest
from table_file import TableError, validate

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.hourly_source import HourlySource
from energyvis_panel.data.prices import EU_MEMBERS, default_prices
from energyvis_panel.data.workspace import default_intensities
from energyvis_panel.domain.carbon import Price
from tests.profiles_fixture import GEORGIA


@pytest.fixture(scope="module")
def prices(gateway: Gateway) -> dict[str, Price]:
    return default_prices(gateway, default_intensities(gateway))


def test_every_state_and_every_member_of_the_union_has_a_price(
    gateway: Gateway, prices: dict[str, Price]
) -> None:
    regions = default_intensities(gateway)
    assert set(prices) == {region for region in regions if region.startswith("US-")} | EU_MEMBERS
    assert len(prices) == 51 + 27
    assert {price.currency for price in prices.values()} == {"USD"}
    assert all(0.05 < price.per_kwh < 0.5 for price in prices.values())


@pytest.mark.parametrize("region_id", ["US", "GB", "NO", "CH", "CN", "NA"])
def test_a_country_without_a_published_value_has_none(region_id: str, prices: dict[str, Price]) -> None:
    assert region_id not in prices


@pytest.mark.parametrize(
    ("region_id", "per_kwh", "parts"),
    [
        ("US-GA", 0.107, ("EIA Electric Power Annual", "commercial, 2023")),
        ("US-HI", 0.3903, ("commercial, 2023",)),
        ("US-WY", 0.0955, ("commercial, 2022",)),
        (
            "FR",
            0.1902 * 1.0824,
            (
                "mean of the 27 EU countries", "Eurostat nrg_pc_205", "non-household", "first half of 2025",
                "recoverable taxes not included", "0.1902 EUR/kWh",
                "1.0824 USD per EUR (European Central Bank reference rate average 2024)",
            ),
        ),
    ],
)  # fmt: skip
def test_known_prices_say_where_they_are_from(
    region_id: str, per_kwh: float, parts: tuple[str, ...], prices: dict[str, Price]
) -> None:
    price = prices[region_id]
    assert price.per_kwh == pytest.approx(per_kwh)
    for part in parts:
        assert part in price.source


def test_only_regions_that_were_asked_for_get_a_price(gateway: Gateway) -> None:
    assert set(default_prices(gateway, {"US-GA": GEORGIA, "XX": GEORGIA})) == {"US-GA"}


@pytest.mark.parametrize("module", [electricity_price, example_intensity_shape])
def test_the_shipped_table_is_what_its_script_makes(module: ModuleType, datasets: Path) -> None:
    made = list(module.rows(Path()))
    validate(module.TABLE, made)
    with (datasets / "reference" / module.TABLE.file).open(encoding="utf-8", newline="") as stream:
        shipped = list(csv.DictReader(stream))
    assert len(shipped) == len(made)
    assert all(row["source"] and row["licence"] for row in shipped)
    facts = json.loads((datasets / "reference" / "MANIFEST.json").read_text(encoding="utf-8"))["tables"]
    assert facts[module.TABLE.file]["rows"] == len(shipped)


def test_a_currency_without_a_rate_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    rates = tmp_path / "exchange_rate.csv"
    rates.write_text("currency,usd_per_unit,year,source,source_url\nUSD,1,,by definition,\n")
    monkeypatch.setattr(electricity_price, "RATES", rates)
    with pytest.raises(TableError, match="no rate for EUR"):
        electricity_price.rows(Path())


def test_the_example_has_the_mean_of_the_region_and_is_called_synthetic(gateway: Gateway) -> None:
    example = HourlySource(gateway).example(GEORGIA, 2023)
    assert example.mean_g_per_kwh == pytest.approx(GEORGIA.g_per_kwh)
    assert example.steps == 8760
    assert example.is_synthetic
    days = example.g_per_kwh.reshape(365, 24)
    assert (np.argmin(days, axis=1) // 4 == 3).all()  # between 12 and 16 o'clock
    assert days[:31].mean() > days[181:212].mean()


def test_a_file_is_read_through_the_same_door(gateway: Gateway) -> None:
    content = b"time,g/kWh (direct),g/kWh (LCA)\n2024-03-14 01:00,1,2\n2024-03-14 02:00,1,2\n"
    hourly = HourlySource(gateway).read(content, "grid.csv", "Europe/Berlin", "lifecycle")
    assert hourly.g_per_kwh.tolist() == [2, 2]
    assert hourly.start_utc.hour == 0
