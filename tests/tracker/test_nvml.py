"""NVIDIA boards: energy from the counter, shape from the sensor, and a reason where there is neither."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyvis_tracker.meters.nvml import NvmlMeter
from energyvis_tracker.meters.nvml_board import energy_step_mj
from tests.tracker.fake_nvml import NOT_SUPPORTED, Driver, FakeBoard, FakeNvml

ENERGY, POWER = "nvmlDeviceGetTotalEnergyConsumption", "nvmlDeviceGetPowerUsage"
SECOND = "GPU-0aa11ebd-627f-af3f-1a0d-4e1fd92fd7b0"


class Machine:
    """Boards, their clock and the meter, in one process."""

    def __init__(self, *boards: FakeBoard) -> None:
        self.now_ns = 0
        self.driver = Driver(list(boards))
        self.nvml = FakeNvml(self.driver, self.clock)
        self.meter = NvmlMeter(self.nvml, self.clock)

    def clock(self) -> int:
        return self.now_ns

    def read_at(self, seconds: float) -> list[Any]:
        self.now_ns = round(seconds * 1e9)
        return self.meter.read()


@given(st.integers(0, 1 << 62), st.integers(0, 1 << 62), st.floats(0, 1e5), st.floats(1, 2e3))
def test_a_step_is_exact_or_a_gap_of_nothing(
    previous: int, now: int, interval_s: float, limit_w: float
) -> None:
    step_mj, quality = energy_step_mj(previous, now, interval_s, limit_w)
    if quality == "ok":
        assert step_mj == now - previous >= 0
        assert step_mj / 1e3 <= 1.5 * limit_w * (interval_s + 0.1)
    else:
        assert (step_mj, quality) == (0, "gap")
        assert now < previous or (now - previous) / 1e3 > 1.5 * limit_w * (interval_s + 0.1) * 0.999


@given(st.lists(st.tuples(st.integers(0, 400_000), st.integers(1, 60_000)), min_size=1, max_size=12))
def test_readings_add_up_to_the_counter_however_they_are_cut(parts: list[tuple[int, int]]) -> None:
    machine = Machine(board := FakeBoard())
    machine.meter.select(None, None)
    machine.meter.read()
    total_j, start_mj = 0.0, board.energy_mj
    for power_mw, milliseconds in parts:
        board.draw(power_mw, machine.now_ns)
        (reading,) = machine.read_at((machine.now_ns + milliseconds * 1e6) / 1e9)
        total_j += reading.energy_j
    assert total_j == pytest.approx((board.energy_at_mj(machine.now_ns) - start_mj) / 1e3)


def test_the_counter_gives_the_energy_and_the_sensor_its_own_power_and_the_residual() -> None:
    board = FakeBoard(power_mw=200_000, instant_power_mw=190_000, load_pct=97, temperature_c=71)
    machine = Machine(board)
    (device,) = machine.meter.select(None, None)
    (first,) = machine.read_at(0)
    board.instant_power_mw = 230_000
    (second,) = machine.read_at(2)
    assert (device.kind, device.id, device.source, device.raw_unit) == ("gpu", board.uuid, "counter", "mJ")
    assert (first.energy_j, first.power_w, first.quality, first.residual_j) == (0.0, None, "ok", None)
    assert first.raw_counter == 1_000_000
    assert (second.energy_j, second.power_w, second.quality) == (400.0, 200.0, "ok")
    assert second.raw_counter == 1_400_000
    assert second.reported_power_w == 230.0
    assert second.residual_j == pytest.approx(400.0 - (190 + 230) / 2 * 2)
    assert (second.util_pct, second.temp_c, second.mem_used_bytes) == (97.0, 71.0, 1 << 30)
    assert isinstance(second.mem_used_bytes, int)


def test_the_usual_power_stands_in_where_there_is_none_of_the_instant() -> None:
    machine = Machine(FakeBoard(power_mw=123_000))
    machine.meter.select(None, None)
    assert machine.read_at(0)[0].reported_power_w == 123.0
    machine.read_at(1)
    # The first way is given up once, not asked again at every reading.
    assert machine.nvml.calls["nvmlDeviceGetFieldValues"] == 1


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("NVIDIA A100-SXM4-80GB", "a quarter of the time (arXiv 2312.02741)"),
        ("NVIDIA H100 80GB HBM3", "a quarter of the time (arXiv 2312.02741)"),
        ("NVIDIA GeForce RTX 4090", "renewed every 20 to 100 ms: blocks under some seconds are unreliable"),
    ],
)
def test_the_note_says_how_finely_the_counter_resolves_time(model: str, words: str) -> None:
    (device,) = Machine(FakeBoard(model=model)).meter.select(None, None)
    assert words in device.note
    assert ("quarter" in device.note) == ("quarter" in words)


@pytest.mark.parametrize("reason", ["not supported", "unknown error", "stands at 0"])
def test_power_is_integrated_where_there_is_no_counter(reason: str) -> None:
    board = FakeBoard(model="NVIDIA GeForce GTX 1080 Ti", power_mw=100_000)
    if reason == "not supported":
        board.faults[ENERGY] = NOT_SUPPORTED
    elif reason == "unknown error":
        board.faults[ENERGY] = 999
    else:
        board.counts = False
    machine = Machine(board)
    (device,) = machine.meter.select(None, None)
    (first,) = machine.read_at(0)
    board.draw(200_000, machine.now_ns)
    (second,) = machine.read_at(4)
    assert (device.source, device.raw_unit) == ("integrated", "mW")
    assert "integrated by trapezoids" in device.note
    assert (first.energy_j, first.power_w, first.raw_counter) == (0.0, None, 100_000)
    assert (second.energy_j, second.power_w, second.quality) == (600.0, 150.0, "ok")
    assert (second.raw_counter, second.reported_power_w, second.residual_j) == (200_000, 200.0, None)


def test_a_board_that_tells_neither_energy_nor_power_is_a_reason_not_0_w() -> None:
    dumb = FakeBoard(faults={ENERGY: NOT_SUPPORTED, POWER: NOT_SUPPORTED})
    machine = Machine(dumb, FakeBoard(uuid=SECOND))
    devices = machine.meter.select(None, None)
    assert [device.source for device in devices] == ["none", "counter"]
    assert devices[0].id == dumb.uuid
    assert devices[0].note == "energy: NVML says Not Supported; power: NVML says Not Supported"
    assert [device.id for device in machine.meter.measured] == [SECOND]
    assert [reading.device.id for reading in machine.read_at(0)] == [SECOND]


FIELDS = {
    "nvmlDeviceGetUtilizationRates": "util_pct",
    "nvmlDeviceGetTemperature": "temp_c",
    "nvmlDeviceGetPowerUsage": "reported_power_w",
}


@pytest.mark.parametrize("function", FIELDS)
def test_a_field_that_is_not_supported_is_not_asked_again_and_costs_no_other(function: str) -> None:
    board = FakeBoard(faults={function: NOT_SUPPORTED})
    machine = Machine(board)
    machine.meter.select(None, None)
    readings = [machine.read_at(seconds)[0] for seconds in (0, 1, 2)]
    for reading in readings:
        present = {name for name in FIELDS.values() if getattr(reading, name) is not None}
        assert present == set(FIELDS.values()) - {FIELDS[function]}
        assert reading.mem_used_bytes == 1 << 30
    assert [reading.energy_j for reading in readings] == [0.0, 100.0, 100.0]
    assert machine.nvml.calls[function] == 1


def test_a_field_that_fails_by_chance_is_asked_again() -> None:
    board = FakeBoard(faults={"nvmlDeviceGetTemperature": 999})
    machine = Machine(board)
    machine.meter.select(None, None)
    assert machine.read_at(0)[0].temp_c is None
    board.faults.clear()
    assert machine.read_at(1)[0].temp_c == 40.0


def test_an_old_driver_tells_the_memory_with_its_own_part() -> None:
    machine = Machine(FakeBoard(faults={"nvmlDeviceGetMemoryInfo_v2": 13}))
    machine.meter.select(None, None)
    assert machine.read_at(0)[0].mem_used_bytes == 1 << 30


@pytest.mark.parametrize(("change_mj", "quality"), [(-900_000, "gap"), (700_000, "gap"), (500_000, "ok")])
def test_a_counter_that_jumps_is_a_gap(change_mj: int, quality: str) -> None:
    # 450 W x 1.5 x (1 s + 0.1 s) = 742.5 J; the board itself draws 100 J.
    board = FakeBoard()
    machine = Machine(board)
    machine.meter.select(None, None)
    machine.read_at(0)
    board.energy_mj += change_mj
    (jump,) = machine.read_at(1)
    (after,) = machine.read_at(2)
    assert jump.quality == quality
    assert jump.energy_j == (0.0 if quality == "gap" else 600.0)
    assert (jump.power_w is None, jump.residual_j is None) == (quality == "gap", quality == "gap")
    assert (after.energy_j, after.quality) == (100.0, "ok")


def test_a_short_interval_may_hold_one_renewal_of_the_counter() -> None:
    machine = Machine(board := FakeBoard())
    machine.meter.select(None, None)
    machine.read_at(0)
    board.energy_mj += 45_000  # 450 W for 0.1 s
    assert [(reading.energy_j, reading.quality) for reading in machine.read_at(0.01)] == [(46.0, "ok")]


def test_a_board_without_a_limit_may_draw_what_any_board_may() -> None:
    limits = "nvmlDeviceGetPowerManagementLimitConstraints"
    board = FakeBoard(power_mw=1_400_000, faults={limits: NOT_SUPPORTED})
    machine = Machine(board)
    machine.meter.select(None, None)
    machine.read_at(0)
    assert machine.read_at(1)[0].energy_j == 1400.0


def test_several_selections_add_up_and_a_board_is_read_once() -> None:
    first, second = FakeBoard(), FakeBoard(uuid=SECOND)
    machine = Machine(first, second)
    assert [device.id for device in machine.meter.select("1", None)] == [SECOND]
    machine.read_at(0)
    assert [device.id for device in machine.meter.select("1,0", None)] == [SECOND, first.uuid]
    readings = machine.read_at(1)
    assert {reading.device.id: reading.energy_j for reading in readings} == {SECOND: 100.0, first.uuid: 0.0}
    assert len(machine.meter.measured) == 2


@pytest.mark.parametrize(
    ("visible", "used"),
    [(SECOND, [SECOND]), ("GPU-0aa1", [SECOND]), ("", []), ("MIG-1", []), ("7", []), (None, [0, SECOND])],
)
def test_a_uuid_is_never_an_empty_list_and_nothing_is_ever_silently_all(
    visible: str | None, used: list[Any]
) -> None:
    first = FakeBoard()
    machine = Machine(first, FakeBoard(uuid=SECOND))
    devices = machine.meter.select(visible, None)
    measured = [device for device in devices if device.source == "counter"]
    assert [device.id for device in measured] == [first.uuid if name == 0 else name for name in used]
    assert [reading.device.id for reading in machine.read_at(0)] == [device.id for device in measured]
    if not used:
        (none,) = devices
        assert (none.kind, none.source) == ("gpu", "none")
        assert "CUDA_VISIBLE_DEVICES" in none.note


def test_numbers_among_several_models_carry_the_doubt() -> None:
    machine = Machine(FakeBoard(), FakeBoard(uuid=SECOND, model="NVIDIA T400"))
    (device,) = machine.meter.select("1", None)
    assert device.id == SECOND
    assert device.note.endswith("set CUDA_DEVICE_ORDER=PCI_BUS_ID to make sure that both mean the same")
    assert "CUDA_DEVICE_ORDER" not in machine.meter.select("1", "PCI_BUS_ID")[0].note


def test_a_driver_without_a_gpu_gives_a_reason() -> None:
    (device,) = Machine().meter.select("0", None)
    assert device.source == "none"
    assert "shows no GPU to this process" in device.note
