"""One run as the sampler sees it: its meters, its records, and what the job asks for."""

import contextlib
import os
import socket
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from energyvis_tracker.clock import iso_utc, now_us
from energyvis_tracker.errors import SinkError
from energyvis_tracker.journal_sink import JournalSink
from energyvis_tracker.lake import writer_name
from energyvis_tracker.lake_writer import LakeWriter
from energyvis_tracker.marks import encoded
from energyvis_tracker.meters import Reading, open_meters
from energyvis_tracker.recorder import Recorder
from energyvis_tracker.run_record import new_record, with_note

MAX_RECORDS_A_SEGMENT = 5_000
LONGEST_SEGMENT_S = 60.0
# Segments grow with the run up to the longest: a long run has few files, a short one is seen soon.
SEGMENT_SHARE_OF_RUN = 0.1
STOP_TIMEOUT_S = 8.0
TROUBLED_STOP_TIMEOUT_S = 1.0
LAST_TRIES_S = 60.0


class Session:
    """Measures one job.

    Parameters
    ----------
    hello
        The job's first mark: lake, run_id, job_pid, interval_s, segment_s, and the facts of the run.
    connection
        Where answers go.
    """

    def __init__(self, hello: dict[str, Any], connection: socket.socket) -> None:
        self.connection = connection
        self.interval_s: float = hello["interval_s"]
        self.segment_s: float = hello["segment_s"]
        self.job_pid: int = hello["job_pid"]
        self.facts: dict[str, Any] = hello["run"]
        self.run_id: str = hello["run_id"]
        self.lake = Path(hello["lake"])
        self.writer = writer_name(self.facts["host"], os.getpid())
        self.meters, self.devices = open_meters(time.monotonic_ns)
        self.failed_meters: dict[str, str] = {}
        self.first_sweep = self.read_meters()
        measured = [device for meter in self.meters for device in meter.measured]
        self.header = {
            "run_id": self.run_id,
            "writer": self.writer,
            "host": self.facts["host"],
            "pid": os.getpid(),
            "devices": [asdict(device) for device in measured],
        }
        self.sink = JournalSink(self.lake, self.run_id, self.writer, self.journal_header, self.hand_on)
        self.recorder = Recorder(measured, self.sink)
        self.started_us, self.started_ns = self.first_sweep[1:]
        self.segment_ns = self.started_ns
        self.record = new_record(self.facts, self.run_id, self.started_us, self.devices)
        self.files = LakeWriter(
            self.sink.folder, self.current_record, self.recorder.epochs, self.recover_others
        )

    def begin(self) -> None:
        """Write run.json and the first sample, and tell the job what is measured."""
        try:
            self.sink.prepare_folder()
            self.files.write_run()
        except (OSError, SinkError) as error:
            self.sink.problem = str(error)
            self.files.run_due = True
        self.recorder.record(*self.first_sweep)
        self.answer(
            {
                "ready": True,
                "writer": self.writer,
                "devices": self.record["devices"],
                "problem": self.sink.problem,
                "first_sample_ns": self.started_ns,
            }
        )
        self.files.start()

    def sweep(self) -> None:
        """Read every meter once, and record it."""
        self.recorder.record(*self.read_meters())

    def read_meters(self) -> tuple[list[Reading], int, int]:
        """Return a reading of every device, and the wall (us) and monotonic clock (ns) just before."""
        wall_us, mono_ns = now_us(), time.monotonic_ns()
        readings = []
        for meter in self.meters:
            try:
                readings += meter.read()
            except Exception as error:  # noqa: BLE001 - one broken meter must not end the others
                self.failed_meters[type(meter).__name__] = repr(error)
        return readings, wall_us, mono_ns

    def tick(self) -> None:
        """Take the sample that is due, and close the segment when it is long enough."""
        self.sweep()
        self.sink.flush(time.monotonic_ns())
        age_s = (time.monotonic_ns() - self.segment_ns) / 1e9
        run_s = (time.monotonic_ns() - self.started_ns) / 1e9
        longest_s = max(self.segment_s, min(LONGEST_SEGMENT_S, SEGMENT_SHARE_OF_RUN * run_s))
        journal = self.sink.journal
        if age_s >= longest_s or (journal is not None and journal.records >= MAX_RECORDS_A_SEGMENT):
            self.close_journal()

    def close_journal(self) -> None:
        """Have the samples so far put into a segment."""
        self.segment_ns = time.monotonic_ns()
        self.sink.rotate()

    def handle(self, mark: dict[str, Any]) -> bool:
        """Do what a mark of the job asks for, and return whether it was the last."""
        match mark["mark"]:
            case "epoch_start":
                self.sweep()
                self.recorder.start_epoch(mark["epoch"], mark["at_us"], mark["at_ns"])
                self.answer({"ack": mark["id"]})
            case "epoch_end":
                self.end_epoch(mark)
                self.answer({"ack": mark["id"]})
                self.files.add_epoch()
            case "log":
                self.recorder.add_metrics(mark["metrics"], time.monotonic_ns())
                self.files.add_epoch()
            case "stop":
                self.stop(mark)
                return True
        return False

    def end_epoch(self, mark: dict[str, Any]) -> None:
        """Take the sample at the end of an epoch, and finish it."""
        self.sweep()
        self.recorder.end_epoch(mark["at_us"], mark["at_ns"], mark["units"], mark["unit"], mark["metrics"])

    def stop(self, mark: dict[str, Any]) -> None:
        """End the run as the job says; an epoch still open counts as finished only if the run is."""
        if mark["state"] == "finished" and self.recorder.epoch is not None:
            self.end_epoch(mark)
            self.files.epochs_due = True
        else:
            self.sweep()
        self.record |= {"state": mark["state"], "exit_code": mark["exit_code"], "ended_at": iso_utc(now_us())}
        self.record["versions"] |= mark["versions"]
        # A lake that is known to fail is worth no long wait of the job; the tries go on after it.
        is_written = self.finish(STOP_TIMEOUT_S if self.problem is None else TROUBLED_STOP_TIMEOUT_S)
        self.answer({"ack": mark["id"], "summary": self.summary()})
        if not is_written:
            self.finish(LAST_TRIES_S)
        self.end()

    def lose(self) -> None:
        """End the run of a job that has gone without a word."""
        self.sweep()
        self.record |= {"state": "lost", "ended_at": iso_utc(now_us())}
        self.record = with_note(self.record, "The job's process ended without stopping the tracker.")
        self.finish(LAST_TRIES_S)
        self.end()

    def finish(self, timeout_s: float) -> bool:
        """Write everything, and return whether that was done in time."""
        deadline_s = time.monotonic() + timeout_s
        while not self.sink.flush(time.monotonic_ns()) and time.monotonic() < deadline_s:
            time.sleep(0.1)
        if self.sink.pending:
            return False
        self.sink.rotate()
        return self.files.finish(max(0.0, deadline_s - time.monotonic()))

    def end(self) -> None:
        """Let go of the lock, and say in the folder whether anything is left to recover."""
        if self.sink.lock is not None:
            is_done = not self.sink.pending and not self.files.is_anything_left()
            (self.sink.lock.finish if is_done else self.sink.lock.release)()

    def current_record(self) -> dict[str, Any]:
        """Return run.json as of now."""
        record = self.record
        if lost := self.recorder.merged:
            note = f"The lake could not be written for long: {lost} readings were merged into later ones."
            record = with_note(record, note)
        for meter, error in self.failed_meters.items():
            record = with_note(record, f"{meter} failed: {error}")
        if self.sink.failures or self.files.failures:
            record = with_note(record, "The lake could not be written for a time.")
        overhead = {"cpu_s": round(time.process_time(), 6), "reads": self.recorder.reads}
        return record | {"heartbeat_at": iso_utc(now_us()), "overhead": overhead}

    def journal_header(self) -> dict[str, Any]:
        """Return what each journal begins with; the run's record stands in it, should run.json be missing."""
        return self.header | {"run": self.record}

    def hand_on(self, path: Path) -> None:
        """Pass a closed journal to the thread that makes segments."""
        self.files.add_journal(path)

    def recover_others(self) -> None:
        """Bring older runs in order whose sampler has died."""
        from energyvis_tracker.recovery import recover  # noqa: PLC0415 - after the first sample, not before

        with contextlib.suppress(SinkError):  # a lake that cannot be written now says so elsewhere
            recover(self.lake)

    def summary(self) -> dict[str, Any]:
        """Return what the job prints at its end."""
        return {
            "energy_j": self.recorder.energy_j,
            "duration_s": (time.monotonic_ns() - self.started_ns) / 1e9,
            "epochs": len(self.recorder.epochs),
            "samples": self.recorder.seq,
            "qualities": dict(self.recorder.qualities),
            "sources": sorted({device.source for device in self.devices if device.source != "none"}),
            "problem": self.problem,
        }

    @property
    def problem(self) -> str | None:
        """Return why the lake cannot be written at the moment."""
        return self.sink.problem or self.files.problem

    def answer(self, message: dict[str, Any]) -> None:
        """Send a message to the job, unless it does not listen any more."""
        with contextlib.suppress(OSError):
            self.connection.send(encoded(message))
