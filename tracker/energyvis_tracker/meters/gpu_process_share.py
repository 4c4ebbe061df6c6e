"""The part of each board's use that some processes made, for jobs that share their GPUs with others.

Facts: NVML API reference, nvmlDeviceGetProcessUtilization (Maxwell and later, not in MIG mode; samples of the
processes that worked, in percent of the multiprocessors, after a time stamp) and
nvmlDeviceGetComputeRunningProcesses (memory by process). Processes are named by their numbers on the host.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from energyvis_tracker.meters.nvml import NvmlMeter
from energyvis_tracker.meters.nvml_board import NvmlBoard
from energyvis_tracker.meters.nvml_library import NvmlRefused

BY_WORK = "by work: multiprocessor use of these processes over that of all"
BY_MEMORY = "by memory: memory held by these processes over that held by all"
UNKNOWN_RULE = "not known"
FULL_PCT = 100
# The inode of the first PID namespace (PROC_PID_INIT_INO of the Linux kernel): not in a container.
HOST_PIDS = "pid:[4026531836]"


def sees_host_pids() -> bool:
    """Return whether this process counts processes as the driver does, that is outside containers."""
    try:
        return Path("/proc/self/ns/pid").readlink().as_posix() == HOST_PIDS
    except OSError:
        return True  # no Linux, no such containers


class GpuProcessShare:
    """Shares since the previous call; every run that asks has one of its own.

    The whole energy of a board is split by one share, idle power included: by the work of all processes in
    the interval; where nobody worked or the board does not tell, by the memory that they hold; where nobody
    holds any there is no share.

    Parameters
    ----------
    meter
        Whose boards are shared out, those selected later too.
    host_pids
        Returns whether process numbers here are those of the host. In a container a job that is not found is
        not known, where on the host it has no share.
    """

    def __init__(self, meter: NvmlMeter, host_pids: Callable[[], bool] = sees_host_pids) -> None:
        self.library = meter.library
        self.boards = meter.boards
        self.host_pids = host_pids
        self.seen_us: dict[str, int] = {}
        self.rules: dict[str, str] = {}
        self.without_work: set[tuple[str, int]] = set()

    @property
    def rule(self) -> str:
        """Return by which rule the last call shared the boards out."""
        return "; ".join(sorted(set(self.rules.values())))

    def shares(self, pids: Collection[int]) -> dict[str, float | None]:
        """Return the part (0 to 1) of these processes in each board; none where nothing can be said."""
        try:
            self.library.initialise_after_fork()
        except NvmlRefused:
            return dict.fromkeys(self.boards)
        return {identity: self.share_of(board, frozenset(pids)) for identity, board in self.boards.items()}

    def share_of(self, board: NvmlBoard, pids: frozenset[int]) -> float | None:
        """Return the part of these processes in one board."""
        for rule, amounts in ((BY_WORK, self.work), (BY_MEMORY, self.memory)):
            try:
                by_pid = amounts(board, board.handle())
            except NvmlRefused:
                continue
            total = sum(by_pid.values())
            if total > 0:
                self.rules[board.uuid] = rule
                if not pids & by_pid.keys() and not self.host_pids():
                    break
                return sum(by_pid[pid] for pid in pids & by_pid.keys()) / total
        self.rules[board.uuid] = UNKNOWN_RULE
        return None

    def work(self, board: NvmlBoard, handle: Any) -> Mapping[int, float]:
        """Return the multiprocessor use of each process since the previous call, in percent.

        Raises
        ------
        NvmlRefused
            If the board does not tell it, or nobody has worked since.
        """
        if (board.uuid, board.generation) in self.without_work:
            return {}
        seen_us = self.seen_us.get(board.uuid, 0)
        try:
            samples = self.library.ask("nvmlDeviceGetProcessUtilization", handle, seen_us)
        except NvmlRefused as refused:
            if refused.is_for_good:
                self.without_work.add((board.uuid, board.generation))
            raise
        # The driver leaves places of its buffer unwritten, or as they were.
        fresh = [
            sample
            for sample in samples
            if sample.pid and sample.timeStamp > seen_us and 0 <= sample.smUtil <= FULL_PCT
        ]
        self.seen_us[board.uuid] = max((sample.timeStamp for sample in fresh), default=seen_us)
        return added_up((sample.pid, sample.smUtil) for sample in fresh)

    def memory(self, _board: NvmlBoard, handle: Any) -> Mapping[int, float]:
        """Return the memory of each process in bytes; nothing where the driver hides it.

        Raises
        ------
        NvmlRefused
            If the board does not tell it.
        """
        processes = self.library.ask("nvmlDeviceGetComputeRunningProcesses", handle)
        if any(process.usedGpuMemory is None for process in processes):
            return {}
        return added_up((process.pid, process.usedGpuMemory) for process in processes)


def added_up(amounts: Iterable[tuple[int, float]]) -> dict[int, float]:
    """Return the sum of the amounts of each process."""
    sums: dict[int, float] = defaultdict(float)
    for pid, amount in amounts:
        sums[pid] += amount
    return dict(sums)
