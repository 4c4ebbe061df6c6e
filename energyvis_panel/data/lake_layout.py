"""How the files of a lake are named, which folder is a lake, and what lies in a folder."""

import json
import os
import re
from pathlib import Path

from energyvis_panel.data.regular_file import regular_bytes
from energyvis_panel.errors import DatasetError

LAKE_FORMAT = "energyvis-lake"
LAKE_VERSION = 1
MOST_MARKER_BYTES = 100_000
MARKER_FILE = "lake.json"
LIVE, RUNS, ROLLUPS, QUARANTINE = "live", "runs", "rollups", "quarantine"
SEGMENT = re.compile(r"samples-\d+\.parquet")
SPANS_SEGMENT = re.compile(r"spans-\d+\.parquet")
JOURNAL = re.compile(r"journal-\d+\.bin")
MONTH = re.compile(r"month=\d{4}-\d{2}")
ROLLUP = re.compile(r"month=\d{4}-\d{2}\.parquet")
SAMPLES_ENDING = ".samples.parquet"
EPOCHS_ENDING = ".epochs.parquet"
SPANS_ENDING = ".spans.parquet"
FACTS_ENDING = ".run.json"
ENDINGS = (SAMPLES_ENDING, EPOCHS_ENDING, SPANS_ENDING, FACTS_ENDING)
LOCK_FILE = "lock"
"""Held by a writer while it lives."""
EPOCHS_FILE = "epochs.parquet"
FACTS_FILE = "run.json"
"""Facts of the run in its folder; a writer of a run of several hosts keeps its own in its folder."""


def marker_reason(lake: Path) -> str | None:
    """Why the folder is no lake that can be read, or None; a folder without the marker may become one."""
    try:
        marker = json.loads(regular_bytes(lake / MARKER_FILE, MOST_MARKER_BYTES))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, RecursionError, DatasetError) as error:
        return f"it cannot be read ({error})"
    if not isinstance(marker, dict) or marker.get("format") != LAKE_FORMAT:
        return f"it does not say {LAKE_FORMAT!r}, so the folder is not a lake"
    if marker.get("version") != LAKE_VERSION:
        return (
            f"the lake has version {marker.get('version')!r}, but this program reads version {LAKE_VERSION}"
        )
    return None


def entries(folder: Path, *, folders: bool = False) -> list[Path]:
    """Files (or folders) in ``folder`` by name; none where it is missing or cannot be listed."""
    try:
        with os.scandir(folder) as found:
            # Names are compared, not paths: with thousands of runs that is most of the work.
            names = sorted(entry.name for entry in found if is_folder(entry) == folders)
    except OSError:
        return []
    return [folder / name for name in names]


def is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is a folder; a link that leads in a circle is none, and hides no other entry."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def table_of(name: str) -> str | None:
    """Table that a file of this name in a writer's folder holds a part of, None for another file."""
    if SEGMENT.fullmatch(name):
        return "samples"
    if SPANS_SEGMENT.fullmatch(name):
        return "spans"
    return "epochs" if name == EPOCHS_FILE else None
