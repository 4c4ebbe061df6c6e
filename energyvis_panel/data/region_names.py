"""Names of the US states, as EnergyVis files spell places."""

import csv
from functools import cache

from energyvis_panel.resources import resource_path


def us_state(name: str) -> str | None:
    """Code of the US state with this name, e.g. ``"US-GA"`` for ``"Georgia"``; None where there is none."""
    return state_codes().get(name.strip().casefold())


def state_name(region_id: str) -> str | None:
    """Name of a US state by its code; None for any other region."""
    path = resource_path("datasets/reference/grid_annual.csv")
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["region_id"] == region_id and row["level"] == "state":
                return row["name"]
    return None


@cache
def state_codes() -> dict[str, str]:
    """Codes by name in lower case."""
    path = resource_path("datasets/reference/grid_annual.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return {
            row["name"].casefold(): row["region_id"]
            for row in csv.DictReader(file)
            if row["level"] == "state"
        }
