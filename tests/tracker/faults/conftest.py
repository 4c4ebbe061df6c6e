"""What the tests of faults share: counters whose true energy is known, and a job that can be watched."""

import json
import select
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

BENCH = Path(__file__).parents[2] / "bench"
# Passes short epochs at 100 Hz until a line comes in, and says the number of each; then stops, and says what
# the boundaries and the stop took. Times are read around the calls, so they hold what the job waited and no
# more. With the word "unmarked" it does the same without telling the tracker of any epoch.
WATCHED = """
import json, select, sys, time
from energyvis_tracker import EnergyTracker
t = EnergyTracker("watched", interval_s=0.01, quiet=True)
t.start()
print(t.client.process.pid, t.url, flush=True)
is_marked = "unmarked" not in sys.argv
began_ns, waited_s = time.monotonic_ns(), []
while not select.select([sys.stdin], [], [], 0)[0]:
    before_s = time.perf_counter()
    if is_marked:
        t.epoch_start()
    started_s = time.perf_counter()
    time.sleep(0.01)
    ended_s = time.perf_counter()
    if is_marked:
        t.epoch_end()
    waited_s.append(started_s - before_s + time.perf_counter() - ended_s)
    print(len(waited_s) - 1, flush=True)
ended_ns = time.monotonic_ns()
t.stop()
stop_s = (time.monotonic_ns() - ended_ns) / 1e9
print(json.dumps({"began_ns": began_ns, "ended_ns": ended_ns, "waited_s": waited_s, "stop_s": stop_s}))
"""


class WatchedJob:
    """A job that passes epochs until told to stop."""

    def __init__(self, process: "subprocess.Popen[str]", *, is_marked: bool) -> None:
        self.process = process
        self.is_marked = is_marked
        assert process.stdin is not None
        assert process.stdout is not None
        self.stdin, self.stdout = process.stdin, process.stdout
        sampler, self.url = self.stdout.readline().split()
        self.sampler = int(sampler)

    def pass_epochs(self, number: int) -> int:
        """Wait until the job has passed so many epochs from now on, and return the last."""
        while select.select([self.stdout], [], [], 0)[0]:
            self.stdout.readline()  # what was said before does not count
        return [int(self.stdout.readline()) for _ in range(number)][-1]

    def stop(self) -> dict[str, Any]:
        """Have the job stop, and return what it measured about itself."""
        output, errors = self.process.communicate("\n")
        assert self.process.returncode == 0, errors
        found: dict[str, Any] = json.loads(output.splitlines()[-1])
        return found | {"errors": errors, "is_marked": self.is_marked}


@pytest.fixture
def start_watched(start_job: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., WatchedJob]:
    """Return a function that starts the watched job, whose segments are short.

    Words given to it go before the job's command; `is_marked` says whether it has epochs.
    """
    monkeypatch.setenv("ENERGYVIS_SEGMENT_S", "0.2")

    def start(*words: str, is_marked: bool = True) -> WatchedJob:
        more = () if is_marked else ("unmarked",)
        command = [*words, sys.executable, "-u", "-c", WATCHED, *more]
        return WatchedJob(start_job(command), is_marked=is_marked)

    return start


class SimulatedMachine:
    """A machine whose counters run with time."""

    def __init__(self, truth: dict[str, Any]) -> None:
        self.power_w: dict[str, float] = truth["power_w"]

    def has_all_energy(self, samples: list[dict[str, Any]], began_ns: int, ended_ns: int) -> bool:
        """Say whether the samples hold what each device drew in that time, no less and hardly more."""
        lasted_s = (ended_ns - began_ns) / 1e9
        for kind, power_w in self.power_w.items():
            energy_j = sum(sample["energy_j"] for sample in samples if sample["device_kind"] == kind)
            # The run is a little longer than the job's own view of it, and the counter moves in steps.
            if not -0.1 <= energy_j / power_w - lasted_s <= 0.7:
                return False
        return True


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimulatedMachine]:
    """Return a machine that draws 100 W and 20 W all the time, whose counters the tracker reads."""
    root = tmp_path / "simulated"
    monkeypatch.setenv("ENERGYVIS_POWERCAP", str(root))
    command = [sys.executable, str(BENCH / "simulated_rapl.py"), str(root)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as simulator:
        assert simulator.stdout is not None
        yield SimulatedMachine(json.loads(simulator.stdout.readline()))
        simulator.communicate("\n")
