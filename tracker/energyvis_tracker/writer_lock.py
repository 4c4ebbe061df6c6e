"""The lock that says that a writer's sampler is alive: the kernel lets go of it when the process ends."""

import contextlib
import fcntl
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

LOCK_FILE = "lock"


class WriterLock:
    """A lock file held with `flock`; its content says which process made it."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self.descriptor = descriptor

    @classmethod
    def create(cls, folder: Path, owner: Mapping[str, Any]) -> Self:
        """Return the lock of a new writer.

        The file is locked before it gets its name, so nobody ever sees it unlocked while its owner lives.
        """
        temporary = folder / f".{LOCK_FILE}.{os.getpid()}.tmp"
        descriptor = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            # A file system without locks must not stop the recording: recovery then leaves the writer alone.
            with contextlib.suppress(OSError):
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.write(descriptor, json.dumps(dict(owner)).encode())
            temporary.replace(folder / LOCK_FILE)
        except OSError:
            os.close(descriptor)
            raise
        return cls(folder / LOCK_FILE, descriptor)

    @classmethod
    def take_over(cls, path: Path) -> Self | None:
        """Return the lock of a writer whose sampler is dead; none where it lives or that is not known."""
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Another recovery may have removed the file after it was opened here.
            if os.path.samestat(os.fstat(descriptor), path.stat()):
                return cls(path, descriptor)
        except OSError:
            pass
        os.close(descriptor)
        return None

    def owner(self) -> dict[str, Any]:
        """Return what the file says about its maker; empty where it was cut off."""
        try:
            found = json.loads(os.pread(self.descriptor, 65536, 0))
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def finish(self) -> None:
        """Remove the file, which says that nothing is left to recover, and let go."""
        self.path.unlink(missing_ok=True)
        self.release()

    def release(self) -> None:
        """Let go and leave the file, so that a recovery looks here."""
        os.close(self.descriptor)
