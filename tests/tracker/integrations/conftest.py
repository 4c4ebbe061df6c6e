"""What the callbacks' tests share: a tracker that writes down what it is told, and trainings for real.

Real trainings need Lightning, Transformers with Accelerate, or Keras with JAX: the extra `integrations`.
These may lie in another environment than the tests: `FRAMEWORKS_PYTHON` names its interpreter.
"""

import importlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, Self

import pyarrow.parquet as pq
import pytest

INTEGRATIONS = "energyvis_tracker.integrations"
ROOT = Path(__file__).parents[3]
PYTHON = os.environ.get("FRAMEWORKS_PYTHON", sys.executable)
PATIENCE_S = 120.0  # an import of torch or jax from a cold disk takes most of it
# What a callback has to complain about is shown, so that the tests see it.
SHOWN = "import logging; logging.basicConfig(level=logging.WARNING)\n"


class RecordingSpan:
    """A span that writes down what it is told."""

    def __init__(self, tracker: "RecordingTracker", name: str, units: float | None, unit: str | None) -> None:
        self.tracker, self.name, self.units, self.unit = tracker, name, units, unit
        self.metrics: dict[str, float] = {}

    def __enter__(self) -> Self:
        self.tracker.calls.append(f"span {self.name}")
        return self

    def __exit__(self, *error: object) -> None:
        self.tracker.calls.append(f"/span {self.name}")
        self.tracker.spans.append((self.name, self.units, self.metrics))

    def add(self, units: float) -> None:
        self.units = (self.units or 0) + units

    def log(self, **metrics: float) -> None:
        self.metrics |= metrics


class RecordingTracker:
    """Stands for an `EnergyTracker`, to see which marks a callback makes and in which order."""

    made: "list[RecordingTracker]"

    def __init__(self, name: str = "given", *, epochs: int | None = None, **arguments: Any) -> None:
        self.name, self.epochs, self.arguments = name, epochs, arguments
        self.calls: list[str] = []
        self.spans: list[tuple[str, float | None, dict[str, float]]] = []
        self.ended: list[tuple[float | None, str | None, dict[str, float]]] = []
        self.metrics: dict[str, float] = {}
        self.is_running = self.is_epoch_open = self.should_stop = False

    def start(self) -> None:
        self.is_running = True
        self.calls.append("start")
        type(self).made.append(self)

    def stop(self, state: str = "finished") -> None:
        self.is_running = False
        self.calls.append(f"stop {state}")

    def epoch_start(self) -> int:
        self.is_epoch_open, self.metrics = True, {}
        self.calls.append("epoch")
        return len(self.ended)

    def epoch_end(self, units: float | None = None, unit: str | None = None) -> None:
        self.is_epoch_open = False
        self.calls.append("/epoch")
        self.ended.append((units, unit, self.metrics))

    def log(self, **metrics: float) -> None:
        (self.metrics if self.is_epoch_open or not self.ended else self.ended[-1][2]).update(metrics)

    def span(self, name: str, units: float | None = None, unit: str | None = None) -> RecordingSpan:
        return RecordingSpan(self, name, units, unit)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[RecordingTracker]:
    """Return the trackers that were started; callbacks make recording ones."""
    marks = importlib.import_module(f"{INTEGRATIONS}.training_marks")
    monkeypatch.setattr(marks, "EnergyTracker", RecordingTracker)
    monkeypatch.setattr(marks, "complained", set())
    RecordingTracker.made = []
    return RecordingTracker.made


@pytest.fixture
def running_tracker(made: list[RecordingTracker]) -> RecordingTracker:
    """Return a tracker that the program has started itself."""
    tracker = RecordingTracker()
    tracker.start()
    made.clear()
    return tracker


class Hooks:
    """Stands for the base class of a framework's callbacks: hooks that nobody overrides do nothing."""

    model: Any = None
    params: Any = None

    def __getattr__(self, name: str) -> Callable[..., None]:
        if not name.startswith("on_"):
            raise AttributeError(name)
        return lambda *_, **__: None


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str, str], Any]:
    """Return a function that imports an integration over a stand-in for its framework."""

    def load_over(integration: str, module: str, class_name: str) -> Any:
        packages = module.split(".")
        for depth in range(1, len(packages) + 1):
            name = ".".join(packages[:depth])
            monkeypatch.setitem(sys.modules, name, ModuleType(name))
        setattr(sys.modules[module], class_name, Hooks)
        monkeypatch.delitem(sys.modules, f"{INTEGRATIONS}.{integration}", raising=False)
        loaded = importlib.import_module(f"{INTEGRATIONS}.{integration}")
        monkeypatch.delitem(sys.modules, loaded.__name__)  # the next test may want it over the real framework
        return loaded

    return load_over


@cache
def is_installed(package: str) -> bool:
    """Say whether the interpreter of the frameworks has a package."""
    code = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({package!r}) is None)"
    return subprocess.run([PYTHON, "-c", code], check=False).returncode == 0


@pytest.fixture
def has() -> Callable[[str], bool]:
    """Return a function that says whether the interpreter of the frameworks has a package."""
    return is_installed


@pytest.fixture
def train(start_job: Any, tmp_path: Path) -> Callable[..., str]:
    """Return a function that runs a training to its end and returns what it wrote on standard error."""
    environment = os.environ | {
        "PYTHONPATH": os.environ.get("PYTHONPATH") or str(ROOT / "tracker"),
        "HF_HUB_OFFLINE": "1",
        "KERAS_BACKEND": "jax",
        "KERAS_HOME": str(tmp_path / "keras"),
        "JAX_PLATFORMS": "cpu",
        "CUDA_VISIBLE_DEVICES": "",
        "OMP_NUM_THREADS": "1",
    }

    def run(framework: str, program: str, status: int = 0) -> str:
        lines = [line.removeprefix("    ") for line in (framework + program).splitlines()]
        job = start_job(
            [PYTHON, "-c", SHOWN + "\n".join(lines)], env=environment, cwd=tmp_path, start_new_session=True
        )
        try:
            _, errors = job.communicate(timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            os.killpg(job.pid, signal.SIGKILL)  # ranks that wait for each other would outlive the job
            raise
        assert job.returncode == status, errors
        assert "the training goes on" not in errors
        return str(errors)

    return run


@pytest.fixture
def work(lake: Any) -> Callable[[], list[tuple[float | None, str | None]]]:
    """Return a function that says how much work each epoch in the lake did."""
    return lambda: [(epoch["units"], epoch["unit"]) for epoch in lake.epochs()]


@pytest.fixture
def spans(lake: Any) -> Callable[[], list[tuple[str, float | None, int | None]]]:
    """Return a function that gives name, units and epoch of the spans in the lake."""
    return lambda: [
        (span["name"], span["units"], span["epoch"])
        for span in sorted(lake_spans(lake), key=lambda span: span["span_id"])
    ]


def lake_spans(lake: Any) -> list[dict[str, Any]]:
    files = lake.has("spans-*.parquet")
    return [row for file in files for row in pq.ParquetFile(file).read().to_pylist()]
