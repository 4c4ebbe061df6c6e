"""`energyvis lake rollup`, the real program in a process of its own."""

import fcntl
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.lake import Lake
from energyvis_panel.data.lake_compaction import compact_lake
from energyvis_panel.data.lake_rollup_files import read_rollup
from tests.lake_fixture import RUN, LakeWriter

COMMAND = [sys.executable, "-c", "import sys; from energyvis_panel.cli import main; sys.exit(main())"]
STOPPED = """
import os, signal, sys
from energyvis_panel.cli import main
from energyvis_panel.data import lake_rollup_files
write = lake_rollup_files.pq.write_table
def killed(rows, target, **options):
    write(rows, target, **options)
    os.kill(os.getpid(), signal.SIGKILL)
lake_rollup_files.pq.write_table = killed
main(["lake", "rollup"])
"""


def rollup(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, "lake", "rollup", *arguments], capture_output=True, text=True, check=False
    )


@pytest.fixture
def lake() -> Path:
    """A lake with one compacted run that no rollup holds."""
    writer = LakeWriter(Path(os.environ["ENERGYVIS_LAKE"]))
    writer.plain_run()
    with Gateway(threads=1) as gateway:
        compact_lake(Lake(gateway, writer.path))
    for path in writer.path.glob("rollups/*/*.parquet"):
        path.unlink()
    return writer.path


def energy_j(lake: Path) -> float:
    rows = read_rollup(lake, "month=2026-11").totals.to_pylist()
    return float(sum(row["energy_j"] for row in rows))


def test_runs_are_added_once_and_progress_is_told(lake: Path) -> None:
    done = rollup()
    assert (done.returncode, done.stdout) == (0, "1 run and 122 readings added to the rollups\n")
    assert done.stderr == "month=2026-11: 1 of 1 run, 122 of 122 readings\n"
    assert energy_j(lake) == 8400.0
    again = rollup("--json", "--quiet")
    assert (again.returncode, again.stderr) == (0, "")
    assert json.loads(again.stdout) == {"path": str(lake), "added": [], "samples": 0, "left": {}}


def test_a_kill_in_the_middle_leaves_what_was_there(lake: Path) -> None:
    done = subprocess.run([sys.executable, "-c", STOPPED], capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL
    assert energy_j(lake) == 0.0
    assert list(lake.rglob("*.tmp"))
    assert rollup("--quiet").returncode == 0
    assert energy_j(lake) == 8400.0
    assert not list(lake.rglob("*.tmp"))


def test_a_damaged_file_is_told_by_name_and_status(lake: Path) -> None:
    (samples,) = lake.glob("runs/*/*.samples.parquet")
    samples.write_bytes(b"PAR1")
    done = rollup("--quiet")
    assert done.returncode == 1
    assert f"Left out: {RUN}: {samples}: it is not a whole Parquet file" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--day", "2026-13-01"), "--day is '2026-13-01'. Give a day such as 2026-11-03."),
        (("--since", "yesterday"), "--since is 'yesterday'. Give a day such as 2026-11-03."),
        (("--master", "local[1]"), "--master and --spark-lake are for Spark."),
    ],
)
def test_a_wrong_argument_is_a_sentence(lake: Path, arguments: tuple[str, ...], sentence: str) -> None:
    done = rollup(*arguments)
    assert done.returncode == 2
    assert done.stderr.startswith(f"energyvis: {sentence}")
    assert energy_j(lake) == 0.0


def test_days_choose_runs(lake: Path) -> None:
    assert json.loads(rollup("--json", "--day", "2026-11-02").stdout)["added"] == []
    assert json.loads(rollup("--json", "--since", "2026-11-03").stdout)["added"] == [RUN]
    assert energy_j(lake) == 8400.0


def test_another_rollup_is_waited_for_by_nobody(lake: Path) -> None:
    with (lake / "rollups" / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = rollup()
    assert done.returncode == 2
    assert "is being rolled up by another process" in done.stderr


def test_a_lake_of_a_later_version_is_not_touched(lake: Path) -> None:
    (lake / "lake.json").write_text('{"format": "energyvis-lake", "version": 2}')
    done = rollup()
    assert done.returncode == 2
    assert "this program reads version 1" in done.stderr
