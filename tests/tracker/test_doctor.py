"""`energyvis-track doctor`: what can be measured here, why the rest cannot, and how to mend it."""

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.tracker.fake_nvml import NOT_SUPPORTED, Driver, FakeBoard, environment_for

DOCTOR = [sys.executable, "-m", "energyvis_tracker", "doctor"]


def test_a_machine_without_counters_is_told_why_and_what_to_do(lake: Any, run_job: Any) -> None:
    job = run_job(DOCTOR)
    assert job.returncode == 1  # all is estimated
    assert "no NVIDIA driver" in job.stdout
    assert "ENERGYVIS_POWERCAP" in job.stdout
    assert "~ cpu" in job.stdout
    assert f"{lake.path} can be written" in job.stdout
    assert job.stderr == ""


@pytest.mark.usefixtures("lake")
def test_what_is_measured_by_a_counter_makes_the_machine_fine(
    run_job: Any, powercap: Any, tmp_path: Path
) -> None:
    powercap.add("intel-rapl:0", "package-0", 5)
    Driver([FakeBoard("GPU-1"), FakeBoard("GPU-2", faults={"*": NOT_SUPPORTED})]).save(tmp_path / "nvml")
    job = run_job([*DOCTOR, "--json"], env=os.environ | environment_for(tmp_path / "nvml"))
    facts = json.loads(job.stdout)
    assert job.returncode == 0
    sources = {(device["kind"], device["source"]) for device in facts["devices"]}
    assert {("cpu", "counter"), ("gpu", "counter")} <= sources
    assert facts["reading_ms"] > 0
    assert [finding["subject"] for finding in facts["findings"]] == ["lake", "sharing", "now", "scheduler"]
    assert all(finding["is_fine"] for finding in facts["findings"])


def test_a_lake_that_cannot_be_written_is_named(run_job: Any) -> None:
    job = run_job([*DOCTOR, "--lake", "/proc/energyvis-lake"])
    assert "- lake: /proc/energyvis-lake cannot be written" in job.stdout
    assert "Traceback" not in job.stderr


def test_runs_that_are_measured_now_and_the_place_in_the_batch_system(
    lake: Any, start_job: Any, run_job: Any
) -> None:
    start_job(
        "import sys\nfrom energyvis_tracker import EnergyTracker\n"
        "with EnergyTracker('under way', quiet=True): print(1, flush=True); sys.stdin.read()"
    ).stdout.readline()
    step = {"SLURM_JOB_ID": "17", "SLURM_STEP_ID": "0", "SLURM_PROCID": "1", "SLURM_STEP_NUM_TASKS": "4"}
    job = run_job(DOCTOR, env=os.environ | step)
    assert "under way (running)" in job.stdout
    assert "SLURM job 17, step 0; rank 1 of 4 on 1 host" in job.stdout
    assert lake.run()["name"] == "under way"


def test_the_newest_run_here_is_watched_by_its_name_its_id_or_none(
    lake: Any, start_job: Any, run_job: Any
) -> None:
    watch = [sys.executable, "-m", "energyvis_tracker", "watch"]
    assert "No run is measured on this machine now" in run_job([*watch, "--once"]).stderr
    start_job(
        "import sys\nfrom energyvis_tracker import EnergyTracker\n"
        "with EnergyTracker('under way', quiet=True, interval_s=0.1): print(1, flush=True); sys.stdin.read()"
    ).stdout.readline()
    run_id = lake.run()["run_id"]
    assert run_job([*watch, "--list"]).stdout == f"{run_id}  running   under way\n"
    for wanted in ([], ["under way"], [run_id[:20].lower()]):
        job = run_job([*watch, "--once", *wanted])
        assert "under way" in job.stdout, job.stderr
        assert job.returncode == 0
    missing = run_job([*watch, "another"])
    assert (missing.returncode, "there is under way" in missing.stderr) == (2, True)
