"""``energyvis lake check``."""

import argparse
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from energyvis_panel.cli.open import open_lake
from energyvis_panel.cli.output import counted, print_json, print_text
from energyvis_panel.data.lake_check import LakeCheck, check_lake
from energyvis_panel.data.lake_checks import DamagedFile

DAMAGE = 1


def check(options: argparse.Namespace) -> int:
    """Print what is wrong in the lake; 0, or 1 where something is."""
    with open_lake() as lake:
        found = check_lake(lake, datetime.now(UTC), quarantine=options.quarantine)
        path = lake.path
    if options.json:
        print_json(check_object(path, found))
    else:
        print_check(path, found)
    return 0 if found.is_fine else DAMAGE


def check_object(lake: Path, found: LakeCheck) -> dict[str, object]:
    """What was found, as programs read it."""
    return {
        "path": str(lake),
        "runs": found.runs,
        "files": dict(found.files),
        "rows": found.rows,
        "damaged": [
            entry | {"set_aside": str(found.moved[file.path]) if file.path in found.moved else None}
            for file, entry in zip(found.damaged, entries_of(found.damaged), strict=True)
        ],
        "foreign": entries_of(found.foreign),
        "broken": entries_of(found.broken),
        "notes": found.notes,
    }


def entries_of(files: Iterable[DamagedFile]) -> list[dict[str, str | None]]:
    """Paths with reasons."""
    return [{"path": str(file.path), "reason": file.reason} for file in files]


def print_check(lake: Path, found: LakeCheck) -> None:
    """Print a line for each finding, then the counts."""
    for title, files in (
        ("Damaged", found.damaged),
        ("Foreign", found.foreign),
        ("Broken", found.broken),
    ):
        for file in files:
            print_text(f"{title}: {file.path}: {file.reason}")
            if file.path in found.moved:
                print_text(f"  set aside as {found.moved[file.path]}")
    for note in found.notes:
        print_text(f"Note: {note}")
    files_text = counted(sum(found.files.values()), "file")
    print_text(
        f"Lake {lake}: {counted(found.runs, 'run')}, {files_text} and {counted(found.rows, 'reading')} read; "
        f"{len(found.damaged)} damaged, {len(found.foreign)} foreign, {len(found.broken)} broken laws"
    )
