"""Which processes are ranks of one job, read from the environment alone."""

import pytest

from energyvis_tracker.ranks import Rank, rank_of, shared_run_id
from energyvis_tracker.ulid import PATTERN

STEP = {
    "SLURM_CLUSTER_NAME": "lab", "SLURM_JOB_ID": "17", "SLURM_STEP_ID": "0", "SLURM_PROCID": "5",
    "SLURM_STEP_NUM_TASKS": "8", "SLURM_STEP_NUM_NODES": "2", "SLURM_JOB_START_TIME": "1790000000",
}  # fmt: skip
TORCHRUN = {
    "RANK": "3", "WORLD_SIZE": "8", "LOCAL_RANK": "3", "LOCAL_WORLD_SIZE": "4", "MASTER_ADDR": "node1",
    "MASTER_PORT": "29500", "TORCHELASTIC_RUN_ID": "abc", "TORCHELASTIC_RESTART_COUNT": "0",
}  # fmt: skip
MPI = {
    "OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "4", "OMPI_COMM_WORLD_LOCAL_SIZE": "4",
    "PMIX_NAMESPACE": "prterun-1@1",
}  # fmt: skip


@pytest.mark.parametrize(
    ("environ", "rank", "size", "hosts"), [(STEP, 5, 8, 2), (TORCHRUN, 3, 8, 2), (MPI, 1, 4, 1)]
)
def test_a_launcher_says_which_rank_this_is(
    environ: dict[str, str], rank: int, size: int, hosts: int
) -> None:
    found = rank_of(environ)
    assert found is not None
    assert (found.rank, found.size, found.hosts) == (rank, size, hosts)


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"RANK": "0", "WORLD_SIZE": "1"},
        {"RANK": "zero", "WORLD_SIZE": "8"},
        STEP | {"SLURM_STEP_NUM_TASKS": "1"},
        # a batch script with four tasks, which starts four programs by itself: all have rank 0, and no step
        {"SLURM_JOB_ID": "17", "SLURM_PROCID": "0", "SLURM_NTASKS": "4"},
    ],
)
def test_a_process_that_is_alone_is_no_rank(environ: dict[str, str]) -> None:
    assert rank_of(environ) is None


def test_ranks_of_one_job_are_one_group_and_those_of_another_are_not() -> None:
    def group(environ: dict[str, str]) -> str:
        found = rank_of(environ)
        assert found is not None
        return found.group

    assert group(STEP) == group(STEP | {"SLURM_PROCID": "6"})
    assert group(STEP) != group(STEP | {"SLURM_STEP_ID": "1"})
    assert group(STEP) != group(STEP | {"SLURM_JOB_ID": "18"})
    assert group(STEP) != group(STEP | {"SLURM_RESTART_COUNT": "1"})
    assert group(TORCHRUN) != group(TORCHRUN | {"TORCHELASTIC_RESTART_COUNT": "1"})
    assert group(TORCHRUN) == group(TORCHRUN | {"RANK": "4", "LOCAL_RANK": "0"})


def test_torchrun_within_a_task_of_srun_counts_its_own_ranks() -> None:
    found = rank_of(STEP | TORCHRUN)
    assert found is not None
    assert (found.rank, found.started_s) == (3, 1_790_000_000)
    assert "17" in found.group


def test_hosts_agree_on_the_run_without_asking_each_other() -> None:
    one, other = rank_of(STEP), rank_of(STEP | {"SLURM_PROCID": "0"})
    assert one is not None
    assert other is not None
    run_id = shared_run_id(one, "train", 0)
    assert run_id == shared_run_id(other, "train", 0)
    assert run_id is not None
    assert PATTERN.fullmatch(run_id)
    assert len({run_id, shared_run_id(one, "train", 1), shared_run_id(one, "eval", 0)}) == 3
    assert shared_run_id(Rank("g", 0, 2, 2, None), "train", 0) is None
