"""NVIDIA boards that fail: nothing leaves the meter, nothing is lost that the counter kept."""

import os
import sys
from typing import Any

import pytest

from energyvis_tracker.errors import DeviceUnavailable
from energyvis_tracker.meters.nvml import NvmlMeter
from tests.tracker.fake_nvml import GPU_IS_LOST, NOT_SUPPORTED, TIMEOUT, Driver, FakeBoard, FakeNvml
from tests.tracker.test_nvml import ENERGY, SECOND, Machine


def read_energies(machine: Machine, seconds: float) -> dict[str, tuple[float, str]]:
    return {reading.device.id: (reading.energy_j, reading.quality) for reading in machine.read_at(seconds)}


def test_a_lost_board_has_no_reading_and_the_others_go_on() -> None:
    lost, well = FakeBoard(), FakeBoard(uuid=SECOND)
    machine = Machine(lost, well)
    machine.meter.select(None, None)
    machine.read_at(0)
    lost.faults["*"] = GPU_IS_LOST
    for seconds in range(1, 100):
        assert read_energies(machine, seconds) == {SECOND: (100.0, "ok")}
        assert list(machine.meter.failures) == [lost.uuid]
    assert "GPU is lost" in machine.meter.failures[lost.uuid]
    assert "dmesg" in machine.meter.failures[lost.uuid]
    assert [device.id for device in machine.meter.measured] == [lost.uuid, SECOND]
    # Once at the start, and once every 30 s from the second miss on.
    assert machine.nvml.calls["nvmlInit"] == 1 + 4


def test_a_board_that_comes_back_with_its_counter_has_lost_nothing() -> None:
    machine = Machine(board := FakeBoard())
    machine.meter.select(None, None)
    machine.read_at(0)
    board.faults["*"] = GPU_IS_LOST
    for seconds in range(1, 10):
        assert machine.read_at(seconds) == []
    board.faults.clear()
    (back,) = machine.read_at(10)
    assert (back.energy_j, back.power_w, back.quality) == (1000.0, 100.0, "ok")
    assert machine.meter.failures == {}


def test_a_board_that_comes_back_with_a_new_counter_leaves_a_gap() -> None:
    machine = Machine(board := FakeBoard())
    machine.meter.select(None, None)
    machine.read_at(0)
    board.faults["*"] = GPU_IS_LOST
    assert machine.read_at(1) == []
    board.faults.clear()
    board.energy_mj, board.since_ns = 10, 2_000_000_000
    (back,) = machine.read_at(3)
    (after,) = machine.read_at(4)
    assert (back.energy_j, back.power_w, back.quality) == (0.0, None, "gap")
    assert (after.energy_j, after.quality) == (100.0, "ok")


def test_integrated_power_leaves_a_gap_for_the_time_without_an_answer() -> None:
    machine = Machine(board := FakeBoard(faults={ENERGY: NOT_SUPPORTED}))
    machine.meter.select(None, None)
    machine.read_at(0)
    board.faults["*"] = GPU_IS_LOST
    assert machine.read_at(1) == []
    del board.faults["*"]
    assert read_energies(machine, 2) == {board.uuid: (0.0, "gap")}
    assert read_energies(machine, 3) == {board.uuid: (100.0, "ok")}


def test_one_miss_by_chance_needs_no_new_start() -> None:
    machine = Machine(board := FakeBoard())
    machine.meter.select(None, None)
    machine.read_at(0)
    board.faults[ENERGY] = TIMEOUT
    assert machine.read_at(1) == []
    board.faults.clear()
    assert read_energies(machine, 2) == {board.uuid: (200.0, "ok")}
    assert machine.nvml.calls["nvmlInit"] == 1


def test_a_driver_that_is_unloaded_and_loaded_again_is_found_again() -> None:
    machine = Machine(FakeBoard(), FakeBoard(uuid=SECOND))
    machine.meter.select(None, None)
    machine.read_at(0)
    machine.driver.faults["*"] = 9
    for seconds in range(1, 35):
        assert machine.read_at(seconds) == []
        assert len(machine.meter.failures) == 2
    assert "sudo modprobe nvidia" in machine.meter.failures[SECOND]
    machine.driver.faults.clear()
    for board in machine.driver.boards:
        board.energy_mj, board.since_ns = 5, 35_000_000_000
    gaps = read_energies(machine, 70)
    assert set(gaps.values()) == {(0.0, "gap")}
    assert set(read_energies(machine, 71).values()) == {(100.0, "ok")}
    assert machine.meter.failures == {}


def test_a_driver_that_goes_while_a_board_is_lost_leaves_a_gap_however_far_its_counter_is() -> None:
    machine = Machine(board := FakeBoard())
    machine.meter.select(None, None)
    machine.read_at(0)
    board.faults["*"] = GPU_IS_LOST
    machine.driver.faults["nvmlInit"] = 9
    assert [machine.read_at(seconds) for seconds in (1, 2, 3)] == [[], [], []]
    board.faults.clear()
    machine.driver.faults.clear()
    assert read_energies(machine, 40) == {board.uuid: (0.0, "gap")}
    assert read_energies(machine, 41) == {board.uuid: (100.0, "ok")}


def test_a_new_driver_is_asked_again_for_what_the_old_one_did_not_have() -> None:
    machine = Machine(board := FakeBoard(faults={"nvmlDeviceGetTemperature": NOT_SUPPORTED}))
    machine.meter.select(None, None)
    assert machine.read_at(0)[0].temp_c is None
    board.faults["*"] = GPU_IS_LOST
    assert [machine.read_at(1), machine.read_at(2)] == [[], []]
    board.faults.clear()
    assert machine.read_at(40)[0].temp_c == 40.0


def test_a_board_that_is_lost_when_it_is_selected_is_a_reason() -> None:
    machine = Machine(FakeBoard(faults={"*": GPU_IS_LOST}), well := FakeBoard(uuid=SECOND))
    first, second = machine.meter.select("0,1", None)
    assert (first.source, second.id) == ("none", well.uuid)
    assert "GPU is lost" in first.note


def test_a_counter_that_is_only_busy_is_not_given_up_for_power() -> None:
    machine = Machine(board := FakeBoard(faults={ENERGY: TIMEOUT}))
    (device,) = machine.meter.select(None, None)
    assert (device.source, "Timeout" in device.note) == ("none", True)
    board.faults.clear()
    (device,) = machine.meter.select(None, None)
    assert device.source == "counter"


@pytest.mark.parametrize("code", [1, 2, 4, 6, 9, 15, 18, 999])
@pytest.mark.parametrize("scope", ["board", "library"])
def test_no_error_of_the_library_leaves_the_meter(code: int, scope: str) -> None:
    machine = Machine(board := FakeBoard())
    machine.meter.select(None, None)
    (board.faults if scope == "board" else machine.driver.faults)["*"] = code
    for seconds in range(40):
        assert machine.read_at(seconds) == []
    (device,) = machine.meter.select(None, None)
    assert (device.source in {"none", "counter"}, bool(device.note)) == (True, True)
    assert machine.meter.failures[board.uuid].startswith("NVML says ")


@pytest.mark.parametrize(
    "error", [AttributeError("no such function"), UnicodeDecodeError("utf-8", b"\xf8", 0, 1, "x")]
)
def test_what_pynvml_raises_of_its_own_does_not_leave_the_meter_either(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Machine(FakeBoard())

    def broken(_handle: object) -> None:
        raise error

    monkeypatch.setattr(machine.nvml, "nvmlDeviceGetName", broken)
    monkeypatch.setattr(machine.nvml, "nvmlDeviceGetUtilizationRates", broken)
    (device,) = machine.meter.select(None, None)
    assert (device.source, device.model) == ("counter", "")
    assert machine.read_at(0)[0].util_pct is None


@pytest.mark.parametrize(
    ("code", "words"),
    [(4, "ls -l /dev/nvidiactl"), (9, "modprobe nvidia"), (12, "--gpus all"), (18, "restart the machine")],
)
def test_a_library_that_does_not_start_names_the_remedy(code: int, words: str) -> None:
    nvml = FakeNvml(Driver([], faults={"nvmlInit": code}))
    with pytest.raises(DeviceUnavailable, match=words):
        NvmlMeter(nvml, lambda: 0)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork on Windows")
def test_a_forked_child_initialises_nvml_for_itself() -> None:
    machine = Machine(FakeBoard())
    machine.meter.select(None, None)
    machine.read_at(0)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        answer: Any = "raised"
        try:
            answer = [(r.energy_j, r.quality) for r in machine.read_at(1)], machine.nvml.calls["nvmlInit"]
        finally:
            os.write(writer, repr(answer).encode())
            os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    with os.fdopen(reader) as pipe:
        assert pipe.read() == repr(([(100.0, "ok")], 2))
    assert [reading.energy_j for reading in machine.read_at(1)] == [100.0]
    assert machine.nvml.calls["nvmlInit"] == 1
