"""How long does a lab of 100 GPUs wait for its sums? `python -m tests.bench.lab_year [--folder FOLDER]`.

Two lakes are written first, or taken from the folder where they are there already:

- **a day**: 100 GPUs at 1 Hz, 8.64 million readings in about 200 compacted runs with epochs, each file
  written by the question that compaction asks;
- **a year**: 365 such days, about 56,000 runs, each with its run.json and its compacted readings, but one
  reading a device every ten minutes with the joules of those ten minutes: 3.15e9 readings are too many to
  write. The rollups are made from these by the program's own code.

Then it is timed, in a process of its own each time: rolling up the day; the first reading of the year, as
after a start of the server; and, in one session of the Runs page, the sums by user and by month after a
choice. Target F10: the day at most 5 s on 2 cores, the sums at most 500 ms. `busy` is processor time: on a
machine that does other things too, it says what is left of a figure.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.lake import Lake
from energyvis_panel.data.lake_rollup import roll_up
from energyvis_panel.data.run_book import RunBook
from energyvis_panel.state.lake_watch import LakeWatch
from energyvis_panel.state.run_filter import MEASURES
from energyvis_panel.state.runs import RunsState
from tests.bench.lab_year_lake import PEOPLE, write_lake

DAYS = 365
YEAR_EVERY_S = 600
CALLS = 7
THREADS = 2


def peak_mb() -> float:
    """Most memory that the process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def timed_s(work: Callable[[], object]) -> float:
    """Seconds that ``work`` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def measure_rollup(path: Path) -> dict[str, float]:
    """Seconds and memory of rolling up a whole lake from its readings; the rollups are removed before."""
    for file in path.glob("rollups/*/*.parquet"):
        file.unlink()
    with Gateway(threads=THREADS) as gateway:
        lake = Lake(gateway, path)
        before_mb = peak_mb()
        start, begun_s = time.perf_counter(), time.process_time()
        report = roll_up(lake)
        took_s, busy_s = time.perf_counter() - start, time.process_time() - begun_s
        again_s = timed_s(lambda: roll_up(lake))
    return {
        "rollup_s": took_s,
        "rollup_busy_s": busy_s,
        "runs": len(report.added),
        "samples": report.samples,
        "left": len(report.left),
        "nothing_new_s": again_s,
        "peak_mb": peak_mb(),
        "peak_before_mb": before_mb,
    }


def measure_page(path: Path) -> dict[str, float]:
    """Seconds of the first reading and of the sums of the Runs page in one session; memory of the process."""
    before_mb = peak_mb()
    with Gateway(threads=THREADS) as gateway:
        book = RunBook(Lake(gateway, path), longest_s=1e9)
        watch = LakeWatch(book)
        state = RunsState(book)
        start, busy_s = time.perf_counter(), time.process_time()
        snapshot = watch._read()
        found = {
            "first_reading_s": time.perf_counter() - start,
            "first_reading_busy_s": time.process_time() - busy_s,
            "runs": float(len(snapshot.rows)),
        }
        found["first_show_s"] = timed_s(lambda: state.show(snapshot))
        found["next_reading_s"] = timed_s(watch._read)
        state.group = "project"
        found["by_user_s"] = timed_s(lambda: setattr(state, "group", "user"))
        found["by_month_s"] = timed_s(lambda: setattr(state, "group", "month"))
        found["one_user_by_month_s"] = timed_s(lambda: setattr(state, "user", PEOPLE[-1]))
        found["all_again_s"] = timed_s(state.clear)
        other = next(name for name in MEASURES if name != state.measure)
        found["other_measure_s"] = timed_s(lambda: setattr(state, "measure", other))
    return found | {"peak_mb": peak_mb(), "peak_before_mb": before_mb}


PARTS = {"rollup": measure_rollup, "page": measure_page}


def in_fresh_process(part: str, path: Path) -> dict[str, float]:
    """Figures of one part, measured in a process that has done nothing else."""
    command = [sys.executable, "-m", "tests.bench.lab_year", "--part", part, "--lake", str(path)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def medians(part: str, path: Path, calls: int) -> dict[str, float]:
    """Medians of the figures over so many processes."""
    found = [in_fresh_process(part, path) for _ in range(calls)]
    return {name: statistics.median(one[name] for one in found) for name in found[0]}


def print_figures(title: str, found: dict[str, float]) -> None:
    """Print the figures in lines."""
    print(f"\n{title}; load {os.getloadavg()[0]:.1f}")
    for name, value in found.items():
        number = f"{value:,.3f}" if name.endswith("_s") else f"{value:,.0f}"
        print(f"  {name:<22}{number:>14}")


def main() -> None:
    """Write what is missing, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--folder", type=Path, help="where the two lakes are kept; a temporary folder by default"
    )
    parser.add_argument(
        "--calls", type=int, default=CALLS, help=f"processes of which medians are taken ({CALLS})"
    )
    parser.add_argument("--days", type=int, default=DAYS, help=f"days of the long lake ({DAYS})")
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    parser.add_argument("--lake", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        print(json.dumps(PARTS[options.part](options.lake)))
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.folder or Path(scratch)
        for name, days, every_s in (("day", 1, 1), ("year", options.days, YEAR_EVERY_S)):
            if not (folder / name / "lake.json").exists():
                took_s = timed_s(partial(write_lake, folder / name, days, every_s))
                print(f"The {name} was written in {took_s:.0f} s")
        print_figures("Rolling up a day", medians("rollup", folder / "day", options.calls))
        print_figures("Rolling up a year of fewer readings", medians("rollup", folder / "year", 1))
        print_figures("The Runs page over a year", medians("page", folder / "year", options.calls))


if __name__ == "__main__":
    main()
