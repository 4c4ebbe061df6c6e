"""The facts of a run, as run.json holds them (datasets/schemas/run.json)."""

import contextlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from energyvis_tracker.budget import budget_of, recorded_budget
from energyvis_tracker.clock import iso_utc, now_us
from energyvis_tracker.lake import RUN_FILE
from energyvis_tracker.meters import Device
from energyvis_tracker.meters.machine import socket_count

SCHEMA_VERSION = 1
ACTIVE_STATES = ("running", "paused")
RESUMED_NOTE = "The sampler died and was started again; what was drawn in between is not known."
# The worst end of any process is the end of the run.
END_STATES = ("finished", "stopped", "lost", "failed")


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


def device_facts(devices: Sequence[Device]) -> list[dict[str, Any]]:
    """Return every device looked for, and how it is read or why not."""
    return [
        {"kind": d.kind, "id": d.id, "model": d.model, "source": d.source, "note": d.note} for d in devices
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
        "devices": device_facts(devices),
        "scheduler": facts["scheduler"],
        "command": facts["command"],
        "exit_code": None,
        "versions": facts["versions"],
        "overhead": None,
        "attribution": facts["attribution"],
        "ranks": facts["ranks"],
        "paused_s": None,
        "budget": recorded_budget(budget_of(facts["budget"])),
        "notes": facts["notes"],
        "tags": facts["tags"],
    }


def resumed_record(record: dict[str, Any], run_folder: Path) -> dict[str, Any]:
    """Return the record of a run that another sampler began and left: its start and its notes stay."""
    with contextlib.suppress(OSError, ValueError, KeyError):
        earlier = json.loads((run_folder / RUN_FILE).read_bytes())
        record = record | {key: earlier[key] for key in ("started_at", "notes", "paused_s", "ranks")}
    return with_note(record, RESUMED_NOTE)


def with_note(record: Mapping[str, Any], note: str) -> dict[str, Any]:
    """Return the record with one more sentence in its notes, unless it stands there already."""
    notes = record.get("notes") or ""
    return dict(record) if note in notes else {**record, "notes": f"{notes}\n{note}".strip()}


def worst_state(states: Sequence[str]) -> str:
    """Return the state of a run whose parts are in these states: active while any is."""
    active = [state for state in states if state in ACTIVE_STATES]
    if active:
        return "running" if "running" in active else "paused"
    return max(states, key=END_STATES.index)


def merged_record(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the record of a run out of those that its writers keep, one a host; the first names it."""
    first = min(parts, key=lambda part: str(part["started_at"]))
    state = worst_state([part["state"] for part in parts])
    counts: Counter[tuple[str, str]] = Counter()
    for part in parts:
        counts.update({(piece["kind"], piece["model"]): piece["count"] for piece in part["hardware"]})
    overheads = [part["overhead"] for part in parts if part["overhead"]]
    ended = [part["ended_at"] for part in parts if part["ended_at"]]
    notes = [line for part in parts for line in (part["notes"] or "").splitlines()]
    exit_codes = [part["exit_code"] for part in parts if part["exit_code"] is not None]
    return {
        **first,
        "hosts": sorted({host for part in parts for host in part["hosts"]}),
        "state": state,
        "ended_at": max(ended) if ended and state not in ACTIVE_STATES else None,
        "heartbeat_at": max(part["heartbeat_at"] for part in parts),
        "hardware": [
            {"kind": kind, "model": model, "count": count, "chip_id": None}
            for (kind, model), count in sorted(counts.items())
        ],
        "devices": [device for part in parts for device in part["devices"]],
        "exit_code": max(exit_codes) if exit_codes else None,
        "versions": {name: version for part in parts for name, version in part["versions"].items()},
        "overhead": {key: sum(overhead[key] for overhead in overheads) for key in ("cpu_s", "reads")}
        if overheads
        else None,
        "notes": "\n".join(dict.fromkeys(notes)) or None,
    }
