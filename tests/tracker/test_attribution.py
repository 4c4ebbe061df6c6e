"""What of a shared machine's energy is a job's: the rule is recorded, the part stands beside the whole."""

import multiprocessing
from collections.abc import Iterator
from typing import Any

import pytest

from energyvis_tracker.attribution import Attribution, whole
from energyvis_tracker.meters.meter import Device

BUSY = """
import time
from energyvis_tracker import EnergyTracker
with EnergyTracker("shared", epochs=1, interval_s=0.05, attribution="cpu_time", quiet=True) as t:
    for epoch in t.epochs():
        end = time.process_time() + {seconds}
        while time.process_time() < end:
            pass
        time.sleep({pause})
"""


def spin() -> None:
    while True:
        pass


@pytest.fixture
def neighbour() -> Iterator[None]:
    """Have another process of this machine keep one processor busy."""
    process = multiprocessing.get_context("spawn").Process(target=spin, daemon=True)
    process.start()
    yield
    process.kill()
    process.join()


def parts(lake: Any) -> tuple[float, float]:
    """Return the run's part and the whole machine's energy in J."""
    samples = lake.samples()
    assert all(sample["attributed_energy_j"] is not None for sample in samples)
    assert all(sample["attributed_energy_j"] <= sample["energy_j"] * (1 + 1e-9) for sample in samples)
    return sum(s["attributed_energy_j"] for s in samples), sum(s["energy_j"] for s in samples)


@pytest.mark.usefixtures("neighbour")
def test_a_job_that_waits_beside_a_busy_neighbour_gets_little(lake: Any, run_job: Any) -> None:
    run_job(BUSY.format(seconds=0.0, pause=1.0))
    part_j, whole_j = parts(lake)
    assert part_j < whole_j / 2
    assert lake.run()["attribution"] == "cpu_time"
    assert "idle power is split in the same proportion" in lake.run()["notes"]


def test_a_job_that_works_gets_what_it_works(lake: Any, run_job: Any) -> None:
    run_job(BUSY.format(seconds=0.7, pause=0.0))
    part_j, whole_j = parts(lake)
    assert 0 < part_j <= whole_j


class Answers:
    """Says what part of each board processes use, as the test has it."""

    rule = "As the test has it."

    def __init__(self, *answers: dict[str, float | None]) -> None:
        self.answers = list(answers)

    def shares(self, _pids: object) -> dict[str, float | None]:
        return self.answers.pop(0)


def test_a_slice_has_its_own_part_and_a_device_alone_none() -> None:
    gpu = Device("gpu", "GPU-1", "", "counter")
    assert whole(gpu) is None
    assert whole(Device("gpu", "MIG-1", "", "estimate", board="GPU-1", share=0.25)) == 0.25


def test_what_nobody_can_tell_is_the_last_known_and_at_first_the_whole() -> None:
    attribution = Attribution("gpu_process", lambda: [1], None, lambda: True)
    attribution.gpus = Answers({"GPU-1": None}, {"GPU-1": 0.5}, {"GPU-1": None})  # type: ignore[assignment]  # its part
    gpu = Device("gpu", "GPU-1", "", "counter")
    assert [attribution.shares()(gpu) for _ in range(3)] == [1.0, 0.5, 0.5]


def test_gpus_count_whole_where_only_processor_time_is_shared_out() -> None:
    attribution = Attribution("cpu_time", lambda: [1], Answers({"GPU-1": 0.5}), lambda: True)  # type: ignore[arg-type]  # its part
    assert attribution.shares()(Device("gpu", "GPU-1", "", "counter")) is None
