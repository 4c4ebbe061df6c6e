"""One row of a CodeCarbon table: joules before PUE by kind, seconds, place and hardware."""

import re
from dataclasses import dataclass

from energyvis_panel.data.importers.csv_table import CsvTable
from energyvis_panel.data.importers.findings import Findings, whole_text
from energyvis_panel.data.importers.places import region_of
from energyvis_panel.domain.hardware import DeviceKind
from energyvis_panel.domain.profile import EnergyByKind, HardwareItem
from energyvis_panel.domain.scenario import MOST_PUE
from energyvis_panel.domain.units import JOULES_PER_KWH
from energyvis_panel.errors import ProfileError

TOOL = "CodeCarbon"
COLUMN_OF: dict[DeviceKind, str] = {"cpu": "cpu_energy", "gpu": "gpu_energy", "dram": "ram_energy"}
NO_SPLIT = "The file has the total energy only, not by device, so it counts as other devices."
NO_ENERGY = "No energy in the file can be used, so the run has 0 J."
DEFAULT_PUE = (
    "The PUE in the file is 1, which is also the tool's default: it may not be that of the site. Edit it if "
    "you "
    "know better."
)
SLACK = 0.01
"""Share of the total that rounding may leave between it and the sum of its parts."""
GPU_LISTED = re.compile(r"(\d) x (.+?)(?=\d x |$)")
LONGEST_MODEL = 200


@dataclass(frozen=True, slots=True)
class Row:
    """A row, its place from 0 and its number from 1; energies in joules before PUE, running totals."""

    place: int
    run_id: str
    project: str
    timestamp: str
    duration_s: float
    energy: EnergyByKind
    remainder_j: float
    pue: float | None

    @property
    def number(self) -> int:
        """Number of the row as people count."""
        return self.place + 1


def rows_of(table: CsvTable) -> list[Row]:
    """All rows of a table.

    Raises
    ------
    ProfileError
        If a cell holds no number, a row no duration, or a PUE is impossible.

    """
    names = "run_id" if table.has("run_id") else "experiment_id"
    return [row_of(table, place, names) for place in range(len(table.rows))]


def row_of(table: CsvTable, place: int, run_column: str) -> Row:
    """Row at a place."""
    pue = pue_of(table, place)
    per_kwh = JOULES_PER_KWH / (pue or 1.0)
    duration_s = table.amount(place, "duration")
    if duration_s is None:
        raise ProfileError(
            f"{table.name} is not usable: row {place + 1:,} has no duration. Add it, in seconds."
        )
    parts: dict[DeviceKind, float] = {}
    for kind, column in COLUMN_OF.items():
        value = table.number(place, column)
        if value is not None and (kind != "gpu" or value or names_gpu(table, place)):
            parts[kind] = value * per_kwh
    total_kwh = table.number(place, "energy_consumed")
    if total_kwh is None and not parts:
        raise ProfileError(
            f"{table.name} is not usable: row {place + 1:,} has no energy_consumed. Add it, in kWh."
        )
    remainder_j = 0.0 if total_kwh is None else total_kwh * per_kwh - sum(parts.values())
    if not parts or (total_kwh and remainder_j > SLACK * total_kwh * per_kwh):
        parts["other"] = remainder_j
    return Row(
        place=place,
        run_id=table.text(place, run_column),
        project=table.text(place, "project_name") or TOOL,
        timestamp=table.text(place, "timestamp"),
        duration_s=duration_s,
        energy=EnergyByKind(**parts),
        remainder_j=remainder_j,
        pue=pue,
    )


def pue_of(table: CsvTable, place: int) -> float | None:
    """PUE of a row, None in versions that have none."""
    pue = table.number(place, "pue")
    if pue is not None and not 1.0 <= pue <= MOST_PUE:
        raise ProfileError(
            f"{table.name} is not usable: pue in row {place + 1:,} is {pue:g}, not a number from 1 to "
            f"{MOST_PUE:g}. Correct it."
        )
    return pue


def names_gpu(table: CsvTable, place: int) -> bool:
    """Whether a row names any GPU."""
    return bool(table.number(place, "gpu_count")) or bool(table.text(place, "gpu_model"))


def hardware_of(table: CsvTable, place: int, findings: Findings) -> tuple[HardwareItem, ...]:
    """Hardware that a row names."""
    items = []
    if model := table.text(place, "cpu_model"):
        items.append(HardwareItem("cpu", whole_text(model)[:LONGEST_MODEL], 1))
        findings.assume("The file does not say how many processors there are; one is taken.")
    text = whole_text(table.text(place, "gpu_model"))
    listed = [(int(count), model.strip(" ,")) for count, model in GPU_LISTED.findall(text)]
    count = table.number(place, "gpu_count") or 0.0
    if text and (not listed or sum(number for number, _ in listed) != count or any(n < 1 for n, _ in listed)):
        listed = [(max(1, int(min(count, 10_000))), re.sub(r"^\d+ x ", "", text))]
    items += [HardwareItem("gpu", model[:LONGEST_MODEL], number) for number, model in listed[:90] if model]
    return tuple(items)


def region_of_row(table: CsvTable, place: int, findings: Findings) -> str | None:
    """Region of a row by its country's code or name; noted where it is not known."""
    country = table.text(place, "country_iso_code") or table.text(place, "country_name")
    if not country:
        findings.assume("The file names no country, so the region is left open.")
        return None
    region_id = region_of(country, table.text(place, "region"))
    if region_id is None:
        findings.assume(
            f"The country {whole_text(country)[:60]!r} is not known here, so the region is left open."
        )
    return region_id


def note_origin(table: CsvTable, row: Row, findings: Findings) -> None:
    """Say how PUE, emissions and the tracking mode were taken."""
    if row.pue is None:
        findings.assume("This version of the file has no PUE: its energies count as those of the machine.")
    elif row.pue == 1.0:
        findings.assume(DEFAULT_PUE)
    else:
        findings.assume(f"The energies include the PUE {row.pue:g}; they were divided by it.")
    if table.text(row.place, "tracking_mode") == "process":
        findings.assume("CPU and memory are the share of the process, not of the machine; GPUs count whole.")
    emissions_kg = table.number(row.place, "emissions")
    if emissions_kg:
        findings.assume(
            f"The tool's own {emissions_kg:.3g} kg CO₂e are not taken over: emissions follow from the region."
        )
