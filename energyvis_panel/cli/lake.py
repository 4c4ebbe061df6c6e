"""``energyvis lake status`` and ``energyvis lake compact``."""

import argparse
from datetime import UTC, datetime

from energyvis_panel.cli.open import open_lake
from energyvis_panel.cli.output import counted, print_json, print_text
from energyvis_panel.data.lake_compaction import compact_lake
from energyvis_panel.domain.units import duration_text


def show_status(options: argparse.Namespace) -> int:
    """Print what is in the lake; 0."""
    with open_lake() as lake:
        status = lake.status(datetime.now(UTC))
    if options.json:
        print_json(
            {
                "path": str(status.path),
                "exists": status.exists,
                "runs": status.runs,
                "active_runs": status.active,
                "stale_runs": status.stale,
                "last_sign_age_s": status.last_sign_age_s,
                "left_out": [{"path": str(d.path), "reason": d.reason} for d in status.damaged],
            }
        )
        return 0
    print_text(f"Lake {status.path}" if status.exists else f"Lake {status.path} does not exist yet")
    print_text(f"{counted(status.runs, 'run')}, {status.active} active, {status.stale} of them stale")
    if status.last_sign_age_s is not None:
        print_text(f"Last sign of life {duration_text(max(0.0, status.last_sign_age_s))} ago")
    for damaged in status.damaged:
        print_text(f"Left out: {damaged.path}: {damaged.reason}")
    return 0


def compact(options: argparse.Namespace) -> int:
    """Compact the lake and print what was done; 0."""
    with open_lake() as lake:
        report = compact_lake(lake)
    if options.json:
        print_json({"compacted": report.compacted, "tidied": report.tidied, "left": report.left})
        return 0
    tidied = counted(len(report.tidied), "leftover")
    print_text(f"{counted(len(report.compacted), 'run')} compacted, {tidied} removed")
    for run_id, reason in report.left.items():
        print_text(f"Left as it is: {run_id}: {reason}")
    return 0
