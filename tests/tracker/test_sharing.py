"""One sampler for all trackers of a lake on a host: what they share, and what stays their own."""

import os
import signal
import socket
import time
from pathlib import Path
from typing import Any

import pytest

from energyvis_tracker import EnergyTracker
from energyvis_tracker.introduction import hello_of
from energyvis_tracker.rendezvous import private_folder, runtime_folder, socket_path
from energyvis_tracker.run_files import parts_of, write_run_file
from energyvis_tracker.run_record import merged_record, worst_state
from energyvis_tracker.sampler_loop import SamplerLoop

WAITING = """
import os, sys
from energyvis_tracker import EnergyTracker
with EnergyTracker({name!r}, epochs=2, interval_s=0.05, quiet=True) as t:
    print(t.run_id, t.client.process is not None, flush=True)
    for epoch in t.epochs():
        sys.stdin.readline()
        t.log(rank=int(os.environ.get("RANK", 0)))
        t.epoch_end(units=10, unit="samples")
"""


def samplers() -> set[int]:
    """Return the pids of the samplers that run below this test's processes or were left by them."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
            lake = os.environ["ENERGYVIS_LAKE"].encode()
            if b"energyvis_tracker.sampler" in command and lake in (folder / "environ").read_bytes():
                found.add(int(folder.name))
        except OSError:
            continue
    return found


def test_two_jobs_of_one_lake_share_a_sampler_and_neither_ends_the_other(
    lake: Any, start_job: Any, wait_until: Any
) -> None:
    first = start_job(WAITING.format(name="first"))
    _, first_started_one = first.stdout.readline().split()
    second = start_job(WAITING.format(name="second"))
    _, second_started_one = second.stdout.readline().split()
    assert (first_started_one, second_started_one) == ("True", "False")
    (sampler,) = samplers()
    first.communicate("\n\n")
    wait_until(lambda: sum(run["state"] == "finished" for run in lake.runs()) == 1)
    assert samplers() == {sampler}
    second.communicate("\n\n")
    wait_until(lambda: not samplers())
    runs = lake.runs()
    assert {run["name"]: run["state"] for run in runs} == {"first": "finished", "second": "finished"}
    for run in runs:
        own = [sample for sample in lake.samples() if sample["run_id"] == run["run_id"]]
        assert sorted(sample["seq"] for sample in own) == list(range(len(own)))
    assert (
        "first" in next(run for run in runs if run["name"] == "second")["notes"]
    )  # both count the whole machine


def test_two_jobs_that_start_at_once_share_a_sampler(lake: Any, start_job: Any) -> None:
    jobs = [start_job(WAITING.format(name=f"job {number}")) for number in range(6)]
    starters = [job.stdout.readline().split()[1] for job in jobs]
    assert sorted(starters) == ["False"] * 5 + ["True"]
    for job in jobs:
        job.communicate("\n\n")
    assert [run["state"] for run in lake.runs()] == ["finished"] * 6


@pytest.mark.usefixtures("lake")
def test_jobs_of_different_lakes_do_not_share(start_job: Any, tmp_path: Path) -> None:
    start_job(WAITING.format(name="here")).stdout.readline()
    elsewhere = os.environ | {"ENERGYVIS_LAKE": str(tmp_path / "other")}
    job = start_job(WAITING.format(name="there"), env=elsewhere)
    assert job.stdout.readline().split()[1] == "True"


def test_nested_and_parallel_trackers_of_one_process(lake: Any, run_job: Any) -> None:
    job = run_job("""
        import threading
        from energyvis_tracker import EnergyTracker
        def train(name):
            with EnergyTracker(name, epochs=3, quiet=True) as t:
                for epoch in t.epochs():
                    sum(range(200_000))
        with EnergyTracker("outer", epochs=1, quiet=True) as outer:
            for _ in outer.epochs():
                threads = [threading.Thread(target=train, args=(f"inner {n}",)) for n in range(3)]
                for thread in threads: thread.start()
                for thread in threads: thread.join()
    """)
    assert job.returncode == 0, job.stderr
    assert {run["name"] for run in lake.runs()} == {"outer", "inner 0", "inner 1", "inner 2"}
    assert {run["state"] for run in lake.runs()} == {"finished"}
    assert len(lake.epochs()) == 1 + 3 * 3


def rank_environment(rank: int, **more: str) -> dict[str, str]:
    """Return what torchrun puts into the environment of one of two ranks on this host."""
    return os.environ | {
        "RANK": str(rank), "WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2", "MASTER_ADDR": "localhost",
        "MASTER_PORT": "29500", "TORCHELASTIC_RUN_ID": "test", **more,
    }  # fmt: skip


def test_ranks_on_a_host_are_one_run_with_the_units_of_all(
    lake: Any, start_job: Any, wait_until: Any
) -> None:
    jobs = [start_job(WAITING.format(name="train"), env=rank_environment(rank)) for rank in (1, 0)]
    run_ids = {job.stdout.readline().split()[0] for job in jobs}
    assert len(run_ids) == 1
    for job in jobs:
        job.stdin.write("\n\n")
        job.stdin.flush()
    for job in jobs:
        assert job.communicate()[1] == ""
    wait_until(lambda: lake.run()["state"] == "finished")
    run, samples = lake.run(), lake.samples()
    assert run["ranks"] == 2
    assert len({sample["writer"] for sample in samples}) == 1
    assert [epoch["units"] for epoch in lake.epochs()] == [20.0, 20.0]
    # Metrics are those of the lowest rank that takes part.
    assert lake.epochs()[-1]["metrics"] == {"rank": 0.0}


def test_a_rank_that_is_killed_leaves_a_note_and_the_run_is_lost_only_with_it(
    lake: Any, start_job: Any, wait_until: Any
) -> None:
    jobs = {rank: start_job(WAITING.format(name="train"), env=rank_environment(rank)) for rank in (0, 1)}
    for job in jobs.values():
        job.stdout.readline()
    jobs[1].send_signal(signal.SIGKILL)
    jobs[1].wait()
    assert lake.run()["state"] == "running"
    jobs[0].communicate("\n\n")
    wait_until(lambda: lake.run()["state"] == "lost")
    assert "rank 1" in lake.run()["notes"]
    assert len(lake.epochs()) == 2


@pytest.mark.usefixtures("lake")
def test_the_same_rank_twice_is_another_run(start_job: Any) -> None:
    jobs = [start_job(WAITING.format(name="train"), env=rank_environment(0)) for _ in range(2)]
    assert len({job.stdout.readline().split()[0] for job in jobs}) == 2


def test_hosts_of_one_job_write_to_one_run(lake: Any, start_job: Any, wait_until: Any) -> None:
    run_id = "01JBQ0000000000000000000AA"
    jobs = []
    for number in range(2):
        # A sampler of its own, as another host would have.
        own = {
            "ENERGYVIS_RUN_ID": run_id,
            "XDG_RUNTIME_DIR": str(lake.path.parent),
            "SLURM_JOB_ID": str(number),
        }
        jobs.append(start_job(WAITING.format(name="train"), env=os.environ | own))
        assert jobs[-1].stdout.readline().split() == [run_id, "True"]
    jobs[0].communicate("\n\n")
    wait_until(
        lambda: [part["state"] for part in parts_of(lake.path / "live" / run_id)].count("finished") == 1
    )
    assert lake.run()["state"] == "running"
    jobs[1].communicate("\n\n")
    wait_until(lambda: lake.run()["state"] == "finished")
    assert len({sample["writer"] for sample in lake.samples()}) == 2
    run = lake.run()
    assert run["overhead"]["reads"] == len(lake.samples())


def record(**changes: Any) -> dict[str, Any]:
    """Return the facts that a writer keeps of its part of a run."""
    return {
        "run_id": "R", "name": "n", "hosts": ["a"], "state": "finished", "started_at": "2026-01-01",
        "ended_at": "2026-01-02", "heartbeat_at": "2026-01-02", "devices": [], "exit_code": None,
        "versions": {},
        "hardware": [{"kind": "gpu", "model": "A", "count": 4, "chip_id": None}], "notes": None,
        "overhead": {"cpu_s": 1.0, "reads": 2},
    } | changes  # fmt: skip


def test_the_facts_of_several_writers_are_one_runs_facts() -> None:
    merged = merged_record(
        [
            record(notes="one\nboth"),
            record(hosts=["b"], started_at="2025", ended_at="2027", notes="both", exit_code=3),
        ]
    )
    assert merged["hosts"] == ["a", "b"]
    assert (merged["started_at"], merged["ended_at"], merged["exit_code"]) == ("2025", "2027", 3)
    assert merged["hardware"] == [{"kind": "gpu", "model": "A", "count": 8, "chip_id": None}]
    assert merged["overhead"] == {"cpu_s": 2.0, "reads": 4}
    assert merged["notes"] == "one\nboth"
    assert merged_record([record(), record(state="running", ended_at=None)])["ended_at"] is None


@pytest.mark.parametrize(
    ("states", "state"),
    [
        (["finished"], "finished"),
        (["finished", "stopped"], "stopped"),
        (["failed", "lost", "finished"], "failed"),
        (["lost", "stopped"], "lost"),
        (["paused", "finished"], "paused"),
        (["paused", "running"], "running"),
    ],
)
def test_the_state_of_several_parts(states: list[str], state: str) -> None:
    assert worst_state(states) == state


def test_each_writer_keeps_its_own_facts_and_the_last_to_write_sees_all(tmp_path: Path) -> None:
    for host, state in (("a", "running"), ("b", "running"), ("a", "finished"), ("b", "finished")):
        folder = tmp_path / "run" / host
        folder.mkdir(parents=True, exist_ok=True)
        write_run_file(folder, record(hosts=[host], state=state), is_shared=True)
        states = {part["hosts"][0]: part["state"] for part in parts_of(tmp_path / "run")}
        assert states[host] == state
    text = (tmp_path / "run" / "run.json").read_text()
    assert '"finished"' in text
    assert '"running"' not in text


def test_a_folder_of_sockets_that_others_may_enter_is_not_used(tmp_path: Path) -> None:
    folder = tmp_path / "sockets"
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    with pytest.raises(PermissionError, match="private"):
        private_folder(folder)
    link = tmp_path / "link"
    link.symlink_to(tmp_path)
    with pytest.raises((PermissionError, FileExistsError)):
        private_folder(link)


def test_what_trackers_must_have_in_common_to_meet(tmp_path: Path) -> None:
    environ = {"XDG_RUNTIME_DIR": str(tmp_path)}
    assert runtime_folder(environ) == tmp_path / "energyvis"
    path = socket_path(tmp_path, environ)
    assert path == socket_path(tmp_path, environ | {"ENERGYVIS_SEGMENT_S": "3", "HOME": "/elsewhere"})
    for other in ({"ENERGYVIS_POWERCAP": "/x"}, {"SLURM_JOB_ID": "1"}, {"SLURM_STEP_ID": "1"}):
        assert path != socket_path(tmp_path, environ | other)
    assert path != socket_path(tmp_path / "other", environ)
    assert len(str(path.name)) < 40  # a socket's path may have 107 characters in all


def test_a_sampler_that_hangs_is_not_waited_for_long(lake: Any, start_job: Any) -> None:
    start_job(WAITING.format(name="first")).stdout.readline()
    (sampler,) = samplers()
    os.kill(sampler, signal.SIGSTOP)
    try:
        tracker = EnergyTracker("second", quiet=True)
        tracker.start()
        assert tracker.client.process is not None
        tracker.stop()
    finally:
        os.kill(sampler, signal.SIGCONT)
    assert {run["name"]: run["state"] for run in lake.runs()}["second"] == "finished"


def test_a_sampler_that_was_held_up_begins_no_run_for_who_has_gone_elsewhere(lake: Any) -> None:
    ours, theirs = socket.socketpair()
    with ours, SamplerLoop(None) as loop:
        loop.add(theirs)
        (client,) = loop.clients
        loop.do(
            client, hello_of(EnergyTracker("late")) | {"mark": "hello", "until_ns": time.monotonic_ns() - 1}
        )
        assert client.is_gone
        assert loop.sessions == []
    assert not lake.path.exists()
