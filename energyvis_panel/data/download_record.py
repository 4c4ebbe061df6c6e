"""What is remembered of a finished download: where it came from, and the checksum that it had then."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from energyvis_panel.data.durable_file import appearing_file

READ_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class DownloadRecord:
    """One file as it came: ``first_seen_at`` is when this checksum was met first, in ISO 8601."""

    url: str
    bytes: int
    sha256: str
    first_seen_at: str
    etag: str | None = None
    last_modified: str | None = None


def sha256_of(path: Path) -> str:
    """Checksum of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(READ_BYTES):
            digest.update(piece)
    return digest.hexdigest()


def record_path(target: Path) -> Path:
    """Where the record of a download lies."""
    return target.with_name(f"{target.name}.json")


def write_record(target: Path, record: DownloadRecord) -> None:
    """Remember a download."""
    with appearing_file(record_path(target)) as path:
        path.write_text(json.dumps(asdict(record), indent=2), encoding="utf-8")


def read_record(target: Path) -> DownloadRecord | None:
    """What was remembered; None where there is nothing, or nothing that can be read."""
    try:
        found = json.loads(record_path(target).read_bytes())
        return DownloadRecord(**{name: found[name] for name in DownloadRecord.__dataclass_fields__})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def intact_record(target: Path) -> DownloadRecord | None:
    """The record, if the file is there and still has its checksum."""
    record = read_record(target)
    try:
        is_whole = record and target.stat().st_size == record.bytes and sha256_of(target) == record.sha256
    except OSError:
        return None
    return record if is_whole else None
