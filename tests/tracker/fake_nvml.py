"""A stand-in for the module pynvml: boards of plain data, so that tests can cut, lose and bring back GPUs.

It answers like the library at the edge of the device: handles belong to one initialisation and one process,
energy is power times time on the shared monotonic clock, and any function can be made to fail with any code.
`FakeNvml(Driver([FakeBoard(...)]))` serves a test in its own process. `Driver.save(path)` together with
`environment_for(path)` serves whole processes, which see every change of the file at once.
"""
# ruff: noqa: N802 - the functions have the names of NVML

import json
import os
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import SimpleNamespace

INVALID_ARGUMENT = 2
NOT_SUPPORTED = 3
NOT_FOUND = 6
UNINITIALIZED = 1
TIMEOUT = 10
GPU_IS_LOST = 15
TEXTS = {
    UNINITIALIZED: "Uninitialized",
    INVALID_ARGUMENT: "Invalid Argument",
    NOT_SUPPORTED: "Not Supported",
    4: "Insufficient Permissions",
    NOT_FOUND: "Not Found",
    9: "Driver Not Loaded",
    TIMEOUT: "Timeout",
    12: "NVML Shared Library Not Found",
    GPU_IS_LOST: "GPU is lost",
    18: "RM has detected an NVML/RM version mismatch.",
    999: "Unknown Error",
}
FAR = "6d33-2b2c-524d-9e3d8d2b8a77"
STATE_FILE = "FAKE_NVML_STATE"
FAKE_PATH = Path(__file__).parent / "fake_nvml_path"


class NVMLError(Exception):
    def __init__(self, value: int) -> None:
        super().__init__(TEXTS.get(value, f"error {value}"))
        self.value = value


@dataclass
class FakeSlice:
    uuid: str
    gpu_instance: int = 1
    compute_instance: int = 0
    compute_slices: int = 1
    model: str = "NVIDIA A100-SXM4-40GB MIG 1g.5gb"


@dataclass
class FakeProcess:
    pid: int
    memory_bytes: int | None = 1 << 30
    sm_pct: int = 0
    time_us: int = 1


@dataclass
class FakeBoard:
    """A board: `energy_mj` is its counter at `since_ns`; `faults` maps a function, or `*`, to a code."""

    uuid: str = f"GPU-5d5ba0d6-{FAR}"
    model: str = "NVIDIA GeForce RTX 4090"
    power_mw: int = 100_000
    energy_mj: int = 1_000_000
    since_ns: int = 0
    counts: bool = True
    instant_power_mw: int | None = None
    limit_mw: int = 450_000
    load_pct: int = 50
    memory_bytes: int = 1 << 30
    temperature_c: int = 40
    in_mig_mode: bool = False
    compute_slices: int = 7
    slices: list[FakeSlice] = field(default_factory=list)
    processes: list[FakeProcess] = field(default_factory=list)
    faults: dict[str, int] = field(default_factory=dict)

    def energy_at_mj(self, now_ns: int) -> int:
        if not self.counts:
            return 0
        return self.energy_mj + self.power_mw * (now_ns - self.since_ns) // 1_000_000_000

    def draw(self, power_mw: int, now_ns: int) -> None:
        """Draw so much from now on."""
        self.energy_mj, self.since_ns, self.power_mw = self.energy_at_mj(now_ns), now_ns, power_mw


@dataclass
class Driver:
    boards: list[FakeBoard]
    version: str = "580.65.06"
    faults: dict[str, int] = field(default_factory=dict)

    def save(self, path: Path) -> None:
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(self)))
        fresh.replace(path)

    @classmethod
    def load(cls, path: Path) -> "Driver":
        state = json.loads(path.read_text())
        boards = []
        for board in state.pop("boards"):
            slices = [FakeSlice(**part) for part in board.pop("slices")]
            processes = [FakeProcess(**process) for process in board.pop("processes")]
            boards.append(FakeBoard(**board, slices=slices, processes=processes))
        return cls(boards, **state)


@dataclass(frozen=True)
class Handle:
    uuid: str
    part: str | None
    generation: int


class FakeNvml:
    """What pynvml offers of NVML, answered by `driver`, or by the file that the driver is saved in."""

    NVMLError = NVMLError
    NVML_DEVICE_MIG_ENABLE = 1
    NVML_FI_DEV_POWER_INSTANT = 186
    NVML_GPU_INSTANCE_PROFILE_COUNT = 0x12
    NVML_TEMPERATURE_GPU = 0
    nvmlMemory_v2 = 0x02000028  # noqa: N815 - the name that pynvml gives it

    def __init__(self, driver: Driver | Path, now_ns: Callable[[], int] = time.monotonic_ns) -> None:
        self.source = driver
        self.now_ns = now_ns
        self.pid = 0
        self.generation = 0
        self.calls: Counter[str] = Counter()

    @property
    def driver(self) -> Driver:
        return self.source if isinstance(self.source, Driver) else Driver.load(self.source)

    def nvmlInit(self) -> None:
        self.count("nvmlInit", self.driver.faults)
        self.pid = os.getpid()
        self.generation += 1

    def nvmlShutdown(self) -> None:
        self.of_library("nvmlShutdown")
        self.pid = 0

    def nvmlSystemGetDriverVersion(self) -> str:
        return self.of_library("nvmlSystemGetDriverVersion").version

    def nvmlDeviceGetCount(self) -> int:
        return len(self.of_library("nvmlDeviceGetCount").boards)

    def nvmlDeviceGetHandleByIndex(self, index: int) -> Handle:
        boards = self.of_library("nvmlDeviceGetHandleByIndex").boards
        if index >= len(boards):
            raise NVMLError(INVALID_ARGUMENT)
        return self.handle_of(boards[index], "nvmlDeviceGetHandleByIndex")

    def nvmlDeviceGetHandleByUUID(self, uuid: str) -> Handle:
        for board in self.of_library("nvmlDeviceGetHandleByUUID").boards:
            if board.uuid == uuid:
                return self.handle_of(board, "nvmlDeviceGetHandleByUUID")
        raise NVMLError(NOT_FOUND)

    def nvmlDeviceGetUUID(self, handle: Handle) -> str:
        board = self.of_board("nvmlDeviceGetUUID", handle)
        return handle.part or board.uuid

    def nvmlDeviceGetName(self, handle: Handle) -> str:
        board = self.of_board("nvmlDeviceGetName", handle)
        return board.model if handle.part is None else self.slice_of(board, handle).model

    def nvmlDeviceGetTotalEnergyConsumption(self, handle: Handle) -> int:
        return self.of_board("nvmlDeviceGetTotalEnergyConsumption", handle).energy_at_mj(self.now_ns())

    def nvmlDeviceGetPowerUsage(self, handle: Handle) -> int:
        return self.of_board("nvmlDeviceGetPowerUsage", handle).power_mw

    def nvmlDeviceGetFieldValues(self, handle: Handle, fieldIds: list[int]) -> list[SimpleNamespace]:  # noqa: N803 - its name
        board = self.of_board("nvmlDeviceGetFieldValues", handle)
        power_mw = board.instant_power_mw if fieldIds == [186] else None
        value = SimpleNamespace(uiVal=power_mw or 0)
        return [SimpleNamespace(nvmlReturn=NOT_SUPPORTED if power_mw is None else 0, value=value)]

    def nvmlDeviceGetPowerManagementLimitConstraints(self, handle: Handle) -> list[int]:
        limit_mw = self.of_board("nvmlDeviceGetPowerManagementLimitConstraints", handle).limit_mw
        return [limit_mw // 4, limit_mw]

    def nvmlDeviceGetUtilizationRates(self, handle: Handle) -> SimpleNamespace:
        return SimpleNamespace(gpu=self.whole("nvmlDeviceGetUtilizationRates", handle).load_pct)

    def nvmlDeviceGetMemoryInfo(self, handle: Handle, version: int | None = None) -> SimpleNamespace:
        name = "nvmlDeviceGetMemoryInfo" + ("_v2" if version else "")
        return SimpleNamespace(used=self.of_board(name, handle).memory_bytes)

    def nvmlDeviceGetTemperature(self, handle: Handle, sensor: int) -> int:
        assert sensor == self.NVML_TEMPERATURE_GPU
        return self.of_board("nvmlDeviceGetTemperature", handle).temperature_c

    def nvmlDeviceGetMigMode(self, device: Handle) -> list[int]:
        mode = int(self.of_board("nvmlDeviceGetMigMode", device).in_mig_mode)
        return [mode, mode]

    def nvmlDeviceGetMaxMigDeviceCount(self, device: Handle) -> int:
        return self.of_board("nvmlDeviceGetMaxMigDeviceCount", device).compute_slices

    def nvmlDeviceGetMigDeviceHandleByIndex(self, device: Handle, index: int) -> Handle:
        board = self.of_board("nvmlDeviceGetMigDeviceHandleByIndex", device)
        # Real ones leave places empty too: a slice stands at the place of its position on the board.
        if index % 2 or index // 2 >= len(board.slices):
            raise NVMLError(NOT_FOUND)
        return Handle(board.uuid, board.slices[index // 2].uuid, self.generation)

    def nvmlDeviceGetGpuInstanceId(self, device: Handle) -> int:
        return self.slice_of(self.of_board("nvmlDeviceGetGpuInstanceId", device), device).gpu_instance

    def nvmlDeviceGetComputeInstanceId(self, device: Handle) -> int:
        return self.slice_of(self.of_board("nvmlDeviceGetComputeInstanceId", device), device).compute_instance

    def nvmlDeviceGetAttributes_v2(self, device: Handle) -> SimpleNamespace:
        board = self.of_board("nvmlDeviceGetAttributes_v2", device)
        return SimpleNamespace(computeInstanceSliceCount=self.slice_of(board, device).compute_slices)

    def nvmlDeviceGetGpuInstanceProfileInfo(
        self, device: Handle, profile: int, version: int = 2
    ) -> SimpleNamespace:
        assert version
        board = self.of_board("nvmlDeviceGetGpuInstanceProfileInfo", device)
        counts = {0: 1, 4: board.compute_slices}  # the profiles of one slice and of all
        if profile not in counts:
            raise NVMLError(NOT_SUPPORTED)
        return SimpleNamespace(sliceCount=counts[profile])

    def nvmlDeviceGetProcessUtilization(self, handle: Handle, timeStamp: int) -> list[SimpleNamespace]:  # noqa: N803 - its name
        board = self.whole("nvmlDeviceGetProcessUtilization", handle)
        samples = [
            SimpleNamespace(pid=process.pid, timeStamp=process.time_us, smUtil=process.sm_pct)
            for process in board.processes
            if process.sm_pct and process.time_us > timeStamp
        ]
        if not samples:
            raise NVMLError(NOT_FOUND)
        # The driver leaves places of its buffer as they were.
        stale = SimpleNamespace(pid=7, timeStamp=timeStamp, smUtil=50)
        return [*samples, stale, SimpleNamespace(pid=7, timeStamp=samples[0].timeStamp, smUtil=3_272_222)]

    def nvmlDeviceGetComputeRunningProcesses(self, handle: Handle) -> list[SimpleNamespace]:
        board = self.of_board("nvmlDeviceGetComputeRunningProcesses", handle)
        return [
            SimpleNamespace(pid=process.pid, usedGpuMemory=process.memory_bytes)
            for process in board.processes
        ]

    def count(self, function: str, faults: dict[str, int]) -> None:
        self.calls[function] += 1
        fail_as_told(function, faults)

    def of_library(self, function: str) -> Driver:
        driver = self.driver
        if self.pid != os.getpid():
            raise NVMLError(UNINITIALIZED)
        self.count(function, driver.faults)
        return driver

    def handle_of(self, board: FakeBoard, function: str) -> Handle:
        fail_as_told(function, board.faults)
        return Handle(board.uuid, None, self.generation)

    def of_board(self, function: str, handle: Handle) -> FakeBoard:
        driver = self.of_library(function)
        for board in driver.boards:
            if board.uuid == handle.uuid and handle.generation == self.generation:
                fail_as_told(function, board.faults)
                return board
        raise NVMLError(INVALID_ARGUMENT)

    def whole(self, function: str, handle: Handle) -> FakeBoard:
        board = self.of_board(function, handle)
        if board.in_mig_mode:
            raise NVMLError(NOT_SUPPORTED)
        return board

    def slice_of(self, board: FakeBoard, handle: Handle) -> FakeSlice:
        for part in board.slices:
            if part.uuid == handle.part:
                return part
        raise NVMLError(NOT_SUPPORTED)  # the questions about instances are for slices only


def fail_as_told(function: str, faults: dict[str, int]) -> None:
    code = faults.get(function, faults.get("*"))
    if code is not None:
        raise NVMLError(code)


def environment_for(path: Path) -> dict[str, str]:
    """Return the settings with which a process takes the fake for pynvml, its driver saved at `path`."""
    paths = [str(FAKE_PATH), *filter(None, [os.environ.get("PYTHONPATH")])]
    # Any library that can be loaded stands for the driver's.
    return {
        STATE_FILE: str(path),
        "PYTHONPATH": os.pathsep.join(paths),
        "ENERGYVIS_NVML_LIBRARY": "libm.so.6",
    }
