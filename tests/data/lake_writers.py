"""Many writers of a lake at once, each in a process of its own: run as ``lake_writers.py LAKE WRITERS RUNS``.

They are forked from one process, since 64 interpreters that start would take longer than what is tested. A
writer is the tracker's own recorder and journal; closed journals become segments as in the sampler.
"""

import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from energyvis_tracker.journal_sink import JournalSink
from energyvis_tracker.lake import RUN_FILE, as_json, replace_file, writer_name
from energyvis_tracker.meters import Device
from energyvis_tracker.meters.meter import Reading
from energyvis_tracker.recorder import Recorder
from energyvis_tracker.segments import close_journal
from tests.lake_fixture import run_facts

SWEEPS = 120
SWEEPS_A_JOURNAL = 30
SWEEP_S = 0.025
ENERGY_J = 2.0
DEVICES = 2
ROWS = SWEEPS * DEVICES
SPANS = SWEEPS // SWEEPS_A_JOURNAL


def run_id_of(number: int, runs: int) -> str:
    """Run that the writer takes part in."""
    return f"01JBQ00000000000000000{number % runs:04d}"


def write(lake: Path, number: int, runs: int) -> None:
    """Record on devices that no other writer reads, as long as the sweeps last."""
    run_id, host = run_id_of(number, runs), f"node{number}"
    writer = writer_name(host, os.getpid())
    devices = [
        Device("gpu", f"GPU-{number}", "NVIDIA H100", "counter", "mJ"),
        Device("cpu", "package-0", "EPYC", "counter", "uJ"),
    ]
    header = {
        "run_id": run_id,
        "writer": writer,
        "host": host,
        "devices": [{"kind": d.kind, "id": d.id, "model": d.model, "raw_unit": d.raw_unit} for d in devices],
    }
    closed: list[Path] = []
    sink = JournalSink(lake, run_id, writer, lambda: header, closed.append)
    recorder = Recorder(devices, sink)
    for sweep in range(SWEEPS):
        now_ns = time.monotonic_ns()
        wall_us = time.time_ns() // 1000
        readings = [Reading(device, now_ns, ENERGY_J, None, "ok", sweep) for device in devices]
        recorder.record(readings, wall_us, now_ns)
        if sweep % SWEEPS_A_JOURNAL == SWEEPS_A_JOURNAL - 1:
            recorder.keep_spans([span(sweep // SWEEPS_A_JOURNAL, wall_us)], now_ns)
            sink.rotate()
            while closed:
                close_journal(closed.pop(0))
        time.sleep(SWEEP_S)  # the pace of a sampler
    assert not sink.pending
    assert sink.lock is not None
    sink.lock.finish()


def span(number: int, at_us: int) -> dict[str, object]:
    """A span as a journal holds it."""
    return {
        "span_id": number,
        "parent_id": None,
        "name": "step",
        "epoch": None,
        "started_us": at_us,
        "ended_us": at_us,
        "duration_s": 0.0,
        "energy_j": {"gpu": ENERGY_J},
        "units": 8.0,
        "unit": "sample",
        "metrics": {},
    }


def child(work: Callable[[], None], start: int) -> int:
    """Id of a forked process that does the work once the pipe ``start`` is closed at its other end."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    with suppress(BaseException):  # a fork must never come back into its parent's stack
        os.read(start, 1)
        work()
        status = 0
    os._exit(status)


def main() -> int:
    """Start all writers at one moment, and mark the runs finished when they are done; 0 if all went well."""
    import pyarrow.parquet  # noqa: F401, PLC0415 - once, before the fork

    lake, writers, runs = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    start, hold = os.pipe()
    for number in range(runs):
        facts = lake / "live" / run_id_of(number, runs) / RUN_FILE
        facts.parent.mkdir(parents=True)
        replace_file(facts, as_json(facts_of(number, runs, state="running")))
    pids = []
    for number in range(writers):
        pids.append(child(lambda number=number: (os.close(hold), write(lake, number, runs))[1], start))  # type: ignore[misc] # bound at once
    os.close(hold)
    statuses = [os.waitpid(pid, 0)[1] for pid in pids]
    for number in range(runs):
        facts = lake / "live" / run_id_of(number, runs) / RUN_FILE
        replace_file(facts, as_json(facts_of(number, runs, state="finished")))
    return max(statuses) and 1


if __name__ == "__main__":
    sys.exit(main())
