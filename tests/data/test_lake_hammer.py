"""Readers, writers and compactions at once: nobody ever sees a row twice or misses one."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.lake import Lake
from tests.lake_fixture import LakeWriter, at, epoch, readings, run_facts, span

HAMMER_S = 8.0
LONGEST_S = 60.0
"""A machine with other work gets so long until there was enough of everything."""
SEGMENTS = 3
ROWS = 40
WRITERS = ("node1-10", "node2-20")
RUN_ROWS = len(WRITERS) * SEGMENTS * ROWS
MOST_RUNS = 60
FEWEST = 5
COMPACTOR = """
import sys
from pathlib import Path
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.lake import Lake
from energyvis_panel.data.lake_compaction import compact_lake
lake, stop = map(Path, sys.argv[1:])
compacted = 0
with Gateway(threads=1) as gateway:
    opened = Lake(gateway, lake)
    while not stop.exists():
        compacted += len(compact_lake(opened).compacted)
print(compacted)
"""


class Job:
    """Writes runs as the tracker does: every file appears whole, the facts change in one step."""

    def __init__(self, lake: Path, workshop: Path) -> None:
        self.lake, self.workshop = lake, LakeWriter(workshop)
        self.finished: list[str] = []
        self.started_s = time.monotonic()
        LakeWriter(lake).marker()
        (lake / "live").mkdir()

    def write_run(self, number: int) -> None:
        """A run whose last segments come with its end; its joules are those of :func:`run_energy_j`."""
        run_id = f"01JBQ00000000000000000{number:04d}"
        self.workshop.facts(run_id, state="running", ended_at=None)
        for writer in WRITERS:
            host = writer.partition("-")[0]
            for place in range(SEGMENTS):
                rows = readings(
                    run_id, [number + 1.0] * ROWS, first_seq=place * ROWS, first_s=place * ROWS, host=host
                )
                self.workshop.segment(run_id, place, rows, writer)
            self.workshop.epochs(run_id, [epoch(run_id, 0, 0, 60)], writer)
            self.workshop.spans(run_id, 0, [span(run_id, 0, "eval", 1, 2)], writer)
        built, target = self.workshop.path / "live" / run_id, self.lake / "live" / run_id
        last = f"samples-{SEGMENTS - 1:06d}.parquet"
        for writer in WRITERS:
            (built / writer / last).rename(self.workshop.path / f"{writer}.{last}")
        built.rename(target)
        for writer in WRITERS:
            (self.workshop.path / f"{writer}.{last}").rename(target / writer / last)
        facts = self.workshop.path / "run.json"
        facts.write_text(json.dumps(run_facts(run_id)))
        facts.replace(target / "run.json")
        self.finished.append(run_id)

    def work(self) -> None:
        """Write runs one after the other."""
        for number in range(MOST_RUNS):
            if self.is_over(number):
                return
            self.write_run(number)

    def is_over(self, done: int) -> bool:
        """Whether there was time enough, so much was done, and runs were compacted meanwhile."""
        passed_s = time.monotonic() - self.started_s
        is_enough = done >= FEWEST and len(compacted_files(self.lake)) >= FEWEST
        return passed_s > LONGEST_S or (passed_s > HAMMER_S and is_enough)


def compacted_files(lake: Path) -> list[Path]:
    return list(lake.glob("runs/*/*.samples.parquet"))


def run_energy_j(run_id: str) -> float:
    return RUN_ROWS * (int(run_id[-4:]) + 1.0)


def read_all_runs(lake: Lake, job: Job) -> int:
    """Number of answers, each held against what had been finished before it was asked for."""
    answers = 0
    while not job.is_over(answers):
        before = set(job.finished)
        rows = {row["run_id"]: row for row in lake.all_runs(at(100)).to_pylist()}
        assert before <= rows.keys()
        for run_id, row in rows.items():
            if row["state"] == "finished":
                assert (run_id, row["samples"]) == (run_id, RUN_ROWS)
                assert row["energy_j"] == run_energy_j(run_id)
                assert row["epochs_done"] == 1
        answers += 1
    return answers


def read_samples(lake: Lake, job: Job) -> int:
    """Number of answers about the rows of single runs, the newest first."""
    answers = 0
    while not job.is_over(answers):
        for run_id in job.finished[:-6:-1]:
            samples = lake.ask("lake/compacted_samples", run_id=run_id)
            keys = set(zip(samples["writer"].to_pylist(), samples["seq"].to_pylist(), strict=True))
            assert (run_id, samples.num_rows, len(keys)) == (run_id, RUN_ROWS, RUN_ROWS)
            assert sum(samples["energy_j"].to_pylist()) == run_energy_j(run_id)
            assert lake.ask("lake/compacted_spans", run_id=run_id).num_rows == len(WRITERS)
            answers += 1
    return answers


@contextmanager
def compactors(lake: Path, stop: Path, number: int) -> Iterator[list["subprocess.Popen[str]"]]:
    """Processes that compact the lake again and again until the file ``stop`` appears."""
    command = [sys.executable, "-c", COMPACTOR, str(lake), str(stop)]
    processes = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=dict(os.environ))
        for _ in range(number)
    ]
    try:
        yield processes
    finally:
        stop.touch()
        for process in processes:
            process.communicate(timeout=30)


def test_nobody_sees_a_row_twice_or_misses_one(tmp_path: Path) -> None:
    lake, stop = tmp_path / "lake", tmp_path / "stop"
    job = Job(lake, tmp_path / "workshop")
    with ExitStack() as stack:
        shared = Lake(stack.enter_context(Gateway(threads=1)), lake)
        own = Lake(stack.enter_context(Gateway(threads=1)), lake)
        pool = stack.enter_context(ThreadPoolExecutor())
        processes = stack.enter_context(compactors(lake, stop, 2))
        writing = pool.submit(job.work)
        readers: list[Future[int]] = [
            pool.submit(read_all_runs, shared, job),
            pool.submit(read_all_runs, own, job),
            pool.submit(read_samples, shared, job),
        ]
        answers = [reader.result() for reader in readers]
        writing.result()
        assert min(*answers, len(job.finished), len(compacted_files(lake))) >= FEWEST
    assert [process.returncode for process in processes] == [0, 0]
