"""What importing the tracker brings along, and what it must not."""

import re
import shutil
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

import energyvis_tracker

ROOT = Path(__file__).parents[2]
MEASURED_JOB = "from energyvis_tracker import EnergyTracker\nwith EnergyTracker('x', quiet=True): pass"
PACKAGE = ROOT / "tracker" / "energyvis_tracker"


def modules_after(run_job: Any, code: str) -> set[str]:
    job = run_job(f"{code}\nimport sys\nprint(*sys.modules)")
    assert job.returncode == 0, job.stderr
    return set(job.stdout.split())


@pytest.mark.parametrize(
    "module", ["energyvis_tracker", "energyvis_tracker.cli", "energyvis_tracker.sampler"]
)
def test_importing_loads_nothing_heavy_and_nothing_of_the_app(run_job: Any, module: str) -> None:
    heavy = {"pyarrow", "psutil", "numpy", "pandas", "duckdb", "panel", "param", "pynvml", "energyvis_panel"}
    loaded = modules_after(run_job, f"import {module}")
    assert module in loaded
    assert not heavy & loaded


def test_a_job_that_is_measured_loads_nothing_heavy_either(lake: Any, run_job: Any) -> None:
    assert not {"pyarrow", "psutil", "numpy", "energyvis_panel"} & modules_after(run_job, MEASURED_JOB)
    assert lake.run()["state"] == "finished"


def test_the_sampler_runs_the_package_that_the_job_has_imported(
    lake: Any, run_job: Any, tmp_path: Path
) -> None:
    copy = tmp_path / "elsewhere" / "energyvis_tracker"
    shutil.copytree(PACKAGE, copy)
    meter = copy / "meters" / "cpu_load.py"
    meter.write_text(meter.read_text().replace("IDLE_SHARE = 0.2", "IDLE_SHARE = 0.55"))
    run_job(f"import sys; sys.path.insert(0, {str(copy.parent)!r})\n{MEASURED_JOB}")
    assert "55% of it when idle" in lake.run()["devices"][-1]["note"]


def test_a_file_in_the_jobs_folder_cannot_pose_as_a_module_of_the_sampler(
    lake: Any, run_job: Any, tmp_path: Path
) -> None:
    for module in ("select", "json", "pyarrow"):
        (tmp_path / f"{module}.py").write_text("raise SystemExit('the wrong module')")
    (tmp_path / "job.py").write_text(MEASURED_JOB)
    run_job([sys.executable, "-P", "job.py"], cwd=tmp_path)
    assert lake.run()["state"] == "finished"


def test_importing_sets_up_no_log_handler_but_the_null_one(run_job: Any) -> None:
    job = run_job(
        "import energyvis_tracker, logging; energyvis_tracker.EnergyTracker\n"
        "print(logging.root.handlers, logging.getLogger('energyvis_tracker').handlers)"
    )
    assert job.stdout == "[] [<NullHandler (NOTSET)>]\n"


def test_the_version_is_that_of_the_distribution() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert energyvis_tracker.__version__ == project["version"]


def test_every_setting_is_documented() -> None:
    readme = (ROOT / "tracker" / "README.md").read_text()
    code = "".join(path.read_text() for path in PACKAGE.rglob("*.py"))
    settings = set(re.findall(r"ENERGYVIS_[A-Z_]+[A-Z]", code))
    assert settings
    assert {setting for setting in settings if setting not in readme} == set()
