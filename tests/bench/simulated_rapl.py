"""A powercap tree whose counters run with time, so that the true energy is known at any moment.

Run as `python tests/bench/simulated_rapl.py FOLDER [--package-w 100] [--dram-w 20] [--range-j 2000]`. Prints
a line of JSON once the tree is there (watts by kind of device, and for how long a counter stands still), and
ends when its standard input is closed. Tests and benchmarks start it as a process of its own.
"""

import argparse
import json
import os
import select
import sys
import time
from pathlib import Path

STEP_S = 0.005
UJ_PER_J = 1_000_000


class SimulatedZone:
    """A zone that draws the same power all the time, whose counter starts shortly before it wraps."""

    def __init__(self, folder: Path, name: str, power_w: float, range_j: float) -> None:
        folder.mkdir(parents=True)
        (folder / "name").write_text(f"{name}\n")
        (folder / "max_energy_range_uj").write_text(f"{round(range_j * UJ_PER_J)}\n")
        self.power_w = power_w
        self.range_uj = round(range_j * UJ_PER_J)
        self.start_uj = self.range_uj - round(power_w * UJ_PER_J)
        # Written in place and always as long: the tracker keeps the file open and must never see a part.
        self.descriptor = os.open(folder / "energy_uj", os.O_WRONLY | os.O_CREAT, 0o644)
        self.show(0)

    def show(self, elapsed_ns: int) -> None:
        """Set the counter to what it counts after `elapsed_ns`."""
        counter_uj = (self.start_uj + round(self.power_w * elapsed_ns / 1_000)) % self.range_uj
        os.pwrite(self.descriptor, f"{counter_uj:015d}\n".encode(), 0)


def main() -> None:
    """Run the counters until the standard input is closed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path)
    options.add_argument("--package-w", type=float, default=100.0)
    options.add_argument("--dram-w", type=float, default=20.0)
    options.add_argument(
        "--range-j", type=float, default=2_000.0, help="where the counters start again from 0"
    )
    chosen = options.parse_args()
    zones = [
        SimulatedZone(chosen.folder / "intel-rapl:0", "package-0", chosen.package_w, chosen.range_j),
        SimulatedZone(chosen.folder / "intel-rapl:0:0", "dram", chosen.dram_w, chosen.range_j),
    ]
    began_ns = time.monotonic_ns()
    truth = {"power_w": {"cpu": chosen.package_w, "dram": chosen.dram_w}, "step_s": STEP_S}
    print(json.dumps(truth), flush=True)
    while not select.select([sys.stdin], [], [], STEP_S)[0]:
        elapsed_ns = time.monotonic_ns() - began_ns
        for zone in zones:
            zone.show(elapsed_ns)


if __name__ == "__main__":
    main()
