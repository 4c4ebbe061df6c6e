"""What reading the CPU costs: counters by either reader, the estimate, a job's share of processor time.

Run as `python tests/bench/cpu_meter_cost.py`; prints a table, asserts nothing. Processor time in microseconds
a call, median of seven rounds, at full speed (warm) and once in 100 ms as a sampler calls (cold). The
counters are files in a temporary folder: on a real machine the kernel's reading of the register comes on
top, the same for both readers.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from energyvis_tracker.errors import DeviceUnavailable
from energyvis_tracker.meters.cpu_load import CpuLoadMeter
from energyvis_tracker.meters.cpu_share import CpuTimeShare
from energyvis_tracker.meters.cpu_tdp import known_tdp
from energyvis_tracker.meters.proc_folder import ProcFolder
from energyvis_tracker.meters.process_tree import ProcessTree
from energyvis_tracker.meters.pyrapl_backend import pyrapl_meter
from energyvis_tracker.meters.rapl import RaplMeter

ROUNDS = 7
WARM_CALLS = 200
COLD_CALLS = 10
COLD_PAUSE_S = 0.1
JOB = """
import os, sys, threading, time
children, threads = map(int, sys.argv[1:])
for _ in range(children):
    if os.fork() == 0:
        sys.stdin.readline()
        os._exit(0)
for _ in range(threads - 1):
    threading.Thread(target=threading.Event().wait, daemon=True).start()
print("ready", flush=True)
sys.stdin.readline()
"""


def main() -> None:
    """Print the table."""
    print(f"{'':52} {'warm':>9} {'cold':>9}  us CPU a call")
    with tempfile.TemporaryDirectory() as folder:
        root = two_sockets(Path(folder))
        show("two sockets with DRAM, own reader", RaplMeter(root, "", time.monotonic_ns).read)
        try:
            show(
                "two sockets with DRAM, pyRAPL",
                pyrapl_meter("", time.monotonic_ns, {"ENERGYVIS_POWERCAP": folder}).read,
            )
        except DeviceUnavailable as error:
            print(error)
    show("estimate from load", CpuLoadMeter.from_environment("", time.monotonic_ns, {}).read)
    show("TDP of a model", lambda: known_tdp("AMD EPYC 7763 64-Core Processor"))
    for children, threads in ((0, 1), (9, 1), (9, 200), (99, 1)):
        name = f"share of {1 + children} processes, the first with {threads} threads"
        with job(children, threads) as pid:
            pids = [pid]
            show(name, CpuTimeShare(lambda pids=pids: pids).share)  # type: ignore[misc]
    with job(9, 1) as pid:
        scan = ProcessTree(ProcFolder(), lists_children=False)
        show(f"10 of {len(ProcFolder().names('.'))} processes by scan of /proc", lambda: scan.update([pid]))


def two_sockets(root: Path) -> Path:
    """Return a powercap tree with two packages and their DRAM."""
    for socket in (0, 1):
        for folder, name in (
            (f"intel-rapl:{socket}", f"package-{socket}"),
            (f"intel-rapl:{socket}:0", "dram"),
        ):
            zone = root / folder
            zone.mkdir()
            (zone / "name").write_text(name)
            (zone / "energy_uj").write_text("123456789012")
            (zone / "max_energy_range_uj").write_text("262143328850")
    return root


@contextmanager
def job(children: int, threads: int) -> Iterator[int]:
    """Yield the process id of a job with so many children, its first process with so many threads."""
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", JOB, str(children), str(threads)]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, start_new_session=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.readline()
        yield process.pid
        process.stdin.close()


def show(name: str, call: Callable[[], object]) -> None:
    """Print what a call costs."""
    call()
    warm = statistics.median(cost_us(call, WARM_CALLS, 0) for _ in range(ROUNDS))
    cold = statistics.median(cost_us(call, COLD_CALLS, COLD_PAUSE_S) for _ in range(ROUNDS))
    print(f"{name:52} {warm:9.1f} {cold:9.1f}")


def cost_us(call: Callable[[], object], calls: int, pause_s: float) -> float:
    """Return the mean processor time of a call in microseconds, with a pause before each."""
    total_ns = 0
    for _ in range(calls):
        time.sleep(pause_s)
        start_ns = time.process_time_ns()
        call()
        total_ns += time.process_time_ns() - start_ns
    return total_ns / calls / 1e3


if __name__ == "__main__":
    main()
