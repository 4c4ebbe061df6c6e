"""What 8 GPUs and 2 sockets cost the tracker at 1 Hz, and whether it keeps 100 Hz: devices are simulated.

Run as `python tests/bench/tracker_devices.py [--seconds 60] [--fast-seconds 600]`; prints tables, asserts
nothing. The GPUs are the fake NVML of the tests, whose own processor time is measured within the sampler and
taken away; the counters of the CPUs are files. What the calls of a real driver and the kernel's reading of a
register take comes on top: `tests/bench/nvml_cost.py` measures the former where there is a GPU.
"""

import argparse
import importlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

BOARDS = 8
ROUNDS = 5
FAST_INTERVAL_S = 0.01
BENCH = Path(__file__).parent
ROOT = BENCH.parents[1]
# Found by path, since a folder of tests is no package that could be imported by name.
sys.path.append(str(ROOT / "tests" / "tracker"))
fake_nvml = importlib.import_module("fake_nvml")
peer_job = importlib.import_module("peer_job")
tracker_cost = importlib.import_module("tracker_cost")


@dataclass(frozen=True)
class Run:
    """A run of the tracker over the simulated devices; times in processor seconds."""

    seconds: float
    job_s: float
    sampler_s: float
    steady_share: float
    fake_calls_s: float
    fake_calls: int
    sampler_mib: float
    load: float
    late_ms: dict[int, float]

    @property
    def own_s(self) -> float:
        """Return what job and sampler took without the calls of the fake."""
        return self.job_s + self.sampler_s - self.fake_calls_s

    @property
    def own_steady_pct(self) -> float:
        """Return the share of a core in the steady state, without the calls of the fake."""
        return (self.steady_share - self.fake_calls_s / self.seconds) * 100


def main() -> None:
    """Print the tables."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=60.0, help="length of the runs at 1 Hz")
    options.add_argument("--rounds", type=int, default=ROUNDS, help="of runs at 1 Hz")
    options.add_argument("--fast-seconds", type=float, default=600.0, help="length of the run at 100 Hz")
    chosen = options.parse_args()
    if chosen.rounds:
        show_slow([run(1.0, chosen.seconds) for _ in range(chosen.rounds)])
    if chosen.fast_seconds:
        show_fast(run(FAST_INTERVAL_S, chosen.fast_seconds))


def show_slow(runs: list[Run]) -> None:
    """Print what the devices cost at 1 Hz, in medians."""

    def show(name: str, values: list[float], unit: str, bound: str = "") -> None:
        low, high = min(values), max(values)
        print(f"{name:<44} {statistics.median(values):>9.3f} ({low:.3f} to {high:.3f}) {unit} {bound}")

    print(f"{BOARDS} GPUs, 2 packages and 2 DRAMs at 1 Hz, {runs[0].seconds:g} s, {len(runs)} rounds")
    show("load of the machine", [run.load for run in runs], "")
    show("NVML calls a second", [run.fake_calls / run.seconds for run in runs], "")
    show("a call of the fake", [run.fake_calls_s / run.fake_calls * 1e6 for run in runs], "us CPU")
    show("steady state, the fake included", [run.steady_share * 100 for run in runs], "% of a core")
    show("steady state without the fake", [run.own_steady_pct for run in runs], "% of a core", "<= 0.2 (F6b)")
    show("whole run without the calls of the fake", [run.own_s * 1e3 for run in runs], "ms CPU")
    show("sampler's peak memory, the fake included", [run.sampler_mib for run in runs], "MiB", "<= 60")


def show_fast(fast: Run) -> None:
    """Print how the run at 100 Hz kept its time."""
    late_ms, lost = sorted(fast.late_ms.values()), tracker_cost.lost(fast.late_ms)
    print(f"\n{BOARDS} GPUs, 2 packages and 2 DRAMs at 100 Hz, {fast.seconds:g} s; load {fast.load:.2f}")
    print(
        f"{'sampler without the calls of the fake':<56} {fast.own_s / fast.seconds * 100:>9.3f} % of a core"
    )
    print(f"{'ticks, and those lost':<56} {len(late_ms):>9} {lost} (F8: 0)")
    for share in (0.5, 0.9, 0.99, 0.999, 1.0):
        place = min(len(late_ms) - 1, int(len(late_ms) * share))
        bound = "<= 5 (F8)" if share == 0.99 else ""
        print(f"{f'lateness of a tick, {share:.1%}':<56} {late_ms[place]:>9.3f} ms {bound}")
    print(f"{'ticks later than 5 ms':<56} {sum(late > 5 for late in late_ms):>9}")


def run(interval_s: float, seconds: float) -> Run:
    """Run a sleeping job under the tracker over the simulated devices."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = os.environ | simulated(folder)
        command = [
            sys.executable,
            str(BENCH / "peer_job.py"),
            "ours",
            "sleeping",
            str(seconds),
            name,
            str(interval_s),
        ]
        subprocess.run(command, check=True, env=environment)
        figures = json.loads((folder / "figures.json").read_text())
        fake = json.loads((folder / "fake.json").read_text())
        late_ms = tracker_cost.ticks(folder / "lake", interval_s)
    return Run(
        seconds=seconds,
        job_s=figures["job_s"],
        sampler_s=figures["helpers_s"],
        steady_share=figures["steady_share"],
        fake_calls_s=fake["calls_s"],
        fake_calls=fake["calls"],
        sampler_mib=figures["helpers_kb"] / 1024,
        load=figures["load"],
        late_ms=late_ms,
    )


def board_uuid(number: int) -> str:
    """Return the UUID of a simulated board."""
    return f"GPU-5d5ba0d{number}-{fake_nvml.FAR}"


def simulated(folder: Path) -> dict[str, str]:
    """Return the settings under which a tracker finds the simulated devices, which are put into `folder`."""
    boards = [
        fake_nvml.FakeBoard(board_uuid(number), instant_power_mw=100_000, load_pct=90)
        for number in range(BOARDS)
    ]
    fake_nvml.Driver(boards).save(folder / "driver.json")
    (folder / "path").mkdir()
    shutil.copy(BENCH / "timed_nvml.py", folder / "path" / "pynvml.py")
    settings: dict[str, str] = fake_nvml.environment_for(folder / "driver.json")
    return settings | {
        "PYTHONPATH": os.pathsep.join([str(folder / "path"), str(ROOT / "tracker")]),
        "TIMED_NVML_FAKE": str(ROOT / "tests" / "tracker" / "fake_nvml.py"),
        "TIMED_NVML_REPORT": str(folder / "fake.json"),
        "ENERGYVIS_POWERCAP": str(peer_job.powercap(folder / "powercap")),
    }


if __name__ == "__main__":
    main()
