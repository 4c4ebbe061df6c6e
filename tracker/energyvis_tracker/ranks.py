"""Which processes are ranks of one job, from what their launchers put into the environment.

Read are SLURM (`srun`: https://slurm.schedmd.com/srun.html, output environment variables), torchrun
(https://docs.pytorch.org/docs/stable/elastic/run.html) and Open MPI (`mpirun`, OMPI_COMM_WORLD_*). No
launcher is called.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from energyvis_tracker.ulid import ulid_of

SMALLEST_GROUP = 2


@dataclass(frozen=True, slots=True)
class Rank:
    """A process's place among those that do one job together.

    `group` names the job; `started_s` is when it began (Unix time), which all its hosts agree on, or none.
    """

    group: str
    rank: int
    size: int
    hosts: int
    started_s: int | None = None


def rank_of(environ: Mapping[str, str]) -> Rank | None:
    """Return the rank of a process, or none where it is not one of several.

    torchrun comes first: within a task of srun it starts ranks of its own.
    """
    return torchrun_rank(environ) or slurm_rank(environ) or open_mpi_rank(environ)


def slurm_rank(environ: Mapping[str, str]) -> Rank | None:
    """Return the rank within an srun step; a batch script alone is none: all it starts has one rank."""
    rank, size = number(environ, "SLURM_PROCID"), number(environ, "SLURM_STEP_NUM_TASKS")
    if rank is None or size is None or size < SMALLEST_GROUP or not environ.get("SLURM_STEP_ID"):
        return None
    hosts = number(environ, "SLURM_STEP_NUM_NODES") or 1
    return Rank(slurm_step(environ), rank, size, hosts, number(environ, "SLURM_JOB_START_TIME"))


def slurm_step(environ: Mapping[str, str]) -> str:
    """Return what names a step of a SLURM job, even after it was put back into the queue."""
    names = ("SLURM_CLUSTER_NAME", "SLURM_JOB_ID", "SLURM_RESTART_COUNT", "SLURM_STEP_ID")
    return "/".join(["slurm", *(environ.get(name, "") for name in names)])


def torchrun_rank(environ: Mapping[str, str]) -> Rank | None:
    """Return the rank within a torchrun job; a restart of its workers is another group."""
    rank, size = number(environ, "RANK"), number(environ, "WORLD_SIZE")
    if rank is None or size is None or size < SMALLEST_GROUP:
        return None
    names = ("TORCHELASTIC_RUN_ID", "MASTER_ADDR", "MASTER_PORT", "TORCHELASTIC_RESTART_COUNT")
    group = "/".join(["torchrun", *(environ.get(name, "") for name in names), slurm_step(environ)])
    local_size = number(environ, "LOCAL_WORLD_SIZE") or size
    return Rank(group, rank, size, -(-size // local_size), number(environ, "SLURM_JOB_START_TIME"))


def open_mpi_rank(environ: Mapping[str, str]) -> Rank | None:
    """Return the rank within an mpirun job of Open MPI."""
    rank, size = number(environ, "OMPI_COMM_WORLD_RANK"), number(environ, "OMPI_COMM_WORLD_SIZE")
    if rank is None or size is None or size < SMALLEST_GROUP:
        return None
    names = ("PMIX_NAMESPACE", "OMPI_MCA_orte_hnp_uri", "OMPI_MCA_ess_base_jobid")
    group = "/".join(["mpi", *(environ.get(name, "") for name in names)])
    local_size = number(environ, "OMPI_COMM_WORLD_LOCAL_SIZE") or size
    return Rank(group, rank, size, -(-size // local_size))


def shared_run_id(rank: Rank, name: str, occurrence: int) -> str | None:
    """Return the run that all hosts of a job write to without asking each other; none where they cannot know.

    Parameters
    ----------
    rank
        Any of the job's ranks.
    name, occurrence
        What the run is called, and the how-manieth tracker of its process this is.
    """
    if rank.started_s is None:
        return None
    import hashlib  # noqa: PLC0415 - loads OpenSSL, 4 MB that only jobs of several ranks pay for

    digest = hashlib.sha256(f"{rank.group}/{name}/{occurrence}".encode()).digest()
    return ulid_of(rank.started_s * 1000, digest)


def number(environ: Mapping[str, str], name: str) -> int | None:
    """Return a whole number from 0 up out of the environment, or none."""
    text = environ.get(name, "")
    return int(text) if text.isdecimal() else None
