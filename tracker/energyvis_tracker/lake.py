"""Where the lake lies, how its files are named, and how one of them is replaced safely."""

import contextlib
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from energyvis_tracker.errors import ConfigurationError, SinkError

LAKE_FORMAT = "energyvis-lake"
LAKE_VERSION = 1
MARKER_FILE = "lake.json"
RUN_FILE = "run.json"
EPOCHS_FILE = "epochs.parquet"


def default_lake(environ: Mapping[str, str] = os.environ) -> Path:
    """Return the lake used where none is named; the app follows the same rule.

    `ENERGYVIS_LAKE`, else `$XDG_DATA_HOME/energyvis/lake`, else `~/.local/share/energyvis/lake`.
    """
    if named := environ.get("ENERGYVIS_LAKE"):
        return Path(named).expanduser()
    data_home = environ.get("XDG_DATA_HOME", "")
    # The XDG rules say that a relative path is to be ignored.
    base = Path(data_home) if Path(data_home).is_absolute() else Path("~/.local/share").expanduser()
    return base / "energyvis" / "lake"


def checked_lake(path: str | os.PathLike[str] | None) -> Path:
    """Return the absolute path of the lake, which need not exist yet.

    Raises
    ------
    ConfigurationError
        If something that is not a folder stands at the path or on the way to it.
    """
    lake = (Path(path).expanduser() if path is not None else default_lake()).absolute()
    for place in (lake, *lake.parents):
        try:
            if place.is_dir():
                return lake
            if place.exists():
                raise ConfigurationError(f"The lake {lake} cannot be made: {place} is a file, not a folder.")
        except PermissionError:
            return lake  # the sampler will say so; it is no mistake in the call
    return lake


def open_lake(lake: Path) -> None:
    """Make the lake's folder and its marker file if they are missing.

    Raises
    ------
    SinkError
        If the marker is of another format or of a later version.
    OSError
        If the folder cannot be written.
    """
    marker = lake / MARKER_FILE
    if not marker.exists():
        lake.mkdir(parents=True, exist_ok=True)
        replace_file(marker, as_json({"format": LAKE_FORMAT, "version": LAKE_VERSION}))
        return
    try:
        found = json.loads(marker.read_bytes())
        is_ours = found["format"] == LAKE_FORMAT and found["version"] == LAKE_VERSION
    except (ValueError, KeyError, TypeError):
        is_ours = False
    if not is_ours:
        raise SinkError(
            f"{marker} does not describe a lake of version {LAKE_VERSION}; choose another folder with "
            "ENERGYVIS_LAKE, or update energyvis-panel."
        )


def writer_name(host: str, pid: int) -> str:
    """Return the name of a sampler's own folder, safe on every file system."""
    return f"{re.sub(r'[^A-Za-z0-9._-]', '_', host)}-{pid}"


def free_writer_name(lake: Path, run_id: str, host: str, pid: int) -> str:
    """Return a name for a sampler's own folder in a run that nothing is written to yet."""
    name = first = writer_name(host, pid)
    number = 1
    with contextlib.suppress(OSError):
        while writer_folder(lake, run_id, name).exists():
            number += 1
            name = f"{first}-{number}"
    return name


def writer_folder(lake: Path, run_id: str, writer: str) -> Path:
    """Return the folder that one sampler alone writes to."""
    return lake / "live" / run_id / writer


def journal_path(folder: Path, number: int) -> Path:
    """Return the path of a writer's journal."""
    return folder / f"journal-{number:06d}.bin"


def segment_path(folder: Path, number: int) -> Path:
    """Return the path of the segment that the journal of the same number becomes."""
    return folder / f"samples-{number:06d}.parquet"


def spans_path(folder: Path, number: int) -> Path:
    """Return the path of the spans that stood in the journal of the same number."""
    return folder / f"spans-{number:06d}.parquet"


def file_number(path: Path) -> int:
    """Return the number in the name of a journal or a segment."""
    return int(path.stem.rpartition("-")[2])


def temporary_path(target: Path) -> Path:
    """Return where `target` is written before it is renamed; readers' patterns never match it."""
    return target.with_name(f".{target.name}.{os.getpid()}.tmp")


def replace_file(target: Path, content: bytes, *, is_durable: bool = True) -> None:
    """Put `content` at `target` so that a reader sees the old file or the new one, whole.

    That holds even after a power cut, unless the file need not be durable: then it may be lost or empty.
    """
    temporary = temporary_path(target)
    try:
        with temporary.open("wb") as file:
            file.write(content)
            if is_durable:
                file.flush()
                os.fsync(file.fileno())
        temporary.replace(target)
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    if is_durable:
        sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Make renames and removals in `folder` durable, where the file system can."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    except OSError:
        pass  # some network file systems refuse; the rename itself has happened
    finally:
        os.close(descriptor)


def as_json(value: Mapping[str, Any]) -> bytes:
    """Return `value` as readable JSON in UTF-8."""
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()
