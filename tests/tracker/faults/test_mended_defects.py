"""What once went wrong under faults, a test each: nothing is lost, doubled, or left behind."""

import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from energyvis_tracker import journal_sink, parquet_files, recorder
from energyvis_tracker.held_energy import MAX_ROWS, HeldEnergy, HeldRow
from energyvis_tracker.journal import EPOCH, JournalFile, json_payload, read_journal
from energyvis_tracker.journal_sink import RETRY_NS, JournalSink
from energyvis_tracker.lake_writer import LakeWriter
from energyvis_tracker.meters.meter import Device, Reading
from energyvis_tracker.recorder import Recorder
from energyvis_tracker.recovery import recover

DEVICE = Device("cpu", "cpu", "", "estimate", "ms")
HEADER = {"run_id": "RUN", "writer": "w", "host": "h", "pid": 1, "devices": [], "run": {}}


def test_journals_closed_while_the_lake_is_away_become_segments(
    lake: Any, machine: Any, start_watched: Any
) -> None:
    job = start_watched(is_marked=False)
    job.pass_epochs(30)
    aside = lake.path.with_name("aside")
    lake.path.rename(aside)
    job.pass_epochs(120)
    aside.rename(lake.path)
    job.pass_epochs(30)
    found = job.stop()
    numbers = [sample["seq"] for sample in lake.samples()]
    assert not lake.has("journal-*")
    assert numbers == list(range(len(numbers)))
    assert machine.has_all_energy(lake.samples(), found["began_ns"], found["ended_ns"])


def epoch(number: int) -> dict[str, Any]:
    return {
        "epoch": number, "started_us": 0, "ended_us": 1, "duration_s": 1.0, "energy_j": {"cpu": 1.0},
        "units": None, "unit": None, "metrics": {},
    }  # fmt: skip


def closed_journal(folder: Path, number: int) -> Path:
    journal = JournalFile(folder / f"journal-{number:06d}.bin", HEADER)
    journal.append(json_payload(EPOCH, epoch(number)))
    journal.close()
    return journal.path


def test_no_journal_goes_before_its_epochs_are_in_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "live/RUN/w"
    folder.mkdir(parents=True)
    epochs = {0: epoch(0)}
    writer = LakeWriter(folder, lambda: {"run_id": "RUN", "state": "running"}, epochs, lambda: None)
    real = parquet_files.write_epochs

    def slow(*arguments: Any) -> None:
        real(*arguments)
        if 1 not in epochs:  # the sampler's other thread goes on meanwhile
            epochs[1] = epoch(1)
            writer.add_epoch()
            writer.add_journal(closed_journal(folder, 1))

    monkeypatch.setattr(parquet_files, "write_epochs", slow)
    writer.add_epoch()
    writer.add_journal(closed_journal(folder, 0))
    writer.write_what_is_due()
    in_journals = {number for path in folder.glob("journal-*") for number in read_journal(path).epochs}
    assert in_journals | set(parquet_files.read_epochs(folder / "epochs.parquet")) == {0, 1}


class Rig:
    """A recorder on a lake that has vanished, with room for three records."""

    def __init__(self, lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(journal_sink, "MAX_PENDING_RECORDS", 3)
        self.lake, self.now_ns = lake, 0
        self.closed: list[Path] = []
        self.sink = JournalSink(lake, "RUN", "w", lambda: {"host": "h"}, self.closed.append)
        self.recorder = Recorder([DEVICE], self.sink)
        self.tick()
        lake.rename(lake.with_name("aside"))
        self.sink.rotate()

    def tick(self) -> None:
        self.now_ns += RETRY_NS
        self.recorder.record([Reading(DEVICE, self.now_ns, 1.0, 1.0, "ok", None)], 0, self.now_ns)


def test_energy_held_back_at_the_end_is_written(lake: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rig = Rig(lake.path, monkeypatch)
    for _ in range(10):
        rig.tick()
    lake.path.with_name("aside").rename(lake.path)
    rig.sink.flush(rig.now_ns + 2 * RETRY_NS)
    rig.recorder.release_held(rig.now_ns + 2 * RETRY_NS)
    rig.sink.rotate()
    rows = [row for path in rig.closed if path.exists() for row in read_journal(path).samples]
    assert sum(row.energy_j for row in rows) == 11.0


def test_spans_and_epochs_are_bounded_too(lake: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rig = Rig(lake.path, monkeypatch)
    rig.recorder.keep_spans(({"span_id": number} for number in range(1_000)), rig.now_ns)
    assert len(rig.sink.pending) == 3
    assert rig.recorder.lost_spans == 1_000 - 3


def test_energy_held_back_stays_in_the_epoch_that_used_it(lake: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rig = Rig(lake.path, monkeypatch)
    for number in range(4):
        rig.recorder.start_epoch(number, 0, rig.now_ns)
        for _ in range(number + 1):
            rig.tick()
        rig.recorder.end_epoch(0, rig.now_ns, None, None, {})
    lake.path.with_name("aside").rename(lake.path)
    rig.tick()
    rig.sink.rotate()
    rows = [row for path in rig.closed if path.exists() for row in read_journal(path).samples]
    epochs = rig.recorder.epochs
    assert [epochs[number]["energy_j"]["cpu"] for number in range(4)] == [1.0, 2.0, 3.0, 4.0]
    for number in range(4):
        assert sum(row.energy_j for row in rows if row.epoch == number) == number + 1
    assert sum(row.energy_j for row in rows) == 12.0


def test_epochs_without_end_take_bounded_memory(lake: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "MOST_EPOCHS", 5)
    rig = Rig(lake.path, monkeypatch)
    for number in range(8):
        rig.recorder.start_epoch(number, 0, 0)
        rig.recorder.end_epoch(0, 0, None, None, {})
    assert sorted(rig.recorder.epochs) == [0, 1, 2, 3, 4]
    assert rig.recorder.unlisted_epochs == 3


def test_rows_held_back_are_bounded_and_lose_nothing() -> None:
    held = HeldEnergy()
    for number in range(MAX_ROWS + 500):
        reading = Reading(DEVICE, number, 1.0, None, "ok", None)
        held.add(HeldRow(DEVICE, number, number, reading, number, 0.5))
    rows = held.taken()
    assert len(rows) == MAX_ROWS
    assert sum(row.reading.energy_j for row in rows) == MAX_ROWS + 500
    assert sum(row.attributed_j or 0 for row in rows) == (MAX_ROWS + 500) / 2
    assert not held


@pytest.mark.parametrize("stopped_epochs", [300, 700])
def test_a_stopped_sampler_whose_socket_fills_counts_energy_once(
    lake: Any, machine: Any, start_watched: Any, wait_until: Any, stopped_epochs: int
) -> None:
    job = start_watched()
    job.pass_epochs(30)
    os.kill(job.sampler, signal.SIGSTOP)
    job.pass_epochs(stopped_epochs)
    os.kill(job.sampler, signal.SIGCONT)
    job.pass_epochs(30)
    found = job.stop()
    wait_until(lambda: not lake.has("lock"))
    assert sorted(e["epoch"] for e in lake.epochs()) == list(range(len(found["waited_s"])))
    assert machine.has_all_energy(lake.samples(), found["began_ns"], found["ended_ns"])
    assert max(found["waited_s"]) < 2.5


def test_recovery_leaves_no_temporary_file_beside_run_json(lake: Any, start_watched: Any) -> None:
    job = start_watched()
    job.pass_epochs(10)
    folder = lake.has("lock")[0].parent
    job.process.kill()
    subprocess.run(["kill", "-9", str(job.sampler)], check=True)
    (folder.parent / f".run.json.{job.sampler}.tmp").write_text("{")
    while not recover(lake.path):
        pass
    assert not list(folder.parent.glob(".*.tmp"))
