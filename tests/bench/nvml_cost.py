"""What NVML costs and how finely it resolves time: each call, a whole reading, and how often values change.

Run as `python tests/bench/nvml_cost.py [--seconds 10]` on a machine with an NVIDIA GPU; prints a table,
asserts nothing, and says in a sentence why where there is no GPU. Power changes often only under load.
"""

import argparse
import itertools
import os
import statistics
import time
from collections.abc import Callable
from typing import Any

from energyvis_tracker.errors import DeviceUnavailable
from energyvis_tracker.meters.gpu_process_share import GpuProcessShare
from energyvis_tracker.meters.nvml import NvmlMeter
from energyvis_tracker.meters.nvml_board import NvmlBoard
from energyvis_tracker.meters.nvml_fields import (
    instant_power_w,
    load_pct,
    memory_bytes,
    temperature_c,
    usual_power_w,
)
from energyvis_tracker.meters.nvml_library import NvmlLibrary, NvmlRefused

CALLS = 500
POLL_S = 0.001
Call = Callable[[], Any]


def main() -> None:
    """Print the tables."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=10.0, help="how long each value is watched")
    seconds: float = options.parse_args().seconds
    start = time.perf_counter()
    try:
        meter = NvmlMeter.from_environment(time.monotonic_ns, os.environ)
    except DeviceUnavailable as error:
        print(f"No GPU to measure here: {error}")
        return
    opened_ms = (time.perf_counter() - start) * 1e3
    devices = meter.select(None, None)
    if not meter.boards:
        print(f"No GPU to measure here: {'; '.join(device.note for device in devices)}")
        return
    print(f"{'NVML found, imported and initialised':<52} {opened_ms:>9.3f} ms")
    show_cost(f"a reading of all {len(meter.boards)} boards", meter.read)
    share = GpuProcessShare(meter)
    show_cost("shares of the processes", lambda: share.shares([os.getpid()]))
    for board in meter.boards.values():
        print(f"\n{board.device.model} {board.uuid}, {board.device.source}")
        for name, call in calls_of(meter.library, board).items():
            show_cost(name, call)
        for name, call in calls_of(meter.library, board).items():
            if name in {"energy counter", "power of the instant", "usual power"}:
                show_renewal(name, call, seconds)


def calls_of(library: NvmlLibrary, board: NvmlBoard) -> dict[str, Call]:
    """Return the calls of a reading by name."""
    handle = board.handle()
    return {
        "energy counter": lambda: board.raw("counter"),
        "power of the instant": lambda: instant_power_w(library, handle),
        "usual power": lambda: usual_power_w(library, handle),
        "load": lambda: load_pct(library, handle),
        "memory": lambda: memory_bytes(library, handle),
        "temperature": lambda: temperature_c(library, handle),
    }


def show_cost(name: str, call: Call) -> None:
    """Print median and 99th percentile of the time of a call, and the processor time of one."""
    durations_us = []
    start_s = time.process_time()
    try:
        for _ in range(CALLS):
            start = time.perf_counter()
            call()
            durations_us.append((time.perf_counter() - start) * 1e6)
    except NvmlRefused as refused:
        print(f"{name:<52} {refused}")
        return
    cpu_us = (time.process_time() - start_s) * 1e6 / CALLS
    durations_us.sort()
    late_us = durations_us[int(CALLS * 0.99)]
    print(f"{name:<52} {statistics.median(durations_us):>9.1f} us, p99 {late_us:.1f} us, CPU {cpu_us:.1f} us")


def show_renewal(name: str, call: Call, seconds: float) -> None:
    """Print how far apart the changes of a value are."""
    changes_s: list[float] = []
    end_s = time.perf_counter() + seconds
    try:
        last = call()
        while (now_s := time.perf_counter()) < end_s:
            if (value := call()) != last:
                changes_s.append(now_s)
                last = value
            time.sleep(POLL_S)
    except NvmlRefused as refused:
        print(f"{name + ', between changes':<52} {refused}")
        return
    gaps_ms = sorted((later - earlier) * 1e3 for earlier, later in itertools.pairwise(changes_s))
    if not gaps_ms:
        print(f"{name + ', between changes':<52} changed {len(changes_s)} times in {seconds:g} s")
        return
    print(
        f"{name + ', between changes':<52} {statistics.median(gaps_ms):>9.1f} ms median, "
        f"{gaps_ms[0]:.1f} to {gaps_ms[-1]:.1f} ms, {len(changes_s)} changes in {seconds:g} s"
    )


if __name__ == "__main__":
    main()
