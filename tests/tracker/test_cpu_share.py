"""The job's part of the busy processor time: nothing lost, nothing twice, in real trees of processes."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyvis_tracker.meters.cpu_load import MS_PER_TICK
from energyvis_tracker.meters.cpu_share import CpuTimeShare
from energyvis_tracker.meters.proc_folder import Process, ProcFolder, process_in
from energyvis_tracker.meters.process_tree import ProcessTree, ticks_between

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc is Linux's")

BURN_S = 0.3
# Both sides round down to ticks, once for each process.
SLACK_MS = 60
CPU_TIME = """
import os, sys, time
def burn(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
def say(*words):
    os.write(1, ' '.join(map(str, words)).encode() + b'\\n')
def wait():
    sys.stdin.readline()
"""


class Job:
    """A program that goes on by one step for each line that it is sent, and answers when the step is done."""

    def __init__(self, process: Any) -> None:
        self.process = process
        self.pid: int = process.pid

    def answer(self) -> str:
        line: str = self.process.stdout.readline()
        return line.strip()

    def step(self) -> str:
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self.answer()


@pytest.fixture
def job(start_job: Any) -> Callable[[str], Job]:
    """Return a function that starts a program in a session of its own and waits for its first word."""

    def start(program: str) -> Job:
        started = Job(start_job(CPU_TIME + program, start_new_session=True))
        assert started.answer() == "ready"
        return started

    return start


@pytest.fixture(params=[True, False], ids=["lists of children", "scan of /proc"])
def tree(request: pytest.FixtureRequest) -> ProcessTree:
    proc = ProcFolder()
    if request.param and not proc.lists_children():
        pytest.skip("this kernel lists no children (CONFIG_PROC_CHILDREN)")
    return ProcessTree(proc, lists_children=request.param)


def used_ms(tree: ProcessTree, *pids: int) -> int:
    return tree.update(pids) * MS_PER_TICK


def is_about(burnt_s: float) -> Any:
    return pytest.approx(burnt_s * 1000, abs=SLACK_MS)


def test_a_process_and_its_child_count_while_they_work(tree: ProcessTree, job: Any) -> None:
    parent = job(f"""
say('ready'); wait()
if os.fork() == 0:
    burn({BURN_S}); say('child'); wait()
    os._exit(0)
burn({BURN_S}); say('parent'); wait()
""")
    used_ms(tree, parent.pid)
    words = {parent.step(), parent.answer()}
    assert words == {"child", "parent"}
    assert used_ms(tree, parent.pid) == is_about(2 * BURN_S)
    assert len(tree.members) == 2
    assert used_ms(tree, parent.pid) <= SLACK_MS


def test_a_child_that_came_and_went_between_two_updates_is_counted(tree: ProcessTree, job: Any) -> None:
    parent = job(f"""
say('ready'); wait()
pid = os.fork()
if pid == 0:
    burn({BURN_S}); os._exit(0)
os.waitpid(pid, 0); say('gone'); wait()
""")
    used_ms(tree, parent.pid)
    assert parent.step() == "gone"
    assert used_ms(tree, parent.pid) == is_about(BURN_S)


def test_a_child_that_was_seen_at_work_is_not_counted_again_when_it_ends(tree: ProcessTree, job: Any) -> None:
    parent = job(f"""
say('ready'); wait()
pid = os.fork()
if pid == 0:
    burn({BURN_S}); say('burnt'); wait(); burn(0.1); os._exit(0)
os.waitpid(pid, 0); say('gone'); wait()
""")
    used_ms(tree, parent.pid)
    assert parent.step() == "burnt"
    assert used_ms(tree, parent.pid) == is_about(BURN_S)
    assert parent.step() == "gone"
    assert used_ms(tree, parent.pid) == is_about(0.1)
    assert set(tree.members) == {parent.pid}


def test_a_child_that_nobody_waits_for_is_never_counted_as_negative(tree: ProcessTree, job: Any) -> None:
    parent = job(f"""
import signal
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
say('ready'); wait()
if os.fork() == 0:
    burn({BURN_S}); say('burnt'); wait(); os._exit(0)
try:
    os.wait()
except ChildProcessError:
    burn({BURN_S}); say('gone'); wait()
""")
    used_ms(tree, parent.pid)
    assert parent.step() == "burnt"
    assert used_ms(tree, parent.pid) == is_about(BURN_S)
    assert parent.step() == "gone"
    assert used_ms(tree, parent.pid) == is_about(BURN_S)


LEFT_BEHIND = """
say('ready'); wait()
middle = os.fork()
if middle == 0:
    if os.fork() == 0:
        {at_birth}
        while os.getppid() == before: time.sleep(0.001)
        say('left'); wait()
        burn({burn_s}); say('burnt'); wait()
        os._exit(0)
    {in_between}
    os._exit(0)
os.waitpid(middle, 0)
while True: time.sleep(60)
"""


def test_a_grandchild_that_was_known_stays_when_its_parent_ends(
    tree: ProcessTree, job: Any, wait_until: Any
) -> None:
    daemon = job(
        LEFT_BEHIND.format(
            at_birth="os.setsid(); before = os.getppid(); say('born')",
            in_between="wait()",
            burn_s=BURN_S,
        )
    )
    used_ms(tree, daemon.pid)
    assert daemon.step() == "born"
    used_ms(tree, daemon.pid)
    assert len(tree.members) == 3
    assert daemon.step() == "left"
    wait_until(lambda: used_ms(tree, daemon.pid) == 0 and len(tree.members) == 2)
    assert daemon.step() == "burnt"
    assert used_ms(tree, daemon.pid) == is_about(BURN_S)


def test_a_grandchild_that_was_left_before_it_was_known_is_found_by_its_group(
    tree: ProcessTree, job: Any
) -> None:
    daemon = job(
        LEFT_BEHIND.format(at_birth="before = middle_pid", in_between="", burn_s=BURN_S).replace(
            "middle = os.fork()", "middle = os.fork(); middle_pid = os.getpid()", 1
        )
    )
    used_ms(tree, daemon.pid)
    assert daemon.step() == "left"
    assert daemon.step() == "burnt"
    assert used_ms(tree, daemon.pid) == is_about(BURN_S)


def test_a_process_counts_from_when_it_is_named_and_until_it_is_no_more(tree: ProcessTree, job: Any) -> None:
    first, second = (
        job(f"burn({BURN_S}); say('ready'); wait(); burn({BURN_S}); say('burnt'); wait()") for _ in "12"
    )
    used_ms(tree, first.pid)
    assert used_ms(tree, first.pid, second.pid) <= SLACK_MS
    second.step()
    assert used_ms(tree, first.pid, second.pid) == is_about(BURN_S)
    first.step()
    assert used_ms(tree, second.pid) <= SLACK_MS
    assert set(tree.members) == {second.pid}


def test_a_process_named_beside_its_ancestor_counts_once(tree: ProcessTree, job: Any) -> None:
    parent = job(f"""
say('ready'); wait()
if os.fork() == 0:
    say(os.getpid()); wait(); burn({BURN_S}); say('burnt'); wait()
    os._exit(0)
while True: time.sleep(60)
""")
    used_ms(tree, parent.pid)
    child = int(parent.step())
    used_ms(tree, parent.pid, child)
    parent.step()
    assert used_ms(tree, parent.pid, child) == is_about(BURN_S)


def test_what_the_jobs_shell_starts_beside_it_is_not_the_jobs(tree: ProcessTree, job: Any) -> None:
    shell = job("""
def start():
    pid = os.fork()
    if pid == 0: time.sleep(60); os._exit(0)
    say(pid); wait()
say('ready'); wait()
start(); start()
""")
    mine = int(shell.step())
    used_ms(tree, mine)
    other = int(shell.step())
    used_ms(tree, mine)
    assert set(tree.members) == {mine}
    for pid in (mine, other):
        os.kill(pid, signal.SIGKILL)


# A service whose two processes were left behind by their parent and have a worker each; the first process
# takes in what is left, as init does (PR_SET_CHILD_SUBREAPER is 36, see prctl(2)).
SERVICE = """
import ctypes
say('ready'); wait()
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
if os.fork() == 0:
    os.setsid()
    middle = os.fork()
    if middle == 0:
        before = os.getpid()
        for _ in range(2):
            if os.fork() == 0:
                while os.getppid() == before: time.sleep(0.001)
                worker = os.fork()
                if worker: say(os.getpid(), worker)
                time.sleep(60)
        os._exit(0)
    os.waitpid(middle, 0)
time.sleep(60)
"""


@pytest.fixture
def service(job: Any) -> Iterator[list[tuple[int, int]]]:
    """Return the process and the worker, twice."""
    first = job(SERVICE)
    lines = [line.split() for line in (first.step(), first.answer())]
    group = os.getpgid(int(lines[0][0]))
    yield [(int(pid), int(worker)) for pid, worker in lines]
    os.killpg(group, signal.SIGKILL)


def test_those_above_and_beside_a_process_that_was_left_behind_are_not_the_jobs(
    tree: ProcessTree, service: list[tuple[int, int]]
) -> None:
    (_, worker), _ = service
    for _ in range(2):
        used_ms(tree, worker)
        assert set(tree.members) == {worker}


def test_an_older_process_that_loses_its_parent_is_not_taken_for_the_jobs(
    tree: ProcessTree, service: list[tuple[int, int]], wait_until: Any
) -> None:
    (_, worker), (other, elder) = service
    process = ProcFolder().process

    def is_dated() -> bool:
        used_ms(tree, worker)
        return tree.updated_ticks > process(elder).started  # type: ignore[union-attr] # it lives

    wait_until(is_dated)
    os.kill(other, signal.SIGKILL)
    wait_until(lambda: process(elder).parent != other)  # type: ignore[union-attr] # it lives
    used_ms(tree, worker)
    assert set(tree.members) == {worker}


def test_a_process_that_is_named_no_more_is_not_taken_for_one_left_behind(
    tree: ProcessTree, service: list[tuple[int, int]]
) -> None:
    first, second = service
    used_ms(tree, first[0], second[0])
    assert set(tree.members) == {*first, *second}
    for _ in range(2):
        used_ms(tree, second[0])
        assert set(tree.members) == set(second)


def test_processes_that_are_gone_are_no_error(tree: ProcessTree, job: Any) -> None:
    short = job("say('ready'); wait()")
    used_ms(tree, short.pid)
    short.process.kill()
    short.process.wait()
    assert used_ms(tree, short.pid) == 0
    assert tree.members == {}


def test_a_child_of_another_thread_is_found(tree: ProcessTree, job: Any) -> None:
    parent = job(f"""
import subprocess, threading
def work():
    code = "import time; end = time.process_time() + {BURN_S}\\n"
    code += "while time.process_time() < end: pass\\nprint(flush=True); input()"
    child = subprocess.Popen([sys.executable, '-c', code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    child.stdout.readline(); say('burnt')
    threading.Event().wait()
say('ready'); wait()
threading.Thread(target=work, daemon=True).start()
threading.Event().wait()
""")
    used_ms(tree, parent.pid)
    assert parent.step() == "burnt"
    assert used_ms(tree, parent.pid) >= BURN_S * 1000 - SLACK_MS
    assert len(tree.members) == 2


class ForgetfulProc(ProcFolder):
    """A /proc that leaves children out of a list, as the kernel may while another one ends."""

    forgets = False

    def children(self, pid: int, all_threads: bool) -> list[int]:
        return [] if self.forgets else super().children(pid, all_threads)


@pytest.mark.skipif(not ProcFolder().lists_children(), reason="this kernel lists no children")
def test_a_child_that_a_list_leaves_out_is_neither_lost_nor_counted_again(job: Any) -> None:
    parent = job(f"""
if os.fork() == 0:
    burn({BURN_S}); say('ready'); wait()
    os._exit(0)
time.sleep(60)
""")
    proc = ForgetfulProc()
    tree = ProcessTree(proc, lists_children=True)
    used_ms(tree, parent.pid)
    known = set(tree.members)
    assert len(known) == 2
    for proc.forgets in (True, False):
        assert used_ms(tree, parent.pid) <= SLACK_MS
        assert set(tree.members) == known


def test_a_share_is_none_first_then_between_nothing_and_all(job: Any) -> None:
    busy = job(f"say('ready')\nwhile True: wait(); burn({BURN_S}); say('burnt')")
    idle = job("say('ready'); wait()")
    burning, idling = (CpuTimeShare(lambda pid=one.pid: [pid]) for one in (busy, idle))  # type: ignore[misc]
    assert burning.share() is idling.share() is None
    busy.step()
    share, nothing = burning.share(), idling.share()
    assert share is not None
    assert 0.1 < share <= 1
    assert nothing == 0
    assert burning.pids_seen() == {busy.pid}


class Folders:
    """A /proc folder and cgroups in which the test says what everybody has used.

    Stands for a machine with SLURM, which no test can have.
    """

    def __init__(self, root: Path) -> None:
        self.proc = root / "proc"
        self.cgroups = root / "cgroup"
        self.step = self.cgroups / "system.slice" / "slurmstepd.scope" / "job_7" / "step_0"
        self.step.mkdir(parents=True)
        (self.proc / "5").mkdir(parents=True)
        self.write(busy=0, own=0, cgroup_us=0)
        (self.proc / "5" / "cgroup").write_text(
            "0::/system.slice/slurmstepd.scope/job_7/step_0/user/task_0\n"
        )

    def write(self, busy: int, own: int, cgroup_us: int) -> None:
        (self.proc / "stat").write_text(f"cpu {busy} 0 0 0 0 0 0 0 0 0\n")
        (self.proc / "5" / "stat").write_text(
            f"5 (a) b) S 1 5 5 0 -1 0 0 0 0 0 {own} 0 0 0 20 0 1 0 100 0 0\n"
        )
        (self.step / "cpu.stat").write_text(f"usage_usec {cgroup_us}\nuser_usec 1\nsystem_usec 2\n")

    def share(self, **options: Any) -> CpuTimeShare:
        return CpuTimeShare(lambda: [5], proc=self.proc, cgroup_roots=[self.cgroups], **options)


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path)


def test_the_cgroup_of_a_slurm_step_counts_with_all_that_ended_in_it(folders: Folders) -> None:
    share = folders.share()
    share.share()
    folders.write(busy=100, own=10, cgroup_us=500_000)
    assert share.share() == pytest.approx(0.5)
    assert "cgroup /system.slice/slurmstepd.scope/job_7/step_0," in share.rule
    assert "idle power is split in the same proportion" in share.rule


def test_beside_another_run_in_the_step_the_processes_count(folders: Folders) -> None:
    share = folders.share(is_alone=lambda: False)
    share.share()
    folders.write(busy=100, own=10, cgroup_us=500_000)
    assert share.share() == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("cgroup", "is_own"),
    [
        ("0::/slurm/uid_1000/job_7", True),
        ("9:name=systemd:/elsewhere\n0::/job_7/step_batch/user/task_0", True),
        ("0::/user.slice/session-3.scope", False),
        ("0::/", False),
        ("0::/myjob_7/step_0", False),
        ("0::/job_7b/step_0", False),
        ("1:cpu:/slurm/job_7", False),
    ],
)
def test_only_a_cgroup_of_a_slurm_job_counts(folders: Folders, cgroup: str, is_own: bool) -> None:
    (folders.proc / "5" / "cgroup").write_text(f"{cgroup}\n")
    *_, name = cgroup.split(":")
    folders.step = folders.cgroups / name.removesuffix("/user/task_0").lstrip("/")
    folders.step.mkdir(parents=True, exist_ok=True)
    folders.write(busy=0, own=0, cgroup_us=0)
    share = folders.share()
    share.share()
    folders.write(busy=100, own=10, cgroup_us=500_000)
    assert share.share() == pytest.approx(0.5 if is_own else 0.1)
    assert ("the job's processes and all their descendants" in share.rule) is not is_own


def test_processes_in_two_steps_count_by_themselves(folders: Folders) -> None:
    other = folders.proc / "6"
    other.mkdir()
    (other / "stat").write_text("6 (b) S 1 6 6 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 100 0 0\n")
    (other / "cgroup").write_text("0::/system.slice/slurmstepd.scope/job_7/step_1\n")
    share = CpuTimeShare(lambda: [5, 6], proc=folders.proc, cgroup_roots=[folders.cgroups])
    share.share()
    folders.write(busy=100, own=10, cgroup_us=500_000)
    assert share.share() == pytest.approx(0.1)


def test_time_that_does_not_fit_is_left_for_the_next_interval(folders: Folders) -> None:
    share = folders.share(is_alone=lambda: False)
    share.share()
    folders.write(busy=2, own=3, cgroup_us=0)
    assert share.share() == 1
    folders.write(busy=4, own=3, cgroup_us=0)
    assert share.share() == pytest.approx(0.5)


def test_where_nobody_was_busy_for_a_tick_the_last_share_holds(folders: Folders) -> None:
    share = folders.share(is_alone=lambda: False)
    share.share()
    assert share.share() == 0
    folders.write(busy=10, own=5, cgroup_us=0)
    assert share.share() == share.share() == pytest.approx(0.5)


def test_a_system_without_proc_says_nothing(tmp_path: Path) -> None:
    share = CpuTimeShare(lambda: [os.getpid()], proc=tmp_path)
    assert share.share() is None
    assert share.share() is None


def test_a_name_may_hold_blanks_and_brackets() -> None:
    stat = b"42 (tmux: (x) y) S 7 8 9 0 -1 0 0 0 0 0 11 12 13 14 20 0 3 0 1234 0\n"
    assert process_in(42, stat) == Process(42, 1234, 7, 8, 9, 3, 23, 27)


Snapshot = dict[int, Process]


def ticks_of(snapshots: list[Snapshot]) -> list[int]:
    """Return what is counted from each snapshot of a tree to the next."""
    counted: list[int] = []
    debts: dict[int, int] = {}
    for before, now in pairwise(snapshots):
        ticks, debts = ticks_between(before, now, (), debts)
        counted.append(ticks)
    return counted


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Snapshot], list[int]]:
    """Draw snapshots of a tree whose processes work, start others, and end waited for; and the true ticks."""
    live, next_pid = {1: Process(1, 0, 0, 1, 1, 1, 0, 0)}, 2
    snapshots, truth = [dict(live)], []
    for _ in range(draw(st.integers(1, 6))):
        ticks = 0
        for _ in range(draw(st.integers(0, 8))):
            pid = draw(st.sampled_from(sorted(live)))
            process = live[pid]
            action = draw(st.sampled_from(["work", "fork", "end"]))
            if action == "work":
                done = draw(st.integers(0, 50))
                ticks += done
                live[pid] = replace(process, own_ticks=process.own_ticks + done)
            elif action == "fork":
                live[next_pid] = Process(next_pid, 0, pid, 1, 1, 1, 0, 0)
                next_pid += 1
            elif pid != 1 and not any(child.parent == pid for child in live.values()):
                del live[pid]
                parent = live[process.parent]
                live[parent.pid] = replace(parent, waited_ticks=parent.waited_ticks + process.total_ticks)
        snapshots.append(dict(live))
        truth.append(ticks)
    return snapshots, truth


@given(histories())
def test_every_tick_of_a_tree_counts_once_however_processes_come_and_go(
    history: tuple[list[Snapshot], list[int]],
) -> None:
    snapshots, truth = history
    assert ticks_of(snapshots) == truth


def test_a_child_that_ends_while_the_tree_is_read_does_not_count_twice() -> None:
    parent = Process(1, 0, 0, 1, 1, 1, 0, 0)
    child = Process(2, 0, 1, 1, 1, 1, 70, 0)
    read_just_before = {1: parent}
    late = {1: replace(parent, waited_ticks=75)}
    assert ticks_of([{1: parent, 2: child}, read_just_before, late, late]) == [0, 5, 0]


def test_nor_where_its_parent_ends_as_well_before_the_next_reading() -> None:
    root = Process(1, 0, 0, 1, 1, 1, 0, 0)
    parent = Process(2, 0, 1, 1, 1, 1, 10, 0)
    child = Process(3, 0, 2, 1, 1, 1, 70, 0)
    late = {1: replace(root, waited_ticks=85)}
    assert ticks_of([{1: root, 2: parent, 3: child}, {1: root, 2: parent}, late]) == [0, 5]
