"""Files set aside in ``<lake>/quarantine`` with the reason beside, as the tracker's recovery does it.

A file keeps its content and gets its path with dots for a name, without the leading ``live``.
"""

import contextlib
from collections.abc import Iterable
from pathlib import Path

from energyvis_panel.data.durable_file import appearing_file, sync
from energyvis_panel.data.lake_layout import JOURNAL, LIVE, LOCK_FILE, MARKER_FILE, QUARANTINE, entries
from energyvis_panel.data.lake_locks import free_of_writers

REASON_SUFFIX = ".reason.txt"
WRITERS_FILE_DEPTH = 4
"""Parts of ``live/<run>/<writer>/<file>``."""


def set_aside(lake: Path, file: Path, reason: str) -> Path | None:
    """Move a damaged file to the quarantine in one step; where to, or None where it must stay.

    It stays where a living writer may hold it, and where it is a journal (the tracker recovers what is whole
    in it), a lock, or the lake's marker. While it is moved, nobody takes a dead writer's folder over.

    Raises
    ------
    OSError
        If the quarantine cannot be written.

    """
    if JOURNAL.fullmatch(file.name) or file.name in {LOCK_FILE, MARKER_FILE}:
        return None
    with contextlib.ExitStack() as locks:
        if not all(locks.enter_context(free_of_writers(writer)) for writer in writers_of(lake, file)):
            return None
        return move(lake, file, reason)


def writers_of(lake: Path, file: Path) -> Iterable[Path]:
    """Folders of the writers that write to the file: its own, or all of the run for the run's facts."""
    parts = file.relative_to(lake).parts
    if parts[0] != LIVE:
        return []
    if len(parts) >= WRITERS_FILE_DEPTH:
        return [lake.joinpath(*parts[:3])]
    return entries(lake / LIVE / parts[1], folders=True)


def move(lake: Path, file: Path, reason: str) -> Path | None:
    """Move the file, its reason first; None where it vanished meanwhile."""
    target = free_name(lake / QUARANTINE, file.relative_to(lake).parts)
    explanation = target.with_suffix(REASON_SUFFIX)
    with appearing_file(explanation) as text:
        text.write_text(f"{reason[:1].upper()}{reason[1:]}.\n", encoding="utf-8")
    try:
        file.rename(target)
    except FileNotFoundError:
        explanation.unlink(missing_ok=True)
        return None
    sync(target.parent)
    sync(file.parent)
    return target


def free_name(folder: Path, parts: tuple[str, ...]) -> Path:
    """A name in the quarantine that nothing has, for nothing set aside is ever replaced."""
    name = ".".join(parts[1:] if parts[0] == LIVE else parts)
    target = folder / name
    number = 1
    while target.exists() or target.with_suffix(REASON_SUFFIX).exists():
        number += 1
        target = folder / f"{Path(name).stem}.{number}{Path(name).suffix}"
    return target


def is_set_aside(names: Iterable[str], run_id: str, writer: str) -> bool:
    """Whether the quarantine, whose file names are given, holds readings of a writer."""
    own = (f"{run_id}.{writer}.samples-", f"{run_id}.{writer}.journal-")
    return any(
        name.startswith(own) or (name.startswith("runs.") and f".{run_id}.samples." in name) for name in names
    )
