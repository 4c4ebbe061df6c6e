"""MIG: the board is measured, and a slice is a part of it that says so."""

from collections.abc import Callable

import pytest

from energyvis_tracker.meters.nvml import NvmlMeter
from tests.tracker.fake_nvml import NOT_SUPPORTED, Driver, FakeBoard, FakeNvml, FakeSlice

SMALL = FakeSlice("MIG-c6d4f1ef-42e4-5de3-91c7-45d71c87eb3f", 1, 0, 1)
LARGE = FakeSlice("MIG-aa232436-d5a6-5e39-b527-16f9b223cc46", 2, 0, 3, "NVIDIA A100-SXM4-40GB MIG 3g.20gb")


class Clock:
    def __init__(self) -> None:
        self.now_ns = 0

    def __call__(self) -> int:
        return self.now_ns


def cut_board(**changes: object) -> FakeBoard:
    board = FakeBoard(model="NVIDIA A100-SXM4-40GB", in_mig_mode=True, slices=[SMALL, LARGE])
    for name, value in changes.items():
        setattr(board, name, value)
    return board


def meter_of(board: FakeBoard, clock: Callable[[], int]) -> NvmlMeter:
    return NvmlMeter(FakeNvml(Driver([board]), clock), clock)


def test_a_slice_is_an_estimated_part_of_its_board() -> None:
    board = cut_board()
    (device,) = meter_of(board, Clock()).select(LARGE.uuid, None)
    assert (device.kind, device.id, device.model) == ("gpu", LARGE.uuid, LARGE.model)
    assert (device.source, device.raw_unit, device.board, device.read_as) == (
        "estimate",
        "mJ",
        board.uuid,
        board.uuid,
    )
    assert device.share == pytest.approx(3 / 7)
    assert device.note == (
        "board measured by its counter; 3 of 7 compute slices, so 42.9% of it: an estimate"
    )


def test_the_board_behind_the_slices_is_read_once_and_whole() -> None:
    clock, board = Clock(), cut_board(power_mw=140_000)
    meter = meter_of(board, clock)
    meter.select(None, None)
    meter.read()
    clock.now_ns = 2_000_000_000
    (reading,) = meter.read()
    assert [device.id for device in meter.measured] == [board.uuid] == [reading.device.id]
    assert reading.device.source == "counter"
    assert (reading.energy_j, reading.power_w) == (280.0, 140.0)
    assert reading.util_pct is None  # boards in MIG mode have no such figure


def test_a_compute_instance_counts_its_own_slices() -> None:
    parts = [
        FakeSlice("MIG-79c62632", 1, 0, 1, "NVIDIA A100-SXM4-40GB MIG 1c.3g.20gb"),
        FakeSlice("MIG-4b3cc0fd", 1, 1, 2, "NVIDIA A100-SXM4-40GB MIG 2c.3g.20gb"),
    ]
    meter = meter_of(cut_board(slices=parts), Clock())
    shares = [device.share for part in parts for device in meter.select(part.uuid, None)]
    assert shares == pytest.approx([1 / 7, 2 / 7])


def test_a_driver_without_profiles_tells_the_boards_slices_by_how_many_fit() -> None:
    board = cut_board(compute_slices=4, faults={"nvmlDeviceGetGpuInstanceProfileInfo": NOT_SUPPORTED})
    (device,) = meter_of(board, Clock()).select(SMALL.uuid, None)
    assert device.share == pytest.approx(1 / 4)


def test_a_slice_of_unknown_size_has_no_source_but_a_reason() -> None:
    board = cut_board(faults={"nvmlDeviceGetAttributes_v2": NOT_SUPPORTED})
    (device,) = meter_of(board, Clock()).select(SMALL.uuid, None)
    assert (device.source, device.share, device.board) == ("none", None, "")
    assert "does not say how large a part" in device.note


def test_a_slice_of_a_board_that_cannot_be_measured_says_why() -> None:
    board = cut_board(
        faults={
            "nvmlDeviceGetTotalEnergyConsumption": NOT_SUPPORTED,
            "nvmlDeviceGetPowerUsage": NOT_SUPPORTED,
        }
    )
    meter = meter_of(board, Clock())
    (device,) = meter.select(SMALL.uuid, None)
    assert device.source == "none"
    assert f"a slice of {board.uuid}: energy: NVML says Not Supported" in device.note
    assert list(meter.measured) == []


@pytest.mark.parametrize(
    ("version", "used"), [("535.129.03", [SMALL.uuid]), ("570.133.20", [SMALL.uuid, LARGE.uuid])]
)
def test_the_driver_decides_how_many_slices_an_unset_list_means(version: str, used: list[str]) -> None:
    nvml = FakeNvml(Driver([cut_board()], version), Clock())
    devices = NvmlMeter(nvml, Clock()).select(None, None)
    assert [device.id for device in devices] == used


def test_a_board_that_is_not_in_mig_mode_is_not_asked_for_slices() -> None:
    nvml = FakeNvml(Driver([cut_board(in_mig_mode=False)]), Clock())
    (device,) = NvmlMeter(nvml, Clock()).select(None, None)
    assert device.source == "counter"
    assert nvml.calls["nvmlDeviceGetMigDeviceHandleByIndex"] == 0


def test_a_board_in_mig_mode_without_slices_is_no_gpu_at_all() -> None:
    meter = meter_of(cut_board(slices=[]), Clock())
    (device,) = meter.select(None, None)
    assert device.source == "none"
    assert "in MIG mode and has no slice" in device.note
    assert meter.read() == []
