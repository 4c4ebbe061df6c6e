"""``energyvis profiles``, ``energyvis profile export`` and ``energyvis profile import``."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from energyvis_panel.cli.open import open_lake
from energyvis_panel.cli.output import counted, print_json, print_table, print_text, write_file
from energyvis_panel.data.importers.recognise import read_import
from energyvis_panel.data.profile_export import export_profile as file_of
from energyvis_panel.data.profile_json import profile_to_json
from energyvis_panel.data.profile_store import ProfileStore
from energyvis_panel.data.text_file import offered_file
from energyvis_panel.domain.imported_profile import ImportedProfile
from energyvis_panel.domain.units import energy_text
from energyvis_panel.errors import ProfileError


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
    """Write a profile in the chosen format; 0."""
    with open_lake() as lake:
        profile = ProfileStore(lake).find(options.profile)
    _, content = file_of(profile, options.format)
    if options.out is None:
        sys.stdout.buffer.write(content)
        return 0
    write_file(Path(options.out), content)
    print_text(f"{profile.name}: {counted(len(profile.epochs), profile.division)} written to {options.out}")
    return 0


def import_profile(options: argparse.Namespace) -> int:
    """Check a file, convert each profile in it, and print what was assumed and what is wrong; 0."""
    path = Path(options.file)
    found = read_import(offered_file(path), path.name)
    targets = places_to_write(found, options.out)
    for place, imported in enumerate(found):
        profile = imported.profile
        total = energy_text(profile.energy().total_j())
        print_text(f"{profile.name}: {counted(len(profile.epochs), profile.division)}, {total} before PUE")
        for assumption in imported.assumptions:
            print_text(f"Assumed: {assumption}")
        for defect in imported.defects:
            print_text(f"Defect: {defect}")
        if targets:
            write_file(targets[place], profile_to_json(profile).encode())
            print_text(f"Written to {targets[place]}")
    return 0


def places_to_write(found: Sequence[ImportedProfile], out: str | None) -> list[Path]:
    """File for each profile: ``out`` itself for one, files in the folder ``out`` for several; none without.

    Raises
    ------
    ProfileError
        If there are several profiles, and ``out`` is a file.

    """
    if out is None:
        return []
    target = Path(out)
    if len(found) == 1 and not target.is_dir():
        return [target]
    if target.is_file() or (len(found) > 1 and target.suffix == ".json"):
        raise ProfileError(
            f"There are {len(found)} profiles, but {out} is one file. Name a folder after --out."
        )
    return [target / f"{imported.profile.id}.energyvis.json" for imported in found]
