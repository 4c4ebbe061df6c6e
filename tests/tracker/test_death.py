"""`kill -9`, of the job and of the sampler: nothing that was sampled is lost."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from energyvis_tracker import recover
from energyvis_tracker.journal import read_journal
from energyvis_tracker.segments import close_journal
from energyvis_tracker.session import MAX_RECORDS_A_SEGMENT

# Says after each epoch, which the sampler has then acknowledged, that it is over.
JOB = """
import time
from energyvis_tracker import EnergyTracker
with EnergyTracker("victim", epochs=10_000, interval_s=0.01, quiet=True) as t:
    print(t.client.process.pid)
    for epoch in t.epochs():
        time.sleep(0.01)
        if epoch:
            print(epoch - 1)
"""


def alive(pid: int) -> bool:
    """Say whether a process runs; while a thread of it is still dying, its lock is still held."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        return state != "Z" or len(list(Path(f"/proc/{pid}/task").iterdir())) > 1
    except OSError:
        return False


def start_victim(start_job: Any) -> tuple[Any, int, list[int]]:
    """Return a job, its sampler's pid, and the epochs acknowledged so far."""
    job = start_job(JOB)
    sampler = int(job.stdout.readline())
    return job, sampler, [int(job.stdout.readline()) for _ in range(20)]


def kill_both(job: Any, sampler: int, wait_until: Any) -> None:
    """Kill a job and its sampler at once, as the batch system does when the memory of a job runs out."""
    job.send_signal(signal.SIGSTOP)  # or the job would start another sampler
    os.kill(sampler, signal.SIGKILL)
    wait_until(lambda: not alive(sampler))
    job.kill()
    job.wait()


def test_a_killed_job_leaves_a_complete_run_marked_lost(lake: Any, start_job: Any, wait_until: Any) -> None:
    job, sampler, acknowledged = start_victim(start_job)
    job.send_signal(signal.SIGKILL)
    job.wait()
    wait_until(lambda: not alive(sampler))
    run, samples = lake.run(), lake.samples()
    assert run["state"] == "lost"
    assert run["started_at"] < run["ended_at"] <= run["heartbeat_at"]
    assert "ended without stopping" in run["notes"]
    seqs = [sample["seq"] for sample in samples]
    assert seqs == list(range(len(seqs)))
    epochs = lake.epochs()
    assert [epoch["epoch"] for epoch in epochs][: len(acknowledged)] == acknowledged
    for epoch in epochs:
        inside_j = sum(sample["energy_j"] for sample in samples if sample["epoch"] == epoch["epoch"])
        assert epoch["energy_cpu_j"] == pytest.approx(inside_j)
    assert not lake.has("journal-*")
    assert not lake.has("lock")


def test_a_killed_job_counts_as_gone_even_if_a_child_holds_its_socket(
    lake: Any, start_job: Any, wait_until: Any
) -> None:
    # The child is cloned behind Python's back, as a C library may do, so that no fork hook closes its copy.
    job = start_job("""
        import ctypes, time
        from energyvis_tracker import EnergyTracker
        t = EnergyTracker("parent", quiet=True)
        t.start()
        if ctypes.CDLL(None).fork() == 0:
            time.sleep(60)
        print(t.client.process.pid)
        time.sleep(60)
    """, start_new_session=True)  # fmt: skip
    sampler = int(job.stdout.readline())
    job.send_signal(signal.SIGKILL)
    wait_until(lambda: not alive(sampler))
    assert lake.run()["state"] == "lost"
    os.killpg(job.pid, signal.SIGKILL)


def test_a_killed_sampler_is_recovered_with_nothing_lost(lake: Any, start_job: Any, wait_until: Any) -> None:
    job, sampler, acknowledged = start_victim(start_job)
    kill_both(job, sampler, wait_until)
    journalled = [sample.seq for path in lake.has("journal-*.bin") for sample in read_journal(path).samples]
    segmented = [sample["seq"] for sample in lake.samples()]
    (recovered,) = recover(lake.path)
    assert (recovered.state, recovered.samples) == ("lost", len(journalled))
    run, samples = lake.run(), lake.samples()
    assert run["state"] == "lost"
    assert [sample["seq"] for sample in samples] == segmented + journalled
    assert segmented + journalled == list(range(len(samples)))
    assert [epoch["epoch"] for epoch in lake.epochs()][: len(acknowledged)] == acknowledged
    assert run["ended_at"][:19] >= str(samples[-1]["ts"]).replace(" ", "T")[:19]
    content = {path: path.read_bytes() for path in lake.path.rglob("*") if path.is_file()}
    assert recover(lake.path) == []
    assert {path: path.read_bytes() for path in lake.path.rglob("*") if path.is_file()} == content


def test_the_next_tracker_recovers_what_is_left(
    lake: Any, start_job: Any, run_job: Any, wait_until: Any
) -> None:
    job, sampler, _ = start_victim(start_job)
    kill_both(job, sampler, wait_until)
    run_job("from energyvis_tracker import EnergyTracker\nwith EnergyTracker('next'): pass")
    assert {run["name"]: run["state"] for run in lake.runs()} == {"victim": "lost", "next": "finished"}


def test_a_job_whose_sampler_was_killed_starts_another_and_the_run_goes_on(
    lake: Any, start_job: Any, wait_until: Any
) -> None:
    job, sampler, acknowledged = start_victim(start_job)
    os.kill(sampler, signal.SIGKILL)
    acknowledged += [int(job.stdout.readline()) for _ in range(20)]
    wait_until(lambda: len(lake.has("lock")) == 1 and not alive(sampler))  # the dead writer is recovered
    job.send_signal(signal.SIGINT)
    job.wait()
    wait_until(lambda: not lake.has("lock"))
    run, samples, epochs = lake.run(), lake.samples(), lake.epochs()
    assert run["state"] == "stopped"
    assert "was started again" in run["notes"]
    assert len({sample["writer"] for sample in samples}) == 2
    for writer in {sample["writer"] for sample in samples}:
        seqs = [sample["seq"] for sample in samples if sample["writer"] == writer]
        assert seqs == list(range(len(seqs)))
    # The epoch in which it happened has two parts, one a writer; together they hold all that was sampled in
    # it.
    assert sorted({epoch["epoch"] for epoch in epochs})[: len(acknowledged)] == acknowledged
    for number in acknowledged:
        parts_j = sum(epoch["energy_cpu_j"] for epoch in epochs if epoch["epoch"] == number)
        assert parts_j == pytest.approx(sum(s["energy_j"] for s in samples if s["epoch"] == number))


def test_a_run_whose_sampler_was_killed_ends_as_its_job_does(
    lake: Any, start_job: Any, wait_until: Any
) -> None:
    job = start_job("""
        import sys
        from energyvis_tracker import EnergyTracker
        with EnergyTracker("ends", epochs=1, quiet=True) as t:
            t.epoch_start()
            print(t.client.process.pid, flush=True)
            sys.stdin.readline()
            t.epoch_end(units=7, unit="samples", loss=0.25)
    """)
    os.kill(int(job.stdout.readline()), signal.SIGKILL)
    job.communicate("\n")
    wait_until(lambda: not lake.has("lock"))
    run = lake.run()
    assert (run["state"], "was started again" in run["notes"]) == ("finished", True)
    (finished,) = [epoch for epoch in lake.epochs() if epoch["units"] is not None]
    assert (finished["epoch"], finished["units"], finished["metrics"]) == (0, 7.0, {"loss": 0.25})


def test_a_living_sampler_is_left_alone(lake: Any, start_job: Any) -> None:
    start_victim(start_job)
    assert recover(lake.path) == []
    assert lake.run()["state"] == "running"


def killed_writer(lake: Any, start_job: Any, wait_until: Callable[..., Any]) -> Path:
    """Return the folder of a writer whose sampler was killed."""
    job, sampler, _ = start_victim(start_job)
    kill_both(job, sampler, wait_until)
    folder: Path = lake.has("lock")[0].parent
    return folder


def test_a_crash_between_segment_and_removal_duplicates_nothing(
    lake: Any, start_job: Any, wait_until: Any
) -> None:
    folder = killed_writer(lake, start_job, wait_until)
    (journal,) = folder.glob("journal-*.bin")
    content = journal.read_bytes()
    rows = close_journal(journal)
    journal.write_bytes(content)
    (recovered,) = recover(lake.path)
    assert (recovered.samples, len(lake.samples())) == (0, rows)
    assert not journal.exists()


def test_rows_that_the_segment_of_a_journal_lacks_are_added(
    lake: Any, start_job: Any, wait_until: Any
) -> None:
    folder = killed_writer(lake, start_job, wait_until)
    (journal,) = folder.glob("journal-*.bin")
    content = journal.read_bytes()
    total = len(read_journal(journal).samples)
    journal.write_bytes(content[: len(content) // 2])
    first = close_journal(journal)
    journal.write_bytes(content)
    (recovered,) = recover(lake.path)
    assert recovered.samples == total - first > 0
    assert [sample["seq"] for sample in lake.samples()] == list(range(total))


def test_a_run_without_its_file_is_rebuilt_from_the_journal(
    lake: Any, start_job: Any, wait_until: Any
) -> None:
    folder = killed_writer(lake, start_job, wait_until)
    (folder.parent / "run.json").write_text('{"run_id": "cut of')
    recover(lake.path)
    assert (lake.run()["name"], lake.run()["state"]) == ("victim", "lost")


def test_a_damaged_journal_is_set_aside_with_the_reason(lake: Any, start_job: Any, wait_until: Any) -> None:
    folder = killed_writer(lake, start_job, wait_until)
    (journal,) = folder.glob("journal-*.bin")
    content = bytearray(journal.read_bytes())
    rows = len(read_journal(journal).samples)
    journal.write_bytes(content + b"\x00" * 70_000)
    (recovered,) = recover(lake.path)
    copy, reason = sorted((lake.path / "quarantine").iterdir())
    assert recovered.samples == rows
    assert copy.read_bytes()[: len(content)] == content
    assert "damaged" in reason.read_text()


def test_runs_of_another_machine_are_left_alone_until_they_are_long_silent(
    lake: Any, start_job: Any, wait_until: Any
) -> None:
    folder = killed_writer(lake, start_job, wait_until)
    (folder / "lock").write_text('{"host": "elsewhere"}')
    assert recover(lake.path) == []
    assert recover(lake.path, all_hosts=True) == []
    for path in (folder, *folder.iterdir()):
        os.utime(path, (0, 0))
    assert recover(lake.path) == []
    assert [run.state for run in recover(lake.path, all_hosts=True)] == ["lost"]


def test_sigterm_closes_what_is_open_and_the_sampler_goes_on(
    lake: Any, start_job: Any, wait_until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENERGYVIS_SEGMENT_S", "3600")
    _, sampler, _ = start_victim(start_job)
    os.kill(sampler, signal.SIGTERM)
    wait_until(lambda: lake.has("samples-*.parquet"))
    assert len(lake.samples()) < MAX_RECORDS_A_SEGMENT / 2
    assert alive(sampler)
    assert lake.run()["state"] == "running"
