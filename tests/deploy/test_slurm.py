"""The SLURM scripts, run for real on a powercap tree and a lake in a temporary folder."""

import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from energyvis_tracker import recover
from tests.deploy.tracker_command import state, track_command

ROOT = Path(__file__).parents[2]
SLURM = ROOT / "deploy" / "slurm"
SCRIPTS = sorted(SLURM.glob("*.sh"))
PATIENCE_S = 30.0
AS_ROOT = pytest.mark.skipif(os.getuid() != 0, reason="only root can act for another user")
NOBODY = 65534

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Return a function that runs a script as SLURM does: with its variables and no search path."""

    def run_script(name: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        facts = {"SLURM_JOB_ID": "4242", "SLURM_JOB_UID": str(os.getuid())}
        places = {
            "ENERGYVIS_SLURM_SETTINGS": str(tmp_path / "slurm.env"),
            "ENERGYVIS_POWERCAP": str(tmp_path / "powercap"),
        }
        done = subprocess.run(
            ["/bin/bash", SLURM / name],
            env=facts | places | environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_S,
        )
        assert done.returncode == 0, done.stderr  # anything else drains the node
        return done

    return run_script


@pytest.fixture
def counters(tmp_path: Path) -> list[Path]:
    """Return the counters of a powercap tree as the kernel makes them: for root only."""
    paths = []
    for zone in ("intel-rapl:0", "intel-rapl:0:1", "intel-rapl-mmio:0"):
        folder = tmp_path / "powercap" / zone
        folder.mkdir(parents=True)
        (folder / "name").write_text("package-0\n")
        (folder / "energy_uj").write_text("12345\n")
        (folder / "energy_uj").chmod(0o400)
        paths.append(folder / "energy_uj")
    return paths


def modes(paths: list[Path]) -> set[str]:
    return {stat.filemode(path.stat().st_mode) for path in paths}


def test_the_prolog_lets_the_jobs_group_read_the_counters(run: Run, counters: list[Path]) -> None:
    for _ in range(2):  # doing it again changes nothing
        done = run("prolog.sh")
        assert (done.stdout, done.stderr) == ("", "")
        assert modes(counters) == {"-r--r-----"}
    assert {path.stat().st_gid for path in counters} == {os.getgid()}


@AS_ROOT
def test_a_group_that_the_site_names_comes_first(run: Run, counters: list[Path], tmp_path: Path) -> None:
    (tmp_path / "slurm.env").write_text(f"ENERGYVIS_RAPL_GROUP={NOBODY}\n")
    run("prolog.sh")
    assert {path.stat().st_gid for path in counters} == {NOBODY}
    run("epilog.sh", ENERGYVIS_TRACK="/bin/true", SLURM_JOB_UID=str(NOBODY))
    assert modes(counters) == {"-r--r-----"}


@AS_ROOT
def test_the_epilog_takes_the_counters_back(run: Run, counters: list[Path]) -> None:
    run("prolog.sh", SLURM_JOB_UID=str(NOBODY))
    assert {path.stat().st_gid for path in counters} == {NOBODY}
    run("epilog.sh", SLURM_JOB_UID=str(NOBODY), ENERGYVIS_TRACK="/bin/true")
    assert {path.stat().st_gid for path in counters} == {0}
    assert modes(counters) == {"-r--------"}


def test_the_prolog_says_what_it_could_not_do(run: Run, counters: list[Path], tmp_path: Path) -> None:
    done = run("prolog.sh", ENERGYVIS_RAPL_GROUP="no-such-group")
    assert done.stderr.count("stays as it is") == len(counters)
    assert modes(counters) == {"-r--------"}
    assert "not known for which group" in run("prolog.sh", SLURM_JOB_UID="").stderr
    assert "no RAPL counters" in run("prolog.sh", ENERGYVIS_POWERCAP=str(tmp_path / "nothing")).stderr


@pytest.fixture
def killed_run(tmp_path: Path) -> Path:
    """Return a lake with the run of a job that was killed together with its sampler."""
    lake = tmp_path / "lake"
    program = (
        "import time\nfrom energyvis_tracker import EnergyTracker\n"
        "with EnergyTracker('victim', interval_s=0.01, quiet=True) as tracker:\n"
        "    tracker.epoch_start()\n    print(tracker.client.process.pid, flush=True)\n    time.sleep(60)"
    )
    environment = os.environ | {"ENERGYVIS_LAKE": str(lake), "PYTHONPATH": str(ROOT / "tracker")}
    with subprocess.Popen(
        [sys.executable, "-c", program], env=environment, stdout=subprocess.PIPE, text=True
    ) as job:
        assert job.stdout is not None
        sampler = int(job.stdout.readline())
        job.send_signal(signal.SIGSTOP)  # or it would start another sampler
        os.kill(sampler, signal.SIGKILL)
        job.kill()
    deadline_s = time.monotonic() + PATIENCE_S
    while Path(f"/proc/{sampler}/exe").exists() and time.monotonic() < deadline_s:
        time.sleep(0.01)
    return lake


def test_the_epilog_closes_the_run_of_a_killed_job(run: Run, killed_run: Path, tmp_path: Path) -> None:
    track = track_command(tmp_path)
    assert state(killed_run) == "running"
    done = run("epilog.sh", ENERGYVIS_LAKE=str(killed_run), ENERGYVIS_TRACK=str(track))
    assert (done.stdout, done.stderr) == ("", "")
    assert state(killed_run) == "lost"
    assert recover(killed_run) == []


def test_the_epilog_gives_up_in_time_and_says_so(run: Run, tmp_path: Path) -> None:
    slow = tmp_path / "slow"
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o755)
    done = run("epilog.sh", ENERGYVIS_TRACK=str(slow), ENERGYVIS_EPILOG_S="0.1")
    assert "job 4242 are not all in order" in done.stderr
    assert "are not all in order" in run("epilog.sh", ENERGYVIS_TRACK="/no/such/command").stderr


@AS_ROOT
def test_the_epilog_acts_as_the_user_and_in_the_users_home(run: Run) -> None:
    folder = Path(tempfile.mkdtemp(prefix="energyvis-epilog-"))  # which another user can reach
    try:
        folder.chmod(0o777)
        told = folder / "told"
        command = folder / "track"
        command.write_text(f'#!/bin/sh\necho "$(id -u) $HOME $ENERGYVIS_LAKE $1" >{told}\n')
        command.chmod(0o755)
        (folder / "slurm.env").write_text("ENERGYVIS_LAKE=$HOME/lake\n")
        (folder / "slurm.env").chmod(0o644)
        run(
            "epilog.sh",
            SLURM_JOB_UID=str(NOBODY),
            ENERGYVIS_TRACK=str(command),
            ENERGYVIS_SLURM_SETTINGS=str(folder / "slurm.env"),
        )
        home = Path("~nobody").expanduser()
        assert told.read_text() == f"{NOBODY} {home} {home}/lake recover\n"
    finally:
        shutil.rmtree(folder)


def exports(run: Run, **environment: str) -> list[str]:
    done = run("task_prolog.sh", **environment)
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_the_task_prolog_prints_the_settings_of_the_site(run: Run, tmp_path: Path) -> None:
    (tmp_path / "slurm.env").write_text("ENERGYVIS_LAKE='/srv/a lake'\nENERGYVIS_CPU_TDP_W=560\necho noise\n")
    powercap = f"export ENERGYVIS_POWERCAP={tmp_path}/powercap"
    settings = exports(run)
    assert settings == ["export ENERGYVIS_LAKE=/srv/a lake", "export ENERGYVIS_CPU_TDP_W=560"]
    assert powercap not in settings
    assert exports(run, ENERGYVIS_LAKE="/mine") == ["export ENERGYVIS_CPU_TDP_W=560"]
    assert exports(run, ENERGYVIS_LAKE="") == ["export ENERGYVIS_CPU_TDP_W=560"]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: str(path.name))
@pytest.mark.parametrize("mistake", ["ENERGYVIS_LAKE=$NO_SUCH_VARIABLE", "if", "exit 3"])
def test_settings_with_a_mistake_drain_no_node(run: Run, tmp_path: Path, script: Path, mistake: str) -> None:
    (tmp_path / "slurm.env").write_text(f"{mistake}\n")
    run(script.name)


def test_the_task_prolog_prints_nothing_where_nothing_is_set(run: Run) -> None:
    assert exports(run) == []


def test_the_example_settings_are_those_that_the_scripts_read(tmp_path: Path, run: Run) -> None:
    example = (SLURM / "slurm.env").read_text()
    offered = set(re.findall(r"^#(ENERGYVIS_\w+)=", example, re.MULTILINE))
    read = set(re.findall(r"\$\{(ENERGYVIS_\w+)", "".join(path.read_text() for path in SCRIPTS)))
    (names,) = re.findall(r"names=\(([^)]*)\)", (SLURM / "task_prolog.sh").read_text())
    places = {"ENERGYVIS_SLURM_SETTINGS", "ENERGYVIS_POWERCAP"}  # for tests and containers
    assert offered == (read | set(names.split())) - places
    (tmp_path / "slurm.env").write_text(re.sub(r"^#(ENERGYVIS)", r"\1", example, flags=re.MULTILINE))
    exported = dict(line.removeprefix("export ").split("=") for line in exports(run))
    assert exported.keys() == offered & set(names.split())
    assert exported["ENERGYVIS_LAKE"] == "/srv/energyvis/lake"
    assert re.match(r"[0-9a-f]+[.:]", exported["ENERGYVIS_LIVE_ADDRESS"])
