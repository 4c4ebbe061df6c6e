"""Brings runs in order whose sampler died before it could: journals become segments, the run becomes lost."""

import contextlib
import json
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from energyvis_tracker.clock import US_PER_S, iso_utc, us_from_iso
from energyvis_tracker.errors import SinkError
from energyvis_tracker.journal import JournalContent, read_journal
from energyvis_tracker.lake import EPOCHS_FILE, MARKER_FILE, RUN_FILE, default_lake, replace_file
from energyvis_tracker.run_files import write_run_file
from energyvis_tracker.run_record import ACTIVE_STATES, with_note
from energyvis_tracker.writer_lock import LOCK_FILE, WriterLock

# Locks of another machine may not be visible here, so its runs are touched only when they are long silent.
FOREIGN_SILENCE_S = 600
LOST_NOTE = "The sampler died; recovered from its journal."


@dataclass(frozen=True, slots=True)
class RecoveredRun:
    """A writer that was brought in order: rows taken out of its journals, and the run's state now."""

    run_id: str
    writer: str
    samples: int
    state: str


def recover(lake: Path | None = None, *, all_hosts: bool = False) -> list[RecoveredRun]:
    """Return the writers that were brought in order; doing it again changes nothing.

    Parameters
    ----------
    lake
        The lake; the default one where not given.
    all_hosts
        Also take runs of other machines whose last sign of life is more than ten minutes old.

    Raises
    ------
    SinkError
        If there is no lake at the path, or a file in it cannot be written.
    """
    root = lake if lake is not None else default_lake()
    if not (root / MARKER_FILE).is_file():
        raise SinkError(f"There is no lake at {root}: it has no {MARKER_FILE}.")
    recovered = []
    for path in sorted(root.glob(f"live/*/*/{LOCK_FILE}")):
        lock = WriterLock.take_over(path)
        if lock is None:
            continue
        try:
            if not may_touch(lock, path.parent, all_hosts=all_hosts):
                lock.release()
                continue
            recovered.append(recover_writer(path.parent, root))
            remove_torn_facts(path.parent.parent, lock.owner().get("pid"))
        except SinkError:
            lock.release()  # written by a later version, which will bring it in order itself
            continue
        except OSError as error:
            lock.release()
            raise SinkError(f"{path.parent} cannot be recovered: {error}") from error
        lock.finish()
    return recovered


def may_touch(lock: WriterLock, folder: Path, *, all_hosts: bool) -> bool:
    """Say whether a dead writer's folder is ours to bring in order."""
    if lock.owner().get("host", socket.gethostname()) == socket.gethostname():
        return True
    newest_s = max(path.stat().st_mtime for path in (folder, *folder.iterdir()))
    return all_hosts and time.time() - newest_s > FOREIGN_SILENCE_S


def recover_writer(folder: Path, lake: Path) -> RecoveredRun:
    """Turn a dead writer's journals into segments, and mark its run lost; the caller holds the lock."""
    from energyvis_tracker.parquet_files import read_epochs, write_epochs  # noqa: PLC0415 - seldom needed, slow
    from energyvis_tracker.segments import close_journal  # noqa: PLC0415 - likewise

    for temporary in folder.glob(".*.tmp"):
        temporary.unlink(missing_ok=True)
    journals = {path: read_journal(path) for path in sorted(folder.glob("journal-*.bin"))}
    epochs_file = folder / EPOCHS_FILE
    stored = read_epochs(epochs_file) if epochs_file.exists() else {}
    epochs = dict(stored)
    for content in journals.values():
        epochs |= content.epochs
    samples = 0
    for path, content in journals.items():
        if is_damaged(content):
            set_aside(path, lake)
        samples += close_journal(path, content)
    goes_on = has_living_writer(folder)
    if goes_on:
        # Another sampler has taken the run over in the middle of an epoch: this part of it counts as well.
        epochs |= unfinished_epochs(folder, epochs)
    if epochs != stored:
        write_epochs(epochs_file, folder.parent.name, folder.name, epochs.values())
    state = "running" if goes_on else mark_lost(folder, journals.values(), epochs)
    return RecoveredRun(folder.parent.name, folder.name, samples, state)


def remove_torn_facts(run_folder: Path, pid: object) -> None:
    """Remove what a dead sampler left of a run.json that it was writing; others may be writing theirs."""
    if isinstance(pid, int):
        for temporary in run_folder.glob(f".*.{pid}.tmp"):
            temporary.unlink(missing_ok=True)


def has_living_writer(folder: Path) -> bool:
    """Say whether another sampler of this host writes to the run of a dead writer's folder."""
    for path in folder.parent.glob(f"*/{LOCK_FILE}"):
        if path.parent == folder:
            continue
        other = WriterLock.take_over(path)
        if other is None:
            return True
        other.release()
    return False


def unfinished_epochs(folder: Path, finished: dict[int, dict[str, Any]]) -> dict[int, dict[str, Any]]:
    """Return the epochs that a writer's segments name but nothing finished, as far as it saw them."""
    from energyvis_tracker.parquet_files import labelled_rows  # noqa: PLC0415 - seldom needed, slow
    from energyvis_tracker.segments import segments_of  # noqa: PLC0415 - likewise

    found: dict[int, dict[str, Any]] = {}
    for segment in segments_of(folder):
        for epoch, ts_us, kind, energy_j in labelled_rows(segment):
            if epoch in finished:
                continue
            entry = found.setdefault(
                epoch,
                {"epoch": epoch, "started_us": ts_us, "ended_us": ts_us, "duration_s": 0.0, "energy_j": {}}
                | {"units": None, "unit": None, "metrics": {}},
            )
            entry["ended_us"] = max(entry["ended_us"], ts_us)
            entry["duration_s"] = (entry["ended_us"] - entry["started_us"]) / US_PER_S
            entry["energy_j"][kind] = entry["energy_j"].get(kind, 0.0) + energy_j
    return found


def is_damaged(content: JournalContent) -> bool:
    """Say whether more follows the last whole record than one that was cut off."""
    return content.leftover_bytes > MAX_TORN_BYTES or (content.header is None and bool(content.samples))


MAX_TORN_BYTES = 65_536  # an epoch with many metrics may be long; samples are 90 bytes


def set_aside(journal: Path, lake: Path) -> None:
    """Keep a copy of a damaged journal, with the reason beside it."""
    quarantine = lake / "quarantine"
    quarantine.mkdir(exist_ok=True)
    copy = quarantine / f"{journal.parent.parent.name}.{journal.parent.name}.{journal.name}"
    replace_file(copy, journal.read_bytes())
    reason = "The journal is damaged: what follows its last whole record could not be read.\n"
    replace_file(copy.with_suffix(".reason.txt"), reason.encode())


def mark_lost(folder: Path, journals: Any, epochs: dict[int, dict[str, Any]]) -> str:
    """Set the run's state to lost with the last proof of life as its end, and return its state now.

    In a run of several hosts only this writer's part is lost.
    """
    is_shared = (folder / RUN_FILE).exists()
    path = (folder if is_shared else folder.parent) / RUN_FILE
    record: dict[str, Any] = {}
    with contextlib.suppress(OSError, ValueError):
        record = json.loads(path.read_bytes())
    headers = [journal.header for journal in journals if journal.header is not None]
    if not record and headers:
        record = headers[-1]["run"]
    if not record:
        return "unknown"
    if record["state"] in ACTIVE_STATES:
        signs_us = [us_from_iso(record["heartbeat_at"])]
        signs_us += [sample.ts_us for journal in journals for sample in journal.samples]
        signs_us += [epoch["ended_us"] for epoch in epochs.values()]
        ended_at = iso_utc(max(signs_us))
        record = with_note(
            record | {"state": "lost", "ended_at": ended_at, "heartbeat_at": ended_at}, LOST_NOTE
        )
        write_run_file(folder, record, is_shared=is_shared)
    return str(record["state"])
