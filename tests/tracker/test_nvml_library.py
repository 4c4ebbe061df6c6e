"""Finding NVML: cheap where there is no driver, and whole processes that read a fake one."""

import ctypes
import inspect
import json
import time
from pathlib import Path
from typing import Any

import pynvml
import pytest

from energyvis_tracker.errors import DeviceUnavailable
from energyvis_tracker.meters.nvml import NvmlMeter
from energyvis_tracker.meters.nvml_library import FUNCTION_NOT_FOUND, NvmlLibrary, NvmlRefused, load_pynvml
from tests.tracker.fake_nvml import (
    GPU_IS_LOST,
    TEXTS,
    Driver,
    FakeBoard,
    FakeNvml,
    environment_for,
)

NO_LIBRARY = {"ENERGYVIS_NVML_LIBRARY": "/nowhere/libnvidia-ml.so.1"}
# Reads once for every line on its standard input.
READER = """
import json, os, sys, time
from energyvis_tracker.meters.nvml import NvmlMeter
meter = NvmlMeter.from_environment(time.monotonic_ns, os.environ)
devices = meter.select(os.environ.get("CUDA_VISIBLE_DEVICES"), None)
print(json.dumps([[device.id, device.source] for device in devices]))
for _ in sys.stdin:
    rows = [[r.device.id, r.mono_ns, r.energy_j, r.quality, r.raw_counter] for r in meter.read()]
    print(json.dumps({"rows": rows, "failures": dict(meter.failures)}))
"""


def ask(job: Any) -> Any:
    job.stdin.write("\n")
    job.stdin.flush()
    return json.loads(job.stdout.readline())


def test_a_library_that_cannot_be_loaded_is_named_with_the_remedy() -> None:
    with pytest.raises(DeviceUnavailable) as caught:
        NvmlMeter.from_environment(time.monotonic_ns, NO_LIBRARY)
    assert "ENERGYVIS_NVML_LIBRARY names /nowhere/libnvidia-ml.so.1, which cannot be loaded" in str(
        caught.value
    )
    assert "/usr/lib/wsl/lib/libnvidia-ml.so.1" in str(caught.value)


def test_without_a_driver_nothing_is_imported_and_little_time_is_lost(run_job: Any) -> None:
    job = run_job(
        f"""
        import sys, time
        from energyvis_tracker.errors import DeviceUnavailable
        from energyvis_tracker.meters import nvml
        times = []
        for _ in range(5):
            start = time.perf_counter()
            try:
                nvml.NvmlMeter.from_environment(time.monotonic_ns, {NO_LIBRARY!r})
            except DeviceUnavailable:
                times.append(time.perf_counter() - start)
        print(len(times), "pynvml" in sys.modules, min(times) < 0.005)
        """
    )
    assert job.stdout.split() == ["5", "False", "True"], job.stderr


def driver_is_here() -> bool:
    try:
        ctypes.CDLL("libnvidia-ml.so.1")
    except OSError:
        return False
    return True


@pytest.mark.skipif(driver_is_here(), reason="with a driver there is nothing to be refused")
def test_the_real_pynvml_says_why_it_cannot_start_without_a_driver() -> None:
    module = load_pynvml({"ENERGYVIS_NVML_LIBRARY": "libm.so.6"})
    assert module is pynvml
    with pytest.raises(NvmlRefused) as caught:
        NvmlLibrary(module)
    assert "NVML says NVML Shared Library Not Found: install the NVIDIA driver" in caught.value.reason


def test_a_function_that_pynvml_does_not_have_is_one_that_is_not_found() -> None:
    library = NvmlLibrary(FakeNvml(Driver([])))
    with pytest.raises(NvmlRefused) as caught:
        library.ask("nvmlDeviceGetTheFuture")
    assert caught.value.code == FUNCTION_NOT_FOUND
    assert caught.value.is_for_good


def test_pynvml_of_another_version_than_the_driver_is_no_surprise() -> None:
    class Mismatched(FakeNvml):
        class NVMLLibraryMismatchError(Exception):
            pass

        def nvmlDeviceGetCount(self) -> int:  # noqa: N802 - NVML's name
            raise self.NVMLLibraryMismatchError("unversioned function called")

    (device,) = NvmlMeter(Mismatched(Driver([FakeBoard()])), time.monotonic_ns).select(None, None)
    assert (device.source, device.note) == ("none", "NVML says unversioned function called")


def test_the_fake_has_the_functions_and_numbers_of_the_real_module() -> None:
    for name in vars(FakeNvml):
        if name.startswith(("nvmlD", "nvmlS", "nvmlInit")):
            fake = list(inspect.signature(getattr(FakeNvml, name)).parameters)[1:]
            assert fake == list(inspect.signature(getattr(pynvml, name)).parameters), name
        elif name.startswith("NVML_") or name == "nvmlMemory_v2":
            assert getattr(FakeNvml, name) == getattr(pynvml, name)
    for code, text in TEXTS.items():
        assert str(pynvml.NVMLError(code)) == text
        assert pynvml.NVMLError(code).value == code


def test_a_whole_process_reads_the_fake_and_sees_it_change(start_job: Any, tmp_path: Path) -> None:
    state, driver = tmp_path / "driver.json", Driver([FakeBoard(), FakeBoard(uuid="GPU-0aa1")])
    first = driver.boards[0]
    driver.save(state)
    job = start_job(READER, env=environment_for(state) | {"CUDA_VISIBLE_DEVICES": "0"})
    assert json.loads(job.stdout.readline()) == [[first.uuid, "counter"]]
    ((_, _, energy_j, quality, start_mj),) = ask(job)["rows"]
    assert (energy_j, quality) == (0.0, "ok")
    changed_ns = time.monotonic_ns()
    first.draw(300_000, changed_ns)
    driver.save(state)
    ((_, later_ns, energy_j, quality, raw_mj),) = ask(job)["rows"]
    assert quality == "ok"
    assert energy_j == pytest.approx((raw_mj - start_mj) / 1e3)
    assert raw_mj == pytest.approx(first.energy_mj + 300_000 * (later_ns - changed_ns) / 1e9, rel=0.01)
    first.faults["*"] = GPU_IS_LOST
    driver.save(state)
    lost = ask(job)
    assert lost["rows"] == []
    assert "GPU is lost" in lost["failures"][first.uuid]
    first.faults.clear()
    driver.save(state)
    assert [row[3] for row in ask(job)["rows"]] == ["ok"]
