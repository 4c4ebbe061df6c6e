"""What the tracker costs: import, first sample, processor time a minute, memory, jitter.

Run as `python tests/bench/tracker_cost.py [--seconds 60]`; prints a table, asserts nothing. The must-hold
figures are F6 to F8 of the performance targets; `tracker_peers.py` compares with peers. Medians of seven for
whatever takes less than a second.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

import duckdb

ROUNDS = 7
JOB = """
import json, os, sys, time

def rss_kb(pid):
    for line in open(f"/proc/{pid}/status"):
        if line.startswith("VmHWM"):
            return int(line.split()[1])

lake, interval_s, seconds = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])
before_kb = rss_kb("self")
before = time.process_time()
from energyvis_tracker import EnergyTracker
tracker = EnergyTracker("bench", lake=lake, interval_s=interval_s, quiet=True)
start_ns = time.monotonic_ns()
tracker.start()
start_s = (time.monotonic_ns() - start_ns) / 1e9
time.sleep(seconds)
pid = tracker.client.process.pid
sampler_kb = rss_kb(pid)
tracker.stop()
run = json.load(open(f"{lake}/live/{tracker.run_id}/run.json"))
sampler_s = run["overhead"]["cpu_s"]
print(json.dumps({
    "start_s": start_s, "start_ns": start_ns, "job_s": time.process_time() - before,
    "job_kb": rss_kb("self") - before_kb, "sampler_s": sampler_s, "sampler_kb": sampler_kb,
}))
"""


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=60.0, help="length of the runs at 1 Hz and 100 Hz")
    seconds: float = options.parse_args().seconds
    rows = [("import energyvis_tracker, beyond the interpreter", import_ms(), "ms", "<= 60")]
    first = [first_sample_ms() for _ in range(ROUNDS)]
    rows.append(("first sample after start()", statistics.median(first), "ms", "<= 150"))
    slow, _ = measured(1.0, seconds)
    rows += [
        ("job's process, whole run at 1 Hz", slow["job_s"] * 1e3, "ms CPU", ""),
        ("sampler, whole run at 1 Hz", slow["sampler_s"] * 1e3, "ms CPU", ""),
        ("both, share of a core", (slow["job_s"] + slow["sampler_s"]) / seconds * 100, "%", ""),
        ("job's process gains", slow["job_kb"] / 1024, "MiB", "<= 8"),
        ("sampler, peak resident", slow["sampler_kb"] / 1024, "MiB", "<= 60"),
    ]
    longer, _ = measured(1.0, 2 * seconds)
    steady_s = longer["sampler_s"] - slow["sampler_s"]
    rows.append(("sampler, steady state at 1 Hz", steady_s / seconds * 100, "% of a core", ""))
    fast, late_by_tick_ms = measured(0.01, seconds)
    late_ms = sorted(late_by_tick_ms.values())
    rows += [
        ("sampler at 100 Hz", fast["sampler_s"] / seconds * 100, "% of a core", ""),
        ("ticks lost at 100 Hz", lost(late_by_tick_ms), "", "0"),
        ("lateness of a tick at 100 Hz, p99", late_ms[int(len(late_ms) * 0.99)], "ms", "<= 5"),
        ("lateness of a tick at 100 Hz, worst", late_ms[-1], "ms", ""),
    ]
    for name, value, unit, bound in rows:
        print(f"{name:<52} {value:>9.3f} {unit:<12} {bound}")


def import_ms() -> float:
    """Return the median cost of the import in milliseconds."""
    durations = {code: [run_ms(code) for _ in range(ROUNDS)] for code in ("pass", "import energyvis_tracker")}
    empty, loaded = (statistics.median(values) for values in durations.values())
    return loaded - empty


def run_ms(code: str) -> float:
    """Return how long an interpreter takes to run `code`."""
    start_s = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return (time.perf_counter() - start_s) * 1e3


def first_sample_ms() -> float:
    """Return the time from start() to the first sample in the lake."""
    with tempfile.TemporaryDirectory() as folder:
        figures = job(folder, 1.0, 0.0)
        question = "SELECT min(mono_ns) FROM read_parquet($files)"
        row = duckdb.execute(question, {"files": f"{folder}/live/*/*/samples-*.parquet"}).fetchone()
        assert row is not None
        return float(row[0] - figures["start_ns"]) / 1e6


def measured(interval_s: float, seconds: float) -> tuple[dict[str, float], dict[int, float]]:
    """Return the figures of a run, and how late each of its ticks was in ms, by number."""
    with tempfile.TemporaryDirectory() as folder:
        figures = job(folder, interval_s, seconds)
        return figures, ticks(Path(folder), interval_s)


def ticks(lake: Path, interval_s: float) -> dict[int, float]:
    """Return how late each tick of the lake's one run was in ms, by number; the numbers missing were lost.

    Ticks are due every interval after the start of the run, which run.json has by the wall clock; the first
    sample has both clocks. The samples at the start and at the end are not of a tick.
    """
    (record,) = lake.glob("live/*/run.json")
    started_us = datetime.fromisoformat(json.loads(record.read_text())["started_at"]).timestamp() * 1e6
    question = """
        SELECT epoch_us(ts), mono_ns FROM read_parquet($files) AS sample
        WHERE device_id = (SELECT min(device_id) FROM read_parquet($files)) ORDER BY seq
    """
    rows = duckdb.execute(question, {"files": str(lake / "live/*/*/samples-*.parquet")}).fetchall()
    first_us, first_ns = rows[0]
    started_ns = first_ns - (first_us - started_us) * 1e3
    due = (divmod(mono_ns - started_ns, interval_s * 1e9) for _, mono_ns in rows[1:-1])
    return {int(number): late_ns / 1e6 for number, late_ns in due}


def lost(late_ms: dict[int, float]) -> int:
    """Return how many ticks are missing between the first and the last."""
    return max(late_ms) - min(late_ms) + 1 - len(late_ms)


def job(lake: str, interval_s: float, seconds: float) -> dict[str, float]:
    """Run a job that only sleeps, and return what it measured about itself and its sampler."""
    command = [sys.executable, "-c", JOB, lake, str(interval_s), str(seconds)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    figures: dict[str, float] = json.loads(output)
    return figures


if __name__ == "__main__":
    sys.path[:] = [path for path in sys.path if Path(path) != Path(__file__).parent]
    main()
