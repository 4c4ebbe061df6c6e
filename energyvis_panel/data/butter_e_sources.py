"""What is remembered of the files that BUTTER-E was loaded from, so that a later change of one is noticed."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from energyvis_panel.data.butter_e_files import JOB_FILE
from energyvis_panel.data.butter_e_manifest import Manifest, SourceFile
from energyvis_panel.data.download_record import DownloadRecord, sha256_of


def source_file(
    name: str, path: Path, ready: Path, earlier: Manifest | None, downloads: Mapping[str, DownloadRecord]
) -> SourceFile:
    """What is remembered of one file that was read."""
    record = downloads.get(name)
    size_bytes, sha256 = folder_digest(path) if path.is_dir() else (path.stat().st_size, sha256_of(path))
    first_seen_at = record.first_seen_at if record else datetime.now(UTC).isoformat(timespec="seconds")
    for source in earlier.sources if earlier else ():
        if source.name == name and source.sha256 == sha256:
            first_seen_at = min(first_seen_at, source.first_seen_at)
    return SourceFile(
        name=name,
        path=str(path.absolute()),
        url=record.url if record else None,
        bytes=size_bytes,
        sha256=sha256,
        first_seen_at=first_seen_at,
        unpacked_bytes=ready.stat().st_size if ready != path and ready.is_file() else None,
    )


def folder_digest(folder: Path) -> tuple[int, str]:
    """Bytes of a folder's job files, and a checksum over their names and checksums."""
    digest, size_bytes = hashlib.sha256(), 0
    for path in sorted(path for path in folder.iterdir() if JOB_FILE.fullmatch(path.name)):
        size_bytes += path.stat().st_size
        digest.update(f"{sha256_of(path)}  {path.name}\n".encode())
    return size_bytes, digest.hexdigest()


def changed_sources(manifest: Manifest, earlier: Manifest | None) -> Iterator[str]:
    """Sentences about files whose checksum is not the one that it was at the last load."""
    before = {source.name: source for source in earlier.sources} if earlier else {}
    for source in manifest.sources:
        last = before.get(source.name)
        is_same_kind = last and (Path(last.path).suffix == Path(source.path).suffix)
        if last and is_same_kind and last.sha256 != source.sha256:
            yield (
                f"{source.name} is not the one loaded before: its checksum was {last.sha256[:12]}…, "
                f"and is {source.sha256[:12]}…"
            )
