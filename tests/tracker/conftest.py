"""What the tracker's tests share: a lake, jobs in real processes, and a powercap tree on disk."""

import json
import os
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

PATIENCE_S = 30.0


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Keep the developer's settings and samplers out, and the default lake inside the test's folder."""
    for name in list(os.environ):
        if name.startswith(("ENERGYVIS_", "SLURM_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("ENERGYVIS_POWERCAP", str(tmp_path / "no-powercap"))
    # A socket's path may have 107 characters, which pytest's own folders can exceed.
    with tempfile.TemporaryDirectory(prefix="ev") as runtime:
        monkeypatch.setenv("XDG_RUNTIME_DIR", runtime)
        yield


def wait_until(condition: Callable[[], Any]) -> Any:
    """Return the first true value of `condition`."""
    deadline_s = time.monotonic() + PATIENCE_S
    while not (value := condition()):
        assert time.monotonic() < deadline_s, "the condition never came true"
        time.sleep(0.01)
    return value


@pytest.fixture(name="wait_until")
def wait_until_fixture() -> Callable[[Callable[[], Any]], Any]:
    return wait_until


class Lake:
    """A lake and what is in it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def runs(self) -> list[dict[str, Any]]:
        return [json.loads(path.read_bytes()) for path in sorted(self.path.glob("live/*/run.json"))]

    def run(self) -> dict[str, Any]:
        (run,) = self.runs()
        return run

    def has(self, pattern: str) -> list[Path]:
        return sorted(self.path.glob(f"live/*/*/{pattern}"))

    def rows(self, pattern: str) -> list[dict[str, Any]]:
        if not self.has(pattern):
            return []
        order = {"samples": "seq", "spans-*": "ended_at, span_id DESC"}.get(pattern[:7], "epoch")
        files = {"files": str(self.path / "live" / "*" / "*" / pattern)}
        question = f"SELECT * FROM read_parquet($files) ORDER BY {order}"  # noqa: S608 - one of three constants
        rows: list[dict[str, Any]] = duckdb.connect().sql(question, params=files).to_arrow_table().to_pylist()
        return rows

    def samples(self) -> list[dict[str, Any]]:
        return self.rows("samples-*.parquet")

    def spans(self) -> list[dict[str, Any]]:
        return [row | {"metrics": dict(row["metrics"])} for row in self.rows("spans-*.parquet")]

    def epochs(self) -> list[dict[str, Any]]:
        return [row | {"metrics": dict(row["metrics"])} for row in self.rows("epochs.parquet")]


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """Return a lake that is not there yet, and is the default one."""
    monkeypatch.setenv("ENERGYVIS_LAKE", str(tmp_path / "lake"))
    return Lake(tmp_path / "lake")


StartJob = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start_job() -> Iterator[StartJob]:
    """Return a function that starts a Python program, or a command, in a process of its own."""
    jobs: list[subprocess.Popen[str]] = []

    def start(program: str | list[str], **options: Any) -> "subprocess.Popen[str]":
        command = program
        if isinstance(program, str):
            command = [sys.executable, "-u", "-c", textwrap.dedent(program)]
        pipe = subprocess.PIPE
        job = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, **options)
        jobs.append(job)
        return job

    yield start
    for job in jobs:
        job.kill()
        job.communicate()


@pytest.fixture
def run_job(start_job: StartJob) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """Return a function that runs a program to its end."""

    def run(program: str | list[str], **options: Any) -> "subprocess.CompletedProcess[str]":
        job = start_job(program, **options)
        output, errors = job.communicate(timeout=PATIENCE_S)
        return subprocess.CompletedProcess(job.args, job.returncode, output, errors)

    return run


class Powercap:
    """A powercap tree of plain files."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir()

    def add(self, folder: str, name: str, energy_uj: int = 0, range_uj: int | None = 262_143_328_850) -> Path:
        zone = self.root / folder
        zone.mkdir()
        (zone / "name").write_text(f"{name}\n")
        (zone / "energy_uj").write_text(f"{energy_uj}\n")
        if range_uj is not None:
            (zone / "max_energy_range_uj").write_text(f"{range_uj}\n")
        return zone

    def set(self, folder: str, energy_uj: int) -> None:
        (self.root / folder / "energy_uj").write_text(f"{energy_uj}\n")


@pytest.fixture
def powercap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Powercap:
    """Return an empty powercap tree that the tracker reads instead of the kernel's."""
    tree = Powercap(tmp_path / "powercap")
    monkeypatch.setenv("ENERGYVIS_POWERCAP", str(tree.root))
    return tree
