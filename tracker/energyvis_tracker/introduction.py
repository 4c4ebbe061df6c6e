"""What a job tells its sampler when it begins: the first mark."""

import os
import socket
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from energyvis_tracker.arguments import run_id_setting
from energyvis_tracker.job_facts import package_versions, user_name
from energyvis_tracker.ranks import rank_of, shared_run_id
from energyvis_tracker.slurm import scheduler_facts
from energyvis_tracker.ulid import new_ulid

if TYPE_CHECKING:
    from energyvis_tracker.tracker import EnergyTracker

# How often this process has begun a run of a name: ranks that begin their second run mean the same one.
occurrences: Counter[str] = Counter()


def hello_of(tracker: "EnergyTracker", environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """Return what the sampler has to know of a run that begins now."""
    rank = rank_of(environ)
    occurrence = occurrences[tracker.name]
    occurrences[tracker.name] += 1
    named = run_id_setting(environ)
    shared = named or (None if rank is None else shared_run_id(rank, tracker.name, occurrence))
    hosts = 1 if rank is None else rank.hosts
    return {
        "lake": str(tracker.lake),
        "run_id": shared or new_ulid(),
        "is_shared": named is not None or (shared is not None and hosts > 1),
        "join": None if rank is None else f"{rank.group}/{tracker.name}/{occurrence}",
        "rank": 0 if rank is None else rank.rank,
        "hosts": hosts,
        "job_pid": os.getpid(),
        "interval_s": tracker.interval_s,
        "segment_s": tracker.segment_s,
        "is_command": tracker.is_command,
        "is_live": tracker.is_live,
        "visible_devices": environ.get("CUDA_VISIBLE_DEVICES"),
        "device_order": environ.get("CUDA_DEVICE_ORDER"),
        "resumed": None,
        "run": {
            "name": tracker.name,
            "project": tracker.project,
            "user": user_name(),
            "host": socket.gethostname(),
            "epochs_planned": tracker.epochs_planned,
            "region_id": tracker.region,
            "pue": tracker.pue,
            "attribution": tracker.attribution,
            "budget": None if tracker.budget is None else tracker.budget.facts(),
            "ranks": None if rank is None else 1,
            "scheduler": scheduler_facts(environ),
            "command": tracker.command,
            "versions": package_versions(),
            "notes": tracker.notes,
            "tags": tracker.tags,
        },
    }
