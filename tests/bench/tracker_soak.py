"""A long run: is the memory of job and sampler flat, is every row there, is the energy right?

Run as `python tests/bench/tracker_soak.py [--minutes 60] [--hz 10]`. A job passes epochs and spans, a client
follows the live URL, and the counters are simulated, so that the true energy is known. Prints the memory each
10 s and a table at the end; exits with 1 if rows or energy are wrong.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import duckdb

LOOK_S = 10.0
EPOCH_S = 10.0
SIMULATOR = Path(__file__).with_name("simulated_rapl.py")
JOB = """
import sys, time
from energyvis_tracker import EnergyTracker
interval_s, seconds, epoch_s = (float(word) for word in sys.argv[1:])
with EnergyTracker("soak", epochs=round(seconds / epoch_s), interval_s=interval_s, quiet=True) as t:
    print(t.client.process.pid, t.url, flush=True)
    for epoch in t.epochs():
        end_s = time.monotonic() + epoch_s
        while time.monotonic() < end_s:
            with t.span("step", units=1, unit="step"):
                time.sleep(0.25)
        t.log(loss=1 / (epoch + 1))
"""
ROWS = """
SELECT
    count(*) AS rows,
    count(DISTINCT seq) AS numbers,
    max(seq) + 1 AS next_number,
    count(*) FILTER (quality = 'gap') AS gaps,
    count(*) FILTER (quality = 'wrapped') AS wraps
FROM read_parquet($files)
"""
ENERGY = """
SELECT device_kind, sum(energy_j), (max(mono_ns) - min(mono_ns)) / 1e9
FROM read_parquet($files)
GROUP BY ALL
"""


def main() -> int:
    """Run the job, print what was found, and return 1 if rows or energy are wrong."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=60.0)
    options.add_argument("--hz", type=float, default=10.0)
    chosen = options.parse_args()
    seconds = EPOCH_S * max(1, round(chosen.minutes * 60 / EPOCH_S))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        simulator = stack.enter_context(
            subprocess.Popen(
                [sys.executable, SIMULATOR, folder / "powercap"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )
        )  # fmt: skip
        assert simulator.stdin is not None
        assert simulator.stdout is not None
        stack.callback(simulator.stdin.close)
        truth = json.loads(simulator.stdout.readline())
        job = stack.enter_context(start_job(folder, 1 / chosen.hz, seconds))
        assert job.stdout is not None
        sampler, url = job.stdout.readline().split()
        threading.Thread(target=follow, args=(url,), daemon=True).start()
        memory = watch_memory(job, int(sampler))
        job.wait()
        print_memory(memory)
        run = json.loads(next(folder.glob("lake/live/*/run.json")).read_bytes())
        print(f"state {run['state']}, notes {run['notes']!r}, overhead {run['overhead']}")
        return report(folder / "lake", truth, chosen.hz, seconds)


def start_job(folder: Path, interval_s: float, seconds: float) -> "subprocess.Popen[str]":
    """Start the job with a lake, counters and sockets of its own."""
    own = {
        "ENERGYVIS_LAKE": str(folder / "lake"),
        "ENERGYVIS_POWERCAP": str(folder / "powercap"),
        "XDG_RUNTIME_DIR": str(folder),
    }
    command = [sys.executable, "-c", JOB, str(interval_s), str(seconds), str(EPOCH_S)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | own)


def follow(url: str) -> None:
    """Read the run's events until they end."""
    base, _, token = url.partition("/?token=")
    request = urllib.request.Request(f"{base}/api/v1/events")  # noqa: S310 - loopback
    request.add_header("Authorization", f"Bearer {token}")
    with urllib.request.urlopen(request) as events:  # noqa: S310 - likewise
        for _ in events:
            pass


def watch_memory(job: "subprocess.Popen[str]", sampler: int) -> dict[str, list[tuple[float, float]]]:
    """Return minutes and resident MB of job and sampler, every ten seconds until the job ends."""
    found: dict[str, list[tuple[float, float]]] = {"job": [], "sampler": []}
    began_s = time.monotonic()
    while job.poll() is None:
        minutes = (time.monotonic() - began_s) / 60
        for name, pid in (("job", job.pid), ("sampler", sampler)):
            if (size_mb := resident_mb(pid)) is not None:
                found[name].append((minutes, size_mb))
        latest = ", ".join(f"{name} {sizes[-1][1]:.2f} MB" for name, sizes in found.items() if sizes)
        print(f"{minutes:6.1f} min: {latest}", flush=True)
        try:
            job.wait(LOOK_S)
        except subprocess.TimeoutExpired:
            continue
    return found


def resident_mb(pid: int) -> float | None:
    """Return the resident memory of a process, or none if it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), None)


def print_memory(found: dict[str, list[tuple[float, float]]]) -> None:
    """Print first and last size, and the slope over the second half of the run."""
    for name, sizes in found.items():
        later = sizes[len(sizes) // 2 :]
        print(
            f"{name:<10} first {sizes[0][1]:.2f} MB, last {sizes[-1][1]:.2f} MB, "
            f"most {max(size for _, size in sizes):.2f} MB, second half {slope(later) * 60:+.2f} MB/h"
        )


def slope(points: list[tuple[float, float]]) -> float:
    """Return the slope of the straight line nearest to the points; 0 for a single one."""
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0.0


def report(lake: Path, truth: dict[str, Any], hz: float, seconds: float) -> int:
    """Print rows and energy beside what they should be; return 1 if they are wrong."""
    files = {"files": str(lake / "live/*/*/samples-*.parquet")}
    row = duckdb.execute(ROWS, files).fetchone()
    assert row is not None
    rows, numbers, next_number, gaps, wraps = row
    ticks, epochs = seconds * hz, round(seconds / EPOCH_S)
    least, most = 2 * ticks * 0.99, 2 * (ticks * 1.01 + 2 * epochs + 10)
    print(f"rows {rows}, expected {least:.0f} to {most:.0f}; gaps {gaps}, wraps {wraps}")
    is_right = least <= rows <= most and rows == numbers == next_number and gaps == 0
    for kind, energy_j, lasted_s in duckdb.execute(ENERGY, files).fetchall():
        power_w = truth["power_w"][kind]
        off_j = energy_j - power_w * lasted_s
        # The counter stands still between two steps of the simulation, which a loaded machine may delay.
        allowed_j = power_w * 20 * truth["step_s"]
        print(
            f"{kind:<10} {energy_j:.3f} J in {lasted_s:.3f} s, {off_j:+.3f} J off, {allowed_j:.1f} J allowed"
        )
        is_right &= abs(off_j) <= allowed_j
    spans = duckdb.execute(
        "SELECT count(*), sum(units) FROM read_parquet($files)",
        {"files": str(lake / "live/*/*/spans-*.parquet")},
    ).fetchone()
    print(f"spans and their units {spans}; files {sum(1 for _ in lake.rglob('*.parquet'))}")
    left = [path.name for path in lake.glob("live/*/*/*") if path.suffix != ".parquet"]
    print(f"left over: {left or 'nothing'}; {'all right' if is_right and not left else 'WRONG'}")
    return 0 if is_right and not left else 1


if __name__ == "__main__":
    raise SystemExit(main())
