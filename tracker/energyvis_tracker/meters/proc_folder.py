"""Processes as /proc shows them.

Source: proc_pid_stat(5) and proc_pid_task(5) of the Linux manual.
"""

import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Process:
    """One process at one moment; times in clock ticks, `started` since boot."""

    pid: int
    started: int
    parent: int
    group: int
    session: int
    threads: int
    own_ticks: int
    waited_ticks: int

    @property
    def total_ticks(self) -> int:
        """Return its time and that of the children that it has waited for."""
        return self.own_ticks + self.waited_ticks


def process_in(pid: int, stat: bytes) -> Process:
    """Return the process that a line of /proc/<pid>/stat describes; its name may hold blanks and brackets."""
    fields = stat[stat.rindex(b")") + 2 :].split()
    parent, group, session = map(int, fields[1:4])
    user, system, waited_user, waited_system = map(int, fields[11:15])
    return Process(
        pid,
        int(fields[19]),
        parent,
        group,
        session,
        int(fields[17]),
        user + system,
        waited_user + waited_system,
    )


class ProcFolder:
    """What /proc says of processes; those that have ended meanwhile are none."""

    def __init__(self, path: str = "/proc") -> None:
        self.path = path

    def content(self, name: str) -> bytes:
        """Return what a file of the folder holds, nothing where it cannot be read."""
        try:
            descriptor = os.open(f"{self.path}/{name}", os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return b""
        try:
            pieces = []
            while piece := os.read(descriptor, 65536):
                pieces.append(piece)
            return b"".join(pieces)
        except OSError:
            return b""
        finally:
            os.close(descriptor)

    def process(self, pid: int) -> Process | None:
        """Return a process."""
        stat = self.content(f"{pid}/stat")
        return process_in(pid, stat) if stat else None

    def names(self, name: str) -> list[int]:
        """Return the entries of a folder that are numbers."""
        try:
            entries = os.listdir(f"{self.path}/{name}")  # noqa: PTH208 - a path object doubles the cost
        except OSError:
            return []
        return [int(entry) for entry in entries if entry.isdigit()]

    def children(self, pid: int, all_threads: bool) -> list[int]:
        """Return the children that the first thread of a process has started, or all its threads."""
        threads = self.names(f"{pid}/task") if all_threads else [pid]
        return [int(word) for tid in threads for word in self.content(f"{pid}/task/{tid}/children").split()]

    def lists_children(self) -> bool:
        """Return whether this kernel lists children (CONFIG_PROC_CHILDREN)."""
        pid = os.getpid()
        return os.access(f"{self.path}/{pid}/task/{pid}/children", os.R_OK)
