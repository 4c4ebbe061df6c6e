"""Many writers of a lake at once, a process each: run as ``lake_writers.py LAKE WRITERS RUN...``.

They are forked from one process, since 64 interpreters that start would take longer than what is tested. A
writer is the tracker's own recorder and journal; closed journals become segments as in the sampler.
"""

import os
import sys
import time
from importlib import import_module
from pathlib import Path

from energyvis_tracker.journal_sink import JournalSink
from energyvis_tracker.lake import writer_name
from energyvis_tracker.meters import Device
from energyvis_tracker.meters.meter import Reading
from energyvis_tracker.recorder import Recorder
from energyvis_tracker.segments import close_journal

SWEEPS = 60
SWEEPS_A_JOURNAL = 30
SWEEP_S = 0.05
ENERGY_J = 2.0
SPANS = 3


def write(lake: Path, number: int, run_id: str) -> None:
    """Record on devices that no other writer reads, as long as the sweeps last."""
    host = f"node{number}"
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
        now_ns, wall_us = time.monotonic_ns(), time.time_ns() // 1000
        readings = [Reading(device, now_ns, ENERGY_J, None, "ok", sweep) for device in devices]
        recorder.record(readings, wall_us, now_ns)
        if sweep % SWEEPS_A_JOURNAL == SWEEPS_A_JOURNAL - 1:
            if sweep == SWEEPS - 1:
                recorder.keep_spans([span(place, wall_us) for place in range(SPANS)], now_ns)
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


def main() -> int:
    """Start all writers at one moment; 0 if each of them ended well."""
    # As in the sampler: with numpy, pyarrow loads pandas too, 0.3 s in each process.
    sys.modules["numpy"] = None  # type: ignore[assignment] # the documented way to forbid an import
    import_module("pyarrow.parquet")  # once, before the forks
    lake, writers, runs = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    start, hold = os.pipe()
    children = []
    for number in range(writers):
        child = os.fork()
        if not child:
            os.close(hold)
            os.read(start, 1)  # returns when the last other end of the pipe is closed
            write(lake, number, runs[number % len(runs)])
            return 0
        children.append(child)
    os.close(hold)
    statuses = [os.waitpid(child, 0)[1] for child in children]
    return 1 if any(statuses) else 0


if __name__ == "__main__":
    sys.exit(main())
