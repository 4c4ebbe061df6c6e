"""Cases in which other trackers err and that no other test has; docs/peers.md lists all and their tests."""

import re
from pathlib import Path
from typing import Any

import pytest

from energyvis_tracker.meters.rapl import RaplMeter

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs" / "peers.md"
TEST_NAME = re.compile(r"`(test_\w+\.py)::(test_\w+)`")
RANGE_UJ = 262_143_328_850
SECOND_NS = 1_000_000_000


class Clock:
    """The monotonic clock, as the test sets it."""

    def __init__(self) -> None:
        self.now_ns = 0

    def __call__(self) -> int:
        return self.now_ns


def test_every_test_that_the_table_names_is_there() -> None:
    _, _, below = TABLE.read_text().partition("| Our tests |\n")
    rows = below.partition("\n\n")[0].splitlines()[1:]
    missing = []
    for row in rows:
        names = TEST_NAME.findall(row)
        assert names, f"a case without a test: {row}"
        missing += [
            f"{file}::{test}"
            for file, test in names
            if f"def {test}(" not in (ROOT / "tests" / "tracker" / file).read_text()
        ]
    assert rows
    assert missing == []


def test_a_wrap_of_one_package_leaves_the_power_of_the_other(powercap: Any) -> None:
    powercap.add("intel-rapl:0", "package-0", RANGE_UJ - 60_000_000)
    powercap.add("intel-rapl:1", "package-1", 0)
    clock = Clock()
    meter = RaplMeter(powercap.root, "", clock)
    meter.read()
    powercap.set("intel-rapl:0", 90_000_000)
    powercap.set("intel-rapl:1", 100_000_000)
    clock.now_ns = SECOND_NS
    assert {reading.device.id: reading.power_w for reading in meter.read()} == {
        "package-0": 150.0,
        "package-1": 100.0,
    }


def test_memory_that_is_counted_adds_its_energy_to_the_run(
    powercap: Any, lake: Any, start_job: Any, wait_until: Any
) -> None:
    powercap.add("intel-rapl:0", "package-0", 0)
    powercap.add("intel-rapl:0:0", "dram", 0)
    job = start_job("""
        from energyvis_tracker import EnergyTracker
        with EnergyTracker("x", interval_s=30, quiet=True):
            print("ready")
            input()
    """)
    job.stdout.readline()
    powercap.set("intel-rapl:0", 30_000)  # so little that no power is too high, however short the job is
    powercap.set("intel-rapl:0:0", 20_000)
    job.communicate("\n", timeout=30)
    joules: dict[str, float] = {}
    for sample in wait_until(lake.samples):
        joules[sample["device_id"]] = joules.get(sample["device_id"], 0.0) + sample["energy_j"]
    assert joules == {"package-0": 0.03, "dram-0": 0.02}


def test_memory_without_a_counter_is_never_guessed(lake: Any, run_job: Any) -> None:
    job = run_job("""
        from energyvis_tracker import EnergyTracker
        with EnergyTracker("x"): pass
    """)
    assert "DRAM" not in job.stderr
    assert {device["kind"] for device in lake.run()["devices"] if device["source"] != "none"} == {"cpu"}
    assert {sample["device_id"] for sample in lake.samples()} == {"cpu"}


FORK = """
import os
from pathlib import Path
from energyvis_tracker.meters.rapl import RaplMeter
meter = RaplMeter(Path(os.environ["ENERGYVIS_POWERCAP"]), "", lambda: 0)
meter.read()
descriptor = meter.counters[0].source.descriptor
os.lseek(descriptor, 1, os.SEEK_SET)
child = os.fork()
if child == 0:
    (reading,) = meter.read()
    os._exit(0 if reading.raw_counter == 7 else 1)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), os.lseek(descriptor, 0, os.SEEK_CUR))
"""


def test_a_forked_child_that_reads_does_not_move_the_files_of_its_parent(powercap: Any, run_job: Any) -> None:
    powercap.add("intel-rapl:0", "package-0", 7)
    assert run_job(FORK).stdout == "0 1\n"


@pytest.mark.usefixtures("lake")
def test_a_job_is_given_two_lines_on_standard_error_and_none_on_standard_output(run_job: Any) -> None:
    job = run_job("""
        import logging
        logging.basicConfig(level=logging.DEBUG)
        from energyvis_tracker import EnergyTracker
        with EnergyTracker("x", epochs=2) as tracker:
            for _ in tracker.epochs():
                with tracker.span("step"): pass
                tracker.log(loss=1.0)
    """)
    assert (job.returncode, job.stdout) == (0, "")
    assert [line.partition(":")[0] for line in job.stderr.splitlines()] == ["energyvis", "energyvis"]


def test_a_job_in_slurm_starts_no_command_of_slurm(lake: Any, run_job: Any, tmp_path: Path) -> None:
    commands = tmp_path / "bin"
    commands.mkdir()
    for name in ("scontrol", "squeue", "sacct", "srun"):
        (commands / name).write_text(f"#!/bin/sh\necho {name} >> {tmp_path}/started\n")
        (commands / name).chmod(0o755)
    job = run_job(f"""
        import os
        os.environ["PATH"] = {str(commands)!r} + os.pathsep + os.environ["PATH"]
        os.environ["SLURM_JOB_ID"] = "7"
        from energyvis_tracker import EnergyTracker
        with EnergyTracker("x", quiet=True): pass
    """)
    assert job.returncode == 0, job.stderr
    assert lake.run()["scheduler"]["job"] == "7"
    assert not (tmp_path / "started").exists()
