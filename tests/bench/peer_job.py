"""A job that measures what one tracker costs it; `tracker_peers.py` and `tracker_devices.py` start it.

Run as `python peer_job.py TRACKER LOAD SECONDS FOLDER [INTERVAL_S]`: TRACKER is bare, ours, codecarbon or
zeus, LOAD is sleeping or busy, INTERVAL_S is between our samples. Writes `figures.json` into FOLDER. The
trackers are imported by name, since each lives in an environment of its own.
"""

import contextlib
import importlib
import json
import multiprocessing
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

Stop = Callable[[], object]
HELPERS_END_S = 15.0
# After this the steady state is measured: by then the first files are written and their libraries loaded.
SETTLE_SHARE = 0.3
STEPS_A_LOOK = 2_000
ZONES = (
    ("intel-rapl:0", "package-0"),
    ("intel-rapl:0/intel-rapl:0:0", "dram"),
    ("intel-rapl:1", "package-1"),
    ("intel-rapl:1/intel-rapl:1:0", "dram"),
)


def bare(folder: Path) -> Stop:
    """Start nothing."""
    return folder.exists


def ours(folder: Path) -> Stop:
    """Start our tracker, live URL included, and return how to stop it."""
    package = importlib.import_module("energyvis_tracker")
    interval_s = float(sys.argv[5]) if len(sys.argv) > 5 else 1.0
    tracker = package.EnergyTracker("bench", lake=folder / "lake", interval_s=interval_s, quiet=True)
    tracker.start()
    stop: Stop = tracker.stop
    return stop


def codecarbon(folder: Path) -> Stop:
    """Start CodeCarbon at 1 Hz without the network, and return how to stop it."""
    package = importlib.import_module("codecarbon")
    tracker = package.OfflineEmissionsTracker(
        country_iso_code="USA",
        measure_power_secs=1,
        save_to_file=True,
        output_dir=str(folder),
        log_level="critical",
    )
    tracker.start()
    stop: Stop = tracker.stop
    return stop


def zeus(folder: Path) -> Stop:
    """Begin a window of Zeus over two simulated sockets with DRAM, and return how to end it.

    It reads the counters at both ends only; a process a counter looks once a second whether it has wrapped.
    """
    root = powercap(folder / "intel-rapl")
    # It has no setting for the place of the tree.
    importlib.import_module("zeus.device.cpu.rapl").RAPL_DIR = str(root)  # type: ignore[attr-defined] # as said
    monitor = importlib.import_module("zeus.monitor").ZeusMonitor(gpu_indices=[])
    monitor.begin_window("job", sync_execution=False)

    def stop() -> None:
        energy = monitor.end_window("job", sync_execution=False)
        if len(energy.cpu_energy) != len(energy.dram_energy) or len(energy.cpu_energy) != len(ZONES) // 2:
            raise SystemExit(f"Zeus did not read the simulated sockets: {energy}")
        for helper in multiprocessing.active_children():
            helper.terminate()
            helper.join()

    return stop


def powercap(root: Path) -> Path:
    """Return a new powercap tree with two packages and their DRAM, whose counters stand still."""
    for place, name in ZONES:
        zone = root / place
        zone.mkdir(parents=True)
        (zone / "name").write_text(name)
        (zone / "energy_uj").write_text("123456789012")
        (zone / "max_energy_range_uj").write_text("262143328850")
    return root


def sleeping(seconds: float) -> int:
    """Sleep."""
    time.sleep(seconds)
    return 0


def busy(seconds: float) -> int:
    """Keep a core busy, and return how many steps of work were done."""
    end_s = time.monotonic() + seconds
    steps = 0
    while time.monotonic() < end_s:
        value = 1
        for _ in range(STEPS_A_LOOK):
            value = value * 48_271 % 2_147_483_647
        steps += STEPS_A_LOOK
    return steps


TRACKERS: dict[str, Callable[[Path], Stop]] = {
    "bare": bare,
    "ours": ours,
    "codecarbon": codecarbon,
    "zeus": zeus,
}
LOADS = {"sleeping": sleeping, "busy": busy}


def peak_kb(pid: int | str = "self") -> int:
    """Return the highest resident memory that a process has had, in KiB."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    return 0


def helpers() -> list[int]:
    """Return the processes that this one has started and that have not ended."""
    lists = Path("/proc/self/task").glob("*/children")
    return [int(pid) for children in lists for pid in children.read_text().split()]


def processor_s(pids: list[int]) -> float:
    """Return the processor time of all threads of these processes; the first number of schedstat is in ns."""
    total_ns = 0
    for pid in pids:
        for thread in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            total_ns += int(thread.read_text().split()[0])
    return total_ns / 1e9


def main() -> None:
    """Run the job, and write what it cost beside its own work."""
    name, load, seconds, folder = sys.argv[1], sys.argv[2], float(sys.argv[3]), Path(sys.argv[4])
    before_kb, before_s, wall_s = peak_kb(), time.process_time(), time.monotonic()
    stop = TRACKERS[name](folder)
    started_s, start_wall_s = time.process_time(), time.monotonic() - wall_s
    # What the main thread does here is the job's own; trackers work in other threads or processes.
    work_s = time.thread_time()
    steps = LOADS[load](SETTLE_SHARE * seconds)
    pids = helpers()
    steady_s = time.process_time() - time.thread_time() + processor_s(pids)
    steps += LOADS[load]((1 - SETTLE_SHARE) * seconds)
    steady_s = time.process_time() - time.thread_time() + processor_s(pids) - steady_s
    work_s = time.thread_time() - work_s
    helpers_kb = sum(peak_kb(pid) for pid in pids)
    stop()
    end_s = time.monotonic() + HELPERS_END_S
    while helpers() and time.monotonic() < end_s:
        time.sleep(0.05)
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    if usage.ru_maxrss > peak_kb():
        # Below that it may be the job's own memory, which a helper has until it runs its own program.
        helpers_kb = max(helpers_kb, usage.ru_maxrss)
    figures = {
        "start_wall_s": start_wall_s,
        "start_s": started_s - before_s,
        "job_s": time.process_time() - before_s - work_s,
        "steady_share": steady_s / ((1 - SETTLE_SHARE) * seconds),
        "helpers_s": usage.ru_utime + usage.ru_stime,
        "job_kb": peak_kb() - before_kb,
        "helpers_kb": helpers_kb,
        "helpers": len(pids),
        "steps": steps,
        "load": os.getloadavg()[0],
    }
    (folder / "figures.json").write_text(json.dumps(figures))


if __name__ == "__main__":
    main()
