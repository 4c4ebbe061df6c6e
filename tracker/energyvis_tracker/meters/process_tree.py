"""The processes of a job with everything that they start, and the processor time that they use.

The time of a child that ended stands in its parent's `cutime` and `cstime` once the parent has waited for
it, with that of the child's own children (proc_pid_stat(5) of the Linux manual).
"""

import time
from collections import defaultdict
from collections.abc import Collection, Iterable

from energyvis_tracker.meters.proc_folder import Process, ProcFolder

# Each thread lists the children that it has started itself. A process with many threads seldom starts one
# from another than the first, so the others are asked when their number changes and every so many updates.
ALL_THREADS_EVERY = 10
NS_PER_TICK = 10_000_000


def ticks_since_boot() -> int:
    """Return the clock that dates the start of a process, in ticks (clock_gettime(2), CLOCK_BOOTTIME)."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // NS_PER_TICK if hasattr(time, "CLOCK_BOOTTIME") else 0


class ProcessTree:
    """Some processes and all their descendants, also those that were left behind by their parents.

    A process that is left goes to another parent, but is known by then. One that was started and left between
    two updates is found among the children of those that take such processes in, by its process group.
    """

    def __init__(self, proc: ProcFolder, lists_children: bool | None = None) -> None:
        self.proc = proc
        self.lists_children = proc.lists_children() if lists_children is None else lists_children
        self.members: dict[int, Process] = {}
        self.orphans: set[int] = set()
        self.strangers: set[int] = set()
        self.updates = 0
        self.updated_ticks = 0
        self.seen: dict[int, Process | None] = {}
        self.by_parent: dict[int, list[int]] | None = None
        self.debts: dict[int, int] = {}

    def update(self, roots: Collection[int]) -> int:
        """Return the clock ticks that the processes used since the last update.

        A root counts from the update on in which it is first named, with what it has started till then.
        """
        before, self.members = self.members, {}
        self.seen.clear()
        now_ticks = ticks_since_boot()
        self.by_parent = self.parents()
        fresh = {pid for pid in roots if not self.is_known(pid, before)}
        for pid in roots:
            if pid not in fresh:
                self.gather([pid], before)
        known = set(self.members)
        self.gather(fresh, before)
        newcomers = set(self.members) - known
        self.gather(self.left_behind(before), before)
        self.gather(self.newly_left_behind(before), before)
        self.orphans &= set(self.members)
        self.updates, self.updated_ticks = self.updates + 1, now_ticks
        ticks, self.debts = ticks_between(before, self.members, newcomers, self.debts)
        return ticks

    def process(self, pid: int) -> Process | None:
        """Return a process as it was when this update first asked for it."""
        if pid not in self.seen:
            self.seen[pid] = self.proc.process(pid)
        return self.seen[pid]

    def is_known(self, pid: int, before: dict[int, Process]) -> bool:
        """Return whether a process was a member and is still the same one."""
        now = self.process(pid) if pid in before else None
        return now is not None and now.started == before[pid].started

    def parents(self) -> dict[int, list[int]] | None:
        """Return the children of all processes, or none where the kernel lists those of a single one."""
        if self.lists_children:
            return None
        by_parent: dict[int, list[int]] = defaultdict(list)
        for process in map(self.process, self.proc.names(".")):
            if process is not None:
                by_parent[process.parent].append(process.pid)
        return by_parent

    def children(self, process: Process, all_threads: bool) -> Iterable[int]:
        """Return the children of a process."""
        if self.by_parent is not None:
            return self.by_parent.get(process.pid, ())
        return self.proc.children(process.pid, all_threads)

    def children_of_member(self, process: Process, before: dict[int, Process]) -> Iterable[int]:
        """Return the children of a member, those of each thread where it is time for that."""
        earlier = before.get(process.pid)
        is_steady = earlier is not None and earlier.threads == process.threads
        is_turn = self.updates % ALL_THREADS_EVERY == 0
        return self.children(process, process.threads > 1 and (is_turn or not is_steady))

    def gather(self, pids: Iterable[int], before: dict[int, Process]) -> None:
        """Add processes and all their descendants to the members."""
        waiting = list(pids)
        while waiting:
            pid = waiting.pop()
            process = self.process(pid) if pid not in self.members else None
            if process is not None:
                self.members[pid] = process
                waiting.extend(self.children_of_member(process, before))

    def left_behind(self, before: dict[int, Process]) -> Iterable[int]:
        """Yield former members that go on under another parent, or that a list of children has missed.

        The kernel may leave a child out of a list while another one ends.
        """
        for pid, earlier in before.items():
            now = self.process(pid) if pid not in self.members else None
            if now is None or now.started != earlier.started:
                continue
            if now.parent != earlier.parent or pid in self.orphans:
                self.orphans.add(pid)
                yield pid
            elif now.parent in self.members:
                yield pid

    def newly_left_behind(self, before: dict[int, Process]) -> Iterable[int]:
        """Yield the members' new children that an ancestor in another session has taken in meanwhile.

        They are told by their process group, which a process shares with its parent as a rule. A shell is of
        the session of its jobs, so what else it starts is not mistaken for one of them.
        """
        members = [*self.members.values(), *before.values()]
        groups = {process.group for process in members}
        sessions = {process.session for process in members}
        known, strangers = self.strangers | before.keys(), set()
        for reaper in self.ancestors():
            if reaper.session in sessions:
                continue
            for pid in self.children(reaper, all_threads=False):
                if pid in self.members:
                    continue
                process = self.process(pid) if self.updates and pid not in known else None
                if process and process.group in groups and process.started >= self.updated_ticks:
                    self.orphans.add(pid)
                    yield pid
                else:
                    strangers.add(pid)
        self.strangers = strangers

    def ancestors(self) -> list[Process]:
        """Return the ancestors of the members that are no members."""
        found: dict[int, Process] = {}
        for member in self.members.values():
            pid = member.parent
            while pid not in found and pid not in self.members:
                process = self.process(pid) if pid > 0 else None
                if process is None:
                    break
                found[pid] = process
                pid = process.parent
        return list(found.values())


def ticks_between(
    before: dict[int, Process], now: dict[int, Process], newcomers: Collection[int], debts: dict[int, int]
) -> tuple[int, dict[int, int]]:
    """Return the ticks used between two moments of a tree, each once, and what the next has to take off.

    Parameters
    ----------
    before, now
        The processes at both moments.
    newcomers
        Processes whose earlier use does not count.
    debts
        What the moment before left, by process: a child was gone, and its parent read just before it ended.
    """
    ticks = 0
    gained: dict[int, int] = {}
    for pid, process in now.items():
        earlier = before.get(pid)
        if earlier is not None and earlier.started == process.started:
            ticks += process.own_ticks - earlier.own_ticks
            gained[pid] = process.waited_ticks - earlier.waited_ticks
        elif pid not in newcomers:
            ticks += process.total_ticks
    ended = {pid for pid, process in before.items() if pid not in now or now[pid].started != process.started}
    for pid in ended:
        heir = heir_of(pid, before, ended)
        if heir in gained:
            # What a process gains by waiting for a child was seen before in the child itself.
            gained[heir] -= before[pid].total_ticks + debts.get(pid, 0)
    ticks += sum(max(0, gain - debts.get(pid, 0)) for pid, gain in gained.items())
    return ticks, {pid: -gain for pid, gain in gained.items() if gain < 0}


def heir_of(pid: int, before: dict[int, Process], ended: Collection[int]) -> int:
    """Return the nearest ancestor that has not ended, to which the times of an ended process have come."""
    for _ in ended:  # at most so many steps, whatever numbers were given again to other processes
        pid = before[pid].parent
        if pid not in ended:
            break
    return pid
