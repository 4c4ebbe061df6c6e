"""Shows where the peers of our tracker err; docs/peers.md says which test of ours has each case.

Run as `python tests/bench/peer_defects.py PEERS`, with PEERS a folder in which `tracker_size.py` has made the
environments; prints a line a case, asserts nothing. Counters are files, GPUs the fake NVML of the tests.
"""

import importlib
import logging
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

ROOT = Path(__file__).parents[2]
RANGE_UJ = 262_143_328_850
NEAR_RANGE_UJ = RANGE_UJ - 60_000_000
AFTER_WRAP_UJ = 90_000_000
UUIDS = [f"GPU-5d5ba0d{number}-6d33-2b2c-524d-9e3d8d2b8a77" for number in range(2)]


class Tree:
    """A powercap tree as the kernel lays it out: nested under intel-rapl, and all zones side by side."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "powercap"
        self.nested = self.root / "intel-rapl"
        self.nested.mkdir(parents=True)
        (self.nested / "subsystem").symlink_to(self.root)

    def add(self, name: str, folder: str, energy_uj: int = 0) -> None:
        """Add a zone; `folder` is its number, as 0 or 0:1."""
        parent = self.nested / f"intel-rapl:{folder.partition(':')[0]}" if ":" in folder else self.nested
        zone = parent / f"intel-rapl:{folder}"
        zone.mkdir()
        (zone / "name").write_text(name)
        (zone / "max_energy_range_uj").write_text(str(RANGE_UJ))
        (self.root / zone.name).symlink_to(zone)
        self.set(folder, energy_uj)

    def set(self, folder: str, energy_uj: int) -> None:
        """Set a zone's counter."""
        (self.root / f"intel-rapl:{folder}" / "energy_uj").write_text(str(energy_uj))


def zeus_monitor(tree: Tree) -> Any:
    """Return a monitor of Zeus over a tree."""
    importlib.import_module("zeus.device.cpu.rapl").RAPL_DIR = str(tree.nested)  # type: ignore[attr-defined] # it has no setting
    return importlib.import_module("zeus.monitor").ZeusMonitor(gpu_indices=[])


def zeus_psys(folder: Path) -> object:
    """Return the joules that Zeus has where a package draws 100 J and the platform around it 150 J."""
    tree = Tree(folder)
    tree.add("package-0", "0")
    tree.add("psys", "1")
    monitor = zeus_monitor(tree)
    monitor.begin_window("job", sync_execution=False)
    tree.set("0", 100_000_000)
    tree.set("1", 150_000_000)
    return monitor.end_window("job", sync_execution=False).cpu_energy


def zeus_wrap(folder: Path) -> object:
    """Return the joules that Zeus has where a counter has just wrapped after 150 J."""
    tree = Tree(folder)
    tree.add("package-0", "0", NEAR_RANGE_UJ)
    monitor = zeus_monitor(tree)
    monitor.begin_window("job", sync_execution=False)
    tree.set("0", AFTER_WRAP_UJ)
    return monitor.end_window("job", sync_execution=False).cpu_energy


def codecarbon_dram(folder: Path) -> object:
    """Return the joules that CodeCarbon has, with its DRAM flag, where package and DRAM draw 100 J each."""
    tree = Tree(folder)
    tree.add("package-0", "0")
    tree.add("dram", "0:0")
    hardware = importlib.import_module("codecarbon.external.hardware")
    cpu = hardware.CPU(
        str(folder),
        "intel_rapl",
        "a model",
        100,
        rapl_dir=str(tree.nested / "subsystem"),
        rapl_include_dram=True,
    )
    cpu.start()
    tree.set("0", 100_000_000)
    tree.set("0:0", 100_000_000)
    time_of = importlib.import_module("codecarbon.core.units").Time
    _, energy = cpu.measure_power_and_energy(last_duration=time_of.from_seconds(1).seconds)
    return round(energy.kWh * 3.6e6, 3)


def codecarbon_gpus(folder: Path) -> object:
    """Return which of two GPUs CodeCarbon counts, by the setting of CUDA_VISIBLE_DEVICES."""
    del folder
    parse = importlib.import_module("codecarbon.core.config").normalize_gpu_ids
    nvidia = importlib.import_module("codecarbon.core.gpu_nvidia").NvidiaGPUDevice
    # What the fake does not have, and nothing here rests on.
    nvidia._get_memory_info = lambda _: SimpleNamespace(total=0, used=0, free=0)
    nvidia._get_power_limit = lambda _: None
    gpu = importlib.import_module("codecarbon.external.hardware").GPU
    # The tracker takes an empty setting for one that is not there, as here.
    return {visible: gpu.from_utils(parse(visible or None))._get_gpu_ids() for visible in settings()}


def codecarbon_ram(folder: Path) -> object:
    """Return how much of CodeCarbon's energy of a job that sleeps 5 s is its estimate of the memory."""
    tracker = codecarbon_tracker(folder)
    tracker.start()
    time.sleep(5)
    tracker.stop()
    data = tracker.final_emissions_data
    return f"{data.ram_energy / data.energy_consumed:.0%} of the energy"


def codecarbon_killed(folder: Path) -> object:
    """Return the files that CodeCarbon leaves of a job that is killed after 5 s."""
    if (pid := os.fork()) == 0:
        codecarbon_tracker(folder).start()
        time.sleep(60)
        os._exit(0)
    time.sleep(8)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return sorted(path.name for path in folder.iterdir() if path.suffix == ".csv")


def codecarbon_tracker(folder: Path) -> Any:
    """Return a tracker of CodeCarbon at 1 Hz."""
    return importlib.import_module("codecarbon").OfflineEmissionsTracker(
        country_iso_code="USA", measure_power_secs=1, output_dir=str(folder), log_level="critical"
    )


def codecarbon_noise(folder: Path) -> object:
    """Return how many lines CodeCarbon writes, by default, for a job that says nothing."""
    code = (
        "import codecarbon\n"
        f"with codecarbon.OfflineEmissionsTracker(country_iso_code='USA', output_dir={str(folder)!r}): pass"
    )
    job = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return (
        f"{len(job.stdout.splitlines())} on standard output, {len(job.stderr.splitlines())} on standard error"
    )


def carbontracker_wrap(folder: Path) -> object:
    """Return the watts that carbontracker has where one package draws 150 W over a wrap and another 100 W."""
    tree = Tree(folder)
    tree.add("package-0", "0", NEAR_RANGE_UJ)
    tree.add("package-1", "1")
    intel: Any = importlib.import_module("carbontracker.components.cpu.intel")

    def second(_: float) -> None:
        tree.set("0", AFTER_WRAP_UJ)
        tree.set("1", 100_000_000)

    intel.RAPL_DIR, intel.time = str(tree.root), SimpleNamespace(sleep=second)
    cpu = intel.IntelCPU([], devices_by_pid=False)
    cpu.init()
    return dict(zip(cpu.devices(), cpu.power_usage(), strict=True))


def carbontracker_gpus(folder: Path) -> object:
    """Return how many of two GPUs carbontracker counts, by the setting of CUDA_VISIBLE_DEVICES."""
    del folder
    gpu = importlib.import_module("carbontracker.components.gpu.nvidia").NvidiaGPU([], devices_by_pid=False)
    counts = {}
    for visible in settings():
        os.environ["CUDA_VISIBLE_DEVICES"] = visible
        gpu.init()
        counts[visible] = len(gpu.devices())
    return counts


def carbontracker_noise(folder: Path) -> object:
    """Return where the handlers of carbontracker write what it logs, by default."""
    logger = importlib.import_module("carbontracker.loggerutil").Logger(log_dir=str(folder), verbose=1)
    handlers = [*logger.logger_output.handlers, *logger.logger_err.handlers]
    return [handler.stream.name for handler in handlers if type(handler) is logging.StreamHandler]


def pyrapl(tree: Tree, devices: list[int] | None = None) -> Any:
    """Return pyRAPL, set up over a tree with one socket; it has the kernel's place written in."""
    api: Any = importlib.import_module("pyRAPL.device_api")

    def placed(path: str) -> str:
        return path.replace("/sys/class/powercap", str(tree.root))

    api.open = lambda path, mode: Path(placed(path)).open(mode)  # noqa: SIM115 - pyRAPL keeps its files open
    api.os = SimpleNamespace(path=SimpleNamespace(exists=lambda path: Path(placed(path)).exists()))
    api.get_socket_ids = lambda: [0]
    package = importlib.import_module("pyRAPL")
    package.setup(devices and [package.Device(device) for device in devices])
    return package


def pyrapl_wrap(folder: Path) -> object:
    """Return what pyRAPL has where a counter has wrapped after 150 J, and by its sensor, in uJ."""
    tree = Tree(folder)
    tree.add("package-0\n", "0", NEAR_RANGE_UJ)
    package = pyrapl(tree)
    measurement = package.Measurement("job")
    measurement.begin()
    before_uj = package._sensor._device_api[package.Device.PKG].energy()
    tree.set("0", AFTER_WRAP_UJ)
    measurement.end()
    (step_uj,) = (now - before for now, before in zip(package._sensor.energy(), before_uj, strict=False))
    return f"result {measurement.result.pkg}, step of the counter {step_uj:.0f}"


def pyrapl_no_dram(folder: Path) -> object:
    """Return what pyRAPL says when it is asked for package and DRAM where there is no DRAM."""
    tree = Tree(folder)
    tree.add("package-0\n", "0")
    try:
        pyrapl(tree, devices=[0, 1])
    except Exception as error:  # noqa: BLE001 - the error is what is to be shown
        return repr(error)
    return "no error"


def pyrapl_handlers(folder: Path) -> object:
    """Return the handlers of the root logger after an import of pyRAPL that lacks its optional packages."""
    del folder
    for name in ("pandas", "pymongo"):
        sys.modules[name] = None  # type: ignore[assignment]  # the documented way to forbid an import
    importlib.import_module("pyRAPL")
    return logging.root.handlers


def pyrapl_fork(folder: Path) -> object:
    """Return where the parent's file stands before and after a forked child has read."""
    tree = Tree(folder)
    tree.add("package-0\n", "0", NEAR_RANGE_UJ)
    api = next(iter(pyrapl(tree)._sensor._device_api.values()))
    descriptor = api._sys_files[0].fileno()
    before = os.lseek(descriptor, 0, os.SEEK_CUR)
    if (pid := os.fork()) == 0:
        api.energy()
        os._exit(0)
    os.waitpid(pid, 0)
    return f"at byte {before} before, at byte {os.lseek(descriptor, 0, os.SEEK_CUR)} after"


def settings() -> list[str]:
    """Return settings of CUDA_VISIBLE_DEVICES: the second GPU by number and by UUID, a slice, none."""
    return ["1", UUIDS[1], "MIG-6d1cd0b8-1111-2222-3333-444444444444", ""]


CASES: dict[str, list[Callable[[Path], object]]] = {
    "zeus": [zeus_psys, zeus_wrap],
    "pyrapl": [pyrapl_wrap, pyrapl_no_dram, pyrapl_handlers, pyrapl_fork],
    "carbontracker": [carbontracker_wrap, carbontracker_gpus, carbontracker_noise],
    "codecarbon": [codecarbon_dram, codecarbon_gpus, codecarbon_ram, codecarbon_killed, codecarbon_noise],
}
WITH_GPUS = (codecarbon_gpus, carbontracker_gpus)


def main() -> None:
    """Run every case in its peer's environment, or the one that was named, here."""
    if len(sys.argv) > 2:
        run_case(sys.argv[2])
        return
    for peer, cases in CASES.items():
        for case in cases:
            with tempfile.TemporaryDirectory() as folder:
                command = [f"{sys.argv[1]}/{peer}/bin/python", __file__, sys.argv[1], case.__name__]
                environment = fake_gpus(Path(folder)) if case in WITH_GPUS else dict(os.environ)
                job = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
            said = job.stdout.strip().splitlines() or job.stderr.strip().splitlines()[-1:]
            print(f"{case.__name__:<24} {said[-1] if said else 'nothing'}", flush=True)


def fake_gpus(folder: Path) -> dict[str, str]:
    """Return the settings under which a process finds two simulated GPUs."""
    sys.path.append(str(ROOT / "tests" / "tracker"))
    fake = importlib.import_module("fake_nvml")
    fake.Driver([fake.FakeBoard(uuid) for uuid in UUIDS]).save(folder / "driver.json")
    environment: dict[str, str] = fake.environment_for(folder / "driver.json")
    return os.environ | environment


def run_case(name: str) -> None:
    """Run one case, and print what it returns."""
    (case,) = (case for cases in CASES.values() for case in cases if case.__name__ == name)
    with tempfile.TemporaryDirectory() as folder:
        answer = case(Path(folder))
    print(answer)


if __name__ == "__main__":
    main()
