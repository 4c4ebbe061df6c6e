"""Locks of the lake: who holds one lives, for the kernel lets go of it at the end of the process."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from energyvis_panel.data.lake_layout import LOCK_FILE, entries


def has_living_writer(run: Path) -> bool:
    """Whether any writer of the run in this live folder lives."""
    return any(is_held(writer) for writer in entries(run, folders=True))


def is_held(writer: Path) -> bool:
    """Whether the writer of this folder lives, or that cannot be told; False where it left no lock."""
    with free_of_writers(writer) as is_free:
        return not is_free


@contextlib.contextmanager
def sole_worker(lock: Path) -> Iterator[bool]:
    """Whether nobody else does the work that this file stands for; if so, nobody begins it during the block.

    Raises
    ------
    OSError
        If the file cannot be made.

    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def free_of_writers(writer: Path) -> Iterator[bool]:
    """Whether the writer of this folder is gone; if so, nobody takes its folder over during the block.

    A lock that cannot be looked at, or a file system without locks, counts as a living writer.
    """
    try:
        descriptor = os.open(writer / LOCK_FILE, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        yield True
        return
    except OSError:
        yield False
        return
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)
