"""Default prices of electricity by region, in USD."""

from collections.abc import Mapping
from typing import Any, Final

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.domain.carbon import CarbonIntensity, Price
from energyvis_panel.resources import resource_path

__all__ = ["EU_MEMBERS", "default_prices"]

EU_REGION: Final = "EU27"
EU_MEMBERS: Final = frozenset(
    {
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
        *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
    }
)
"""ISO 3166-1 codes of the 27 member countries since 2020, Greece as GR."""
HALVES: Final = {1: "first half of ", 2: "second half of "}


def default_prices(gateway: Gateway, regions: Mapping[str, CarbonIntensity]) -> dict[str, Price]:
    """Price in USD per kWh for each of ``regions`` whose price is known; the others have none.

    A state of the US has its own price, a member of the European Union the mean of all members, which its
    ``source`` says together with sector, year, original currency and rate.

    Raises
    ------
    QueryError
        If the table cannot be read.

    """
    table = str(resource_path("datasets/reference/electricity_price.csv"))
    rows = {
        row["region_id"]: row for row in gateway.ask("reference/prices", electricity_price=table).to_pylist()
    }
    prices = {}
    for region_id in regions:
        row = rows.get(EU_REGION if region_id in EU_MEMBERS else region_id)
        if row is not None:
            prices[region_id] = Price(row["usd_per_kwh"], "USD", price_source(row))
    return prices


def price_source(row: Mapping[str, Any]) -> str:
    """Where a price is from: region where it is a mean of several, publisher, sector, period, currency."""
    mean = "mean of the 27 EU countries, " if row["region_id"] == EU_REGION else ""
    period = f"{HALVES.get(row['half'], '')}{row['year']}"
    text = f"{mean}{row['source']}, {row['sector']}, {period}, {row['taxes']}"
    if row["currency"] == "USD":
        return text
    rate = f"{row['usd_per_unit']:g} USD per {row['currency']} ({row['rate_source']})"
    return f"{text}, {row['price_per_kwh']:.4f} {row['currency']}/kWh at {rate}"
