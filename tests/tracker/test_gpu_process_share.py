"""Shares of a GPU by process: by work, else by memory, else nothing is said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyvis_tracker.meters.gpu_process_share import GpuProcessShare
from energyvis_tracker.meters.nvml import NvmlMeter
from tests.tracker.fake_nvml import NOT_SUPPORTED, Driver, FakeBoard, FakeNvml, FakeProcess, FakeSlice

MINE, OTHER, THIRD = 100, 200, 300
UTILISATION = "nvmlDeviceGetProcessUtilization"
MEMORY = "nvmlDeviceGetComputeRunningProcesses"


def share_of(*boards: FakeBoard, host_pids: bool = True) -> tuple[GpuProcessShare, FakeNvml]:
    nvml = FakeNvml(Driver(list(boards)), lambda: 0)
    meter = NvmlMeter(nvml, lambda: 0)
    meter.select(None, None)
    return GpuProcessShare(meter, lambda: host_pids), nvml


def test_work_is_shared_out_by_multiprocessor_use() -> None:
    board = FakeBoard(processes=[FakeProcess(MINE, sm_pct=60), FakeProcess(OTHER, sm_pct=20)])
    share, _ = share_of(board)
    assert share.shares([MINE]) == {board.uuid: 0.75}
    assert share.rule.startswith("by work")


def test_each_call_counts_what_came_since_the_one_before() -> None:
    board = FakeBoard(
        processes=[FakeProcess(MINE, sm_pct=60, time_us=5), FakeProcess(OTHER, sm_pct=60, time_us=5)]
    )
    share, _ = share_of(board)
    assert share.shares([MINE]) == {board.uuid: 0.5}
    for pid, sm_pct, time_us in ((OTHER, 50, 6), (OTHER, 40, 7), (MINE, 10, 7)):
        board.processes.append(FakeProcess(pid, sm_pct=sm_pct, time_us=time_us))
    assert share.shares([MINE]) == {board.uuid: 0.1}


def test_two_that_ask_do_not_take_from_each_other() -> None:
    board = FakeBoard(processes=[FakeProcess(MINE, sm_pct=60), FakeProcess(OTHER, sm_pct=20)])
    meter = NvmlMeter(FakeNvml(Driver([board]), lambda: 0), lambda: 0)
    meter.select(None, None)
    share, second = GpuProcessShare(meter, lambda: True), GpuProcessShare(meter, lambda: True)
    assert share.shares([MINE]) == second.shares([MINE]) == {board.uuid: 0.75}
    assert second.shares([OTHER]) == {board.uuid: 0.5}  # nobody has worked since, so by memory


def test_a_job_that_does_not_work_while_others_do_has_no_share() -> None:
    board = FakeBoard(processes=[FakeProcess(OTHER, sm_pct=20), FakeProcess(MINE)])
    assert share_of(board)[0].shares([MINE]) == {board.uuid: 0.0}


def test_idle_power_is_split_by_memory() -> None:
    board = FakeBoard(processes=[FakeProcess(MINE, 3 << 30), FakeProcess(OTHER, 1 << 30)])
    share, _ = share_of(board)
    assert share.shares([MINE]) == {board.uuid: 0.75}
    assert share.rule.startswith("by memory")


def test_a_board_that_does_not_tell_work_is_asked_for_it_once() -> None:
    board = FakeBoard(
        processes=[FakeProcess(MINE, 1 << 30, 60), FakeProcess(OTHER, 1 << 30)],
        faults={UTILISATION: NOT_SUPPORTED},
    )
    share, nvml = share_of(board)
    assert [share.shares([MINE]) for _ in range(3)] == [{board.uuid: 0.5}] * 3
    assert nvml.calls[UTILISATION] == 1


def test_a_board_in_mig_mode_is_shared_by_memory() -> None:
    board = FakeBoard(
        in_mig_mode=True, slices=[FakeSlice("MIG-1")], processes=[FakeProcess(MINE, 1), FakeProcess(OTHER, 3)]
    )
    assert share_of(board)[0].shares([MINE]) == {board.uuid: 0.25}


@pytest.mark.parametrize("memory_bytes", [None, 0])
def test_nothing_is_said_where_nobody_works_and_memory_is_hidden(memory_bytes: int | None) -> None:
    board = FakeBoard(processes=[FakeProcess(MINE, memory_bytes), FakeProcess(OTHER)])
    if memory_bytes == 0:
        board.processes.clear()
    share, _ = share_of(board)
    assert share.shares([MINE]) == {board.uuid: None}
    assert share.rule == "not known"


def test_in_a_container_a_job_that_is_not_found_is_not_known_but_one_that_is_counts() -> None:
    board = FakeBoard(processes=[FakeProcess(OTHER, sm_pct=20), FakeProcess(THIRD, sm_pct=20)])
    share, _ = share_of(board, host_pids=False)
    assert share.shares([MINE]) == {board.uuid: None}
    board.processes = [FakeProcess(OTHER, sm_pct=20, time_us=2), FakeProcess(MINE, sm_pct=20, time_us=2)]
    assert share.shares([MINE]) == {board.uuid: 0.5}


@pytest.mark.parametrize("code", [1, 15, 999])
def test_an_error_leaves_no_share_and_does_not_come_out(code: int) -> None:
    board = FakeBoard(processes=[FakeProcess(MINE)])
    share, _ = share_of(board)
    board.faults["*"] = code
    assert share.shares([MINE]) == {board.uuid: None}


def test_an_empty_list_which_pynvml_raises_as_success_means_that_nobody_worked() -> None:
    board = FakeBoard(processes=[FakeProcess(MINE, sm_pct=60)], faults={UTILISATION: 0})
    share, _ = share_of(board)
    assert share.shares([MINE]) == {board.uuid: 1.0}
    assert share.rule.startswith("by memory")


def test_boards_of_several_rules_name_both() -> None:
    busy = FakeBoard(processes=[FakeProcess(MINE, sm_pct=60)])
    idle = FakeBoard(uuid="GPU-2", processes=[FakeProcess(MINE)])
    share, _ = share_of(busy, idle)
    assert share.shares([MINE]) == {busy.uuid: 1.0, idle.uuid: 1.0}
    assert share.rule.startswith("by memory")
    assert "by work" in share.rule


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 100), st.integers(0, 1 << 40)), max_size=8))
def test_the_shares_of_all_processes_make_the_whole(processes: list[tuple[int, int, int]]) -> None:
    board = FakeBoard(processes=[FakeProcess(pid, memory, sm) for pid, sm, memory in processes])
    pids = sorted({process.pid for process in board.processes})
    parts = [share_of(board)[0].shares([pid])[board.uuid] for pid in pids]
    whole = share_of(board)[0].shares(pids)[board.uuid]
    if whole is None:
        assert set(parts) <= {None}
    else:
        assert whole == pytest.approx(1.0)
        assert sum(part for part in parts if part is not None) == pytest.approx(1.0)
        assert all(part is not None and 0 <= part <= 1 for part in parts)
