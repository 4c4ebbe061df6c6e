"""The standard log of carbontracker, line by line: runs, their epochs, components, place and PUE."""

import math
import re
from collections import Counter
from dataclasses import dataclass, field

from energyvis_panel.data.importers.csv_table import parsed_number, shortened
from energyvis_panel.data.importers.findings import whole_text
from energyvis_panel.data.importers.places import region_of
from energyvis_panel.domain.hardware import DEVICE_KINDS, DeviceKind
from energyvis_panel.domain.profile import HardwareItem
from energyvis_panel.domain.scenario import MOST_PUE
from energyvis_panel.errors import ProfileError

STAMP = re.compile(r"^\s*(\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d)(?:[.,]\d+)? - ")
EPOCH = re.compile(r"Epoch (\d{1,9}):")
DURATION = re.compile(r"Duration:\s*(\d{1,7}):(\d{1,2}):(\d{1,2}(?:\.\d{1,6})?)$")
POWER = re.compile(r"Average power usage \(W\) for ([^:]{1,60}):\s*(.*)$")
COMPONENTS = re.compile(r"The following components were found:\s*(.*)$")
COMPONENT = re.compile(r"([A-Za-z]{2,20}) with device\(s\) (.*?)\.(?= [A-Za-z]{2,20} with device|\s*$)")
PLACE = re.compile(r"at detected location:? ?([^\[]*?)(?:: \[.*|\.?\s*)$")
PUE = re.compile(r"PUE coefficient of (\d+(?:\.\d+)?)")
VERSION = re.compile(r"carbontracker version (\S{1,60})")
PLACEHOLDER = re.compile(r"(cpu|gpu)?:?\d*", re.IGNORECASE)
LONGEST_LIST = 100
MOST_DEVICES = 10_000


@dataclass(slots=True)
class LoggedEpoch:
    """An epoch that ended: its number in the log, seconds, and mean watts by kind (None = no reading)."""

    number: int
    duration_s: float
    power_w: dict[DeviceKind, float | None] = field(default_factory=dict)
    single: dict[DeviceKind, bool] = field(default_factory=dict)


@dataclass(slots=True)
class LoggedRun:
    """What a log says of one run."""

    epochs: list[LoggedEpoch] = field(default_factory=list)
    devices: dict[DeviceKind, list[str]] = field(default_factory=dict)
    started_at: str = ""
    version: str | None = None
    pue: float | None = None
    region_id: str | None = None
    interrupted: bool = False

    def kinds(self) -> tuple[DeviceKind, ...]:
        """Kinds of which there is any line of power."""
        return tuple(kind for kind in DEVICE_KINDS if any(kind in epoch.power_w for epoch in self.epochs))

    def device_counts(self) -> dict[DeviceKind, int]:
        """How many devices of a kind the log names."""
        return {kind: len(names) for kind, names in self.devices.items()}

    def hardware(self) -> tuple[HardwareItem, ...]:
        """Devices by model; processors that are only numbered are left out."""
        return tuple(
            HardwareItem(kind, model, count)
            for kind, names in self.devices.items()
            for model, count in Counter(names).items()
            if not PLACEHOLDER.fullmatch(model)
        )[:LONGEST_LIST]


def read_runs(text: str, name: str) -> list[LoggedRun]:
    """Runs of a log that have an epoch that ended, in their order.

    Raises
    ------
    ProfileError
        If a power is neither a number, a list of numbers nor None.

    """
    runs = [LoggedRun()]
    open_epoch: int | None = None
    lines = text.splitlines()
    place = 0
    while place < len(lines):
        line, place = whole_line(lines, place)
        run = runs[-1]
        stamp = STAMP.match(line)
        said = line[stamp.end() :].strip() if stamp else line.strip()
        if stamp and not run.started_at:
            run.started_at = stamp.group(1)
        if match := EPOCH.fullmatch(said):
            open_epoch = int(match.group(1))
            if run.epochs and open_epoch <= run.epochs[-1].number:
                runs.append(LoggedRun(devices=dict(run.devices), version=run.version, pue=run.pue))
                runs[-1].started_at = stamp.group(1) if stamp else ""
        elif match := DURATION.match(said):
            if open_epoch is not None:
                runs[-1].epochs.append(LoggedEpoch(open_epoch, seconds(match)))
                open_epoch = None
        elif match := POWER.match(said):
            if run.epochs and open_epoch is None:
                note_power(run.epochs[-1], match.group(1), match.group(2), name)
        else:
            note_fact(run, said)
    return [run for run in runs if run.epochs]


def whole_line(lines: list[str], place: int) -> tuple[str, int]:
    """Line at a place and the place after it; a list of many devices is broken over several lines."""
    line = lines[place]
    place += 1
    if "Average power usage" in line and "[" in line:
        last = min(place + LONGEST_LIST, len(lines))
        while "]" not in line and place < last and not STAMP.match(lines[place]):
            line += " " + lines[place]
            place += 1
    return line, place


def note_power(epoch: LoggedEpoch, component: str, text: str, name: str) -> None:
    """Take over the mean watts of a component in an epoch."""
    kinds: dict[str, DeviceKind] = {"gpu": "gpu", "cpu": "cpu", "dram": "dram", "ram": "dram"}
    kind = kinds.get(component.strip().casefold(), "other")
    said = text.strip()
    if said in {"None", "nan", "[nan]"}:
        epoch.power_w.setdefault(kind, None)
        return
    values = [parsed_number(part) for part in said.strip("[]").replace(",", " ").split()]
    if not values or any(v is None or not math.isfinite(v) or not 0 <= v <= 1e12 for v in values):  # noqa: PLR2004 - far above any power
        raise ProfileError(
            f"{name} is not usable: epoch {epoch.number:,} has the power {shortened(said)} for "
            f"{component.strip()!r}, "
            "not watts from 0. Correct it."
        )
    total_w = sum(value for value in values if value is not None)
    epoch.power_w[kind] = (epoch.power_w.get(kind) or 0.0) + total_w
    epoch.single[kind] = len(values) == 1


def note_fact(run: LoggedRun, said: str) -> None:
    """Take over what a line says about the run as a whole."""
    if match := COMPONENTS.search(said):
        run.devices = components(match.group(1))
    elif match := VERSION.search(said):
        run.version = match.group(1)
    elif match := PUE.search(said):
        pue = float(match.group(1))
        run.pue = pue if 1.0 <= pue <= MOST_PUE else None
    elif match := PLACE.search(said[:1000]):
        run.region_id = place_code(match.group(1)) or run.region_id
    elif "interrupted before all" in said:
        run.interrupted = True


def components(text: str) -> dict[DeviceKind, list[str]]:
    """Names of the devices by kind."""
    kinds: dict[str, DeviceKind] = {"gpu": "gpu", "cpu": "cpu"}
    found: dict[DeviceKind, list[str]] = {}
    for kind, names in COMPONENT.findall(text[:100_000]):
        found.setdefault(kinds.get(kind.casefold(), "other"), []).extend(
            whole_text(name).strip()[:200] for name in names.split(",")[:MOST_DEVICES] if name.strip()
        )
    return found


def place_code(text: str) -> str | None:
    """Code of ``Atlanta, Georgia, US``: the country stands last, its part before it."""
    *before, country = [part.strip(" .") for part in text.split(",")]
    return region_of(country, before[-1] if before else "") if country else None


def seconds(match: re.Match[str]) -> float:
    """Seconds of a duration ``h:mm:ss.ss``."""
    hours, minutes, rest = match.groups()
    return int(hours) * 3600 + int(minutes) * 60 + float(rest)
