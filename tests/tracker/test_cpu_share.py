"""A job's part of the busy processor time, and the cgroup that stands for the job in SLURM."""

import os
from pathlib import Path
from typing import Any

import pytest

from energyvis_tracker.meters.cpu_share import CpuTimeShare


class Folders:
    """A /proc folder and cgroups in which the test says what everybody has used.

    Stands for a machine with SLURM, which no test can have.
    """

    def __init__(self, root: Path) -> None:
        self.proc = root / "proc"
        self.cgroups = root / "cgroup"
        self.step = self.cgroups / "system.slice" / "slurmstepd.scope" / "job_7" / "step_0"
        self.step.mkdir(parents=True)
        (self.proc / "5").mkdir(parents=True)
        self.write(busy=0, own=0, cgroup_us=0)
        (self.proc / "5" / "cgroup").write_text(
            "0::/system.slice/slurmstepd.scope/job_7/step_0/user/task_0\n"
        )

    def write(self, busy: int, own: int, cgroup_us: int) -> None:
        (self.proc / "stat").write_text(f"cpu {busy} 0 0 0 0 0 0 0 0 0\n")
        (self.proc / "5" / "stat").write_text(
            f"5 (a) b) S 1 5 5 0 -1 0 0 0 0 0 {own} 0 0 0 20 0 1 0 100 0 0\n"
        )
        (self.step / "cpu.stat").write_text(f"usage_usec {cgroup_us}\nuser_usec 1\nsystem_usec 2\n")

    def share(self, **options: Any) -> CpuTimeShare:
        return CpuTimeShare(lambda: [5], proc=self.proc, cgroup_roots=[self.cgroups], **options)


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path)


def test_the_cgroup_of_a_slurm_step_counts_with_all_that_ended_in_it(folders: Folders) -> None:
    share = folders.share()
    share.share()
    folders.write(busy=100, own=10, cgroup_us=500_000)
    assert share.share() == pytest.approx(0.5)
    assert "cgroup /system.slice/slurmstepd.scope/job_7/step_0," in share.rule
    assert "idle power is split in the same proportion" in share.rule


def test_beside_another_run_in_the_step_the_processes_count(folders: Folders) -> None:
    share = folders.share(is_alone=lambda: False)
    share.share()
    folders.write(busy=100, own=10, cgroup_us=500_000)
    assert share.share() == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("cgroup", "is_own"),
    [
        ("0::/slurm/uid_1000/job_7", True),
        ("9:name=systemd:/elsewhere\n0::/job_7/step_batch/user/task_0", True),
        ("0::/user.slice/session-3.scope", False),
        ("0::/", False),
        ("0::/myjob_7/step_0", False),
        ("0::/job_7b/step_0", False),
        ("1:cpu:/slurm/job_7", False),
    ],
)
def test_only_a_cgroup_of_a_slurm_job_counts(folders: Folders, cgroup: str, is_own: bool) -> None:
    (folders.proc / "5" / "cgroup").write_text(f"{cgroup}\n")
    *_, name = cgroup.split(":")
    folders.step = folders.cgroups / name.removesuffix("/user/task_0").lstrip("/")
    folders.step.mkdir(parents=True, exist_ok=True)
    folders.write(busy=0, own=0, cgroup_us=0)
    share = folders.share()
    share.share()
    folders.write(busy=100, own=10, cgroup_us=500_000)
    assert share.share() == pytest.approx(0.5 if is_own else 0.1)
    assert ("the job's processes and all their descendants" in share.rule) is not is_own


@pytest.mark.parametrize("cgroup", ["/system.slice/slurmstepd.scope/job_7/step_1", "/user.slice"])
def test_processes_in_two_cgroups_count_by_themselves(folders: Folders, cgroup: str) -> None:
    other = folders.proc / "6"
    other.mkdir()
    (other / "stat").write_text("6 (b) S 1 6 6 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 100 0 0\n")
    (other / "cgroup").write_text(f"0::{cgroup}\n")
    share = CpuTimeShare(lambda: [5, 6], proc=folders.proc, cgroup_roots=[folders.cgroups])
    share.share()
    folders.write(busy=100, own=10, cgroup_us=500_000)
    assert share.share() == pytest.approx(0.1)


def test_time_that_does_not_fit_is_left_for_the_next_interval(folders: Folders) -> None:
    share = folders.share(is_alone=lambda: False)
    share.share()
    folders.write(busy=2, own=3, cgroup_us=0)
    assert share.share() == 1
    folders.write(busy=4, own=3, cgroup_us=0)
    assert share.share() == pytest.approx(0.5)


def test_where_nobody_was_busy_for_a_tick_the_last_share_holds(folders: Folders) -> None:
    share = folders.share(is_alone=lambda: False)
    share.share()
    assert share.share() == 0
    folders.write(busy=10, own=5, cgroup_us=0)
    assert share.share() == share.share() == pytest.approx(0.5)


def test_a_system_without_proc_says_nothing(tmp_path: Path) -> None:
    share = CpuTimeShare(lambda: [os.getpid()], proc=tmp_path)
    assert share.share() is None
    assert share.share() is None
