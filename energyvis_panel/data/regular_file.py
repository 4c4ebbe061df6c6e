"""A file that others may have put there: read only where it is a file, and no further than it may be."""

import os
import stat
from pathlib import Path

from energyvis_panel.errors import DatasetError

NO_FILE = "it is no regular file"


def regular_bytes(path: Path, most_bytes: int) -> bytes:
    """Bytes of a file; a pipe would never end, and a device has no end.

    Raises
    ------
    DatasetError
        If it is no regular file, or larger than ``most_bytes``; the message is the reason alone.
    OSError
        If it is gone or cannot be read.

    """
    # Without waiting, or opening a pipe would last until somebody writes into it.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise DatasetError(NO_FILE)
        if status.st_size > most_bytes:
            raise DatasetError(f"it holds {status.st_size:,} bytes, more than the {most_bytes:,} that it may")
        with open(descriptor, "rb", closefd=False) as file:
            return file.read(most_bytes)
    finally:
        os.close(descriptor)


def check_regular(path: Path) -> None:
    """Raise DatasetError if it is no regular file, OSError if it is gone."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise DatasetError(NO_FILE)
