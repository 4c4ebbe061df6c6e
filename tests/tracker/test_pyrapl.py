"""pyRAPL as second reader: the same readings as ours, and none of its defects."""

import logging
import sys
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from energyvis_tracker.errors import ConfigurationError
from energyvis_tracker.meters.cpu import open_cpu_meters
from energyvis_tracker.meters.meter import Reading
from energyvis_tracker.meters.pyrapl_backend import import_pyrapl, pyrapl_meter
from energyvis_tracker.meters.rapl import RaplMeter

RANGE_UJ = 65_532_610_987


@pytest.fixture(scope="module", autouse=True)
def pyrapl() -> Any:
    """Return pyRAPL, imported as the tracker imports it."""
    try:
        return import_pyrapl()
    except ImportError:
        pytest.skip("pyRAPL is not installed (extra pyrapl)")


class Clock:
    """The monotonic clock, as the test sets it."""

    def __init__(self) -> None:
        self.now_ns = 0

    def __call__(self) -> int:
        return self.now_ns


def settings_of(powercap: Any) -> dict[str, str]:
    return {"ENERGYVIS_POWERCAP": str(powercap.root), "ENERGYVIS_RAPL_BACKEND": "pyrapl"}


def plain(reading: Reading) -> tuple[Any, ...]:
    """Return a reading without the note of its device, which says who has read it."""
    device = reading.device
    return (
        (device.kind, device.id, device.model, device.source, device.raw_unit, device.piece),
        (reading.mono_ns, reading.energy_j, reading.power_w, reading.quality, reading.raw_counter),
    )


@settings(
    max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # each example sets the tree anew
@given(counters_uj=st.lists(st.tuples(*[st.integers(0, RANGE_UJ - 1)] * 3), min_size=1, max_size=6))
def test_both_readers_give_the_same_readings_of_one_tree(
    powercap: Any, counters_uj: list[tuple[int, int, int]]
) -> None:
    zones = {"intel-rapl:0": "package-0", "intel-rapl:2": "package-1-die-1", "intel-rapl:0:1": "dram"}
    if not any(powercap.root.iterdir()):
        for folder, name in zones.items():
            powercap.add(folder, name, 0, RANGE_UJ)
    for folder in zones:
        powercap.set(folder, 0)
    clock = Clock()
    ours = RaplMeter(powercap.root, "Some CPU", clock)
    theirs = pyrapl_meter("Some CPU", clock, settings_of(powercap))
    for counts_uj in counters_uj:
        clock.now_ns += 20_000_000_000
        for folder, count_uj in zip(zones, counts_uj, strict=True):
            powercap.set(folder, count_uj)
        readings = ours.read()
        assert len(readings) == len(zones)
        assert [plain(reading) for reading in theirs.read()] == [plain(reading) for reading in readings]


def test_a_wrap_is_unwrapped(powercap: Any) -> None:
    powercap.add("intel-rapl:0", "package-0", RANGE_UJ - 60_000_000, RANGE_UJ)
    clock = Clock()
    meter = pyrapl_meter("", clock, settings_of(powercap))
    meter.read()
    powercap.set("intel-rapl:0", 90_000_000)
    clock.now_ns = 1_000_000_000
    (reading,) = meter.read()
    assert (reading.energy_j, reading.power_w, reading.quality) == (150.0, 150.0, "wrapped")


def test_a_package_without_dram_is_read_all_the_same(powercap: Any) -> None:
    powercap.add("intel-rapl:0", "package-0", 7)
    powercap.add("intel-rapl:1", "package-1", 8)
    powercap.add("intel-rapl:1:0", "dram", 9)
    meters, devices = open_cpu_meters(Clock(), settings_of(powercap))
    (meter,) = meters
    assert [(reading.device.id, reading.raw_counter) for reading in meter.read()] == [
        ("package-0", 7),
        ("package-1", 8),
        ("dram-1", 9),
    ]
    assert {device.note for device in devices} == {"read through pyRAPL 0.2.3.1"}


def test_a_counter_that_fails_is_opened_anew(powercap: Any) -> None:
    powercap.add("intel-rapl:0", "package-0", 7)
    meter = pyrapl_meter("", Clock(), settings_of(powercap))
    meter.read()
    powercap.set("intel-rapl:0", "")
    assert meter.read() == []
    (powercap.root / "intel-rapl:0" / "energy_uj").unlink()  # a driver loaded anew makes new files
    powercap.set("intel-rapl:0", 8)
    assert [reading.raw_counter for reading in meter.read()] == [8]


FORK = """
import os
from energyvis_tracker.meters.pyrapl_backend import pyrapl_meter
meter = pyrapl_meter("", lambda: 0, os.environ)
meter.read()
source = meter.counters[0].source
(file,) = source.api._sys_files
os.lseek(file.fileno(), 1, os.SEEK_SET)
child = os.fork()
if child == 0:
    (reading,) = meter.read()
    own = source.pid == os.getpid() and source.api._sys_files[0] is not file
    os._exit(0 if own and reading.raw_counter == 7 else 1)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), os.lseek(file.fileno(), 0, os.SEEK_CUR))
"""


def test_a_forked_process_does_not_move_the_files_of_its_parent(powercap: Any, run_job: Any) -> None:
    powercap.add("intel-rapl:0", "package-0", 7)
    assert run_job(FORK).stdout == "0 1\n"


IMPORT = """
import logging, sys
from energyvis_tracker.meters.pyrapl_backend import import_pyrapl
{before}
import_pyrapl()
root = logging.getLogger()
print(root.handlers, root.filters, root.level, sorted({{"pandas", "numpy", "pymongo"}} & sys.modules.keys()))
"""


@pytest.mark.parametrize(
    ("before", "handlers"),
    [
        ("", "[]"),
        ("logging.getLogger().addHandler(logging.StreamHandler())", "[<StreamHandler <stderr> (NOTSET)>]"),
    ],
)
def test_importing_it_leaves_no_trace_in_logging_nor_in_memory(
    run_job: Any, before: str, handlers: str
) -> None:
    job = run_job(IMPORT.format(before=before))
    assert (job.stdout, job.stderr) == (f"{handlers} [] {logging.WARNING} []\n", "")


def test_a_machine_without_pyrapl_is_read_by_our_own_reader_and_says_so(
    powercap: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    powercap.add("intel-rapl:0", "package-0", 7)
    monkeypatch.setitem(sys.modules, "pyRAPL", None)
    meters, (missing, package) = open_cpu_meters(Clock(), settings_of(powercap))
    assert (missing.source, package.source) == ("none", "counter")
    assert "pip install 'energyvis-panel[pyrapl]'" in missing.note
    assert [reading.raw_counter for meter in meters for reading in meter.read()] == [7]


def test_an_unknown_reader_is_refused(powercap: Any) -> None:
    environ = settings_of(powercap) | {"ENERGYVIS_RAPL_BACKEND": "perf"}
    with pytest.raises(ConfigurationError, match="ENERGYVIS_RAPL_BACKEND must be one of own, pyrapl"):
        open_cpu_meters(Clock(), environ)
