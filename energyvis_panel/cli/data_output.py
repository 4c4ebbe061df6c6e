"""How ``energyvis data`` prints: tables for people, JSON with units in the keys for programs."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from energyvis_panel.cli.output import counted, print_json, print_table, print_text
from energyvis_panel.data.butter_e import standin_path
from energyvis_panel.data.butter_e_acceptance import Check
from energyvis_panel.data.butter_e_files import KINDS
from energyvis_panel.data.butter_e_load import Loaded, butter_e_home
from energyvis_panel.data.butter_e_manifest import RUNS_FILE, Manifest, SourceFile, read_manifest
from energyvis_panel.settings import Settings

FORMAT = "energyvis-data"
VERSION = 1
HEADING = ("WHAT", "PUBLISHED", "FOUND", "DIFFERENCE", "VERDICT", "SOURCE")
STANDIN_WORDS = "the synthetic stand-in"


def print_loaded(home: Path, loaded: Loaded, notes: Sequence[str]) -> None:
    """Print the checks, what was loaded, and what is worth saying."""
    print_checks(loaded.checks)
    print_text("")
    manifest = loaded.manifest
    runs = runs_text(manifest.kind, manifest.rows, manifest.synthetic_rows)
    print_text(f"Loaded: {runs}, into {home / RUNS_FILE}")
    print_sources(manifest.sources)
    for note in notes:
        print_text(f"Note: {note}")


def print_checks(checks: Sequence[Check]) -> None:
    """Print published against found, and how much differs."""
    rows = [
        (
            check.what,
            number(check.published),
            number(check.found),
            number(check.difference, signed=True),
            check.verdict,
            check.source,
        )
        for check in checks
    ]
    print_table([HEADING, *rows], right=(1, 2, 3))
    wrong = sum(not check.is_ok for check in checks)
    print_text("")
    if wrong:
        print_text(
            f"{wrong} of {len(checks)} figures differ from what is published: another release, or a part."
        )
    else:
        print_text(f"All {len(checks)} figures are as published.")


def print_sources(sources: Sequence[SourceFile]) -> None:
    """Print where the runs came from, with checksums."""
    for source in sources:
        origin = f" from {source.url}" if source.url else ""
        print_text(f"Source: {source.path}{origin}, {source.bytes:,} bytes")
        print_text(f"  SHA-256 {source.sha256}, first seen {source.first_seen_at} (none is published)")


def runs_text(kind: str, rows: int, synthetic_rows: int) -> str:
    """How many runs of what, and how many of them nobody measured."""
    synthetic = f", {synthetic_rows:,} of them synthetic" if synthetic_rows else ""
    return f"{counted(rows, 'run')} of {KINDS[kind]}{synthetic}"


def number(value: float | None, *, signed: bool = False) -> str:
    """A number with its thousands separated, at most six decimals; empty where it is not known."""
    if value is None:
        return ""
    text = f"{value:+,.6f}" if signed and value else f"{value:,.6f}"
    return text.rstrip("0").rstrip(".")


def check_object(check: Check) -> dict[str, Any]:
    """One check; null = not known."""
    return asdict(check) | {"difference": check.difference, "verdict": check.verdict}


def loaded_object(home: Path, loaded: Loaded, notes: Sequence[str]) -> dict[str, Any]:
    """What was loaded, as programs read it."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "path": str(home / RUNS_FILE),
        **manifest_object(loaded.manifest),
        "checks": [check_object(check) for check in loaded.checks],
        "notes": list(notes),
    }


def manifest_object(manifest: Manifest) -> dict[str, Any]:
    """The manifest, as programs read it."""
    return asdict(manifest)


def print_json_checks(manifest: Manifest, checks: Sequence[Check]) -> None:
    """Print the checks as programs read them."""
    print_json(
        {
            "format": FORMAT,
            "version": VERSION,
            "kind": manifest.kind,
            "differs": sum(not check.is_ok for check in checks),
            "checks": [check_object(check) for check in checks],
        }
    )


def status_object(settings: Settings) -> dict[str, Any]:
    """Which data the Explore page shows; ``named`` is the file of ``ENERGYVIS_BUTTER_E``."""
    home = butter_e_home(settings)
    manifest = read_manifest(home)
    is_complete = manifest is not None and manifest.is_complete_in(home)
    shown, path = "standin", standin_path()
    if manifest and is_complete:
        shown, path = manifest.kind, home / RUNS_FILE
    if settings.butter_e:
        shown, path = "named", settings.butter_e
    return {
        "format": FORMAT,
        "version": VERSION,
        "shown": shown,
        "path": str(path),
        "is_complete": is_complete,
        "loaded": manifest_object(manifest) if manifest else None,
    }


def print_status(found: dict[str, Any]) -> None:
    """Print what :func:`status_object` gives."""
    loaded = found["loaded"]
    words = {"standin": STANDIN_WORDS, "named": "the file of ENERGYVIS_BUTTER_E"} | dict(KINDS)
    print_text(f"The Explore page shows {words[found['shown']]}: {found['path']}")
    if not loaded:
        return
    if not found["is_complete"]:
        print_text("A load was cut off, so what is there is not used. Load it again.")
        return
    runs = runs_text(loaded["kind"], loaded["rows"], loaded["synthetic_rows"])
    print_text(f"{runs}, loaded {loaded['made_at']} by version {loaded['program_version']}")
    for state, runs in loaded["counts"].items():
        print_text(f"  {state}: {runs:,}")
    print_sources([SourceFile(**source) for source in loaded["sources"]])
