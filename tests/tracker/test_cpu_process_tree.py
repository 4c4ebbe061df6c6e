"""The processor time of real trees of processes: nothing lost, nothing twice."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from energyvis_tracker.meters.cpu_load import MS_PER_TICK
from energyvis_tracker.meters.cpu_share import CpuTimeShare
from energyvis_tracker.meters.proc_folder import ProcFolder
from energyvis_tracker.meters.process_tree import ProcessTree

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
