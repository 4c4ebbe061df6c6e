"""Processes that are stopped, forked or ended in unusual ways: the run says so, and energy counts once."""

import json
import os
import signal
from itertools import pairwise
from typing import Any

import pytest

PREAMBLE = """
import ctypes, multiprocessing, os, subprocess, sys, threading, time
from energyvis_tracker import EnergyTracker
"""


def test_a_sampler_that_was_stopped_for_a_while_counts_the_time_once(
    lake: Any, machine: Any, start_watched: Any
) -> None:
    # Without marks: with them a job would fill the socket of the sampler that does not read.
    job = start_watched(is_marked=False)
    job.pass_epochs(30)
    os.kill(job.sampler, signal.SIGSTOP)
    job.pass_epochs(150)
    os.kill(job.sampler, signal.SIGCONT)
    job.pass_epochs(30)
    found = job.stop()
    run, samples = lake.run(), lake.samples()
    assert machine.has_all_energy(samples, found["began_ns"], found["ended_ns"])
    assert (run["state"], "no time for the sampler" in run["notes"]) == ("finished", True)
    times_ns = sorted(sample["mono_ns"] for sample in samples if sample["device_kind"] == "cpu")
    longest_s = max(later - earlier for earlier, later in pairwise(times_ns)) / 1e9
    assert longest_s > 1.4  # no sample is made up for the time in between


@pytest.mark.parametrize(
    ("ending", "state", "code"),
    [
        ("sys.exit(3)", "failed", 3),
        ("sys.exit(0)", "finished", 0),
        ("sys.exit()", "finished", 0),
        ("raise ValueError('x')", "failed", 1),
        ("raise KeyboardInterrupt", "stopped", -2),
        ("raise GeneratorExit", "failed", 1),
        ("class Own(BaseException): pass\n    raise Own", "failed", 1),
        ("os._exit(5)", "lost", 5),
        ("os.abort()", "lost", -6),
        ("ctypes.string_at(0)", "lost", -11),
    ],
)
def test_how_the_body_ends_is_how_the_run_ends(
    lake: Any, run_job: Any, wait_until: Any, ending: str, state: str, code: int
) -> None:
    job = run_job(f"{PREAMBLE}\nwith EnergyTracker('x', quiet=True) as t:\n    t.epoch_start()\n    {ending}")
    assert job.returncode == code, job.stderr
    assert "energyvis" not in job.stderr.replace("energyvis_tracker import", "")
    wait_until(lambda: lake.run()["state"] == state)
    wait_until(lambda: not lake.has("lock"))
    assert bool(lake.epochs()) == (state == "finished")


def test_leaving_without_a_stop_ends_the_run(lake: Any, run_job: Any) -> None:
    run_job(f"{PREAMBLE}\nt = EnergyTracker('x', quiet=True)\nt.start()\nt.epoch_start()")
    assert (lake.run()["state"], len(lake.epochs())) == ("finished", 1)


def test_the_end_of_a_thread_is_not_the_end_of_the_run(lake: Any, run_job: Any) -> None:
    job = run_job(f"""{PREAMBLE}
with EnergyTracker("x", epochs=2, quiet=True) as t:
    for epoch in t.epochs():
        thread = threading.Thread(target=sys.exit, args=(4,))
        thread.start()
        thread.join()
""")
    assert (job.returncode, lake.run()["state"], len(lake.epochs())) == (0, "finished", 2)


def test_a_tracker_that_was_started_in_one_thread_is_used_in_others(lake: Any, run_job: Any) -> None:
    job = run_job(f"""{PREAMBLE}
t = EnergyTracker("x", quiet=True)
starter = threading.Thread(target=t.start)
starter.start()
starter.join()
def work():
    for _ in range(50):
        with t.span("work", units=1):
            pass
workers = [threading.Thread(target=work) for _ in range(4)]
for worker in workers: worker.start()
for worker in workers: worker.join()
stopper = threading.Thread(target=t.stop)
stopper.start()
stopper.join()
""")
    assert (job.returncode, job.stderr) == (0, "")
    assert lake.run()["state"] == "finished"
    assert len({span["span_id"] for span in lake.spans()}) == 200


@pytest.mark.parametrize(
    "child",
    [
        "w = multiprocessing.get_context('fork').Process(target=sum, args=([1],)); w.start(); w.join()",
        "multiprocessing.get_context('fork').Pool(2).map(abs, range(9))",
        "os.fork() or os.execv(sys.executable, [sys.executable, '-c', 'pass']); os.wait()",
        "os.fork() or sys.exit(7); os.wait()",
        "os.fork() or t.stop(); os.getpid() == parent or os._exit(0); os.wait()",
        "os.fork() or (t.epoch_end(), t.epoch_start(), t.span('s').__enter__(), os._exit(0)); os.wait()",
        "subprocess.run([sys.executable, '-c', 'pass'], close_fds=False)",
    ],
)
def test_a_child_leaves_the_run_of_its_parent_alone(lake: Any, run_job: Any, child: str) -> None:
    job = run_job(f"""{PREAMBLE}
parent = os.getpid()
with EnergyTracker("x", epochs=3, quiet=True) as t:
    for epoch in t.epochs():
        if epoch == 1:
            {child}
""")
    assert job.returncode == 0, job.stderr
    assert (lake.run()["state"], [epoch["epoch"] for epoch in lake.epochs()]) == ("finished", [0, 1, 2])
    assert not lake.spans()


def test_a_child_may_measure_itself(lake: Any, run_job: Any) -> None:
    job = run_job(f"""{PREAMBLE}
def work(number):
    with EnergyTracker(f"child {{number}}", epochs=1, quiet=True) as own:
        for _ in own.epochs(): pass
with EnergyTracker("parent", epochs=1, quiet=True) as t:
    for _ in t.epochs():
        workers = [multiprocessing.get_context("fork").Process(target=work, args=(n,)) for n in range(3)]
        for worker in workers: worker.start()
        for worker in workers: worker.join()
""")
    assert job.returncode == 0, job.stderr
    runs = lake.runs()
    assert {run["name"] for run in runs} == {"parent", "child 0", "child 1", "child 2"}
    assert {run["state"] for run in runs} == {"finished"}
    assert len(lake.epochs()) == 4


def test_two_runs_of_one_name_at_once_are_two_runs(lake: Any, run_job: Any) -> None:
    job = run_job(f"""{PREAMBLE}
with EnergyTracker("same", epochs=2, quiet=True) as one, EnergyTracker("same", epochs=2, quiet=True) as other:
    for epoch in one.epochs(): pass
    for epoch in other.epochs(): pass
    print(one.run_id, other.run_id)
""")
    assert sorted(job.stdout.split()) == sorted(run["run_id"] for run in lake.runs())
    assert len(lake.runs()) == 2
    assert len(lake.epochs()) == 4


def test_start_and_stop_twice_change_nothing(lake: Any, run_job: Any) -> None:
    job = run_job(f"""{PREAMBLE}
t = EnergyTracker("x")
t.start(); t.start(); t.epoch_start(); t.stop(); t.stop()
with t: pass
""")
    lines = job.stderr.splitlines()
    assert len([line for line in lines if "finished" in line]) == 2  # a tracker may measure a second run
    assert [run["state"] for run in lake.runs()] == ["finished", "finished"]
    assert len(lake.epochs()) == 1


def test_an_interrupt_at_any_moment_leaves_a_run_in_order(lake: Any, start_job: Any, wait_until: Any) -> None:
    jobs = [
        start_job(f"""{PREAMBLE}
with EnergyTracker("x", interval_s=0.01, quiet=True) as t:
    print("began", flush=True)
    while True:
        t.epoch_start()
        with t.span("s"): pass
        t.epoch_end()
""")
        for _ in range(4)
    ]
    for job in jobs:
        job.stdout.readline()
        job.send_signal(signal.SIGINT)
        assert job.wait(20) == -signal.SIGINT
    wait_until(lambda: not lake.has("lock"))
    assert [run["state"] for run in lake.runs()] == ["stopped"] * len(jobs)
    assert not lake.has("journal-*")


def test_a_run_whose_folder_is_deleted_is_made_again(lake: Any, machine: Any, start_watched: Any) -> None:
    job = start_watched(is_marked=False)
    job.pass_epochs(10)
    folder = lake.has("lock")[0].parent
    journal = max(folder.glob("journal-*"))
    journal.unlink()
    (folder / "lock").unlink()
    job.pass_epochs(50)
    found = job.stop()
    numbers = [sample["seq"] for sample in lake.samples()]
    assert numbers == list(range(len(numbers)))
    assert machine.has_all_energy(lake.samples(), found["began_ns"], found["ended_ns"])
    assert json.loads((folder.parent / "run.json").read_bytes())["state"] == "finished"
