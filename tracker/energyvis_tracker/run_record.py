"""The facts of a run, as run.json holds them (datasets/schemas/run.json)."""

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from energyvis_tracker.clock import iso_utc, now_us
from energyvis_tracker.meters import Device
from energyvis_tracker.meters.machine import socket_count
from energyvis_tracker.slurm import scheduler_facts

SCHEMA_VERSION = 1
ACTIVE_STATES = ("running", "paused")


def hardware_of(devices: Sequence[Device]) -> list[dict[str, Any]]:
    """Return what was measured, by kind and model: CPUs count as sockets, not as dies."""
    pieces = {
        (device.kind, device.model, device.piece or device.id)
        for device in devices
        if device.source != "none"
    }
    counts = Counter((kind, model) for kind, model, _ in pieces)
    estimated = {device.kind for device in devices if device.source == "estimate"}
    return [
        {
            "kind": kind,
            "model": model,
            "count": socket_count() if kind == "cpu" and kind in estimated else count,
            "chip_id": None,
        }
        for (kind, model), count in sorted(counts.items())
    ]


def new_record(
    facts: Mapping[str, Any], run_id: str, started_us: int, devices: Sequence[Device]
) -> dict[str, Any]:
    """Return the record of a run that has just begun; `facts` is what the job said in its first mark."""
    return {
        "run_id": run_id,
        "schema_version": SCHEMA_VERSION,
        "name": facts["name"],
        "project": facts["project"],
        "user": facts["user"],
        "hosts": [facts["host"]],
        "state": "running",
        "started_at": iso_utc(started_us),
        "ended_at": None,
        "heartbeat_at": iso_utc(now_us()),
        "epochs_planned": facts["epochs_planned"],
        "region_id": facts["region_id"],
        "pue": facts["pue"],
        "hardware": hardware_of(devices),
        "devices": [
            {"kind": d.kind, "id": d.id, "model": d.model, "source": d.source, "note": d.note}
            for d in devices
        ],
        "scheduler": scheduler_facts(os.environ),
        "command": facts["command"],
        "exit_code": None,
        "versions": facts["versions"],
        "overhead": None,
        "attribution": "exclusive",
        "notes": facts["notes"],
        "tags": facts["tags"],
    }


def with_note(record: Mapping[str, Any], note: str) -> dict[str, Any]:
    """Return the record with one more sentence in its notes, unless it stands there already."""
    notes = record.get("notes") or ""
    return dict(record) if note in notes else {**record, "notes": f"{notes}\n{note}".strip()}
