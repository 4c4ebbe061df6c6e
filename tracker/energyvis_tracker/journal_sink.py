"""Where the sampler's records go: the journal, or memory while the lake cannot be written."""

import contextlib
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from energyvis_tracker.errors import SinkError
from energyvis_tracker.journal import JournalFile
from energyvis_tracker.lake import MARKER_FILE, journal_path, open_lake, writer_folder
from energyvis_tracker.writer_lock import WriterLock

MAX_PENDING_RECORDS = 50_000  # about 7 MB, or 7 hours of two devices at 1 Hz
RETRY_NS = 1_000_000_000
LOOK_NS = 5_000_000_000


class JournalSink:
    """Appends records, opens and rotates journals; never raises.

    Parameters
    ----------
    lake
        Folder of the lake.
    header
        Called for each new journal; the facts that its header carries.
    on_closed
        Called with the path of each journal that will not grow any more.
    """

    def __init__(
        self,
        lake: Path,
        run_id: str,
        writer: str,
        header: Callable[[], Mapping[str, Any]],
        on_closed: Callable[[Path], None],
    ) -> None:
        self.lake = lake
        self.run_id = run_id
        self.writer = writer
        self.folder = writer_folder(lake, run_id, writer)
        self.header = header
        self.on_closed = on_closed
        self.journal: JournalFile | None = None
        self.lock: WriterLock | None = None
        self.lake_seen = False
        self.next_number = 0
        self.pending: deque[bytes] = deque()
        self.problem: str | None = None
        self.failures = 0
        self.retry_at_ns = 0
        self.look_at_ns = 0

    @property
    def is_full(self) -> bool:
        """Say whether memory holds as many records as it may."""
        return len(self.pending) >= MAX_PENDING_RECORDS

    def append(self, payload: bytes, now_ns: int) -> None:
        """Write a record, after all that still wait."""
        self.pending.append(payload)
        self.flush(now_ns)

    def flush(self, now_ns: int) -> bool:
        """Write what waits in memory, at most one try a second; return whether nothing waits any more."""
        if not self.pending:
            return True
        if now_ns < self.retry_at_ns:
            return False
        try:
            journal = self.journal or self.open_journal()
            while self.pending:
                journal.append(self.pending[0])
                self.pending.popleft()
        except (OSError, SinkError) as error:
            self.failures += self.problem is None
            self.problem = str(error)
            self.retry_at_ns = now_ns + RETRY_NS
            self.rotate()
            return False
        self.problem = None
        return True

    def open_journal(self) -> JournalFile:
        """Return a new journal in the writer's folder."""
        self.prepare_folder()
        number = self.next_number
        self.next_number += 1  # a file that could neither be written nor removed must not be in the way again
        self.journal = JournalFile(journal_path(self.folder, number), self.header())
        return self.journal

    def prepare_folder(self) -> None:
        """Make the lake, the run's folder and the lock, as far as they are missing.

        A lake that has once been there is not made again: its mount is gone, and what would be written
        below the mount point is not the lake.
        """
        if not self.lake_seen:
            open_lake(self.lake)
            self.lake_seen = True
        elif not (self.lake / MARKER_FILE).exists():
            raise FileNotFoundError(f"The lake {self.lake} has vanished.")
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.lock is None or not self.lock.path.exists():
            if self.lock is not None:
                self.lock.release()
            self.lock = WriterLock.create(self.folder, self.header())

    def look_after_journal(self, now_ns: int) -> None:
        """See now and then whether somebody has deleted the journal: until it is closed nothing is lost."""
        if now_ns >= self.look_at_ns:
            self.look_at_ns = now_ns + LOOK_NS
            self.save_if_removed()

    def save_if_removed(self) -> None:
        """Take the records of a journal that somebody has deleted back into memory."""
        if self.journal is None:
            return
        with contextlib.suppress(OSError):
            if self.journal.is_removed():
                self.pending.extendleft(reversed(self.journal.payloads()))
                self.journal.close()
                self.journal = None

    def rotate(self) -> None:
        """Close the journal and hand it on; the next record opens another."""
        self.save_if_removed()
        if self.journal is None:
            return
        closed, self.journal = self.journal, None
        with contextlib.suppress(OSError):
            closed.close()
        self.on_closed(closed.path)
