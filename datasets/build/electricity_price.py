"""Price of electricity for firms: US states, and the mean of the European Union, with the rate into USD.

No package of a registry carries open prices, so the published figures stand in
``hand/electricity_price.csv``. The rate into USD is one figure a currency in ``hand/exchange_rate.csv``; to
refresh it, change it there with its year and source, and rebuild this table.
"""

import csv
from pathlib import Path

from table_file import Column, Row, Table, TableError

HAND = Path(__file__).with_name("hand")
PRICES = HAND / "electricity_price.csv"
RATES = HAND / "exchange_rate.csv"
CENTS = 100.0

TABLE = Table(
    file="electricity_price.csv",
    columns=(
        Column("region_id"),
        Column("name"),
        Column("sector", choices=frozenset({"commercial", "non-household"})),
        Column("year", "integer", low=2015, high=2100),
        # Empty where the price is that of the whole year.
        Column("half", "integer", optional=True, low=1, high=2),
        # Empty where the publisher gives none: a price is never invented.
        Column("price_per_kwh", "number", optional=True, low=0.01, high=2),
        Column("currency", choices=frozenset({"USD", "EUR"})),
        Column("usd_per_unit", "number", low=0.1, high=10),
        Column("rate_source"),
        Column("taxes"),
        Column("source"),
        Column("source_url"),
        Column("licence"),
    ),
    key=("region_id", "sector", "year"),
    min_rows=52,
    source="EIA Electric Power Annual; Eurostat nrg_pc_205; European Central Bank",
    licence="public domain (EIA); CC BY 4.0 (Eurostat); published fact (ECB)",
)


def rows(_cache: Path) -> list[Row]:
    """Rows of the table; a price in cents becomes one in units of its currency.

    Raises
    ------
    TableError
        If a currency has no rate.

    """
    rates = {rate["currency"]: rate for rate in read(RATES)}
    made: list[Row] = []
    for entry in read(PRICES):
        rate = rates.get(entry["currency"])
        if rate is None:
            raise TableError(f"{RATES.name}: there is no rate for {entry['currency']}. Add it.")
        made.append(
            {
                "region_id": entry["region_id"],
                "name": entry["name"],
                "sector": entry["sector"],
                "year": int(entry["year"]),
                "half": int(entry["half"]) if entry["half"] else None,
                "price_per_kwh": float(entry["cents_per_kwh"]) / CENTS if entry["cents_per_kwh"] else None,
                "currency": entry["currency"],
                "usd_per_unit": float(rate["usd_per_unit"]),
                "rate_source": " ".join(filter(None, [rate["source"], rate["year"]])),
                "taxes": entry["taxes"],
                "source": entry["source"],
                "source_url": entry["source_url"],
                "licence": entry["licence"],
            }
        )
    return made


def read(path: Path) -> list[dict[str, str]]:
    """Rows of a hand-typed file."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
