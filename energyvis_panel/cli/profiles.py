"""``energyvis profiles``, ``energyvis profile export`` and ``energyvis profile import``."""

import argparse
import sys
from pathlib import Path

from energyvis_panel.cli.open import open_lake
from energyvis_panel.cli.output import counted, print_json, print_table, print_text, write_file
from energyvis_panel.data.profile_json import profile_to_json, read_profile
from energyvis_panel.data.profile_store import ProfileStore
from energyvis_panel.data.text_file import offered_file
from energyvis_panel.domain.units import energy_text


def list_profiles(options: argparse.Namespace) -> int:
    """Print the preloaded profiles and the runs of the lake; 0."""
    with open_lake() as lake:
        store = ProfileStore(lake)
        preloaded, runs = store.preloaded(), store.runs()
    if options.json:
        print_json(
            {
                "preloaded": [
                    {"id": p.id, "name": p.name, "energy_j": p.energy().total_j(), "epochs": len(p.epochs)}
                    for p in preloaded
                ],
                "runs": [
                    {"id": r.run_id, "name": r.name, "state": r.state, "detail": r.detail} for r in runs
                ],
            }
        )
        return 0
    rows = [("ID", "NAME", "STATE", "WHAT")]
    rows += [
        (p.id, p.name, "preloaded", f"{energy_text(p.energy().total_j())} before PUE") for p in preloaded
    ]
    rows += [(run.run_id, run.name, run.state, run.detail) for run in runs]
    print_table(rows)
    return 0


def export_profile(options: argparse.Namespace) -> int:
    """Write a profile as JSON; 0."""
    with open_lake() as lake:
        profile = ProfileStore(lake).find(options.profile)
    text = profile_to_json(profile)
    if options.out is None:
        sys.stdout.write(text)
        return 0
    write_file(Path(options.out), text.encode())
    print_text(f"{profile.name}: {counted(len(profile.epochs), profile.division)} written to {options.out}")
    return 0


def import_profile(options: argparse.Namespace) -> int:
    """Check a file, convert it, and print what was assumed; 0."""
    path = Path(options.file)
    profile, assumptions = read_profile(offered_file(path), path.name)
    total = energy_text(profile.energy().total_j())
    print_text(f"{profile.name}: {counted(len(profile.epochs), profile.division)}, {total} before PUE")
    for assumption in assumptions or profile.provenance.assumptions:
        print_text(f"Assumed: {assumption}")
    if options.out is not None:
        write_file(Path(options.out), profile_to_json(profile).encode())
        print_text(f"Written to {options.out}")
    return 0
