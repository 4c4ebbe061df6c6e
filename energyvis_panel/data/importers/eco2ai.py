"""Eco2AI's ``emission.csv``: a row a run, or a row an epoch where the tracker was told of epochs.

``power_consumption(kWh)``, in older versions ``(kWTh)``, is energy with the PUE given to the tracker, which
the file does not name. Source: Eco2AI, ``eco2ai/emission_track.py``, versions 0.1 to 0.3.
"""

import math
import re
from collections.abc import Sequence

from energyvis_panel.data.importers.csv_table import CsvTable, parsed_number
from energyvis_panel.data.importers.findings import Findings, imported, iso_time, whole_text
from energyvis_panel.data.importers.places import region_of
from energyvis_panel.data.importers.plausible import check_plausible
from energyvis_panel.domain.hardware import DeviceKind
from energyvis_panel.domain.imported_profile import ImportedProfile
from energyvis_panel.domain.profile import EnergyByKind, Epoch, HardwareItem
from energyvis_panel.domain.units import JOULES_PER_KWH
from energyvis_panel.errors import ProfileError

TOOL = "Eco2AI"
ENERGY_COLUMNS = ("power_consumption(kWh)", "power_consumption(kWTh)")
DEVICE_COLUMNS: dict[DeviceKind, str] = {
    "cpu": "CPU_consumption(kWh)",
    "gpu": "GPU_consumption(kWh)",
    "dram": "RAM_consumption(kWh)",
}
DEVICES = re.compile(r"^(?P<model>.*?)[/\s]+(?P<count>\d{1,5}) device\(s\)(?P<rest>.*)$", re.DOTALL)
EPOCH = re.compile(r"epoch:\s*\d+\s*,?(?P<metrics>.*)$", re.DOTALL)
MOST_RUNS = 50
MOST_METRICS = 100
LONGEST_MODEL = 200
UNKNOWN_MODELS = frozenset({"CPU", "GPU"})


def is_eco2ai(columns: Sequence[str]) -> bool:
    """Whether a table with these columns is one of Eco2AI."""
    return "duration(s)" in columns and any(column in columns for column in ENERGY_COLUMNS)


def profiles_from_eco2ai(table: CsvTable) -> tuple[ImportedProfile, ...]:
    """One profile for each id in the table, in its order; the newest 50 where there are more.

    Raises
    ------
    ProfileError
        If a cell holds no number, or figures that no machine can have.

    """
    runs: dict[str, list[int]] = {}
    for place in range(len(table.rows)):
        runs.setdefault(table.text(place, "id") or f"row {place + 1}", []).append(place)
    chosen = list(runs.values())[-MOST_RUNS:]
    found = []
    for places in chosen:
        findings = Findings()
        if len(runs) > MOST_RUNS:
            findings.assume(f"The file holds {len(runs):,} runs; the last {MOST_RUNS} are imported.")
        found.append(profile_of_run(table, places, findings, alone=len(runs) == 1))
    return tuple(found)


def profile_of_run(
    table: CsvTable, places: Sequence[int], findings: Findings, *, alone: bool
) -> ImportedProfile:
    """Profile of the rows of one run."""
    last = places[-1]
    marked = [EPOCH.search(table.text(place, "epoch")) for place in places]
    epochs = tuple(
        Epoch(
            index,
            table.amount(place, "duration(s)"),
            energy_of_row(table, place, findings),
            metrics=metrics_of(mark.group("metrics")) if mark else {},
        )
        for index, (place, mark) in enumerate(zip(places, marked, strict=True))
    )
    by_epoch = all(marked)
    if not by_epoch:
        findings.assume("The file names no epochs of the run, so each of its rows is an interval.")
    findings.assume(
        "The energies include the PUE that the tracker was given, by default 1; the file does not name it, "
        "so they "
        "count as those of the machine and the PUE is left open."
    )
    place = table.text(last, "region/country") or table.text(last, "country")
    country, _, part = place.partition("/")
    region_id = region_of(country, part) if country else None
    if not country:
        findings.assume("The file names no place, so the region is left open.")
    elif region_id is None:
        findings.assume(
            f"The place {whole_text(country)[:60]!r} is not known here, so the region is left open."
        )
    when = table.text(places[0], "start_time")
    project = table.text(last, "project_name") or TOOL
    found = imported(
        findings,
        tool=TOOL,
        name=project if alone or not when else f"{project}, {when[:16]}",
        identity=f"{table.text(last, 'id')} {when} {project} {places[0]}",
        epochs=epochs,
        hardware=hardware_of(table, last, findings),
        created_at=iso_time(when),
        region_id=region_id,
        division="epoch" if by_epoch else "interval",
    )
    check_plausible(found.profile, f"{table.name}, run {found.profile.name!r},")
    return found


def energy_of_row(table: CsvTable, place: int, findings: Findings) -> EnergyByKind:
    """Joules of a row by kind where the file has them, else the total."""
    parts: dict[DeviceKind, float] = {}
    for kind, column in DEVICE_COLUMNS.items():
        value = table.amount(place, column)
        if value is not None:
            parts[kind] = value * JOULES_PER_KWH
    if parts:
        return EnergyByKind(**parts)
    column = next(column for column in ENERGY_COLUMNS if table.has(column))
    total_kwh = table.amount(place, column)
    if total_kwh is None:
        raise ProfileError(f"{table.name} is not usable: row {place + 1:,} has no {column}. Add it, in kWh.")
    findings.assume(
        "The file has the energy of CPU, GPU and memory as one figure, so it counts as other devices."
    )
    return EnergyByKind(other=total_kwh * JOULES_PER_KWH)


def hardware_of(table: CsvTable, place: int, findings: Findings) -> tuple[HardwareItem, ...]:
    """Hardware that a row names; an estimate by rated power is noted."""
    items = []
    columns: tuple[tuple[DeviceKind, str], ...] = (("cpu", "CPU_name"), ("gpu", "GPU_name"))
    for kind, column in columns:
        match = DEVICES.match(whole_text(table.text(place, column))[:1000])
        model = match.group("model").strip()[:LONGEST_MODEL] if match else ""
        if not match or not model:
            continue
        count = int(match.group("count"))
        if count and model not in UNKNOWN_MODELS:
            items.append(HardwareItem(kind, model, count))
        rest = match.group("rest")
        if kind == "cpu" and "TDP:" in rest and ("method:" not in rest or "method:tdp" in rest):
            findings.defect(
                "The CPU energy is an estimate from the processor's rated power and its load, not a "
                "measurement."
            )
        if kind == "gpu" and not count:
            findings.assume("The file names no GPU, so none is in the profile.")
    return tuple(items)


def metrics_of(text: str) -> dict[str, float]:
    """Numbers in ``loss: 0.2, accuracy: 0.9``; what is no number is left out."""
    found: dict[str, float] = {}
    for part in text.split(",")[:MOST_METRICS]:
        name, colon, value = part.partition(":")
        number = parsed_number(value.strip()) if colon else None
        if number is not None and math.isfinite(number) and name.strip():
            found[whole_text(name).strip()[:LONGEST_MODEL]] = number
    return found
