"""`energyvis-track doctor`: what can be measured here, why the rest cannot, and how to mend it."""

import json
import os
import statistics
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from energyvis_tracker.errors import SinkError
from energyvis_tracker.lake import MARKER_FILE, open_lake
from energyvis_tracker.live_runs import live_runs
from energyvis_tracker.meters import Meters, open_meters
from energyvis_tracker.meters.meter import Device
from energyvis_tracker.ranks import rank_of
from energyvis_tracker.rendezvous import private_folder, runtime_folder
from energyvis_tracker.slurm import scheduler_facts
from energyvis_tracker.version import VERSION

READS = 20
PAUSE_S = 0.02
HOW = {
    "counter": "measured by a counter",
    "integrated": "measured: power integrated over time",
    "estimate": "estimated",
    "none": "not read",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: whether it is fine, and a sentence about it."""

    subject: str
    is_fine: bool
    sentence: str


def doctor(lake: Path, *, as_json: bool = False) -> int:
    """Print what was found, and return 0 where something is measured by a device, else 1."""
    meters = open_meters(time.monotonic_ns)
    devices = meters.devices_of(os.environ.get("CUDA_VISIBLE_DEVICES"), os.environ.get("CUDA_DEVICE_ORDER"))
    read_ms = reading_ms(meters)
    findings = [lake_finding(lake), sharing_finding(), jobs_finding(), scheduler_finding()]
    if as_json:
        print_json(devices, read_ms, findings)
    else:
        print_text(devices, read_ms, findings)
    return 0 if any(device.source in {"counter", "integrated"} for device in devices) else 1


def reading_ms(meters: Meters) -> float:
    """Return the median time in ms of reading every meter once."""
    durations_ms = []
    for _ in range(READS):
        start_ns = time.perf_counter_ns()
        for meter in meters.meters:
            meter.read()
        durations_ms.append((time.perf_counter_ns() - start_ns) / 1e6)
        time.sleep(PAUSE_S)  # drivers answer from a cache when they are asked again at once
    return statistics.median(durations_ms)


def lake_finding(lake: Path) -> Finding:
    """Say whether the lake can be written, without leaving anything in it but its marker."""
    try:
        open_lake(lake)
        probe = lake / f".doctor.{os.getpid()}.tmp"
        probe.write_bytes(b"")
        probe.unlink()
    except (OSError, SinkError) as error:
        return Finding(
            "lake", False, f"{lake} cannot be written: {error}. Choose another with ENERGYVIS_LAKE."
        )
    return Finding("lake", True, f"{lake} can be written ({MARKER_FILE} is there)")


def sharing_finding() -> Finding:
    """Say whether trackers of this user can find each other."""
    folder = runtime_folder()
    try:
        private_folder(folder)
    except OSError as error:
        return Finding("sharing", False, f"each tracker has a sampler of its own: {error}")
    return Finding("sharing", True, f"trackers find each other in {folder}")


def jobs_finding() -> Finding:
    """Say what is measured on this machine now."""
    runs = ", ".join(f"{run['name']} ({run['state']})" for run in live_runs())
    return Finding("now", True, f"measured now: {runs}" if runs else "no run is measured now")


def scheduler_finding() -> Finding:
    """Say what the batch system and the launcher have put into the environment."""
    job, rank = scheduler_facts(os.environ), rank_of(os.environ)
    parts = []
    if job is not None:
        parts.append(f"SLURM job {job['job']}, step {job['step']}")
    if rank is not None:
        parts.append(f"rank {rank.rank} of {rank.size} on {rank.hosts} host{'s' if rank.hosts != 1 else ''}")
    return Finding("scheduler", True, "; ".join(parts) or "no batch system, no ranks")


def print_json(devices: list[Device], read_ms: float, findings: list[Finding]) -> None:
    """Print what programs read."""
    facts: dict[str, Any] = {
        "version": VERSION,
        "devices": [
            {name: value for name, value in asdict(device).items() if name != "piece"} for device in devices
        ],
        "reading_ms": round(read_ms, 3),
        "findings": [asdict(finding) for finding in findings],
    }
    sys.stdout.write(json.dumps(facts, indent=1, ensure_ascii=False) + "\n")


def print_text(devices: list[Device], read_ms: float, findings: list[Finding]) -> None:
    """Print what people read."""
    lines = [f"energyvis-track {VERSION}", "", "Devices"]
    for device in devices:
        mark = {"none": "-", "estimate": "~"}.get(device.source, "+")
        model = f" ({device.model})" if device.model else ""
        lines.append(f"  {mark} {device.kind:<5} {device.id}{model}: {HOW[device.source]}")
        if device.note:
            lines.append(f"          {device.note}")
    lines += [f"  Reading all of them takes {read_ms:.2f} ms.", "", "Surroundings"]
    lines += [
        f"  {'+' if finding.is_fine else '-'} {finding.subject}: {finding.sentence}" for finding in findings
    ]
    sys.stdout.write("\n".join(lines) + "\n")
