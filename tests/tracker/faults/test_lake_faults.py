"""A lake that is full, gone, read-only or forbidden during a run: the job goes on, no joule is lost."""

import os
import resource
import shutil
import statistics
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

Blow = Callable[[], Callable[[], object]]
# So many epochs of 10 ms that journals have to be closed and opened, and writing is tried again.
AWHILE = 120
TROUBLE = "could not be written for a time"
# Under the capabilities of root permissions mean nothing.
WITHOUT_CAPABILITIES = ["setpriv", "--bounding-set", "-all", "--inh-caps", "-all"]


def mounted(*words: object) -> None:
    """Mount, or leave the test out where that is not allowed."""
    done = subprocess.run(["mount", *map(str, words)], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"mounting is not allowed here: {done.stderr.strip()}")


@pytest.fixture
def mounts() -> Iterator[list[Path]]:
    """Return a list of mount points, which are unmounted in the end."""
    points: list[Path] = []
    yield points
    for point in reversed(points):
        subprocess.run(["umount", "--lazy", point], check=False, capture_output=True)


@pytest.fixture
def small_disk(lake: Any, mounts: list[Path]) -> Path:
    """Return a lake on a file system of 2 MB."""
    lake.path.mkdir()
    mounted("-t", "tmpfs", "-o", "size=2m", "tmpfs", lake.path)
    mounts.append(lake.path)
    return Path(lake.path)


@pytest.fixture
def mounted_lake(lake: Any, mounts: list[Path], tmp_path: Path) -> Path:
    """Return a lake that is mounted from elsewhere."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    lake.path.mkdir()
    mounted("--bind", elsewhere, lake.path)
    mounts.append(lake.path)
    return Path(lake.path)


def filled(disk: Path) -> Callable[[], object]:
    """Fill a disk to the last byte; return what makes room again."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (65_536, 1):
            try:
                while file.write(b"x" * size):
                    pass
            except OSError:
                continue
    return filler.unlink


def run_through(lake: Any, machine: Any, job: Any, blow: Blow) -> dict[str, Any]:
    """Strike a run in the middle and mend it again; return what the job measured, once all is checked."""
    job.pass_epochs(30)
    mend = blow()
    job.pass_epochs(AWHILE)
    mend()
    job.pass_epochs(30)
    found: dict[str, Any] = job.stop()
    check_run(lake, machine, found)
    assert TROUBLE in lake.run()["notes"]
    return found


def check_run(lake: Any, machine: Any, found: dict[str, Any]) -> None:
    """Check that the job was not held up, and that everything is in the lake."""
    assert statistics.median(found["waited_s"]) < 0.01
    assert max(found["waited_s"]) < 2.5
    samples = lake.samples()
    assert [sample["seq"] for sample in samples] == list(range(len(samples)))
    epochs = len(found["waited_s"]) if found["is_marked"] else 0
    assert [epoch["epoch"] for epoch in lake.epochs()] == list(range(epochs))
    assert machine.has_all_energy(samples, found["began_ns"], found["ended_ns"])
    assert lake.run()["state"] == "finished"
    assert not [*lake.has("journal-*"), *lake.has("lock"), *lake.has(".*.tmp")]


def test_a_full_disk(lake: Any, machine: Any, small_disk: Path, start_watched: Any) -> None:
    found = run_through(lake, machine, start_watched(), lambda: filled(small_disk))
    assert found["stop_s"] < 12


def test_a_run_that_begins_on_a_full_disk(
    lake: Any, machine: Any, small_disk: Path, start_watched: Any
) -> None:
    mend = filled(small_disk)
    job = start_watched()
    job.pass_epochs(AWHILE)
    mend()
    job.pass_epochs(AWHILE)
    check_run(lake, machine, job.stop())


def test_a_run_that_ends_on_a_full_disk_is_completed_when_there_is_room(
    lake: Any, machine: Any, small_disk: Path, start_watched: Any, wait_until: Any
) -> None:
    job = start_watched()
    job.pass_epochs(30)
    mend = filled(small_disk)
    job.pass_epochs(AWHILE)
    found = job.stop()
    assert found["stop_s"] < 4
    mend()
    wait_until(lambda: not lake.has("lock"))
    check_run(lake, machine, found)


def test_a_lake_that_is_unmounted_and_mounted_again(
    lake: Any, machine: Any, mounted_lake: Path, start_watched: Any, tmp_path: Path
) -> None:
    def unmount() -> Callable[[], object]:
        subprocess.run(["umount", "--lazy", mounted_lake], check=True)
        return lambda: mounted("--bind", tmp_path / "elsewhere", mounted_lake)

    run_through(lake, machine, start_watched(), unmount)


def test_a_lake_that_becomes_read_only(
    lake: Any, machine: Any, mounted_lake: Path, start_watched: Any, mounts: list[Path]
) -> None:
    def cover() -> Callable[[], object]:
        # The kernel refuses to make a mount read-only in which files are open, so another one lies over it.
        mounted("--bind", "-o", "ro", mounted_lake, mounted_lake)
        mounts.append(mounted_lake)
        return lambda: subprocess.run(["umount", "--lazy", mounts.pop()], check=True)

    run_through(lake, machine, start_watched(), cover)


def test_a_lake_that_is_a_file_for_a_while(lake: Any, machine: Any, start_watched: Any) -> None:
    aside = lake.path.with_name("aside")

    def replace() -> Callable[[], object]:
        lake.path.rename(aside)
        lake.path.write_text("no folder")
        return lambda: (lake.path.unlink(), aside.rename(lake.path))

    run_through(lake, machine, start_watched(), replace)


def test_a_lake_whose_permission_is_taken_away(lake: Any, machine: Any, start_watched: Any) -> None:
    if os.getuid() == 0 and shutil.which("setpriv") is None:
        pytest.skip("root may do anything, and there is no setpriv to take that away")
    job = start_watched(*WITHOUT_CAPABILITIES if os.getuid() == 0 else ())

    def forbid() -> Callable[[], object]:
        lake.path.chmod(0)
        return lambda: lake.path.chmod(0o755)

    run_through(lake, machine, job, forbid)


def test_files_that_must_not_grow_as_with_a_quota(lake: Any, machine: Any, start_watched: Any) -> None:
    job = start_watched()
    unlimited = resource.prlimit(job.sampler, resource.RLIMIT_FSIZE)

    def limit() -> Callable[[], object]:
        resource.prlimit(job.sampler, resource.RLIMIT_FSIZE, (1_000, unlimited[1]))
        return lambda: resource.prlimit(job.sampler, resource.RLIMIT_FSIZE, unlimited)

    run_through(lake, machine, job, limit)
