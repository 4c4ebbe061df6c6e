"""The manifest of the reference tables: what is shipped, from where, under which licence."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from table_file import replace_file

__all__ = ["FILE", "Entry", "write_manifest"]

FILE = "MANIFEST.json"


@dataclass(frozen=True, slots=True)
class Entry:
    """One shipped file and its origin."""

    path: Path
    rows: int
    source: str
    licence: str
    built_from: tuple[str, ...]


def write_manifest(folder: Path, entries: list[Entry], built_on: str) -> Path:
    """Path of the manifest; tables that were not rebuilt, or came out the same, keep their date."""
    path = folder / FILE
    present = json.loads(path.read_text(encoding="utf-8"))["tables"] if path.exists() else {}
    tables = {name: facts for name, facts in present.items() if (folder / name).exists()}
    for entry in entries:
        content = entry.path.read_bytes()
        sha256 = hashlib.sha256(content).hexdigest()
        before = present.get(entry.path.name, {})
        tables[entry.path.name] = {
            "rows": entry.rows,
            "bytes": len(content),
            "sha256": sha256,
            "source": entry.source,
            "licence": entry.licence,
            "built_from": list(entry.built_from),
            "built_on": before["built_on"] if before.get("sha256") == sha256 else built_on,
        }
    content_text = json.dumps(
        {"format": "energyvis-reference", "tables": dict(sorted(tables.items()))}, indent=2
    )
    replace_file(path, content_text + "\n")
    return path
