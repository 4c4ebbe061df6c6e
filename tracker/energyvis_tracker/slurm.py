"""What SLURM says about a job in its environment; no command of SLURM is ever called."""

from collections.abc import Mapping


def scheduler_facts(environ: Mapping[str, str]) -> dict[str, str | None] | None:
    """Return job, step, array, account and partition, or none outside a SLURM job.

    `array` is `<array job>_<task>`, as `sacct` writes it.
    """
    job = environ.get("SLURM_JOB_ID")
    if not job:
        return None
    array_job, array_task = environ.get("SLURM_ARRAY_JOB_ID"), environ.get("SLURM_ARRAY_TASK_ID")
    return {
        "job": job,
        "step": environ.get("SLURM_STEP_ID"),
        "array": f"{array_job}_{array_task}" if array_job and array_task else None,
        "account": environ.get("SLURM_JOB_ACCOUNT"),
        "partition": environ.get("SLURM_JOB_PARTITION"),
    }
