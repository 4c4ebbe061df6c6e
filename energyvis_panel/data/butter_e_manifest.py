"""What was loaded into ``<cache>/butter_e``, from where, and with which checksums: ``manifest.json``."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from energyvis_panel.data.durable_file import appearing_file

RUNS_FILE: Final = "butter_e.parquet"
TRACES_FILE: Final = "power_traces.parquet"
MANIFEST_FILE: Final = "manifest.json"
FORMAT: Final = "energyvis-butter-e"
VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that runs were loaded from. ``first_seen_at``: when its checksum was met first, in ISO 8601.

    No checksums are published, so that is all there is to compare with. ``url`` is None where the file was
    not fetched by this program; ``unpacked_bytes`` where it was not packed, or holds many files. A folder of
    minute watts has the checksum of its files' names and checksums.
    """

    name: str
    path: str
    url: str | None
    bytes: int
    sha256: str
    first_seen_at: str
    unpacked_bytes: int | None


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file in the folder of the manifest."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is loaded: ``counts`` by status of the run, ``figures`` that are in no run (units in the keys)."""

    kind: str
    rows: int
    synthetic_rows: int
    counts: Mapping[str, int]
    sources: Sequence[SourceFile]
    files: Sequence[MadeFile]
    made_at: str
    program_version: str
    figures: Mapping[str, float] = field(default_factory=dict)

    def is_complete_in(self, home: Path) -> bool:
        """Whether each file is there at its length; a load that was cut off leaves others."""
        try:
            return all((home / made.name).stat().st_size == made.bytes for made in self.files)
        except OSError:
            return False


def write_manifest(home: Path, manifest: Manifest) -> None:
    """Write the manifest, which makes what it names the loaded data."""
    with appearing_file(home / MANIFEST_FILE) as path:
        text = json.dumps({"format": FORMAT, "version": VERSION} | asdict(manifest), indent=2)
        path.write_text(text, encoding="utf-8")


def read_manifest(home: Path) -> Manifest | None:
    """The manifest in a folder; None where there is none, or it cannot be understood."""
    try:
        found: dict[str, Any] = json.loads((home / MANIFEST_FILE).read_bytes())
        if (found.pop("format"), found.pop("version")) != (FORMAT, VERSION):
            return None
        found["sources"] = [SourceFile(**source) for source in found["sources"]]
        found["files"] = [MadeFile(**made) for made in found["files"]]
        is_plain = all(Path(made.name).name == made.name for made in found["files"])
        return Manifest(**found) if is_plain else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def remove_loaded(home: Path, manifest: Manifest) -> list[Path]:
    """Delete the manifest and the files that it names, nothing else; the paths of what was deleted."""
    paths = [home / MANIFEST_FILE, *(home / made.name for made in manifest.files)]
    removed = [path for path in paths if path.exists()]
    for path in removed:
        path.unlink(missing_ok=True)
    return removed
