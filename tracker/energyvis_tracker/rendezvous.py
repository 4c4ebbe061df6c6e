"""Where trackers of one host find the sampler that is already there.

A sampler listens on a Unix socket in a folder that only its user may enter. The socket's name follows from
everything that two trackers must have in common to share it, so who should not share never meets.
"""

import contextlib
import fcntl
import json
import os
import socket
import stat
import struct
import time
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from energyvis_tracker.version import VERSION

PROTOCOL = 1
PREFIX = "ENERGYVIS_"
# These belong to one run, so trackers that differ in them may still share a sampler.
OWN_TO_A_RUN = frozenset({"ENERGYVIS_LAKE", "ENERGYVIS_SEGMENT_S", "ENERGYVIS_RUN_ID"})
# The sampler lives in the job's control group: when the batch system ends a step, it ends with it.
SCHEDULER_VARIABLES = ("SLURM_JOB_ID", "SLURM_STEP_ID", "PBS_JOBID", "LSB_JOBID", "JOB_ID")
PEER_CREDENTIALS = struct.Struct("iII")  # pid, uid, gid
START_PATIENCE_S = 12.0


def runtime_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Return the folder of the sockets: below `XDG_RUNTIME_DIR`, else a private one for temporary files."""
    runtime = environ.get("XDG_RUNTIME_DIR", "")
    if Path(runtime).is_absolute() and os.access(runtime, os.W_OK):
        return Path(runtime) / "energyvis"
    return Path(environ.get("TMPDIR") or "/tmp") / f"energyvis-{os.getuid()}"  # noqa: S108 - see private_folder


def socket_path(lake: Path, environ: Mapping[str, str] = os.environ) -> Path:
    """Return where the sampler of this lake, with these settings, in this step of a batch job, listens."""
    shared = {
        "version": VERSION,
        "protocol": PROTOCOL,
        "package": str(Path(__file__).resolve().parent),
        "host": socket.gethostname(),
        "lake": str(lake),
        "scheduler": [environ.get(name) for name in SCHEDULER_VARIABLES],
        "settings": sorted(
            item for item in environ.items() if item[0].startswith(PREFIX) and item[0] not in OWN_TO_A_RUN
        ),
    }
    text = json.dumps(shared).encode()
    # Two checksums tell a user's few samplers apart; hashlib would load OpenSSL, 4 MB in each job.
    return runtime_folder(environ) / f"{zlib.crc32(text):08x}{zlib.crc32(text[::-1], 1):08x}.sock"


def private_folder(folder: Path) -> None:
    """Make the folder of the sockets, closed to everybody else.

    Raises
    ------
    OSError
        If it cannot be made, or somebody else owns it: who owns it could answer in the sampler's place.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise PermissionError(f"{folder} is not a private folder of this user.")


def connected(path: Path, timeout_s: float) -> socket.socket | None:
    """Return a connection to the sampler that listens at `path`, or none where there is none."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(timeout_s)
    try:
        connection.connect(str(path))
        if peer(connection)[1] == os.getuid():
            return connection
    except OSError:
        pass
    connection.close()
    return None


def listening(path: Path) -> socket.socket | None:
    """Return the socket on which others find this sampler; none where another one listens, or nobody can.

    Whoever starts a sampler holds `start_turn`, so no two come here at once.
    """
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        private_folder(path.parent)
        if (other := connected(path, 1.0)) is not None:
            other.close()
            listener.close()
            return None
        path.unlink(missing_ok=True)
        listener.bind(str(path))
        listener.listen(128)
        listener.setblocking(False)
    except OSError:
        listener.close()
        return None
    return listener


def peer(connection: socket.socket) -> tuple[int, int]:
    """Return the process and the user at the other end; our own user and process 0 where nobody says."""
    if not hasattr(socket, "SO_PEERCRED"):
        return 0, os.getuid()
    found = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, PEER_CREDENTIALS.size)
    pid, user, _ = PEER_CREDENTIALS.unpack(found)
    return pid, user


def turn_path(path: Path) -> Path:
    """Return the file whose lock says whose turn it is to look for the sampler at `path` and start it."""
    return path.with_suffix(".start")


@contextlib.contextmanager
def start_turn(path: Path) -> Iterator[None]:
    """Let one process at a time look for a sampler and start it; goes on without a turn after a while."""
    descriptor = None
    with contextlib.suppress(OSError):
        private_folder(path.parent)
        descriptor = os.open(turn_path(path), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if descriptor is not None:
            wait_for_turn(descriptor)
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)


def wait_for_turn(descriptor: int) -> None:
    """Wait for the lock on an open file, as long as a start may take."""
    deadline_s = time.monotonic() + START_PATIENCE_S
    while time.monotonic() < deadline_s:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.01)
        except OSError:
            return
        else:
            return
