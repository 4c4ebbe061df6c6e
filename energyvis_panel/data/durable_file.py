"""Files that are there whole or not at all, even after a power cut."""

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def appearing_file(target: Path) -> Iterator[Path]:
    """A temporary path to write to, which takes the place of ``target`` at the end of the block.

    If the block raises, the target stays as it was. Two processes may do the same at once: each has a
    temporary file of its own, and the later one stays.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    # A name with a dot before it is passed over by every reader of a lake.
    temporary = target.with_name(f".{target.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp")
    try:
        yield temporary
        sync(temporary)
        temporary.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    sync(target.parent)


def sync(path: Path) -> None:
    """Make a file's content, or a folder's entries, durable where the file system can."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError:
        # Some network file systems refuse it for folders; the rename itself has happened.
        if not path.is_dir():
            raise
    finally:
        os.close(descriptor)
