"""The part of the machine's busy processor time that a job used, for sharing out its energy."""

import re
from collections.abc import Callable, Collection
from pathlib import Path

from energyvis_tracker.meters.counter_file import CounterFile
from energyvis_tracker.meters.cpu_load import MS_PER_TICK, busy_ms_in
from energyvis_tracker.meters.proc_folder import ProcFolder
from energyvis_tracker.meters.process_tree import ProcessTree

CGROUP_ROOTS = (Path("/sys/fs/cgroup"), Path("/sys/fs/cgroup/unified"))
# The path that SLURM makes (its documentation, cgroup_v2). A step is what the ranks of one run share.
JOB_CGROUP = re.compile(rb"^0::((?:/[^/\n]+)*?/job_\d+(?:/step_[^/\n]+)?)(?=/|$)", re.MULTILINE)
HOW_SPLIT = (
    "over the busy time of all processors of the machine; idle power is split in the same proportion, and "
    "the sampler, where the job has started it, counts as the job's"
)


class CpuTimeShare:
    """What a job's processes and all their descendants used of the machine's busy processor time.

    Parameters
    ----------
    pids
        Returns the job's own processes.
    is_alone
        Returns whether no other run is measured in the same SLURM step, so that its cgroup counts for this
        one.
    proc
        The /proc folder.
    cgroup_roots
        Where cgroups of version 2 are mounted; the first that holds the job's is read.
    """

    def __init__(
        self,
        pids: Callable[[], Collection[int]],
        is_alone: Callable[[], bool] = lambda: True,
        proc: Path = Path("/proc"),
        cgroup_roots: Collection[Path] = CGROUP_ROOTS,
    ) -> None:
        self.pids = pids
        self.is_alone = is_alone
        self.proc = ProcFolder(str(proc))
        self.cgroup_roots = cgroup_roots
        self.tree = ProcessTree(self.proc)
        self.stat = CounterFile(proc / "stat")
        self.cgroup: CgroupTime | None = None
        self.roots: frozenset[int] = frozenset()
        self.last_busy_ms: int | None = None
        self.unplaced_ms = 0.0
        self.last_share: float | None = None

    @property
    def rule(self) -> str:
        """Return how the parts are found, as a sentence."""
        whose = (
            "the job's processes and all their descendants"
            if self.cgroup is None
            else f"the job's cgroup {self.cgroup.name}"
        )
        return f"CPU time of {whose}, {HOW_SPLIT}."

    def pids_seen(self) -> frozenset[int]:
        """Return the job's processes and their descendants, as `share` has last seen them."""
        return frozenset(self.tree.members)

    def share(self) -> float | None:
        """Return the part since the previous call, 0 to 1; none at the first, or where nobody can say.

        Where no processor was busy for a whole clock tick, the part is that of the call before, at first 0.
        Time that does not fit into the interval, since both sides move in ticks, is left for the next one.
        """
        used_ms = self.used_ms()
        try:
            busy_now_ms = busy_ms_in(self.stat.read())
        except (OSError, ValueError):
            return None
        if self.last_busy_ms is None:
            self.last_busy_ms = busy_now_ms
            return None
        self.unplaced_ms += used_ms
        busy_ms = busy_now_ms - self.last_busy_ms
        if busy_ms > 0:
            self.last_busy_ms = busy_now_ms
            placed_ms = min(self.unplaced_ms, busy_ms)
            self.unplaced_ms = min(self.unplaced_ms - placed_ms, busy_ms)
            self.last_share = placed_ms / busy_ms
        return self.last_share or 0.0

    def used_ms(self) -> float:
        """Return the processor time that the job used since the previous call, in ms."""
        roots = frozenset(self.pids())
        if roots != self.roots:
            self.roots = roots
            cgroup = self.cgroup_of(roots)
            if self.cgroup is None or cgroup is None or self.cgroup.path != cgroup.path:
                self.cgroup = cgroup
        tree_ms = float(self.tree.update(roots) * MS_PER_TICK)
        group_ms = None if self.cgroup is None else self.cgroup.used_ms()
        return tree_ms if group_ms is None or not self.is_alone() else group_ms

    def cgroup_of(self, pids: Collection[int]) -> "CgroupTime | None":
        """Return the SLURM step, else the job, that all of the processes are in, or none."""
        found = {JOB_CGROUP.search(self.proc.content(f"{pid}/cgroup")) for pid in pids}
        names = {match[1].decode() for match in found if match is not None}
        if None in found or len(names) != 1:
            return None
        name = names.pop()
        for root in self.cgroup_roots:
            if (root / name.lstrip("/") / "cpu.stat").exists():
                return CgroupTime(name, root / name.lstrip("/"))
        return None


class CgroupTime:
    """The processor time of one cgroup of version 2, with all that has ended in it (cgroups(7), cpu.stat)."""

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self.path = path
        self.file = CounterFile(path / "cpu.stat")
        self.last_us: int | None = None

    def used_ms(self) -> float | None:
        """Return the time since the previous call; none at the first, and where it cannot be read."""
        previous_us, self.last_us = self.last_us, self.usage_us()
        if previous_us is None or self.last_us is None:
            return None
        return max(0, self.last_us - previous_us) / 1000

    def usage_us(self) -> int | None:
        """Return the time since the cgroup was made, in microseconds, or none where it cannot be read."""
        try:
            words = self.file.read().split()
            return int(words[words.index(b"usage_usec") + 1])
        except (OSError, ValueError, IndexError):
            return None
