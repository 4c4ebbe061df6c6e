"""GPUs in whole jobs: which boards a job measures, ranks with a board each, slices, a board that is lost."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from tests.tracker.fake_nvml import GPU_IS_LOST, Driver, FakeBoard, FakeSlice, environment_for

ONE, OTHER = "GPU-11111111-aaaa-bbbb-cccc-000000000001", "GPU-22222222-aaaa-bbbb-cccc-000000000002"
SLICES = [
    FakeSlice("MIG-33333333-aaaa-bbbb-cccc-000000000003", 1, 0, 3, "NVIDIA A100-SXM4-40GB MIG 3g.20gb"),
    FakeSlice("MIG-44444444-aaaa-bbbb-cccc-000000000004", 2, 0, 4, "NVIDIA A100-SXM4-40GB MIG 4g.20gb"),
]
JOB = """
import sys
from energyvis_tracker import EnergyTracker
with EnergyTracker("gpu", epochs=2, interval_s=0.02) as t:
    print(t.run_id, flush=True)
    for epoch in t.epochs():
        sys.stdin.readline()
"""


class Boards:
    """The boards of a machine that whole processes take for real."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.driver = Driver([FakeBoard(ONE, power_mw=200_000), FakeBoard(OTHER, power_mw=50_000)])
        self.driver.save(path)

    def environment(self, **more: str) -> dict[str, str]:
        return os.environ | environment_for(self.path) | more


@pytest.fixture
def boards(tmp_path: Path) -> Boards:
    return Boards(tmp_path / "nvml.json")


def by_device(samples: list[dict[str, Any]], column: str = "energy_j") -> dict[str, float]:
    sums: dict[str, float] = {}
    for sample in samples:
        if sample["device_kind"] == "gpu":
            sums[sample["device_id"]] = sums.get(sample["device_id"], 0.0) + (sample[column] or 0.0)
    return sums


def finish(job: Any) -> str:
    """Let a job go through its epochs, and return what it said on standard error."""
    job.stdout.readline()
    errors: str = job.communicate("\n\n")[1]
    return errors


@pytest.mark.parametrize(
    ("visible", "measured"),
    [(None, {ONE, OTHER}), ("1", {OTHER}), (OTHER[:12], {OTHER}), ("", set()), ("0,7,1", {ONE})],
)
def test_a_job_measures_the_boards_that_it_sees(
    lake: Any, start_job: Any, boards: Boards, visible: str | None, measured: set[str]
) -> None:
    more = {} if visible is None else {"CUDA_VISIBLE_DEVICES": visible}
    errors = finish(start_job(JOB, env=boards.environment(**more)))
    assert set(by_device(lake.samples())) == measured
    for uuid in measured:
        assert f"GPU {uuid}" in errors  # which boards are measured is said at the start, never assumed
    run = lake.run()
    assert sum(piece["count"] for piece in run["hardware"] if piece["kind"] == "gpu") == len(measured)


def test_a_boards_energy_comes_from_its_counter_and_its_shape_from_its_sensor(
    lake: Any, start_job: Any, boards: Boards
) -> None:
    finish(start_job(JOB, env=boards.environment(CUDA_VISIBLE_DEVICES="0")))
    samples = [sample for sample in lake.samples() if sample["device_kind"] == "gpu"]
    assert {(sample["source"], sample["raw_unit"]) for sample in samples} == {("counter", "mJ")}
    assert {sample["reported_power_w"] for sample in samples} == {200.0}
    first, last = samples[0], samples[-1]
    seconds = (last["mono_ns"] - first["mono_ns"]) / 1e9
    assert sum(sample["energy_j"] for sample in samples) == pytest.approx(200 * seconds, rel=0.05, abs=0.5)
    assert last["raw_counter"] - first["raw_counter"] == pytest.approx(
        1000 * sum(sample["energy_j"] for sample in samples)
    )
    # The counter and the sensor are read one after the other; a busy machine may come between them once.
    assert median(abs(sample["residual_j"]) for sample in samples[1:]) < 0.5
    epochs_j = sum(epoch["energy_gpu_j"] for epoch in lake.epochs())
    labelled_j = sum(sample["energy_j"] for sample in samples if sample["epoch"] is not None)
    assert epochs_j == pytest.approx(labelled_j)


def test_ranks_with_a_board_each_are_one_run_with_both_boards(
    lake: Any, start_job: Any, boards: Boards, wait_until: Callable[..., Any]
) -> None:
    jobs = []
    for rank in (0, 1):
        torchrun = {"RANK": str(rank), "WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2", "MASTER_PORT": "1"}
        jobs.append(start_job(JOB, env=boards.environment(CUDA_VISIBLE_DEVICES=str(rank), **torchrun)))
    run_ids = {job.stdout.readline() for job in jobs}
    assert len(run_ids) == 1
    time.sleep(0.2)  # the boards are to draw something
    for job in jobs:
        job.stdin.write("\n\n")
        job.stdin.flush()
    for job in jobs:
        job.communicate()
    wait_until(lambda: lake.run()["state"] == "finished")
    assert set(by_device(lake.samples())) == {ONE, OTHER}
    for uuid, watts in ((ONE, 200), (OTHER, 50)):
        # Ranks begin when they can: each board is measured over a time of its own, from its first sample on.
        first, *others = [sample for sample in lake.samples() if sample["device_id"] == uuid]
        seconds = (others[-1]["mono_ns"] - first["mono_ns"]) / 1e9
        assert sum(sample["energy_j"] for sample in others) == pytest.approx(
            watts * seconds, rel=0.05, abs=0.5
        )
    (hardware,) = [piece for piece in lake.run()["hardware"] if piece["kind"] == "gpu"]
    assert hardware["count"] == 2


def test_a_slice_is_an_estimate_beside_the_whole_board(lake: Any, start_job: Any, boards: Boards) -> None:
    boards.driver = Driver([FakeBoard(ONE, in_mig_mode=True, slices=SLICES, power_mw=140_000)])
    boards.driver.save(boards.path)
    visible = {"CUDA_VISIBLE_DEVICES": SLICES[0].uuid}
    errors = finish(start_job(JOB, env=boards.environment(**visible)))
    samples = [sample for sample in lake.samples() if sample["device_kind"] == "gpu"]
    assert {(s["device_id"], s["source"]) for s in samples} == {(SLICES[0].uuid, "estimate")}
    whole_j, part_j = (sum(s[column] for s in samples) for column in ("energy_j", "attributed_energy_j"))
    assert 0 < part_j == pytest.approx(whole_j * 3 / 7)
    assert "estimate" in errors
    assert "estimated)" in errors  # the line at the end calls nothing measured that is not


def test_a_board_that_is_lost_ends_neither_the_job_nor_the_others(
    lake: Any, start_job: Any, boards: Boards
) -> None:
    job = start_job(JOB, env=boards.environment())
    job.stdout.readline()
    boards.driver.boards[0].faults = {"*": GPU_IS_LOST}
    boards.driver.save(boards.path)
    job.stdin.write("\n")
    job.stdin.flush()
    time.sleep(0.2)
    assert job.communicate("\n")[1]
    run = lake.run()
    assert run["state"] == "finished"
    assert f"{ONE} stopped answering" in run["notes"]
    assert by_device(lake.samples())[OTHER] > by_device(lake.samples())[ONE]


def test_without_a_driver_the_reason_stands_in_the_run(lake: Any, run_job: Any) -> None:
    run_job("from energyvis_tracker import EnergyTracker\nwith EnergyTracker('x'): pass")
    (gpu,) = [device for device in lake.run()["devices"] if device["kind"] == "gpu"]
    assert gpu["source"] == "none"
    assert "driver" in gpu["note"]
    assert not by_device(lake.samples())
