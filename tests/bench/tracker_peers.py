"""What a job pays for our tracker, for CodeCarbon and for Zeus, measured in turn in one run.

Run as `python tests/bench/tracker_peers.py PEERS [--seconds 60] [--rounds 5]`, with PEERS a folder in which
`tracker_size.py` has made the environments; prints tables, asserts nothing. Each round runs every tracker
for SECONDS. The steady state is that of the last two thirds; what it does not explain is paid once a run.
Medians over the rounds. Processor time is the job's beside its own work, and its helper processes'.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[2]
JOB = Path(__file__).with_name("peer_job.py")
TRACKERS = {
    "bare": "tracker",
    "ours": "tracker",
    "codecarbon": "codecarbon",
    "zeus": "zeus",
}
LOADS = ("sleeping", "busy")
TITLES = (
    ("job_ms", "job ms", 9),
    ("helpers_ms", "helpers ms", 11),
    ("whole_ms", "both ms", 9),
    ("whole_pct", "% of core", 10),
    ("once_ms", "once ms", 9),
    ("steady_pct", "steady %", 10),
    ("start_wall_ms", "start ms", 9),
    ("job_mib", "job MiB", 8),
    ("helpers_mib", "helpers MiB", 12),
)
Figures = dict[str, float]


def main() -> None:
    """Print the tables."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("peers", type=Path, help="folder with the environments that tracker_size.py makes")
    options.add_argument("--seconds", type=float, default=60.0, help="length of a run")
    options.add_argument("--rounds", type=int, default=5)
    chosen = options.parse_args()
    runs: dict[tuple[str, str], list[Figures]] = defaultdict(list)
    for number in range(chosen.rounds):
        for load in LOADS:
            for tracker in TRACKERS:
                runs[load, tracker].append(round_of(chosen.peers, tracker, load, chosen.seconds))
            print(f"round {number + 1} of {chosen.rounds}, {load} job: done", file=sys.stderr, flush=True)
    loads = [figures["load"] for several in runs.values() for figures in several]
    print(f"{chosen.rounds} rounds of {chosen.seconds:g} s")
    print(f"load of the machine: {min(loads):.2f} to {max(loads):.2f}, median {statistics.median(loads):.2f}")
    for load in LOADS:
        show(load, {tracker: runs[load, tracker] for tracker in TRACKERS})


def round_of(peers: Path, tracker: str, load: str, seconds: float) -> Figures:
    """Return the figures of a run of a tracker."""
    run = measured(peers, tracker, load, seconds)
    whole_s = run["job_s"] + run["helpers_s"]
    return {
        "job_ms": run["job_s"] * 1e3,
        "helpers_ms": run["helpers_s"] * 1e3,
        "whole_ms": whole_s * 1e3,
        "whole_pct": whole_s / seconds * 100,
        "once_ms": (whole_s - run["steady_share"] * seconds) * 1e3,
        "steady_pct": run["steady_share"] * 100,
        "start_wall_ms": run["start_wall_s"] * 1e3,
        "job_mib": run["job_kb"] / 1024,
        "helpers_mib": run["helpers_kb"] / 1024,
        "steps": run["steps"],
        "load": run["load"],
    }


def measured(peers: Path, tracker: str, load: str, seconds: float) -> Figures:
    """Return what a job of so many seconds says that a tracker cost it."""
    python = str(peers / TRACKERS[tracker] / "bin" / "python")
    # Ours is measured as it is in this tree, in an environment that holds what it depends on and no more.
    environment = (
        os.environ | {"PYTHONPATH": str(ROOT / "tracker")} if tracker == "ours" else dict(os.environ)
    )
    with tempfile.TemporaryDirectory() as folder:
        command = [python, str(JOB), tracker, load, str(seconds), folder]
        job = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
        if job.returncode != 0:
            raise SystemExit(f"The job under {tracker} failed:\n{job.stderr}")
        figures: Figures = json.loads((Path(folder) / "figures.json").read_text())
        return figures


def show(load: str, runs: dict[str, list[Figures]]) -> None:
    """Print the medians of a load, the spread of the whole, and how ours compares with each peer."""
    names = [name for name in TRACKERS if name != "bare"]
    medians = {
        name: {key: statistics.median(run[key] for run in several) for key in several[0]}
        for name, several in runs.items()
    }
    bare = medians["bare"]
    print(f"\n{load} job{'':<{20 - len(load)}}" + "".join(f"{title:>{width}}" for _, title, width in TITLES))
    for name in names:
        row = medians[name] | {
            key: medians[name][key] - bare[key]
            for key in ("job_ms", "helpers_ms", "whole_ms", "whole_pct", "once_ms", "steady_pct", "job_mib")
        }
        print(f"{name:<24}" + "".join(f"{row[key]:>{width}.{digits(key)}f}" for key, _, width in TITLES))
    for name in names:
        whole, steady = (sorted(run[key] for run in runs[name]) for key in ("whole_ms", "steady_pct"))
        print(f"{name}: both {whole[0]:.0f} to {whole[-1]:.0f} ms", end="")
        print(f", steady {steady[0]:.3f} to {steady[-1]:.3f} %", end="")
        if bare["steps"]:
            print(
                f"; work done in the same time {medians[name]['steps'] / bare['steps'] * 100:.1f} %", end=""
            )
        print()
    for name in names[1:]:
        ratios = [
            f"{title} {medians['ours'][key] / medians[name][key]:.3f}"
            for key, title in (("whole_ms", "whole"), ("once_ms", "once"), ("steady_pct", "steady"))
            if medians[name][key] > 0
        ]
        print(f"ours : {name}: {', '.join(ratios)}")


def digits(key: str) -> int:
    """Return how many decimal places a figure is printed with."""
    return 3 if key.endswith("pct") else 1


if __name__ == "__main__":
    main()
