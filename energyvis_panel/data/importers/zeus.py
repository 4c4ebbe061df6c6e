"""The log of a Zeus monitor: windows with the joules of each GPU, which may lie in each other.

``start_time,window_name,elapsed_time,gpu0_energy,...`` in Unix seconds, seconds and joules; names are written
as they are, so they may hold commas. Source: Zeus, ``zeus/monitor/energy.py``, versions 0.5 to 0.16.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from energyvis_panel.data.importers.csv_table import CsvTable, read_table
from energyvis_panel.data.importers.findings import Findings, counted, file_title, imported
from energyvis_panel.data.importers.plausible import check_plausible, joules
from energyvis_panel.data.importers.windows import Window, parts_of_run
from energyvis_panel.domain.hardware import DeviceKind
from energyvis_panel.domain.imported_profile import ImportedProfile
from energyvis_panel.domain.profile import EnergyByKind
from energyvis_panel.errors import ProfileError

TOOL = "Zeus"
COLUMNS = ("start_time", "window_name", "elapsed_time")
ENERGY_COLUMN = re.compile(r"(gpu|cpu|dram)\d+_energy")
MOST_DEVICES = 1000
LATEST_START_S = 253_402_300_799.0
"""The last second of the year 9999."""
SHORT_S = 0.1
"""The counters of NVIDIA's boards advance about every 0.1 s, so a shorter window may see no step."""


@dataclass(slots=True)
class Device:
    """A column with the joules of one device."""

    column: str
    kind: DeviceKind


def is_zeus(columns: Sequence[str]) -> bool:
    """Whether a file with these columns is the log of a Zeus monitor."""
    return tuple(columns[:3]) == COLUMNS


def profiles_from_zeus(text: str, name: str) -> tuple[ImportedProfile, ...]:
    """The one profile of a log: windows named as epochs, else the outermost windows as intervals.

    Raises
    ------
    ProfileError
        If a cell holds no number, or figures that no machine can have.

    """
    findings = Findings()
    table = zeus_table(text, name)
    devices = energy_columns(table)
    windows = windows_of(table, devices, findings)
    division, epochs, outside = parts_of_run(windows, findings)
    findings.assume("The file does not name the GPUs. Add them under hardware to compare with others.")
    findings.assume("The file names no place and no PUE, so region and PUE are left open.")
    if not any(device.kind != "gpu" for device in devices):
        findings.assume("The file has GPUs only, so CPU and memory count as not measured.")
    first_s = min(window.start_s for window in windows)
    found = imported(
        findings,
        tool=TOOL,
        name=file_title(name),
        identity=f"{first_s} {len(windows)} {windows[0].name} {sum(joules(w.energy) for w in windows)!r}",
        epochs=epochs,
        hardware=(),
        created_at=datetime.fromtimestamp(first_s, UTC).isoformat() if first_s else None,
        division=division,
        outside=outside,
    )
    counts: dict[DeviceKind, int] = {}
    for device in devices:
        counts[device.kind] = counts.get(device.kind, 0) + 1
    check_plausible(found.profile, name, counts)
    return (found,)


def zeus_table(text: str, name: str) -> CsvTable:
    """Table of the log as Zeus writes it, names with commas included; or as a spreadsheet has saved it."""
    lines = text.splitlines()
    header = [column.strip() for column in lines[0].split(",")]
    extra = len(header) - len(COLUMNS)
    if tuple(header[: len(COLUMNS)]) != COLUMNS or '"' in text:
        return read_table(text, name)
    rows = []
    for place, line in enumerate(filter(None, lines[1:])):
        cells = line.split(",")
        if len(cells) < len(header):
            # The whole reader has the sentence about a row that is too short.
            return read_table(text, name)
        last = len(cells) - extra - 1
        rows.append([cells[0], ",".join(cells[1:last]), *cells[last:]])
        if len(rows[place]) != len(header):
            return read_table(text, name)
    if not rows:
        return read_table(text, name)
    return CsvTable(name, {column: place for place, column in enumerate(header)}, rows, ",")


def energy_columns(table: CsvTable) -> tuple[Device, ...]:
    """Columns that hold the joules of a device.

    Raises
    ------
    ProfileError
        If there is none.

    """
    kinds: dict[str, DeviceKind] = {"gpu": "gpu", "cpu": "cpu", "dram": "dram"}
    found = tuple(
        Device(column, kinds[match.group(1)])
        for column in table.columns
        if (match := ENERGY_COLUMN.fullmatch(column))
    )
    if not found or len(found) > MOST_DEVICES:
        raise ProfileError(
            f"{table.name} is not usable: it has {len(found):,} columns such as gpu0_energy, not 1 to "
            f"{MOST_DEVICES:,}. Log with at least one GPU."
        )
    return found


def windows_of(table: CsvTable, devices: Sequence[Device], findings: Findings) -> list[Window]:
    """Windows of the table in its order; a negative energy counts as not measured."""
    windows = []
    negative: list[int] = []
    silent: list[int] = []
    for place in range(len(table.rows)):
        start_s, elapsed_s = table.amount(place, "start_time"), table.amount(place, "elapsed_time")
        if start_s is None or elapsed_s is None or start_s > LATEST_START_S:
            raise ProfileError(
                f"{table.name} is not usable: row {place + 1:,} has no start_time in Unix seconds, or no "
                "elapsed_time in seconds. Correct it."
            )
        joules: dict[DeviceKind, float] = {}
        below = False
        for device in devices:
            value = table.number(place, device.column)
            if value is None:
                continue
            below = below or value < 0
            if value >= 0:
                joules[device.kind] = joules.get(device.kind, 0.0) + value
            if value == 0 and elapsed_s > 0:
                silent.append(place + 1)
        if below:
            negative.append(place + 1)
        windows.append(Window(table.text(place, "window_name"), start_s, elapsed_s, EnergyByKind(**joules)))
    if negative:
        findings.defect(
            f"Negative energy in {counted(len(negative), 'window')} (first in row {negative[0]:,}), which no "
            "energy can be: a counter had wrapped or been set back. There the device counts as not measured."
        )
    if silent:
        findings.defect(
            f"0 J of a GPU in {counted(len(set(silent)), 'window')} (first in row {silent[0]:,}): a window "
            "below "
            f"{SHORT_S:g} s may lie between two steps of the counter, and what was drawn in it is missing."
        )
    return windows
