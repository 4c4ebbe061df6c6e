"""The sampler's second thread: segments, epochs and run.json, so that no disk ever delays a tick."""

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from energyvis_tracker.lake import EPOCHS_FILE, MARKER_FILE
from energyvis_tracker.run_files import write_run_file

HEARTBEAT_S = 19.0  # three signs of life before readers call a run stale
FIRST_RETRY_S, LAST_RETRY_S = 1.0, 30.0
# The file of all epochs is written again after each; very many short epochs get it less often.
EPOCHS_SHARE_OF_TIME = 0.02


class LakeWriter:
    """Writes what has become due, and keeps trying while the lake cannot be written.

    Parameters
    ----------
    folder
        The writer's folder, <lake>/live/<run_id>/<writer>.
    run_record
        Returns the present run.json.
    epochs
        The finished epochs by number, as journal records; read, never changed.
    first_task
        Work to do once before anything else, e.g. the recovery of older runs.
    on_end
        Called from the thread when it has written everything and ends.
    is_shared
        Writers of other hosts write to the same run.
    """

    def __init__(
        self,
        folder: Path,
        run_record: Callable[[], Mapping[str, Any]],
        epochs: Mapping[int, Mapping[str, Any]],
        first_task: Callable[[], None],
        on_end: Callable[[], None] = lambda: None,
        *,
        is_shared: bool = False,
    ) -> None:
        self.folder = folder
        self.lake = folder.parents[2]
        self.run_record = run_record
        self.epochs = epochs
        self.first_task = first_task
        self.on_end = on_end
        self.is_shared = is_shared
        self.journals: deque[Path] = deque()
        self.epochs_due = False
        self.run_due = False
        self.stopping = False
        self.is_done = False
        self.problem: str | None = None
        self.first_problem: str | None = None
        self.failures = 0
        self.next_epochs_s = 0.0
        self.heartbeat_s = time.monotonic()
        self.changed = threading.Condition()
        self.thread = threading.Thread(target=self.run, name="lake-writer", daemon=True)

    def add_journal(self, path: Path) -> None:
        """Have a closed journal turned into a segment."""
        with self.changed:
            self.journals.append(path)
            self.changed.notify()

    def add_epoch(self) -> None:
        """Have the epochs file written again."""
        with self.changed:
            self.epochs_due = True
            self.changed.notify()

    def add_run(self) -> None:
        """Have run.json written again."""
        with self.changed:
            self.run_due = True
            self.changed.notify()

    def start(self) -> None:
        """Start the thread."""
        self.thread.start()

    def finish(self) -> None:
        """Have everything written soon; the thread ends when it is."""
        with self.changed:
            self.stopping = self.run_due = True
            self.changed.notify()

    def run(self) -> None:
        """Work until `finish` was called and nothing is left."""
        try:
            self.work()
        finally:
            self.is_done = True
            self.on_end()

    def work(self) -> None:
        """Do the first task, then write what becomes due, over and over."""
        try:
            self.first_task()
        except Exception as error:  # noqa: BLE001 - what is wrong with older runs must not end this one
            self.first_problem = f"Older runs could not be recovered: {error!r}."
        retry_s = FIRST_RETRY_S
        while True:
            with self.changed:
                self.changed.wait_for(self.is_work_due, self.patience_s())
            try:
                self.write_what_is_due()
            except Exception as error:  # noqa: BLE001 - whatever fails here must neither end the thread nor the job
                self.failures += self.problem is None
                self.problem = str(error) or type(error).__name__
                with self.changed:
                    self.changed.wait(FIRST_RETRY_S if self.stopping else retry_s)
                retry_s = min(2 * retry_s, LAST_RETRY_S)
                continue
            self.problem, retry_s = None, FIRST_RETRY_S
            with self.changed:
                if self.stopping and not self.is_anything_left():
                    return

    def is_anything_left(self) -> bool:
        """Say whether something waits to be written."""
        return bool(self.journals) or self.epochs_due or self.run_due

    def is_work_due(self) -> bool:
        """Say whether the thread has to wake up."""
        epochs_now = self.epochs_due and (self.stopping or time.monotonic() >= self.next_epochs_s)
        return self.stopping or bool(self.journals) or self.run_due or epochs_now

    def patience_s(self) -> float:
        """Return how long the thread may sleep at most."""
        wake_s = self.heartbeat_s + HEARTBEAT_S
        if self.epochs_due:
            wake_s = min(wake_s, self.next_epochs_s)
        return max(0.0, wake_s - time.monotonic())

    def write_what_is_due(self) -> None:
        """Write epochs, then segments (a journal goes only when its epochs are safe), then run.json."""
        # One that is closed from here on may hold epochs that are not in the file: it is for the next round.
        closed = len(self.journals)
        has_journals = closed > 0
        if self.epochs_due and (has_journals or self.stopping or time.monotonic() >= self.next_epochs_s):
            self.write_epochs()
        if has_journals:
            self.write_segments(closed)
        if has_journals or self.run_due or time.monotonic() >= self.heartbeat_s + HEARTBEAT_S:
            self.write_run()

    def write_epochs(self) -> None:
        """Write the epochs file."""
        from energyvis_tracker.parquet_files import write_epochs  # noqa: PLC0415 - slow to import, due late

        started_s = time.monotonic()
        self.epochs_due = False
        try:
            record = self.run_record()
            write_epochs(
                self.folder / EPOCHS_FILE, record["run_id"], self.folder.name, list(self.epochs.values())
            )
        except BaseException:
            self.epochs_due = True
            raise
        finished_s = time.monotonic()
        self.next_epochs_s = finished_s + (finished_s - started_s) / EPOCHS_SHARE_OF_TIME

    def write_segments(self, count: int) -> None:
        """Turn the oldest closed journals into segments."""
        from energyvis_tracker.segments import close_journal  # noqa: PLC0415 - slow to import, due late

        for _ in range(count):
            if self.journals[0].exists():
                close_journal(self.journals[0])
            elif not (self.lake / MARKER_FILE).exists():
                raise FileNotFoundError(f"The lake {self.lake} has vanished.")
            self.journals.popleft()

    def write_run(self) -> None:
        """Write run.json, which is the heartbeat too; only a change of the facts need survive a power cut."""
        is_change, self.run_due = self.run_due, False
        try:
            write_run_file(self.folder, self.run_record(), is_shared=self.is_shared, is_durable=is_change)
        except BaseException:
            self.run_due = is_change
            raise
        self.heartbeat_s = time.monotonic()
